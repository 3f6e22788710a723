namespace Shale.Vitess;

/// <summary>What writes of tables with lookup vindexes do beside writing the rows. Thread-safe.</summary>
internal sealed class OwnerWrites(TabletMap tablets, EntryWriter entries)
{
    /// <summary>Takes the writers of the shards that get rows and, as far as it can be foreseen, of those that get their entries; all, where it cannot.</summary>
    public async ValueTask LockAsync(InsertPlan plan, RoutedRows rows, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        var all = tablets.Of(plan.Place.Keyspace);
        var shards = new ShardSet(all.Length);
        foreach (var shard in rows.Shards) shards.Add(shard);
        for (var i = 0; i < plan.Written!.Tables.Count && !shards.IsAll; i++)
        {
            if (plan.Template.LookupCells[i] is not { } cells) shards.AddAll();
            else AddShards(plan.Written.Tables[i], cells, rows, shards);
        }

        await transaction.LockAsync(all, shards, cancellationToken);
    }

    /// <summary>Inserts rows where a clause says what to do with values that others have.</summary>
    public ValueTask<WriteResult> InsertAsync(InsertPlan plan, RoutedRows rows, CrossShardTransaction transaction, CancellationToken cancellationToken) =>
        new ConflictingRows(plan, transaction, tablets.Of(plan.Place.Keyspace), entries, cancellationToken).RunAsync(rows);

    /// <summary>Adds the entries of rows that have been inserted.</summary>
    public async ValueTask<WriteResult> InsertedAsync(OwnerLookups lookups, WriteResult result, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        List<Entry> added = [];
        var rows = lookups.Cut(result.Rows, added);
        await entries.WriteAsync(transaction, [], added, null, cancellationToken);
        return result with { Rows = rows };
    }

    /// <summary>Removes the entries of rows that have been deleted.</summary>
    public async ValueTask<WriteResult> DeletedAsync(OwnerLookups lookups, WriteResult result, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        List<Entry> removed = [];
        var rows = lookups.Cut(result.Rows, removed);
        await entries.WriteAsync(transaction, removed, [], null, cancellationToken);
        return result with { Rows = rows };
    }

    /// <summary>Before rows are changed one by one: the entries that they have, under the writers that changing them will need. 23505 where a row takes values before another gives them up.</summary>
    public async ValueTask<ChangingEntries> BeforeAsync(RowChangePlan plan, RowChangeSteps steps, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        var changing = ChangingEntries.Of(plan.Written!, steps.Entries());
        await entries.LockAsync(transaction, changing.Needed, cancellationToken);
        return changing;
    }

    /// <summary>Changes the entries of rows that have been changed, moved or deleted one by one.</summary>
    public async ValueTask<WriteResult> ChangedAsync(
        RowChangePlan plan, ChangingEntries before, WriteResult result, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        List<Entry> added = [];
        var rows = plan.NewEntryCells.Length == 0 ? result.Rows : plan.Written!.Cut(result.Rows, added);
        await entries.WriteAsync(transaction, before.Before, added, before.IsMoved, cancellationToken);
        return result with { Rows = rows };
    }

    /// <summary>Before rows are changed one by one: the entries of the rows of other tables that foreign keys' actions may delete or change with them.</summary>
    public async ValueTask<List<Entry>> BeforeCascadesAsync(RowChangePlan plan, RowChangeSteps steps, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        List<Entry> found = [];
        if (steps.Cascades.Count == 0) return found;
        var all = tablets.Of(plan.Place.Keyspace);
        foreach (var (shard, edge, key) in steps.Cascades)
        {
            foreach (var each in plan.Place.IsReference ? Enumerable.Range(0, all.Length) : [shard])
            {
                var txId = await transaction.WriteInTurnAsync(all, each, cancellationToken);
                await CascadingRows.FindAsync(edge, key, all[each], txId, found, cancellationToken);
            }
        }

        await entries.LockAsync(transaction, found, cancellationToken);
        return found;
    }

    /// <summary>Removes the entries that foreign keys' actions have left without a row.</summary>
    public async ValueTask CascadedAsync(List<Entry> before, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        List<Entry> removed = [];
        foreach (var entry in before)
        {
            if (!await entries.IsThereAsync(transaction, entry, cancellationToken)) removed.Add(entry);
        }

        // Each table has a batch of its own: what is done with entries is told apart by their tables.
        foreach (var group in removed.GroupBy(entry => entry.Table.Owner)) await entries.WriteAsync(transaction, [.. group], [], null, cancellationToken);
    }

    private static void AddShards(EntryTable table, int[] cells, RoutedRows rows, ShardSet into)
    {
        if (cells.Length == 0) return;
        var values = new SqlValue[cells.Length];
        foreach (var list in rows.Rows)
        {
            foreach (var row in list)
            {
                for (var i = 0; i < cells.Length; i++) values[i] = row[cells[i]];
                if (Array.TrueForAll(values, value => !value.IsNull)) into.Add(table.ShardOf(values));
                if (into.IsAll) return;
            }
        }
    }
}
