using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Runs the plans of SELECTs. Thread-safe.</summary>
/// <param name="tablets">Where the shards are.</param>
/// <param name="scratch">Opens scratch databases.</param>
/// <param name="gateTables">Fills the tables that the gate itself answers.</param>
/// <param name="assemblyBytes">What one assembly may fetch.</param>
/// <param name="forceAssembly">Whether T2 is taken wherever there is one.</param>
/// <param name="limit">What one statement may read.</param>
internal sealed class SelectExecutor(TabletMap tablets, IScratchSource scratch, GateTables gateTables, long assemblyBytes, bool forceAssembly, ReadLimit limit)
{
    private const int RowsWorthAnIndex = 200;
    private const int FinalChunkBytes = 256 * 1024;
    private const int FewRows = 1_000;

    private static readonly int ShardsAtOnce = Math.Clamp(2 * Environment.ProcessorCount, 4, 16);

    /// <summary>Reads the entries of lookup vindexes.</summary>
    public LookupReader Lookups { get; } = new(tablets);

    /// <summary>Runs a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="values">The statement's parameters.</param>
    /// <param name="transaction">The transaction it belongs to; null for a snapshot of its own.</param>
    /// <param name="trace">Told what ran where; null if nobody asks.</param>
    /// <param name="cancellationToken">Stops the shards.</param>
    public ValueTask<RowSet> RunAsync(
        SelectPlan plan, SqlValue[] values, CrossShardTransaction? transaction, SelectTrace? trace, CancellationToken cancellationToken)
    {
        if (!LookupRead.AreRead(plan.Routing.Lookups, values)) return LookUpAndRunAsync(plan, values, transaction, trace, cancellationToken);
        if (forceAssembly) plan = Assembled(plan);
        if (plan is SingleShardPlan single)
        {
            if (TryOne(single, values, out var tablet))
            {
                trace?.Ran(plan.Tier, tablet.Shard);
                return transaction is null
                    ? RunOneAsync(tablet, single, values, cancellationToken)
                    : QueryAsync(tablets.Of(plan.Routing.Keyspace), tablet, single.Statement, values, transaction, cancellationToken);
            }

            plan = single.Otherwise;
        }

        return plan switch
        {
            ScatterPlan scatter => ScatterAsync(scatter, values, transaction, trace, cancellationToken),
            AssemblyPlan assembly => AssembleAsync(assembly, values, transaction, trace, cancellationToken),
            _ => throw new InvalidOperationException($"unknown plan {plan.GetType().Name}"),
        };
    }

    private async ValueTask<RowSet> LookUpAndRunAsync(
        SelectPlan plan, SqlValue[] values, CrossShardTransaction? transaction, SelectTrace? trace, CancellationToken cancellationToken) =>
        await RunAsync(plan, await Lookups.ReadAsync(plan.Routing.Lookups, values, transaction, cancellationToken), transaction, trace, cancellationToken);

    /// <summary>Runs a plan and gives its rows in chunks, at least one. What needs no merge is passed on as the shards find it, one shard after another.</summary>
    public async IAsyncEnumerable<RowSet> StreamAsync(SelectPlan plan, SqlValue[] values, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        values = await Lookups.ReadAsync(plan.Routing.Lookups, values, null, cancellationToken);
        if (forceAssembly) plan = Assembled(plan);
        if (plan is SingleShardPlan single)
        {
            if (TryOne(single, values, out var tablet))
            {
                await foreach (var chunk in StreamAsync(tablet, single.Statement, values, cancellationToken)) yield return chunk;
                yield break;
            }

            plan = single.Otherwise;
        }

        if (plan is ScatterPlan { Merge: null } scatter)
        {
            foreach (var shard in plan.Routing.ShardsOf(values))
            {
                var tablet = tablets.Of(plan.Routing.Keyspace)[shard];
                await foreach (var chunk in StreamAsync(tablet, scatter.PerShard, values, cancellationToken)) yield return chunk;
            }

            yield break;
        }

        if (plan is ScatterPlan { Merge.Order: { } order } ordered && await BoundsAsync(order, values, cancellationToken) is { } bounds)
        {
            await foreach (var chunk in OrderedAsync(ordered, order, bounds, values, null, null, cancellationToken)) yield return chunk;
            yield break;
        }

        yield return await RunAsync(plan, values, null, null, cancellationToken);
    }

