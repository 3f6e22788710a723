using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// Inserts rows one after another where ON CONFLICT or OR may mean a row of another shard. A row is inserted on its own shard first, so that the engine itself says what it is
/// looked up by; where another row turns out to have that, the insertion is undone and done on that row's shard, or left out, or the other row is deleted.
/// </summary>
internal sealed class ConflictingRows(InsertPlan plan, CrossShardTransaction transaction, ITablet[] all, EntryWriter entries, CancellationToken cancellationToken)
{
    private const string Savepoint = "\"shale row\"";

    private readonly OwnerLookups _lookups = plan.Written!;
    private readonly LookupConflict[] _actions = plan.Conflicts!.Actions;
    private readonly HashSet<int> _touched = [];
    private readonly List<Entry> _met = [];
    private RowSet? _returned;
    private long _affected;

    /// <summary>Inserts the rows, in the statement's order.</summary>
    public async ValueTask<WriteResult> RunAsync(RoutedRows rows)
    {
        var next = new int[rows.Shards.Length];
        var count = rows.Rows.Sum(list => list.Count);
        for (var i = 0; i < count; i++)
        {
            var part = rows.Order.Length == 0 ? 0 : rows.Order[i];
            await InsertAsync(rows.Shards[part], rows.Rows[part][next[part]++]);
        }

        return new WriteResult(_returned ?? new RowSet([]), _affected, rows.LastId, [.. _touched.Order().Select(shard => all[shard].Shard)]);
    }

    private async ValueTask InsertAsync(int shard, SqlValue[] row)
    {
        var undoes = Array.Exists(_actions, action => action is LookupConflict.Skip or LookupConflict.Update);
        if (undoes) await transaction.SavepointAsync(Savepoint, cancellationToken);
        await TryAsync(shard, row);
        if (undoes) await transaction.ReleaseAsync(Savepoint, cancellationToken);
    }

    private async ValueTask TryAsync(int shard, SqlValue[] row)
    {
        List<Entry> added = [], removed = [];
        ShardResult result;
        try
        {
            result = await ExecuteAsync(shard, row);
        }
        catch (VitessException failure) when (failure.SqlState == "23505" && plan.Conflicts!.Any)
        {
            // The clause comes first: where it is about a row of another shard, other keys that are taken do not count.
            if (!await TryElsewhereAsync(shard, row)) throw;
            return;
        }

        var returned = _lookups.Cut(result.Rows, added);
        foreach (var entry in added)
        {
            var action = _actions[Place(entry)];
            if (action == LookupConflict.Fail || !IsInserted(entry, row) || await entries.FindOtherAsync(transaction, entry, cancellationToken) is not (>= 0 and var other)) continue;
            if (action == LookupConflict.Replace)
            {
                await DeleteAsync(entry, other, removed);
                continue;
            }

            await MeetAsync(action, shard, other, row, returned.Fields);
            return;
        }

        await KeepAsync(shard, result, returned, removed, added);
    }

    /// <summary>Whether an entry's values are those that the statement gives: else DO UPDATE has set them, on a row that was there.</summary>
    private bool IsInserted(Entry entry, SqlValue[] row)
    {
        if (plan.Template.LookupCells[Place(entry)] is not { } cells) return true;
        SqlValue[] values = [.. cells.Select(cell => row[cell])];
        return entry.Table.Entries.CanonicalKeyOfNew(values).AsSpan().SequenceEqual(entry.ValuesKey.Canonical);
    }

