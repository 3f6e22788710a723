using Shale.Vitess;

namespace Shale.Server;

/// <summary>What a session does, for others to see. Written by the session, read by any: what they read may be of two moments.</summary>
internal sealed class SessionActivity
{
    private const char Active = 'A';

    // As PostgreSQL's track_activity_query_size has it: a session that waits does not hold on to megabytes.
    private const int MostText = 1023;

    private string _statement = "";
    private long _changed = Now, _statementBegan, _transactionBegan;
    private volatile char _status = SessionTransaction.Idle;

    /// <summary>When the session began.</summary>
    public DateTimeOffset Began { get; } = TimeProvider.System.GetUtcNow();

    private static long Now => TimeProvider.System.GetUtcNow().UtcTicks;

    /// <summary>A statement begins.</summary>
    public void Runs(string statement)
    {
        var now = Now;
        if (_status == SessionTransaction.Idle) Volatile.Write(ref _transactionBegan, now);
        Volatile.Write(ref _statement, statement.Length <= MostText ? statement : Head(statement));
        Volatile.Write(ref _statementBegan, now);
        Volatile.Write(ref _changed, now);
        _status = Active;
    }

    /// <summary>The client has been answered.</summary>
    /// <param name="status">As ReadyForQuery says it.</param>
    public void Waits(char status)
    {
        if (status == _status) return;
        if (status is SessionTransaction.Idle or SessionTransaction.Failed) Volatile.Write(ref _transactionBegan, 0);
        Volatile.Write(ref _changed, Now);
        _status = status;
    }

    /// <summary>What is shown of it.</summary>
    public DoorSession Shown(int process, string database) => new(process, database, Began)
    {
        TransactionBegan = Moment(Volatile.Read(ref _transactionBegan)),
        StatementBegan = Moment(Volatile.Read(ref _statementBegan)),
        Changed = Moment(Volatile.Read(ref _changed))!.Value,
        Statement = Volatile.Read(ref _statement),
        State = _status switch
        {
            SessionTransaction.Idle => "idle",
            SessionTransaction.InTransaction => "idle in transaction",
            SessionTransaction.Failed => "idle in transaction (aborted)",
            _ => "active",
        },
    };

    private static string Head(string statement) => statement[..(char.IsHighSurrogate(statement[MostText - 1]) ? MostText - 1 : MostText)];

    private static DateTimeOffset? Moment(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
}
