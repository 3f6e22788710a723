namespace Shale.DoSql;

/// <summary>The writer of a branch in one hand until it is released; everything before it is durable. A request for it ends when it is granted.</summary>
internal sealed class WriterLease(WriteQueue queue, CancellationToken cancellationToken) : WriteRequest(cancellationToken)
{
    private int _released;

    /// <summary>The writer's connection, not in a transaction.</summary>
    public BranchConnection Connection => queue.Connection;

    /// <summary>Called when the database is being closed: whoever holds the lease should give it back.</summary>
    public Action? Closing { get; set; }

    /// <summary>Closes the writer's connection, so that the branch has no writer until it is needed again.</summary>
    public void CloseConnection() => queue.CloseConnection();

    /// <summary>Gives it back; whoever waits goes on. Does nothing the second time.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0) queue.EndLease();
    }

    /// <inheritdoc/>
    protected override RunResult Execute(BranchConnection connection) => default;
}
