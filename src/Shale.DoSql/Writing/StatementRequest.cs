namespace Shale.DoSql;

/// <summary>A statement as a transaction of its own.</summary>
internal sealed class StatementRequest(StatementText text, SqlValue[] values, string? message, CancellationToken cancellationToken) : WriteRequest(cancellationToken)
{
    /// <summary>The statement.</summary>
    public StatementText Text => text;

    /// <summary>In the order of SQLite's parameters.</summary>
    public SqlValue[] Values => values;

    /// <inheritdoc/>
    public override bool CanShare => text.ChangesRowsOnly && message is null;

    /// <inheritdoc/>
    protected override RunResult Execute(BranchConnection connection)
    {
        if (message is not null) connection.Sqlite.Commits!.NextMessage = message;
        return connection.Execute(text, values);
    }
}