    /// <summary>Looks, by the values that the statement gives, for a row of another shard that the clause is about.</summary>
    private async ValueTask<bool> TryElsewhereAsync(int shard, SqlValue[] row)
    {
        for (var i = 0; i < _actions.Length; i++)
        {
            if (_actions[i] is not (LookupConflict.Skip or LookupConflict.Update) || plan.Template.LookupCells[i] is not { Length: > 0 } cells) continue;
            SqlValue[] values = [.. cells.Select(cell => row[cell])];
            if (Array.Exists(values, value => value.IsNull)) continue;
            SqlValue[] key = [.. plan.Template.KeyCells.Select(cell => row[cell])];
            var entry = new Entry(_lookups.Tables[i], _lookups.Tables[i].Entries.CanonicalKeyOfNew(values), plan.Place.KeyspaceIdOfNew(key), key);
            var other = await entries.FindOtherAsync(transaction, entry, cancellationToken);
            if (other < 0 || other == shard) continue;
            await MeetAsync(_actions[i], shard, other, row, null);
            return true;
        }

        return false;
    }

    /// <summary>Leaves a row out, or changes the one that it meets.</summary>
    private async ValueTask MeetAsync(LookupConflict action, int shard, int other, SqlValue[] row, IReadOnlyList<Field>? fields)
    {
        await transaction.RollbackToAsync(Savepoint, cancellationToken);
        if (action == LookupConflict.Skip)
        {
            if (fields is not null) Keep(shard, new RowSet(fields), 0);
            return;
        }

        List<Entry> added = [];
        var result = await ExecuteAsync(other, row);
        await KeepAsync(other, result, _lookups.Cut(result.Rows, added), [], added);
    }

    private async ValueTask KeepAsync(int shard, ShardResult result, RowSet returned, List<Entry> removed, List<Entry> added)
    {
        if (added.Exists(entry => entry.RowShard != shard))
        {
            throw new VitessException(ErrorCodes.QueryError, $"which row of \"{plan.Place.Table.Name}\" ON CONFLICT is about cannot be told over shards", sqlState: "0A000",
                hint: "Insert and update by statements of their own.");
        }

        foreach (var entry in _met)
        {
            if (!await entries.IsThereAsync(transaction, entry, cancellationToken)) removed.Add(entry);
        }

        await entries.WriteAsync(transaction, removed, added, null, cancellationToken);
        Keep(shard, returned, result.Affected);
    }

    private void Keep(int shard, RowSet returned, long affected)
    {
        _touched.Add(shard);
        _affected += affected;
        if (_returned is null) _returned = returned;
        else _returned.AddAll(returned);
    }

    private async ValueTask<ShardResult> ExecuteAsync(int shard, SqlValue[] row)
    {
        var txId = await transaction.WriteInTurnAsync(all, shard, cancellationToken);
        await MeetAsync(shard, row, txId);
        return await transaction.ExecuteAsync(all[shard], txId, plan.Template.Sql, [row], cancellationToken);
    }

    /// <summary>Remembers the entries of the rows that the next statement may change or delete.</summary>
    private async ValueTask MeetAsync(int shard, SqlValue[] row, string txId)
    {
        _met.Clear();
        if (plan.Template.Met is not { } met) return;
        var rows = await all[shard].QueryAsync(new ShardQueryRequest(all[shard].Shard, met.Sql, [.. met.Cells.Select(cell => row[cell])], txId), cancellationToken);
        for (var i = 0; i < rows.Rows.RowCount; i++) Entry.AddAll(_lookups, rows.Rows[i], _met);
    }

    private async ValueTask DeleteAsync(Entry entry, int shard, List<Entry> removed)
    {
        _touched.Add(shard);
        var txId = await transaction.WriteInTurnAsync(all, shard, cancellationToken);
        var sql = $"{entry.Table.DeleteRowSql} RETURNING {string.Join(", ", _lookups.Columns.Select(ScratchTable.Quote))}";
        var result = await transaction.ExecuteAsync(all[shard], txId, sql, [entry.Values], cancellationToken);
        _ = _lookups.Cut(result.Rows, removed);
    }

    private int Place(Entry entry)
    {
        for (var i = 0; i < _actions.Length; i++)
        {
            if (ReferenceEquals(_lookups.Tables[i], entry.Table)) return i;
        }

        throw new InvalidOperationException($"{entry.Table.Name} is no lookup of {plan.Place.Table.Name}");
    }
}
