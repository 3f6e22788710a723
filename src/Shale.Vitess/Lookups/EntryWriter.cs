using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// Keeps the entries of lookup vindexes as rows come and go, in the transaction that writes the rows and after them. Where an entry of a unique lookup is there already, it says
/// whether another row has the values; an entry whose row is gone is taken over, under the writer of the shard that it names. Thread-safe.
/// </summary>
internal sealed class EntryWriter(TabletMap tablets)
{
    // Rows of other sharding keys that may share the keyspace id: with more of them, which would take long to look at each time, the entry is left, which does no harm.
    private const int KeysAtMost = 4_096;

    /// <summary>Writes what has changed. Errors: CONSTRAINT_VIOLATION (23505) as SQLite words it.</summary>
    /// <param name="transaction">The transaction; it has the writers of the rows' shards.</param>
    /// <param name="removed">Entries of rows as they were.</param>
    /// <param name="added">Entries of rows as they are.</param>
    /// <param name="isMoved">Whether it is by a move of its row that an entry is removed for one keyspace id and added for another.</param>
    /// <param name="cancellationToken">Leaves part of it written.</param>
    public async ValueTask WriteAsync(
        CrossShardTransaction transaction, List<Entry> removed, List<Entry> added, Func<Entry, bool>? isMoved, CancellationToken cancellationToken)
    {
        if (removed.Count > 0) (removed, added) = await DifferenceAsync(transaction, removed, added, cancellationToken);
        if (removed.Count + added.Count == 0) return;
        var all = tablets.Of((added.Count > 0 ? added[0] : removed[0]).Table.Owner.Keyspace);
        var work = WorkOf(removed, added, all.Length);
        var ids = new string[work.Count];
        for (var i = 0; i < ids.Length; i++) ids[i] = await transaction.WriteInTurnAsync(all, work[i].Shard, cancellationToken);
        var unsettled = await Scatter.RunAsync(work.Count, (i, token) => work[i].RunAsync(all[work[i].Shard], ids[i], token), cancelOthers: false, cancellationToken);
        transaction.Entries.Notes = tablets.Notes;
        foreach (var entry in removed) transaction.Entries.Add(new EntryChange(entry, all, Added: false, isMoved?.Invoke(entry) ?? false));
        foreach (var entry in added) transaction.Entries.Add(new EntryChange(entry, all, Added: true, isMoved?.Invoke(entry) ?? false));
        foreach (var entry in unsettled.SelectMany(entries => entries)) await SettleAsync(transaction, entry, all, cancellationToken);
    }

    /// <summary>Takes the writers that the entries will need, as far as they are known, in turn.</summary>
    public async ValueTask LockAsync(CrossShardTransaction transaction, IEnumerable<Entry> entries, CancellationToken cancellationToken)
    {
        foreach (var group in entries.GroupBy(entry => (entry.Shard, entry.Table.Owner.Keyspace)).OrderBy(group => group.Key.Shard))
        {
            await transaction.WriteInTurnAsync(tablets.Of(group.Key.Keyspace), group.Key.Shard, cancellationToken);
        }
    }

    /// <summary>The shard of another row that has the values of a row's entry in a unique lookup; -1 if there is none.</summary>
    public async ValueTask<int> FindOtherAsync(CrossShardTransaction transaction, Entry entry, CancellationToken cancellationToken)
    {
        var all = tablets.Of(entry.Table.Owner.Keyspace);
        var txId = await transaction.WriteInTurnAsync(all, entry.Shard, cancellationToken);
        return (await FindAsync(transaction, entry, all, txId, cancellationToken)).Other;
    }

    /// <summary>Whether a row with the values and the sharding key of an entry is there, as the transaction sees it.</summary>
    public async ValueTask<bool> IsThereAsync(CrossShardTransaction transaction, Entry entry, CancellationToken cancellationToken)
    {
        var tablet = tablets.Of(entry.Table.Owner.Keyspace)[entry.RowShard];
        var txId = await transaction.WriteOnAsync(tablet, cancellationToken);
        var request = new ShardQueryRequest(tablet.Shard, entry.Table.RowOfKeySql, [.. entry.Values, .. entry.RowKey], txId);
        return (await tablet.QueryAsync(request, cancellationToken)).Rows.RowCount > 0;
    }

    /// <summary>What is not the same before and after; of what is removed only what no other row needs.</summary>
    private async ValueTask<(List<Entry> Removed, List<Entry> Added)> DifferenceAsync(
        CrossShardTransaction transaction, List<Entry> removed, List<Entry> added, CancellationToken cancellationToken)
    {
        var before = removed.Select(entry => entry.Key).ToHashSet();
        var after = new HashSet<EntryKey>();
        if (added.Find(entry => !after.Add(entry.Key) && entry.Table.Lookup.Unique) is { } twice) throw twice.Table.Duplicate(null, twice.Values);
        List<Entry> gone = [];
        foreach (var entry in removed)
        {
            var key = entry.Key;
            if (after.Contains(key) || !before.Remove(key)) continue;
            if (entry.Table.Lookup.Unique || !await IsNeededAsync(transaction, entry, cancellationToken)) gone.Add(entry);
        }

        // Those that are the same have been left in "before".
        return (gone, before.Count == 0 ? added : [.. added.Where(entry => !before.Contains(entry.Key))]);
    }

