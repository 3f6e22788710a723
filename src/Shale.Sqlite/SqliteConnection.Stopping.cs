namespace Shale.Sqlite;

/// <summary>What stops statements for good: SQLite forgets an interruption that comes just before a statement begins.</summary>
public sealed unsafe partial class SqliteConnection
{
    private readonly ProgressWatch _stopping;
    private volatile bool _isStopped;

    /// <summary>Whether <see cref="Stop"/> holds.</summary>
    public bool IsStopped => _isStopped;

    /// <summary>Whether the statement that is about to go on must not: our own, which put things in order, may.</summary>
    internal bool MustStop => _isStopped && !_trusted;

    /// <summary>Stops the running statement and each that begins, until <see cref="GoOn"/>: they fail with TIMEOUT (57014). From any thread.</summary>
    public void Stop()
    {
        _isStopped = true;
        Interrupt();
    }

    /// <summary>Statements may run again. For the connection's thread.</summary>
    public void GoOn() => _isStopped = false;

    /// <summary>Lets a token <see cref="Stop"/> what runs; until the registration is disposed, by the connection's thread.</summary>
    public StopRegistration StopWhen(CancellationToken cancellationToken) => cancellationToken.CanBeCanceled
        ? new StopRegistration(this, cancellationToken.UnsafeRegister(static connection => ((SqliteConnection)connection!).Stop(), this))
        : default;

    /// <summary>Errors: TIMEOUT (57014) once somebody has asked to stop.</summary>
    internal void ThrowIfInterrupted()
    {
        if (IsInterrupted || MustStop) throw SqliteErrors.Create(SqliteCode.Interrupt, "interrupted");
    }

    // Also while a statement is prepared, when an interruption may still be noted that came to nothing: only what holds counts.
    private void ThrowIfStopped()
    {
        if (MustStop) throw SqliteErrors.Create(SqliteCode.Interrupt, "interrupted");
    }
}
