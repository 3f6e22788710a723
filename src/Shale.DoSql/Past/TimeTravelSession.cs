using System.Runtime.CompilerServices;
using Shale.PageLog;

namespace Shale.DoSql;

/// <summary>
/// A version of the past: its rows, its schema, its indexes. It can only be read, and is kept readable until the session is closed, whatever the retention is; used after that, it is
/// TT_SESSION_EXPIRED. Thread-safe.
/// </summary>
public sealed class TimeTravelSession : DoSqlQueries, IAsyncDisposable
{
    private readonly DoSqlEngine _engine;
    private readonly PastPoint _point;
    private readonly IPageReader _pin;
    private int _closed;

    internal TimeTravelSession(DoSqlEngine engine, PastPoint point, TimeTravelScope scope)
    {
        (_engine, _point, Scope) = (engine, point, scope);
        _pin = engine.Store.OpenReader(point.Branch, point.Lsn);
        Commit = engine.Store.FindCommit(point.Branch, point.Lsn);
    }

    /// <summary>The branch.</summary>
    public string Branch => _point.Branch;

    /// <summary>The commit whose version it is; 0 before the first.</summary>
    public Lsn Lsn => _point.Lsn;

    /// <summary>The commit's number on its branch; 0 before the first.</summary>
    public long Version => Commit?.Version ?? 0;

    /// <summary>When the commit was made; null before the first.</summary>
    public DateTimeOffset? Timestamp => Commit?.Time.ToMoment();

    /// <summary>How far its point reaches.</summary>
    public TimeTravelScope Scope { get; }

    private CommitInfo? Commit { get; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<RowSet> StreamRowsAsync(string sql, DoSqlParameters parameters = default, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var text = Read(sql);
        var connection = await RentAsync(cancellationToken);
        try
        {
            foreach (var chunk in StatementRun.Stream(connection, text, text.Arrange(parameters), cancellationToken)) yield return chunk;
        }
        finally
        {
            _engine.Past.Return(_point, connection);
        }
    }

    /// <summary>Lets go of the version.</summary>
    public Task CloseAsync() => DisposeAsync().AsTask();

    /// <summary>Lets go of the version.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0) _pin.Dispose();
        return ValueTask.CompletedTask;
    }

    internal override async Task<RunResult> ExecuteAsync(StatementText text, SqlValue[] values, CancellationToken cancellationToken)
    {
        if (text.Kind != StatementKind.Read) throw Refusals.WritingThePast();
        var connection = await RentAsync(cancellationToken);
        try
        {
            return connection.Execute(text, values, cancellationToken);
        }
        finally
        {
            _engine.Past.Return(_point, connection);
        }
    }

    internal override StatementText Read(string sql) => _engine.Texts.Get(sql);

    internal override async Task CheckAsync(StatementText text, CancellationToken cancellationToken)
    {
        var connection = await RentAsync(cancellationToken);
        try
        {
            connection.Check(text);
        }
        finally
        {
            _engine.Past.Return(_point, connection);
        }
    }

    private ValueTask<BranchConnection> RentAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _closed) != 0) throw new VitessException(ErrorCodes.SessionExpired, "the session has been closed", hint: "Open another one at the same point.");
        return _engine.Past.RentAsync(_point, cancellationToken);
    }
}