    private static IAsyncEnumerable<RowSet> StreamAsync(ITablet tablet, Fragment statement, SqlValue[] values, CancellationToken cancellationToken) =>
        tablet.StreamAsync(new ShardQueryRequest(tablet.Shard, statement.Sql, statement.Bind(values)), cancellationToken);

    private static SelectPlan Assembled(SelectPlan plan)
    {
        if (plan is SingleShardPlan { HasOtherwise: true } single) plan = single.Otherwise;
        return plan is ScatterPlan scatter ? scatter.Assembly.Value : plan;
    }

    /// <summary>The one shard that has everything; false if there are several.</summary>
    public bool TryOne(SingleShardPlan plan, ReadOnlySpan<SqlValue> values, [NotNullWhen(true)] out ITablet? tablet)
    {
        var shard = forceAssembly && plan.HasOtherwise ? -1 : plan.Routing.SingleShard(values);
        tablet = shard >= 0 ? tablets.Of(plan.Routing.Keyspace)[shard] : null;
        return tablet is not null;
    }

    /// <summary>Runs a whole statement on the one shard that has everything, in a snapshot of its own; no state machine where the shard answers at once.</summary>
    /// <param name="tablet">The shard.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="values">The statement's parameters.</param>
    /// <param name="cancellationToken">Stops the shard.</param>
    public ValueTask<RowSet> RunOneAsync(ITablet tablet, SingleShardPlan plan, SqlValue[] values, CancellationToken cancellationToken)
    {
        var pending = tablet.QueryAsync(limit.On(new ShardQueryRequest(tablet.Shard, plan.Statement.Sql, plan.Statement.Bind(values))), cancellationToken);
        return pending.IsCompletedSuccessfully ? new ValueTask<RowSet>(pending.Result.Rows) : RowsOf(pending);

        static async ValueTask<RowSet> RowsOf(ValueTask<ShardResult> pending) => (await pending).Rows;
    }

    private async ValueTask<RowSet> QueryAsync(
        ITablet[] all, ITablet tablet, Fragment statement, SqlValue[] values, CrossShardTransaction transaction, CancellationToken cancellationToken)
    {
        var txId = await transaction.ReadOnAsync(all, Array.IndexOf(all, tablet), cancellationToken);
        return (await tablet.QueryAsync(limit.On(new ShardQueryRequest(tablet.Shard, statement.Sql, statement.Bind(values), txId)), cancellationToken)).Rows;
    }

    private async ValueTask<RowSet> ScatterAsync(
        ScatterPlan plan, SqlValue[] values, CrossShardTransaction? transaction, SelectTrace? trace, CancellationToken cancellationToken)
    {
        try
        {
            if (plan.Merge?.Order is { } order && await BoundsAsync(order, values, cancellationToken) is { } bounds)
            {
                return await Rows(OrderedAsync(plan, order, bounds, values, transaction, trace, cancellationToken));
            }

            var parts = await GatherAsync(plan, values, transaction, trace, cancellationToken);
            return plan.Merge is null ? Concatenate(parts) : await MergeAsync(plan.Merge, parts, values, cancellationToken);
        }
        catch (VitessException failure) when (failure.SqlState == "22003")
        {
            // A partial sum can overflow where the sum over all shards does not.
            return await RunAsync(plan.Assembly.Value, values, transaction, trace, cancellationToken);
        }
    }

    /// <summary>The rows of all shards in order, in chunks. Few rows are fetched at once; of many, each shard streams.</summary>
    private async IAsyncEnumerable<RowSet> OrderedAsync(ScatterPlan plan, MergeOrder order, (long Offset, long Limit) bounds, SqlValue[] values,
        CrossShardTransaction? transaction, SelectTrace? trace, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (bounds.Limit >= 0 && bounds.Limit <= FewRows && bounds.Offset <= FewRows)
        {
            var parts = await GatherAsync(plan, values, transaction, trace, cancellationToken);
            var merge = new OrderedMerge(order, Array.ConvertAll(parts, OrderedMerge.Source));
            await foreach (var chunk in merge.RunAsync(bounds.Offset, bounds.Limit, cancellationToken)) yield return chunk;
            yield break;
        }

        var requests = await RequestsAsync(plan.Routing, plan.PerShard, plan.Tier, values, transaction, trace, cancellationToken);
        await using var shards = new ShardStreams(requests, ShardsAtOnce, chunksAhead: 1, cancellationToken);
        var sources = Enumerable.Range(0, requests.Length).Select(shard => (Func<ValueTask<RowSet?>>)(() => shards.NextAsync(shard))).ToArray();
        await foreach (var chunk in new OrderedMerge(order, sources).RunAsync(bounds.Offset, bounds.Limit, cancellationToken)) yield return chunk;
    }

