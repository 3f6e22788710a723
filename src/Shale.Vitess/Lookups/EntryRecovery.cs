using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// Looks after entries that are in doubt since a commit over shards ended in the middle: the rows decide. A row that is there gets its entry, an entry without a row is deleted, and
/// of a row that was to move and is now in both places the old one goes. It can be done again and again.
/// </summary>
internal sealed class EntryRecovery(LockGraph locks, IReadOnlyList<EntryChange> changes)
{
    /// <summary>How many entries or rows it has changed.</summary>
    public long Changed { get; private set; }

    /// <summary>Does it, in one transaction for each keyspace, which has the writers of all its shards.</summary>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        foreach (var group in changes.GroupBy(change => change.Entry.Table.Owner.Keyspace.Name, VSchemaNames.Comparer))
        {
            var transaction = new CrossShardTransaction(locks, new TransactionOptions(IsolationLevel.ReadCommitted));
            try
            {
                await new InOne(transaction, [.. group], cancellationToken).RunAsync(this);
                await transaction.CommitAsync(cancellationToken);
            }
            catch
            {
                await transaction.RollbackAsync();
                throw;
            }
        }
    }

    /// <summary>What is done in one transaction.</summary>
    private sealed class InOne(CrossShardTransaction transaction, List<EntryChange> changes, CancellationToken cancellationToken)
    {
        private readonly Dictionary<EntryTable, LookupKeeper> _keepers = [];
        private readonly Dictionary<(EntryKey Values, int Shard), List<LookupRow>> _rows = [];

        public async ValueTask RunAsync(EntryRecovery recovery)
        {
            var tablets = changes[0].Tablets;
            foreach (var owner in changes.Select(change => change.Entry.Table.Owner.Table).Distinct()) await transaction.LockAsync(tablets, Enumerable.Range(0, tablets.Length), owner, cancellationToken);
            await FinishMovesAsync();
            foreach (var change in changes) await FitAsync(change.Entry, Of(change));
            recovery.Changed += _keepers.Values.Sum(keeper => keeper.Changed);
        }

        private async ValueTask FinishMovesAsync()
        {
            var arrived = new Dictionary<EntryKey, Entry>();
            foreach (var change in changes.Where(change => change is { Moved: true, Added: true, Entry.Table.Lookup.Unique: true })) arrived[change.Entry.ValuesKey] = change.Entry;
            foreach (var change in changes)
            {
                if (change is not { Moved: true, Added: false } || !arrived.TryGetValue(change.Entry.ValuesKey, out var entry) || entry.RowShard == change.Entry.RowShard) continue;
                var keeper = Of(change);
                if ((await keeper.RowsAsync(entry.RowShard, entry.Values)).Count > 0) await keeper.DeleteRowsAsync(change.Entry.RowShard, entry.Values);
            }
        }

        private async ValueTask FitAsync(Entry entry, LookupKeeper keeper)
        {
            if (!_rows.TryGetValue((entry.ValuesKey, entry.RowShard), out var rows))
            {
                _rows[(entry.ValuesKey, entry.RowShard)] = rows = await keeper.RowsAsync(entry.RowShard, entry.Values);
            }

            var row = rows.Find(row => row.Id == entry.Id) ?? (entry.Table.Lookup.Unique && rows.Count > 0 ? rows[0] : null);
            if (row is not null) await keeper.AddAsync(row);
            if (row?.Id != entry.Id) await keeper.DeleteAsync(entry.Shard, entry.Values, entry.Id);
        }

        private LookupKeeper Of(EntryChange change)
        {
            var table = change.Entry.Table;
            if (!_keepers.TryGetValue(table, out var keeper)) _keepers[table] = keeper = new LookupKeeper(table, change.Tablets, transaction, cancellationToken);
            return keeper;
        }
    }
}
