using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>Addresses a statement to the shards that it is routed to. Thread-safe.</summary>
internal sealed class ShardRequests(TabletMap tablets)
{
    /// <summary>Who waits for whom.</summary>
    public LockGraph Locks => tablets.Locks;

    /// <summary>One request for each shard, in its transaction if there is one.</summary>
    public ValueTask<(ITablet Tablet, ShardQueryRequest Request)[]> OfAsync(
        Routing routing, Fragment statement, string tier, SqlValue[] values, CrossShardTransaction? transaction, SelectTrace? trace, CancellationToken cancellationToken) =>
        OfAsync(routing.Keyspace, routing.ShardsOf(values), statement, tier, values, transaction, trace, cancellationToken);

    /// <summary>The same, for shards that are known.</summary>
    public async ValueTask<(ITablet Tablet, ShardQueryRequest Request)[]> OfAsync(VKeyspace keyspace, ShardSet shards, Fragment statement, string tier, SqlValue[] values,
        CrossShardTransaction? transaction, SelectTrace? trace, CancellationToken cancellationToken)
    {
        var all = tablets.Of(keyspace);
        var bound = statement.Bind(values);
        var requests = new List<(ITablet, ShardQueryRequest)>();
        foreach (var shard in shards)
        {
            trace?.Ran(tier, all[shard].Shard);
            var txId = transaction is null ? null : await transaction.ReadOnAsync(all, shard, cancellationToken);
            requests.Add((all[shard], new ShardQueryRequest(all[shard].Shard, statement.Sql, bound, txId)));
        }

        return [.. requests];
    }
}