    /// <summary>LIMIT and OFFSET; null where only the engine can judge them.</summary>
    private async ValueTask<(long Offset, long Limit)?> BoundsAsync(MergeOrder order, SqlValue[] values, CancellationToken cancellationToken)
    {
        if (order.Bounds is not { } bounds) return MergeBounds.None;
        if (bounds.TryRead(values, out var known)) return MergeBounds.Of(known.Limit, known.Offset);
        await using var database = await scratch.OpenScratchAsync(cancellationToken);
        var row = (await database.ExecuteAsync(bounds.Query.Sql, bounds.Query.Bind(values), cancellationToken)).Rows;
        return MergeBounds.Of(row[0][0], row[0][1]);
    }

    private ValueTask<RowSet> Rows(IAsyncEnumerable<RowSet> chunks) => limit.ReadAsync(chunks);

    private async ValueTask<RowSet[]> GatherAsync(
        ScatterPlan plan, SqlValue[] values, CrossShardTransaction? transaction, SelectTrace? trace, CancellationToken cancellationToken)
    {
        var requests = await RequestsAsync(plan.Routing, plan.PerShard, plan.Tier, values, transaction, trace, cancellationToken);
        long rows = 0, bytes = 0;
        return await Scatter.RunAsync(requests.Length, async (i, token) =>
        {
            var part = (await requests[i].Tablet.QueryAsync(limit.On(requests[i].Request), token)).Rows;
            if (!limit.IsNone) limit.Check(Interlocked.Add(ref rows, part.RowCount), Interlocked.Add(ref bytes, part.SizeBytes));
            return part;
        }, cancelOthers: true, cancellationToken);
    }

    private static RowSet Concatenate(RowSet[] parts)
    {
        var all = new RowSet(RowFields.Of(parts, parts[0].Fields.Count), parts.Sum(part => part.RowCount));
        foreach (var part in parts) all.AddAll(part);
        return all;
    }

    private async ValueTask<RowSet> MergeAsync(Merge merge, RowSet[] parts, SqlValue[] values, CancellationToken cancellationToken)
    {
        await using var database = await scratch.OpenScratchAsync(cancellationToken);
        var columns = new List<string>();
        for (var i = 0; i < merge.Collations.Length; i++)
        {
            var native = parts.Select(part => part.Fields[i].NativeType).FirstOrDefault(type => type is not null);
            columns.Add(ScratchTable.Column($"c{i}", native, merge.Collations[i]));
        }

        await database.ExecuteAsync(ScratchTable.Create(Merge.Table, columns), [], cancellationToken);
        foreach (var part in parts) await database.InsertRowsAsync(Merge.Table, part, cancellationToken);
        return await FinalAsync(database, merge.Final, values, cancellationToken);
    }

    private async ValueTask<RowSet> FinalAsync(IEngineConnection database, Fragment final, SqlValue[] values, CancellationToken cancellationToken)
    {
        if (limit.IsNone) return (await database.ExecuteAsync(final.Sql, final.Bind(values), cancellationToken)).Rows;
        return await limit.ReadAsync(database.StreamAsync(final.Sql, final.Bind(values), FinalChunkBytes, cancellationToken));
    }