    /// <summary>Whether another row of the same keyspace id has the values.</summary>
    private async ValueTask<bool> IsNeededAsync(CrossShardTransaction transaction, Entry entry, CancellationToken cancellationToken)
    {
        if (await IsThereAsync(transaction, entry, cancellationToken)) return true;
        var tablet = tablets.Of(entry.Table.Owner.Keyspace)[entry.RowShard];
        var txId = await transaction.WriteOnAsync(tablet, cancellationToken);
        var keys = (await tablet.QueryAsync(new ShardQueryRequest(tablet.Shard, entry.Table.KeysSql, [.. entry.Values, SqlValue.Integer(KeysAtMost)], txId), cancellationToken)).Rows;
        for (var i = 0; i < keys.RowCount; i++)
        {
            if (entry.Table.IdOf(keys[i]) == entry.Id) return true;
        }

        return keys.RowCount == KeysAtMost;
    }

    private static List<ShardWork> WorkOf(List<Entry> removed, List<Entry> added, int shards)
    {
        var work = new ShardWork?[shards];
        foreach (var entry in removed) (work[entry.Shard] ??= new ShardWork(entry.Shard)).Add(entry, isNew: false);
        foreach (var entry in added) (work[entry.Shard] ??= new ShardWork(entry.Shard)).Add(entry, isNew: true);
        return [.. work.OfType<ShardWork>()];
    }

    /// <summary>
    /// Settles whom an entry of a unique lookup belongs to that may have been there before: 23505 if it leads to a row other than ours with the values, else it leads to ours now.
    /// </summary>
    private static async ValueTask SettleAsync(CrossShardTransaction transaction, Entry entry, ITablet[] all, CancellationToken cancellationToken)
    {
        var txId = await transaction.WriteOnAsync(all[entry.Shard], cancellationToken);
        var (id, other) = await FindAsync(transaction, entry, all, txId, cancellationToken);
        if (other >= 0) throw entry.Table.Duplicate(all[other].Shard, entry.Values);
        if (id == entry.Id) return;
        await all[entry.Shard].ExecuteAsync(new ShardExecuteRequest(all[entry.Shard].Shard, entry.Table.TakeOverSql, entry.Parameters, txId), cancellationToken);
    }

    /// <summary>Where the entry of a unique lookup leads, if there is one, and the shard if it has a row with the values that is not ours; -1 for none.</summary>
    private static async ValueTask<(KeyspaceId? Id, int Other)> FindAsync(
        CrossShardTransaction transaction, Entry entry, ITablet[] all, string txId, CancellationToken cancellationToken)
    {
        var found = await all[entry.Shard].QueryAsync(new ShardQueryRequest(all[entry.Shard].Shard, entry.Table.ReadSql, entry.Values, txId), cancellationToken);
        if (found.Rows.RowCount == 0) return (null, -1);
        var id = entry.Table.ToId(found.Rows[0][0]);
        var shard = entry.Table.ShardOf(id);
        var ours = shard == entry.RowShard ? 1 : 0;
        return (id, await CountAsync(transaction, entry, all, shard, cancellationToken) > ours ? shard : -1);
    }

    /// <summary>How many rows of a shard have the values, up to two. That none has is said under the shard's writer only: the row may be about to be committed.</summary>
    private static async ValueTask<int> CountAsync(CrossShardTransaction transaction, Entry entry, ITablet[] all, int shard, CancellationToken cancellationToken)
    {
        var request = new ShardQueryRequest(all[shard].Shard, entry.Table.TwoRowsSql, entry.Values);
        if (!transaction.WritesOn(all[shard]))
        {
            var committed = await all[shard].QueryAsync(request, cancellationToken);
            if (committed.Rows.RowCount > 0) return committed.Rows.RowCount;
        }

        var txId = await transaction.WriteInTurnAsync(all, shard, cancellationToken);
        return (await all[shard].QueryAsync(request with { TxId = txId }, cancellationToken)).Rows.RowCount;
    }

    /// <summary>What one shard has to do: deletions, then insertions, table by table.</summary>
    private sealed class ShardWork(int shard)
    {
        private readonly List<(EntryTable Table, bool IsNew, List<Entry> Entries)> _steps = [];

        public int Shard => shard;

        public void Add(Entry entry, bool isNew)
        {
            var step = _steps.FindIndex(step => step.IsNew == isNew && ReferenceEquals(step.Table, entry.Table));
            if (step >= 0) _steps[step].Entries.Add(entry);
            else _steps.Add((entry.Table, isNew, [entry]));
        }

        /// <summary>Does it.</summary>
        /// <returns>New entries of unique lookups that may have been there before.</returns>
        public async ValueTask<List<Entry>> RunAsync(ITablet tablet, string txId, CancellationToken cancellationToken)
        {
            var results = await ResultsAsync(tablet, txId, cancellationToken);
            List<Entry> unsettled = [];
            for (var i = 0; i < _steps.Count; i++)
            {
                var (table, isNew, entries) = _steps[i];
                if (isNew && table.Lookup.Unique && results[i].Affected < entries.Count) unsettled.AddRange(entries);
            }

            return unsettled;
        }

        private async ValueTask<IReadOnlyList<ShardResult>> ResultsAsync(ITablet tablet, string txId, CancellationToken cancellationToken)
        {
            if (_steps is [{ Entries: [var only] } step])
            {
                return [await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, step.IsNew ? step.Table.InsertSql : step.Table.DeleteSql, only.Parameters, txId), cancellationToken)];
            }

            var statements = _steps.Select(step => new ShardStatement(step.IsNew ? step.Table.InsertSql : step.Table.DeleteSql, [.. step.Entries.Select(entry => entry.Parameters)]));
            return await tablet.BatchAsync(new ShardBatchRequest(tablet.Shard, [.. statements], txId), cancellationToken);
        }
    }
}
