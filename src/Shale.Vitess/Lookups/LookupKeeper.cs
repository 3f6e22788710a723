using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>What can be wrong between a row and the entries of its lookup vindex.</summary>
internal enum LookupProblem
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The row has no entry: it is not found by what it should be looked up by.</summary>
    Missing,

    /// <summary>The entry of a unique lookup leads elsewhere, where no such row is.</summary>
    Misleading,

    /// <summary>Another row has the values of a unique lookup too.</summary>
    Duplicate,

    /// <summary>No row is where an entry leads: harmless, but it takes room.</summary>
    Orphan,
}

/// <summary>Looks at single rows and entries, and mends them, inside a transaction that holds the writers of all shards that it looks at.</summary>
internal sealed class LookupKeeper(EntryTable table, ITablet[] tablets, CrossShardTransaction transaction, CancellationToken cancellationToken)
{
    /// <summary>How many entries or rows it has changed.</summary>
    public long Changed { get; private set; }

    /// <summary>Makes sure that a row has its entry, if the row is still there.</summary>
    /// <returns>What was wrong; a duplicate is left as it is.</returns>
    public async ValueTask<LookupProblem> AddAsync(LookupRow row)
    {
        var problem = await FindAsync(row);
        SqlValue[] entry = [.. row.Values, EntryTable.ToValue(row.Id)];
        if (problem is LookupProblem.Missing) await ExecuteAsync(table.ShardOf(row.Values), table.InsertSql, entry);
        if (problem is LookupProblem.Misleading) await ExecuteAsync(table.ShardOf(row.Values), table.TakeOverSql, entry);
        return problem;
    }

    /// <summary>What is wrong with the entry of a row; nothing where the row is gone.</summary>
    public async ValueTask<LookupProblem> FindAsync(LookupRow row)
    {
        var home = table.ShardOf(row.Id);
        if ((await QueryAsync(home, table.RowOfKeySql, [.. row.Values, .. row.Key])).RowCount == 0) return LookupProblem.None;
        var entries = await QueryAsync(table.ShardOf(row.Values), table.ReadSql, row.Values);
        var ids = Enumerable.Range(0, entries.RowCount).Select(i => table.ToId(entries[i][0])).ToList();
        if (!table.Lookup.Unique) return ids.Contains(row.Id) ? LookupProblem.None : LookupProblem.Missing;
        if ((await QueryAsync(home, table.TwoRowsSql, row.Values)).RowCount > 1) return LookupProblem.Duplicate;
        if (ids.Count == 0) return LookupProblem.Missing;
        if (ids[0] == row.Id) return LookupProblem.None;
        var other = table.ShardOf(ids[0]);
        return other != home && (await QueryAsync(other, table.TwoRowsSql, row.Values)).RowCount > 0 ? LookupProblem.Duplicate : LookupProblem.Misleading;
    }

    /// <summary>Whether a shard has an entry that leads to no row, or one that nobody looks for there.</summary>
    public async ValueTask<bool> IsOrphanAsync(int shard, SqlValue[] values, KeyspaceId id)
    {
        var entries = await QueryAsync(shard, table.ReadSql, values);
        if (!Enumerable.Range(0, entries.RowCount).Any(i => table.ToId(entries[i][0]) == id)) return false;
        if (shard != table.ShardOf(values)) return true;
        return !(await RowsAsync(table.ShardOf(id), values)).Exists(row => row.Id == id);
    }

    /// <summary>The rows of a shard that have the values; one for each sharding key.</summary>
    public async ValueTask<List<LookupRow>> RowsAsync(int shard, SqlValue[] values)
    {
        var keys = await QueryAsync(shard, table.KeysSql, [.. values, SqlValue.Integer(int.MaxValue)]);
        return [.. Enumerable.Range(0, keys.RowCount).Select(i => new LookupRow(values, keys[i].ToArray(), table.IdOf(keys[i])))];
    }

    /// <summary>Deletes an entry from a shard.</summary>
    public ValueTask DeleteAsync(int shard, SqlValue[] values, KeyspaceId id) => ExecuteAsync(shard, table.DeleteSql, [.. values, EntryTable.ToValue(id)]);

    /// <summary>Deletes the rows of a shard that have the values.</summary>
    public ValueTask DeleteRowsAsync(int shard, SqlValue[] values) => ExecuteAsync(shard, table.DeleteRowSql, values);

    private async ValueTask<RowSet> QueryAsync(int shard, string sql, SqlValue[] values)
    {
        var txId = await transaction.WriteOnAsync(tablets[shard], cancellationToken);
        return (await tablets[shard].QueryAsync(new ShardQueryRequest(tablets[shard].Shard, sql, values, txId), cancellationToken)).Rows;
    }

    private async ValueTask ExecuteAsync(int shard, string sql, SqlValue[] values)
    {
        var txId = await transaction.WriteOnAsync(tablets[shard], cancellationToken);
        Changed += (await tablets[shard].ExecuteAsync(new ShardExecuteRequest(tablets[shard].Shard, sql, values, txId), cancellationToken)).Affected;
    }
}