    private async ValueTask<RowSet> AssembleAsync(
        AssemblyPlan plan, SqlValue[] values, CrossShardTransaction? transaction, SelectTrace? trace, CancellationToken cancellationToken)
    {
        // Several fetches from one shard must see one snapshot of it.
        var snapshot = transaction is null && plan.Fetches.Count > 1
            ? new CrossShardTransaction(tablets.Locks, new TransactionOptions(IsolationLevel.RepeatableRead, ReadOnly: true))
            : null;
        try
        {
            await using var database = await scratch.OpenScratchAsync(cancellationToken);
            var budget = assemblyBytes;
            foreach (var fetch in plan.Fetches)
            {
                budget = await FetchAsync(fetch, database, budget, values, transaction ?? snapshot, trace, cancellationToken);
                if (budget < 0) throw TooLarge(plan, fetch);
            }

            trace?.Final(plan.Tier);
            return await FinalAsync(database, plan.Final, values, cancellationToken);
        }
        finally
        {
            if (snapshot is not null) await snapshot.RollbackAsync();
        }
    }

    /// <summary>Fetches one table into the scratch database; returns what is left of the budget, negative when it was exceeded.</summary>
    private async ValueTask<long> FetchAsync(TableFetch fetch, IEngineConnection database, long budget, SqlValue[] values, CrossShardTransaction? transaction,
        SelectTrace? trace, CancellationToken cancellationToken)
    {
        if (fetch.Place is null)
        {
            var rows = gateTables.Rows(fetch.Table, fetch.Columns);
            await CreateAsync(fetch, rows, database, cancellationToken);
            await database.InsertRowsAsync(fetch.Table, rows, cancellationToken);
            return budget;
        }

        var created = false;
        var rowCount = 0;
        var requests = await RequestsAsync(fetch.Routing, fetch.Statement, "T2", values, transaction, trace, cancellationToken);
        await foreach (var chunk in Gathering.StreamAsync(requests, ShardsAtOnce, cancellationToken))
        {
            if (!created) await CreateAsync(fetch, chunk, database, cancellationToken);
            created = true;
            budget -= chunk.SizeBytes;
            if (budget < 0) return budget;
            rowCount += chunk.RowCount;
            if (!limit.IsNone) limit.Check(rowCount, assemblyBytes - budget);
            await database.InsertRowsAsync(fetch.Table, chunk, cancellationToken);
        }

        if (rowCount < RowsWorthAnIndex) return budget;
        foreach (var column in fetch.Lookups) await database.ExecuteAsync(ScratchTable.CreateIndex(fetch.Table, column), [], cancellationToken);
        return budget;
    }

    private async ValueTask<(ITablet Tablet, ShardQueryRequest Request)[]> RequestsAsync(
        Routing routing, Fragment statement, string tier, SqlValue[] values, CrossShardTransaction? transaction, SelectTrace? trace, CancellationToken cancellationToken)
    {
        var all = tablets.Of(routing.Keyspace);
        var bound = statement.Bind(values);
        var requests = new List<(ITablet, ShardQueryRequest)>();
        foreach (var shard in routing.ShardsOf(values))
        {
            trace?.Ran(tier, all[shard].Shard);
            var txId = transaction is null ? null : await transaction.ReadOnAsync(all, shard, cancellationToken);
            requests.Add((all[shard], new ShardQueryRequest(all[shard].Shard, statement.Sql, bound, txId)));
        }

        return [.. requests];
    }

    private static async ValueTask CreateAsync(TableFetch fetch, RowSet rows, IEngineConnection database, CancellationToken cancellationToken)
    {
        var columns = fetch.Columns.Select((column, i) => ScratchTable.Column(column.Name, rows.Fields[i].NativeType, column.Collation)).ToList();
        await database.ExecuteAsync(ScratchTable.Create(fetch.Table, columns), [], cancellationToken);
    }

    private VitessException TooLarge(AssemblyPlan plan, TableFetch fetch)
    {
        var tables = new StringBuilder();
        foreach (var each in plan.Fetches) tables.Append(tables.Length == 0 ? "" : ", ").Append(each.Table);
        var keys = fetch.Place is { IsSharded: true } place ? $" or compare {fetch.Table}.{string.Join(", ", place.Table.ShardColumns)} with a value" : "";
        return new VitessException(ErrorCodes.ResourceExhausted,
            $"the statement would fetch more than {assemblyBytes} bytes of the tables {tables} to the gate; \"{fetch.Table}\" went over it", sqlState: "54000",
            hint: $"Join on equal sharding keys{keys}, make small tables reference tables, add conditions, or raise the assembly budget.");
    }
}
