using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// Runs the plans of writes. A statement on one shard without a transaction is that shard's own; anything else runs inside a transaction over the shards,
/// commits only when all have executed, and undoes all if one fails (SEMANTICS S4.1). Thread-safe.
/// </summary>
internal sealed class WriteExecutor(TabletMap tablets, SelectExecutor selects, InsertRowSource inserts)
{
    private readonly CopyExecutor _copies = new(tablets);
    private readonly OwnerWrites _owners = new(tablets, new EntryWriter(tablets));

    /// <summary>Runs a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="values">The statement's parameters.</param>
    /// <param name="transaction">The transaction it belongs to; null for one of its own.</param>
    /// <param name="undoAlone">Whether the statement must be undone alone when it fails in a transaction (dialect sqlite).</param>
    /// <param name="memory">What its session keeps of sequences; null if nobody can ask for it.</param>
    /// <param name="encoding">The form in which rows of a single shard may come encoded; null for values.</param>
    /// <param name="cancellationToken">Undoes the statement.</param>
    public ValueTask<WriteResult> RunAsync(
        StatementPlan plan, SqlValue[] values, CrossShardTransaction? transaction, bool undoAlone, SequenceMemory? memory, RowEncoding? encoding, CancellationToken cancellationToken) =>
        plan is InsertPlan insert ? InsertAsync(insert, values, transaction, undoAlone, memory, encoding, cancellationToken) : RunAsync(plan, values, transaction, undoAlone, encoding, cancellationToken);

    private ValueTask<WriteResult> RunAsync(
        StatementPlan plan, SqlValue[] values, CrossShardTransaction? transaction, bool undoAlone, RowEncoding? encoding, CancellationToken cancellationToken) => plan switch
    {
        { Lookups.Count: > 0 } when !LookupRead.AreRead(plan.Lookups, values) => LookedUpAsync(plan, values, transaction, undoAlone, cancellationToken),
        DirectWritePlan direct => DirectAsync(direct, values, transaction, undoAlone, encoding, cancellationToken),
        CopyPlan copy => TogetherAsync(transaction, undoAlone, inner => _copies.RunAsync(copy, inner, cancellationToken), cancellationToken),
        RowChangePlan change => TogetherAsync(transaction, undoAlone, inner => ChangeAsync(change, values, inner, cancellationToken), cancellationToken),
        _ => throw new InvalidOperationException($"unknown plan {plan.GetType().Name}"),
    };

