using Shale.Sqlite;

namespace Shale.DoSql;

/// <summary>A statement as a transaction of its own.</summary>
internal sealed class StatementRequest(StatementText text, SqlValue[] values, string? message, CancellationToken cancellationToken) : WriteRequest(cancellationToken)
{
    /// <inheritdoc/>
    public override bool CanShare => text.ChangesRowsOnly && message is null;

    /// <inheritdoc/>
    protected override RunResult Execute(SqliteConnection connection)
    {
        if (message is not null) connection.Commits!.NextMessage = message;
        return StatementRun.Execute(connection, text.Sql, values);
    }
}
