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
        var result = await ExecuteAsync(shard, row);
        List<Entry> added = [], removed = [];
        var returned = _lookups.Cut(result.Rows, added);
        foreach (var entry in added)
        {
            var action = _actions[Place(entry)];
            if (action == LookupConflict.Fail || await entries.FindOtherAsync(transaction, entry, cancellationToken) is not (>= 0 and var other)) continue;
            if (action == LookupConflict.Replace)
            {
                await DeleteAsync(entry, other, removed);
                continue;
            }

            await transaction.RollbackToAsync(Savepoint, cancellationToken);
            if (action == LookupConflict.Skip) (result, added) = (new ShardResult(result.Rows, 0), []);
            else (result, shard, added) = (await ExecuteAsync(other, row), other, []);
            returned = action == LookupConflict.Skip ? new RowSet(returned.Fields) : _lookups.Cut(result.Rows, added);
            break;
        }

        if (added.Exists(entry => entry.RowShard != shard)) throw new InvalidOperationException($"a row of {plan.Place.Table.Name} was about to be put on a shard that is not its own");
        await entries.WriteAsync(transaction, removed, added, null, cancellationToken);
        if (undoes) await transaction.ReleaseAsync(Savepoint, cancellationToken);
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
        return await all[shard].ExecuteAsync(new ShardExecuteRequest(all[shard].Shard, plan.Template.Sql, row, txId), cancellationToken);
    }

    private async ValueTask DeleteAsync(Entry entry, int shard, List<Entry> removed)
    {
        _touched.Add(shard);
        var txId = await transaction.WriteInTurnAsync(all, shard, cancellationToken);
        var sql = $"{entry.Table.DeleteRowSql} RETURNING {string.Join(", ", _lookups.Columns.Select(ScratchTable.Quote))}";
        var result = await all[shard].ExecuteAsync(new ShardExecuteRequest(all[shard].Shard, sql, entry.Values, txId), cancellationToken);
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