    /// <summary>A write whose shards entries tell: they are read again when its shards' writers are held, for what was read before may be over.</summary>
    private ValueTask<WriteResult> LookedUpAsync(StatementPlan plan, SqlValue[] values, CrossShardTransaction? transaction, bool undoAlone, CancellationToken cancellationToken) =>
        TogetherAsync(transaction, undoAlone, async inner =>
        {
            var routing = plan is DirectWritePlan direct ? direct.All ?? direct.Target : ((RowChangePlan)plan).Target;
            return await RunAsync(plan, await selects.Lookups.LockAsync(routing, values, inner, cancellationToken), inner, false, encoding: null, cancellationToken);
        }, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WriteResult> DirectAsync(
        DirectWritePlan plan, SqlValue[] values, CrossShardTransaction? transaction, bool undoAlone, RowEncoding? encoding, CancellationToken cancellationToken)
    {
        var all = tablets.Of(plan.Target.Keyspace);
        if (plan.Broadcast && all.Length > 1) return await DirectAsync(plan, Enumerable.Range(0, all.Length), values, transaction, undoAlone, cancellationToken);
        var single = (plan.All ?? plan.Target).SingleShard(values);
        if (single < 0)
        {
            return plan.Otherwise is { } otherwise
                ? await RunAsync(otherwise.Value, values, transaction, undoAlone, encoding: null, cancellationToken)
                : await DirectAsync(plan, plan.Target.ShardsOf(values), values, transaction, undoAlone, cancellationToken);
        }

        if (plan.Written is not null) return await DirectAsync(plan, [single], values, transaction, undoAlone, cancellationToken);

        if (undoAlone && plan.MayStayHalf) return await TogetherAsync(transaction, undoAlone, inner => DirectAsync(plan, values, inner, false, encoding, cancellationToken), cancellationToken);

        // Hot path: bench gate, plan-cache hit.
        var tablet = all[single];
        var bound = plan.Statement.Bind(values);
        var result = transaction is null
            ? await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, plan.Statement.Sql, bound) { Encoding = encoding }, cancellationToken)
            : await transaction.ExecuteAsync(tablet, await transaction.WriteOnAsync(tablet, cancellationToken), plan.Statement.Sql, [bound], cancellationToken, encoding);
        return new WriteResult(result.Rows, result.Affected, plan.GivesIds ? result.LastInsertId : null, tablets.NameOf(tablet));
    }

    private ValueTask<WriteResult> DirectAsync(
        DirectWritePlan plan, IEnumerable<int> target, SqlValue[] values, CrossShardTransaction? transaction, bool undoAlone, CancellationToken cancellationToken)
    {
        var all = tablets.Of(plan.Target.Keyspace);
        int[] shards = [.. target];
        var bound = plan.Statement.Bind(values);
        return TogetherAsync(transaction, undoAlone, async inner =>
        {
            await inner.LockAsync(all, shards, cancellationToken);
            var ids = new string[shards.Length];
            for (var i = 0; i < ids.Length; i++) ids[i] = await inner.WriteOnAsync(all[shards[i]], cancellationToken);
            var parts = await Scatter.RunAsync(shards.Length, (i, token) =>
                inner.ExecuteAsync(all[shards[i]], ids[i], plan.Statement.Sql, [bound], token), cancelOthers: false, cancellationToken);
            var sum = WriteResult.Sum(parts, NamesOf(all, shards), plan.Broadcast);
            return plan.Written is null ? sum : await _owners.DeletedAsync(plan.Written, sum, inner, cancellationToken);
        }, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WriteResult> InsertAsync(
        InsertPlan plan, SqlValue[] values, CrossShardTransaction? transaction, bool undoAlone, SequenceMemory? memory, RowEncoding? encoding, CancellationToken cancellationToken)
    {
        if (plan is { Source: not null, ReadsNothing: true } && plan.Place.Keyspace.Engine == StorageEngineType.Sqlite)
        {
            // What reads no table needs no shard's writer before it is known where the rows go; functions that read by themselves are PostgreSQL's only.
            var computed = await inserts.FoundAsync(plan, await selects.RunAsync(plan.Source, values, null, null, cancellationToken), values, memory, cancellationToken);
            if (computed.Shards.Length == 0) return WriteResult.None;
            return await TogetherAsync(transaction, undoAlone, inner => InsertIntoAsync(plan, computed, inner, null, cancellationToken), cancellationToken);
        }

        if (plan.Source is not null)
        {
            return await TogetherAsync(transaction, undoAlone, inner => InsertFromAsync(plan, plan.Source, values, inner, memory, cancellationToken), cancellationToken);
        }

        var rows = await inserts.ListedAsync(plan, values, memory, cancellationToken);
        undoAlone &= rows.Shards.Length > 1 || plan.Written is not null || plan.MayStayHalf;
        if (transaction is null ? rows.Shards.Length == 1 && plan.Written is null : !undoAlone) return await InsertIntoAsync(plan, rows, transaction, encoding, cancellationToken);
        return await TogetherAsync(transaction, undoAlone, inner => InsertIntoAsync(plan, rows, inner, encoding, cancellationToken), cancellationToken);
    }

    private async ValueTask<WriteResult> InsertFromAsync(
        InsertPlan plan, SelectPlan source, SqlValue[] values, CrossShardTransaction transaction, SequenceMemory? memory, CancellationToken cancellationToken)
    {
        var all = tablets.Of(plan.Place.Keyspace);
        var targets = plan.Place.IsSharded || plan.Place.IsReference ? Enumerable.Range(0, all.Length) : [0];
        await transaction.LockAsync(all, targets, cancellationToken);
        var found = await selects.RunAsync(source, values, transaction, null, cancellationToken);
        var rows = await inserts.FoundAsync(plan, found, values, memory, cancellationToken);
        return rows.Shards.Length == 0 ? WriteResult.None : await InsertIntoAsync(plan, rows, transaction, null, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WriteResult> InsertIntoAsync(InsertPlan plan, RoutedRows rows, CrossShardTransaction? transaction, RowEncoding? encoding, CancellationToken cancellationToken)
    {
        var all = tablets.Of(plan.Place.Keyspace);
        if (plan.Written is not null || rows.Shards.Length > 1) encoding = null;
        var ids = new string[rows.Shards.Length];
        if (transaction is not null)
        {
            if (plan.Written is not null) await _owners.LockAsync(plan, rows, transaction, cancellationToken);
            if (plan.Conflicts is not null) return await _owners.InsertAsync(plan, rows, transaction, cancellationToken);
            for (var i = 0; i < ids.Length; i++) ids[i] = await transaction.WriteOnAsync(all[rows.Shards[i]], cancellationToken);
        }

        var parts = await Scatter.RunAsync(ids.Length, RunPartAsync, cancelOthers: false, cancellationToken);
        var sum = WriteResult.Sum(parts, NamesOf(all, rows.Shards), plan.Place.IsReference);
        if (ReturnedInOrder(parts, rows) is { } ordered) sum = sum with { Rows = ordered };
        if (plan.Written is not null) sum = await _owners.InsertedAsync(plan.Written, sum, transaction!, cancellationToken);
        return plan.Sequence is null && plan.Place.NumbersItself ? sum : sum with { LastInsertId = rows.LastId };

        ValueTask<ShardResult> RunPartAsync(int i, CancellationToken token) => transaction is null
            ? RunRowsAsync(all[rows.Shards[i]], plan.Template.Sql, rows.Rows[i], encoding, token)
            : transaction.ExecuteAsync(all[rows.Shards[i]], ids[i], plan.Template.Sql, rows.Rows[i], token, encoding);
    }

    /// <summary>What RETURNING gave, in the order of the statement's rows; null where some row gave none, so that nobody can tell which.</summary>
    private static RowSet? ReturnedInOrder(ShardResult[] parts, RoutedRows rows)
    {
        if (rows.Shards.Length < 2 || rows.Order.Length == 0 || parts[0].Rows.Fields.Count == 0) return null;
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Rows.RowCount != rows.Rows[i].Count) return null;
        }

        var ordered = new RowSet(parts[0].Rows.Fields, rows.Order.Length);
        var next = new int[parts.Length];
        foreach (var part in rows.Order) ordered.Add(parts[part].Rows[next[part]++]);
        return ordered;
    }

    private static async ValueTask<ShardResult> RunRowsAsync(ITablet tablet, string sql, IReadOnlyList<SqlValue[]> rows, RowEncoding? encoding, CancellationToken cancellationToken)
    {
        if (rows.Count == 1) return await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, sql, rows[0]) { Encoding = encoding }, cancellationToken);
        var results = await tablet.BatchAsync(new ShardBatchRequest(tablet.Shard, [new ShardStatement(sql, rows)], null), cancellationToken);
        return results[0];
    }

    private async ValueTask<WriteResult> ChangeAsync(
        RowChangePlan plan, SqlValue[] values, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        var all = tablets.Of(plan.Place.Keyspace);
        var targets = plan.Place.IsReference ? Enumerable.Range(0, all.Length) : plan.Target.ShardsOf(values);
        await transaction.LockAsync(all, targets, plan.Place.Table, cancellationToken);
        var found = await selects.RunAsync(plan.Source, values, transaction, null, cancellationToken);
        var steps = new RowChangeSteps(plan, all.Length);
        var returned = plan.ReturnedFrom is { } from ? new RowSet([.. found.Fields.Skip(from)]) : null;
        for (var i = 0; i < found.RowCount; i++)
        {
            if (steps.Add(found[i])) returned?.Add(found[i][plan.ReturnedFrom!.Value..]);
        }

        var entries = plan.Written is null ? null : await _owners.BeforeAsync(plan, steps, transaction, cancellationToken);
        foreach (var (shard, check, row) in steps.Checks) await RefuseReferencedAsync(all[shard], check, row, plan, transaction, cancellationToken);

        var cascading = await _owners.BeforeCascadesAsync(plan, steps, transaction, cancellationToken);
        var byShard = steps.ByShard();
        int[] touched = [.. Enumerable.Range(0, all.Length).Where(shard => byShard[shard].Statements.Count > 0)];
        var ids = new string[touched.Length];
        for (var i = 0; i < ids.Length; i++) ids[i] = await transaction.WriteInTurnAsync(all, touched[i], cancellationToken);
        var parts = touched.Length == 0 ? [] : await Scatter.RunAsync(touched.Length, (i, token) =>
            transaction.BatchAsync(all[touched[i]], ids[i], byShard[touched[i]].Statements, token), cancelOthers: false, cancellationToken);
        ShardResult[] counted = [.. parts.SelectMany((results, i) => byShard[touched[i]].Counted(results))];
        var sum = WriteResult.Sum(counted, NamesOf(all, touched), plan.Place.IsReference);
        if (entries is not null) sum = await _owners.ChangedAsync(plan, entries, sum, transaction, cancellationToken);
        await _owners.CascadedAsync(cascading, transaction, cancellationToken);
        return returned is null ? sum : sum with { Rows = returned };
    }

    private static async ValueTask RefuseReferencedAsync(
        ITablet tablet, ReferenceCheck check, SqlValue[] row, RowChangePlan plan, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        var txId = await transaction.WriteOnAsync(tablet, cancellationToken);
        var found = await tablet.QueryAsync(new ShardQueryRequest(tablet.Shard, check.Sql, row, txId), cancellationToken);
        if (found.Rows.RowCount == 0) return;
        var table = plan.Place.Table.Name;
        throw check.Cascades
            ? new VitessException(ErrorCodes.QueryError, $"the sharding key of \"{table}\" cannot change where rows of \"{check.Child}\" would have to move along", tablet.Shard,
                sqlState: "0A000", hint: $"Move the rows of \"{check.Child}\" by statements of your own.")
            : new VitessException(ErrorCodes.ConstraintViolation, $"a row of \"{table}\" is still referenced from table \"{check.Child}\"", tablet.Shard, sqlState: "23503");
    }

    /// <summary>Runs work in the given transaction, undone alone where that is asked, or in one of its own.</summary>
    private async ValueTask<WriteResult> TogetherAsync(
        CrossShardTransaction? transaction, bool undoAlone, Func<CrossShardTransaction, ValueTask<WriteResult>> work, CancellationToken cancellationToken)
    {
        const string Savepoint = "\"shale statement\"";
        if (transaction is null) return await OwnTransaction.RunAsync(tablets.Locks, work, cancellationToken);
        if (!undoAlone) return await work(transaction);
        await transaction.SavepointAsync(Savepoint, cancellationToken);
        try
        {
            var result = await work(transaction);
            await transaction.ReleaseAsync(Savepoint, cancellationToken);
            return result;
        }
        catch
        {
            await transaction.RollbackToAsync(Savepoint, CancellationToken.None);
            await transaction.ReleaseAsync(Savepoint, CancellationToken.None);
            throw;
        }
    }

    private static List<string> NamesOf(ITablet[] all, IEnumerable<int> shards) => [.. shards.Select(shard => all[shard].Shard)];
}
