using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Runs definitions on all shards of a keyspace, inside one transaction.</summary>
internal sealed class ShardDefinitions(GateSession session, CrossShardTransaction transaction, CancellationToken cancellationToken)
{
    /// <summary>Rows that are deleted with their entries one by one.</summary>
    private const long RowsAtMost = 10_000;

    /// <summary>See <see cref="CrossShardTransaction.TryRebuild"/>.</summary>
    public bool TryRebuild() => transaction.TryRebuild();

    /// <summary>Works while the foreign keys of all shards are not looked at; see <see cref="CrossShardTransaction.SuspendKeysAsync"/>.</summary>
    public async ValueTask WithoutKeysAsync(Func<ValueTask> work)
    {
        foreach (var tablet in session.Tablets.Of(session.Keyspace)) _ = await transaction.WriteOnAsync(tablet, cancellationToken);
        await transaction.SuspendKeysAsync(true, cancellationToken);
        try
        {
            await work();
        }
        catch
        {
            await ResumeQuietlyAsync();
            throw;
        }

        await transaction.SuspendKeysAsync(false, cancellationToken);
    }

    private async ValueTask ResumeQuietlyAsync()
    {
        try
        {
            await transaction.SuspendKeysAsync(false, CancellationToken.None);
        }
        catch (VitessException)
        {
            // What has failed before is told.
        }
    }

    /// <summary>Runs a statement in the engine's dialect on every shard.</summary>
    public async ValueTask EverywhereAsync(string sql)
    {
        foreach (var tablet in session.Tablets.Of(session.Keyspace))
        {
            var txId = await transaction.WriteOnAsync(tablet, cancellationToken);
            transaction.CannotRepeat(tablet);
            await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, sql, [], txId), cancellationToken);
        }
    }

    /// <summary>Runs a statement in the engine's dialect on the first shard, where pinned tables and those of an unsharded keyspace are.</summary>
    public async ValueTask OnFirstAsync(string sql)
    {
        var tablet = session.Tablets.Of(session.Keyspace)[0];
        var txId = await transaction.WriteOnAsync(tablet, cancellationToken);
        transaction.CannotRepeat(tablet);
        await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, sql, [], txId), cancellationToken);
    }

    /// <summary>The rows of a query on every shard; on the first alone where every shard has the same.</summary>
    public async ValueTask<RowSet> RowsAsync(string sql, bool firstOnly)
    {
        RowSet? all = null;
        foreach (var tablet in session.Tablets.Of(session.Keyspace))
        {
            var txId = await transaction.WriteOnAsync(tablet, cancellationToken);
            var rows = (await tablet.QueryAsync(new ShardQueryRequest(tablet.Shard, sql, [], txId), cancellationToken)).Rows;
            if (all is null) all = rows;
            else all.AddAll(rows);
            if (firstOnly) break;
        }

        return all!;
    }

    /// <summary>Deletes all rows of a table with their entries; does nothing, and says false, where they are too many for that.</summary>
    public async ValueTask<bool> TryEmptyAsync(OwnerLookups lookups)
    {
        var table = ScratchTable.Quote(lookups.Owner.Table.Name);
        var counts = await RowsAsync($"SELECT count(*) FROM {table}", firstOnly: false);
        if (Enumerable.Range(0, counts.RowCount).Sum(i => counts[i][0].AsInteger()) > RowsAtMost) return false;
        var removed = new List<Entry>();
        foreach (var tablet in session.Tablets.Of(session.Keyspace))
        {
            var sql = $"DELETE FROM {table} RETURNING {string.Join(", ", lookups.Columns.Select(ScratchTable.Quote))}";
            var deleted = await transaction.ExecuteAsync(tablet, await transaction.WriteOnAsync(tablet, cancellationToken), sql, [[]], cancellationToken);
            _ = lookups.Cut(deleted.Rows, removed);
        }

        await new EntryWriter(session.Tablets).WriteAsync(transaction, removed, [], null, cancellationToken);
        return true;
    }

    /// <summary>Inserts rows where a table's placement says.</summary>
    /// <param name="place">The table.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="named">The columns that the cells of a row are for, the sharding key among them.</param>
    /// <param name="change">Changes each row before; null for nothing.</param>
    public async ValueTask InsertAsync(TablePlace place, RowSet rows, IReadOnlyList<string> named, Action<SqlValue[]>? change = null)
    {
        var columns = named.Select(name => place.Schema.Columns.First(column => VSchemaNames.Comparer.Equals(column.Name, name))).ToList();
        var names = string.Join(", ", columns.Select(column => ScratchTable.Quote(column.Name)));
        var cells = string.Join(", ", columns.Select((_, i) => $"${i + 1}"));
        var overriding = InsertLayout.OverridingOf(columns, session.Engine).Length > 0 ? "OVERRIDING SYSTEM VALUE " : "";
        var sql = $"INSERT INTO {ScratchTable.Quote(place.Table.Name)} {(columns.Count == 0 ? "DEFAULT VALUES" : $"({names}) {overriding}VALUES ({cells})")}";
        var tablets = session.Tablets.Of(session.Keyspace);
        var byShard = tablets.Select(_ => new List<SqlValue[]>()).ToArray();
        var key = place.ShardColumns.Select(column => columns.IndexOf(place.Schema.Columns[column])).ToArray();
        for (var i = 0; i < rows.RowCount; i++)
        {
            var row = rows[i].ToArray();
            change?.Invoke(row);
            if (place.IsReference) Array.ForEach(byShard, list => list.Add(row));
            else byShard[place.IsSharded ? place.ShardOfNew(key.Select(cell => row[cell]).ToArray()) : 0].Add(row);
        }

        for (var shard = 0; shard < tablets.Length; shard++)
        {
            if (byShard[shard].Count == 0) continue;
            var txId = await transaction.WriteOnAsync(tablets[shard], cancellationToken);
            transaction.CannotRepeat(tablets[shard]);
            await tablets[shard].BatchAsync(new ShardBatchRequest(tablets[shard].Shard, [new ShardStatement(sql, byShard[shard])], txId), cancellationToken);
        }
    }
}
