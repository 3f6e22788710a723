namespace Shale.DoSql;

/// <summary>What a statement did.</summary>
/// <param name="Affected">Rows that were inserted, changed or deleted; 0 for a query.</param>
/// <param name="LastInsertId">The row id of the last inserted row; null if none was inserted.</param>
/// <param name="Lsn">The commit in which it is durable, inside a transaction the version it began on; of a query or of a write that changed nothing, the version it saw.</param>
public readonly record struct RunResult(long Affected, long? LastInsertId, Lsn Lsn)
{
    /// <summary>Another name of <see cref="Affected"/>.</summary>
    public long Changes => Affected;

    /// <summary>Another name of <see cref="LastInsertId"/>.</summary>
    public long? LastInsertRowId => LastInsertId;

    /// <summary>The rows it gave: of a query, or of RETURNING.</summary>
    internal RowSet? Rows { get; init; }
}
