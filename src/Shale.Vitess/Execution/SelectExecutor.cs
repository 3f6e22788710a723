using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>Runs the plans of SELECTs. Thread-safe.</summary>
/// <param name="tablets">Where the shards are.</param>
/// <param name="scratches">Open scratch databases.</param>
/// <param name="gateTables">Fills the tables that the gate itself answers.</param>
/// <param name="space">What statements may take at the gate.</param>
/// <param name="forceAssembly">Whether T2 is taken wherever there is one.</param>
/// <param name="limit">What one statement may read.</param>
internal sealed class SelectExecutor(TabletMap tablets, ScratchSources scratches, GateTables gateTables, GateSpace space, bool forceAssembly, ReadLimit limit)
{
    private const int FewRows = 1_000;

    // Of each shard: the chunk that is merged, the one that waits, and the one that is being made.
    private const long StreamBytes = 3 * 256 * 1024;

    private readonly ScratchExecutor _scratch = new(tablets, scratches, gateTables, space, limit);

    /// <summary>Reads the entries of lookup vindexes.</summary>
    public LookupReader Lookups => _scratch.Lookups;

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
                    ? RowsOfAsync(RunOneAsync(tablet, single, values, trace?.Encoding, cancellationToken))
                    : QueryAsync(tablets.Of(plan.Routing.Keyspace), tablet, single.Statement, values, transaction, trace?.Encoding, cancellationToken);
            }

            plan = single.Otherwise;
        }

        return plan switch
        {
            ScatterPlan scatter => ScatterAsync(scatter, values, transaction, trace, cancellationToken),
            AssemblyPlan assembly => RowsAsync(memory => new(_scratch.AssembleAsync(assembly, values, transaction, trace, memory, cancellationToken)), cancellationToken),
            _ => throw new InvalidOperationException($"unknown plan {plan.GetType().Name}"),
        };
    }

    private async ValueTask<RowSet> LookUpAndRunAsync(
        SelectPlan plan, SqlValue[] values, CrossShardTransaction? transaction, SelectTrace? trace, CancellationToken cancellationToken) =>
        await RunAsync(plan, await Lookups.ReadAsync(plan.Routing.Lookups, values, transaction, cancellationToken), transaction, trace, cancellationToken);

    /// <summary>Runs a plan and gives its rows in chunks, at least one. What needs no merge is passed on as the shards find it, one shard after another.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="values">The statement's parameters.</param>
    /// <param name="transaction">The transaction it belongs to; null for a snapshot of its own.</param>
    /// <param name="encoding">The form in which rows of a single shard may come encoded; null for values.</param>
    /// <param name="cancellationToken">Stops the shards.</param>
    public async IAsyncEnumerable<RowSet> StreamAsync(
        SelectPlan plan, SqlValue[] values, CrossShardTransaction? transaction, RowEncoding? encoding, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        values = await Lookups.ReadAsync(plan.Routing.Lookups, values, transaction, cancellationToken);
        if (forceAssembly) plan = Assembled(plan);
        if (plan is SingleShardPlan single)
        {
            if (TryOne(single, values, out var tablet))
            {
                var all = tablets.Of(plan.Routing.Keyspace);
                await foreach (var chunk in StreamAsync(all, Array.IndexOf(all, tablet), single.Statement, values, transaction, encoding, cancellationToken)) yield return chunk;
                yield break;
            }

            plan = single.Otherwise;
        }

        if (plan is ScatterPlan { Merge: null } scatter)
        {
            foreach (var shard in plan.Routing.ShardsOf(values))
            {
                await foreach (var chunk in StreamAsync(tablets.Of(plan.Routing.Keyspace), shard, scatter.PerShard, values, transaction, encoding, cancellationToken)) yield return chunk;
            }

            yield break;
        }

        using var memory = new MemoryGrant(space.Memory);
        await foreach (var chunk in plan is ScatterPlan merged
            ? StreamMergedAsync(merged, values, transaction, memory, cancellationToken)
            : _scratch.AssembleAsync((AssemblyPlan)plan, values, transaction, null, memory, cancellationToken)) yield return chunk;
    }

    private async IAsyncEnumerable<RowSet> StreamMergedAsync(
        ScatterPlan plan, SqlValue[] values, CrossShardTransaction? transaction, MemoryGrant memory, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await SharedThread.LeaveAsync();
        await using var chunks = (await MergedAsync(plan, values, transaction, null, memory, cancellationToken)).GetAsyncEnumerator(cancellationToken);
        if (await BeginsAsync(chunks))
        {
            do yield return chunks.Current;
            while (await chunks.MoveNextAsync());
            yield break;
        }

        await foreach (var chunk in _scratch.AssembleAsync((AssemblyPlan)plan.Assembly.Value, values, transaction, null, memory, cancellationToken)) yield return chunk;
    }

    // See ScatterAsync; a stream cannot take back what it has given.
    private static async ValueTask<bool> BeginsAsync(IAsyncEnumerator<RowSet> chunks)
    {
        try
        {
            return await chunks.MoveNextAsync();
        }
        catch (VitessException failure) when (failure.SqlState == "22003")
        {
            return false;
        }
    }

    private static async IAsyncEnumerable<RowSet> StreamAsync(
        ITablet[] all, int shard, Fragment statement, SqlValue[] values, CrossShardTransaction? transaction, RowEncoding? encoding, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var txId = transaction is null ? null : await transaction.ReadOnAsync(all, shard, cancellationToken);
        var request = new ShardQueryRequest(all[shard].Shard, statement.Sql, statement.Bind(values), txId) { Encoding = encoding };
        await foreach (var chunk in all[shard].StreamAsync(request, cancellationToken)) yield return chunk;
    }

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

    /// <summary>Whether the shards run the statement itself: then they lock the rows that it locks.</summary>
    public bool RunsOnShards(SelectPlan plan, SqlValue[] values) => plan switch
    {
        SingleShardPlan single => TryOne(single, values, out _) || RunsOnShards(single.Otherwise, values),
        ScatterPlan scatter => !forceAssembly && !scatter.Computes,
        _ => false,
    };

    /// <summary>Runs a whole statement on the one shard that has everything, in a snapshot of its own.</summary>
    /// <param name="tablet">The shard.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="values">The statement's parameters.</param>
    /// <param name="encoding">The form in which rows may come encoded; null for values.</param>
    /// <param name="cancellationToken">Stops the shard.</param>
    public ValueTask<ShardResult> RunOneAsync(ITablet tablet, SingleShardPlan plan, SqlValue[] values, RowEncoding? encoding, CancellationToken cancellationToken) =>
        tablet.QueryAsync(limit.On(new ShardQueryRequest(tablet.Shard, plan.Statement.Sql, plan.Statement.Bind(values)) { Encoding = encoding, IsOneRow = plan.IsOneRow }), cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<RowSet> RowsOfAsync(ValueTask<ShardResult> pending) => (await pending).Rows;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<RowSet> QueryAsync(
        ITablet[] all, ITablet tablet, Fragment statement, SqlValue[] values, CrossShardTransaction transaction, RowEncoding? encoding, CancellationToken cancellationToken)
    {
        var txId = await transaction.ReadOnAsync(all, Array.IndexOf(all, tablet), cancellationToken);
        return (await tablet.QueryAsync(limit.On(new ShardQueryRequest(tablet.Shard, statement.Sql, statement.Bind(values), txId) { Encoding = encoding }), cancellationToken)).Rows;
    }

    private async ValueTask<RowSet> ScatterAsync(
        ScatterPlan plan, SqlValue[] values, CrossShardTransaction? transaction, SelectTrace? trace, CancellationToken cancellationToken)
    {
        await SharedThread.LeaveAsync();
        try
        {
            if (trace is { AllowsMissing: true }) return await PartlyAsync(plan, values, trace, cancellationToken);
            if (plan.Merge is not null) return await RowsAsync(memory => MergedAsync(plan, values, transaction, trace, memory, cancellationToken), cancellationToken);
            using var memory = new MemoryGrant(space.Memory);
            return Concatenate(await GatherAsync(plan, values, transaction, trace, memory, cancellationToken));
        }
        catch (VitessException failure) when (failure.SqlState == "22003")
        {
            // A partial sum can overflow where the sum over all shards does not.
            trace?.Missing.Clear();
            return await RunAsync(plan.Assembly.Value, values, transaction, trace, cancellationToken);
        }
    }

    private async ValueTask<IAsyncEnumerable<RowSet>> MergedAsync(
        ScatterPlan plan, SqlValue[] values, CrossShardTransaction? transaction, SelectTrace? trace, MemoryGrant memory, CancellationToken cancellationToken)
    {
        var merge = plan.Merge!;
        if (merge.Order is { } order && await _scratch.BoundsAsync(order, values, cancellationToken) is { } bounds) return OrderedAsync(plan, order, bounds, values, transaction, trace, memory, cancellationToken);
        if (!merge.OneRowEach) return _scratch.MergeAsync(plan, values, transaction, trace, memory, cancellationToken);
        var parts = await GatherAsync(plan, values, transaction, trace, memory, cancellationToken);
        return _scratch.MergeAsync(merge, parts.ToAsyncEnumerable(), values, memory, cancellationToken);
    }

    /// <summary>The rows of all shards in order, in chunks. Few rows are fetched at once; of many, each shard streams.</summary>
    private async IAsyncEnumerable<RowSet> OrderedAsync(ScatterPlan plan, MergeOrder order, (long Offset, long Limit) bounds, SqlValue[] values,
        CrossShardTransaction? transaction, SelectTrace? trace, MemoryGrant memory, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (bounds.Limit >= 0 && bounds.Limit <= FewRows && bounds.Offset <= FewRows)
        {
            var parts = await GatherAsync(plan, values, transaction, trace, memory, cancellationToken);
            var merge = new OrderedMerge(order, Array.ConvertAll(parts, OrderedMerge.Source));
            await foreach (var chunk in merge.RunAsync(bounds.Offset, bounds.Limit, cancellationToken)) yield return chunk;
            yield break;
        }

        var requests = await _scratch.Requests.OfAsync(plan.Routing, plan.PerShard, plan.Tier, values, transaction, trace, cancellationToken);
        await memory.GrowAsync(Math.Min(requests.Length * StreamBytes, space.StatementBytes), cancellationToken);
        await using var shards = new ShardStreams(requests, space.ShardsAtOnce, chunksAhead: 1, cancellationToken);
        var sources = Enumerable.Range(0, requests.Length).Select(shard => (Func<ValueTask<RowSet?>>)(() => shards.NextAsync(shard))).ToArray();
        await foreach (var chunk in new OrderedMerge(order, sources).RunAsync(bounds.Offset, bounds.Limit, cancellationToken)) yield return chunk;
    }

    /// <summary>All rows together; what they take, and what it took to make them, counts until they are handed on.</summary>
    private async ValueTask<RowSet> RowsAsync(Func<MemoryGrant, ValueTask<IAsyncEnumerable<RowSet>>> chunks, CancellationToken cancellationToken)
    {
        using var memory = new MemoryGrant(space.Memory);
        return await limit.ReadAsync(Counted());

        async IAsyncEnumerable<RowSet> Counted()
        {
            await foreach (var chunk in await chunks(memory))
            {
                await memory.GrowAsync(chunk.SizeBytes, cancellationToken);
                yield return chunk;
            }
        }
    }

    /// <summary>What the shards that can answer give; each of them whole, or left out.</summary>
    private async ValueTask<RowSet> PartlyAsync(ScatterPlan plan, SqlValue[] values, SelectTrace trace, CancellationToken cancellationToken)
    {
        using var taken = new MemoryGrant(space.Memory);
        var requests = await _scratch.Requests.OfAsync(plan.Routing, plan.PerShard, plan.Tier, values, null, trace, cancellationToken);
        var parts = await PartialResults.GatherAsync(requests, limit, space.ShardsAtOnce, trace, cancellationToken);
        trace.Computes = plan.Computes;
        await taken.GrowAsync(parts.Sum(part => part.SizeBytes), cancellationToken);
        if (plan.Merge is not { } merge) return Concatenate(parts);
        return plan.Merge.Order is { } order && await _scratch.BoundsAsync(order, values, cancellationToken) is { } bounds
            ? await RowsAsync(_ => new(new OrderedMerge(order, Array.ConvertAll(parts, OrderedMerge.Source)).RunAsync(bounds.Offset, bounds.Limit, cancellationToken)), cancellationToken)
            : await RowsAsync(memory => new(_scratch.MergeAsync(merge, parts.ToAsyncEnumerable(), values, memory, cancellationToken)), cancellationToken);
    }

    private async ValueTask<RowSet[]> GatherAsync(
        ScatterPlan plan, SqlValue[] values, CrossShardTransaction? transaction, SelectTrace? trace, MemoryGrant memory, CancellationToken cancellationToken)
    {
        var requests = await _scratch.Requests.OfAsync(plan.Routing, plan.PerShard, plan.Tier, values, transaction, trace, cancellationToken);
        long rows = 0, bytes = 0;
        var parts = await Scatter.RunAsync(requests.Length, async (i, token) =>
        {
            var part = (await requests[i].Tablet.QueryAsync(limit.On(requests[i].Request), token)).Rows;
            var sum = Interlocked.Add(ref bytes, part.SizeBytes);
            if (!limit.IsNone) limit.Check(Interlocked.Add(ref rows, part.RowCount), sum);
            return part;
        }, cancelOthers: true, cancellationToken, space.ShardsAtOnce);
        await memory.GrowAsync(bytes, cancellationToken);
        return parts;
    }

    private static RowSet Concatenate(RowSet[] parts)
    {
        var all = new RowSet(RowFields.Of(parts, parts[0].Fields.Count), parts.Sum(part => part.RowCount));
        foreach (var part in parts) all.AddAll(part);
        return all;
    }
}
