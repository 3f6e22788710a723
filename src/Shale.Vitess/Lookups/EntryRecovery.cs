using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// Looks after entries that are in doubt since a commit over shards ended in the middle: the rows decide. A row that is there gets its entry, an entry without a row is deleted, and
/// of a row that was to move and is now in both places the old one goes. It can be done again and again. All of one keyspace.
/// </summary>
internal sealed class EntryRecovery(LockGraph locks, IReadOnlyList<EntryChange> inDoubt)
{
    private const int KeysAtMost = 64;
    private readonly CrossShardTransaction _transaction = new(locks, new TransactionOptions(IsolationLevel.ReadCommitted));

    /// <summary>How many entries or rows it has changed.</summary>
    public long Changed { get; private set; }

    /// <summary>Does it, in one transaction that has the writers of all shards.</summary>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        if (inDoubt.Count == 0) return;
        try
        {
            await _transaction.LockAsync(inDoubt[0].Tablets, Enumerable.Range(0, inDoubt[0].Tablets.Length), cancellationToken);
            foreach (var change in inDoubt) await FinishMoveAsync(change, cancellationToken);
            foreach (var change in inDoubt) await FitAsync(change, cancellationToken);
            await _transaction.CommitAsync(cancellationToken);
        }
        catch
        {
            await _transaction.RollbackAsync();
            throw;
        }
    }

    private async ValueTask FinishMoveAsync(EntryChange left, CancellationToken cancellationToken)
    {
        if (left is not { Moved: true, Added: false, Entry.Table.Lookup.Unique: true }) return;
        foreach (var arrived in inDoubt)
        {
            if (arrived is not { Moved: true, Added: true } || arrived.Entry.RowShard == left.Entry.RowShard || arrived.Entry.ValuesKey != left.Entry.ValuesKey) continue;
            if ((await KeysAsync(arrived, cancellationToken)).RowCount == 0) continue;
            await ExecuteAsync(left.Row, left.Entry.Table.DeleteRowSql, left.Entry.Values, cancellationToken);
        }
    }

    private async ValueTask FitAsync(EntryChange change, CancellationToken cancellationToken)
    {
        var table = change.Entry.Table;
        var keys = await KeysAsync(change, cancellationToken);
        var ids = Enumerable.Range(0, keys.RowCount).Select(i => table.IdOf(keys[i])).ToList();
        if (table.Lookup.Unique && ids.Count > 0) await LeadAsync(change, ids[0], cancellationToken);
        else if (ids.Contains(change.Entry.Id) || ids.Count == KeysAtMost) await ExecuteAsync(change.At, table.InsertSql, change.Entry.Parameters, cancellationToken);
        else await ExecuteAsync(change.At, table.DeleteSql, change.Entry.Parameters, cancellationToken);
    }

    /// <summary>Makes the entry of a unique lookup lead to a row, unless it leads to another that has the values too.</summary>
    private async ValueTask LeadAsync(EntryChange change, KeyspaceId id, CancellationToken cancellationToken)
    {
        var (table, values) = (change.Entry.Table, change.Entry.Values);
        SqlValue[] parameters = [.. values, EntryTable.ToValue(id)];
        if (await ExecuteAsync(change.At, table.InsertSql, parameters, cancellationToken) > 0) return;
        var found = table.ToId((await QueryAsync(change.At, table.ReadSql, values, cancellationToken))[0][0]);
        if (found == id || (await QueryAsync(change.Tablets[table.ShardOf(found)], table.TwoRowsSql, values, cancellationToken)).RowCount > (table.ShardOf(found) == table.ShardOf(id) ? 1 : 0)) return;
        await ExecuteAsync(change.At, table.TakeOverSql, parameters, cancellationToken);
    }

    private ValueTask<RowSet> KeysAsync(EntryChange change, CancellationToken cancellationToken) =>
        QueryAsync(change.Row, change.Entry.Table.KeysSql, [.. change.Entry.Values, SqlValue.Integer(KeysAtMost)], cancellationToken);

    private async ValueTask<RowSet> QueryAsync(ITablet tablet, string sql, SqlValue[] values, CancellationToken cancellationToken)
    {
        var txId = await _transaction.WriteOnAsync(tablet, cancellationToken);
        return (await tablet.QueryAsync(new ShardQueryRequest(tablet.Shard, sql, values, txId), cancellationToken)).Rows;
    }

    private async ValueTask<long> ExecuteAsync(ITablet tablet, string sql, SqlValue[] values, CancellationToken cancellationToken)
    {
        var txId = await _transaction.WriteOnAsync(tablet, cancellationToken);
        var affected = (await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, sql, values, txId), cancellationToken)).Affected;
        Changed += affected;
        return affected;
    }
}
