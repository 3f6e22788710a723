using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// Gives the rows of a table their entries in a write-only lookup vindex, while others write. Each shard's rows are streamed from one snapshot, taken when every write keeps the
/// entries already: what came or changed since has its entry from its writer, and what a row of the snapshot has become is looked at where its entry is not simply free.
/// Entries are added some at a time, each time under the writers of their shards and of the rows'.
/// </summary>
internal sealed class LookupFiller(EntryTable table, GateSession session, LookupFill fill, RunningStatement running)
{
    /// <summary>Rows whose entries are added in one transaction: writers wait for no more than that.</summary>
    private const int BatchRows = 256;

    /// <summary>How often a batch is tried whose shards others hold: each time as long as a lock is waited for.</summary>
    private const int Attempts = 60;

    private readonly ITablet[] _tablets = session.Tablets.Of(session.Keyspace);
    private readonly LookupScan _scan = new(table, session.Engine);

    /// <summary>Adds the entries of all rows. Errors: CONSTRAINT_VIOLATION (23505) for two rows with equal values of a unique lookup; LOCK_TIMEOUT.</summary>
    public async ValueTask RunAsync()
    {
        foreach (var tablet in _tablets) fill.Total += (await tablet.QueryAsync(new ShardQueryRequest(tablet.Shard, _scan.CountSql, []), running.Token)).Rows[0][0].AsInteger();
        foreach (var tablet in _tablets)
        {
            await foreach (var chunk in tablet.StreamAsync(new ShardQueryRequest(tablet.Shard, _scan.RowsSql, []), running.Token))
            {
                for (var first = 0; first < chunk.RowCount; first += BatchRows) await AddAsync(_scan.Read(chunk, first, Math.Min(BatchRows, chunk.RowCount - first)));
            }
        }
    }

    private async ValueTask AddAsync(List<LookupRow> rows)
    {
        for (var attempt = 1; ; attempt++)
        {
            running.State = $"filling lookup vindex \"{table.Lookup.Name}\": {fill}";
            try
            {
                if (!await TryAddAsync(rows)) await ResolveAsync(rows);
                fill.Add(rows.Count);
                return;
            }
            catch (VitessException failure) when (failure.IsTransient && attempt < Attempts)
            {
                // Others write: their locks end.
                await running.PauseAsync(attempt);
            }
        }
    }

    /// <summary>Adds the entries where none is in the way; else nothing, and false. Rows that have gone or changed meanwhile get none: those who write keep theirs.</summary>
    private async ValueTask<bool> TryAddAsync(List<LookupRow> rows)
    {
        var homes = rows.GroupBy(row => table.ShardOf(row.Id)).ToList();
        var transaction = new CrossShardTransaction(session.Tablets.Locks, new TransactionOptions(IsolationLevel.ReadCommitted));
        try
        {
            await transaction.LockAsync(_tablets, rows.Select(row => table.ShardOf(row.Values)).Concat(homes.Select(home => home.Key)).Distinct().Order(), table.Owner.Table, running.Token);
            var left = new List<LookupRow>();
            foreach (var home in homes) left.AddRange(await StillThereAsync(home.Key, [.. home], transaction));
            foreach (var group in left.GroupBy(row => table.ShardOf(row.Values)))
            {
                var tablet = _tablets[group.Key];
                var txId = await transaction.WriteOnAsync(tablet, running.Token);
                List<IReadOnlyList<SqlValue>> entries = [.. group.Select(row => (IReadOnlyList<SqlValue>)[.. row.Values, EntryTable.ToValue(row.Id)])];
                var results = await tablet.BatchAsync(new ShardBatchRequest(tablet.Shard, [new ShardStatement(table.InsertSql, entries)], txId), running.Token);
                if (results[0].Affected == entries.Count) continue;
                await transaction.RollbackAsync();
                return false;
            }

            await transaction.CommitAsync(running.Token);
            return true;
        }
        catch
        {
            await transaction.RollbackAsync();
            throw;
        }
    }

    private async ValueTask<IEnumerable<LookupRow>> StillThereAsync(int shard, List<LookupRow> rows, CrossShardTransaction transaction)
    {
        var txId = await transaction.WriteOnAsync(_tablets[shard], running.Token);
        var found = await _tablets[shard].QueryAsync(new ShardQueryRequest(_tablets[shard].Shard, _scan.RowsOf(rows.Count), [.. rows.SelectMany(row => row.Values)], txId), running.Token);
        var known = _scan.Read(found.Rows, 0, found.Rows.RowCount).Select(row => new EntryKey("", row.Values, row.Id)).ToHashSet();
        return rows.Where(row => known.Contains(new EntryKey("", row.Values, row.Id)));
    }

    /// <summary>Adds the entries one by one, under all writers: nothing changes while it is found out whose entry is in the way.</summary>
    private async ValueTask ResolveAsync(List<LookupRow> rows)
    {
        var transaction = new CrossShardTransaction(session.Tablets.Locks, new TransactionOptions(IsolationLevel.ReadCommitted));
        try
        {
            await transaction.LockAsync(_tablets, Enumerable.Range(0, _tablets.Length), table.Owner.Table, running.Token);
            var keeper = new LookupKeeper(table, _tablets, transaction, running.Token);
            foreach (var row in rows)
            {
                if (await keeper.AddAsync(row) is LookupProblem.Duplicate) throw table.Duplicate(null);
            }

            await transaction.CommitAsync(running.Token);
        }
        catch
        {
            await transaction.RollbackAsync();
            throw;
        }
    }
}
