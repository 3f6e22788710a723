using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// Streams the rows of the same query from several shards: the shards work at once, the rows come shard after shard, so that what is made of them does not depend on who was
/// faster.
/// </summary>
internal static class Gathering
{
    private const int ChunksAhead = 4;

    /// <summary>The rows, in chunks. Whoever stops reading, or meets a failure, waits until no shard works any more.</summary>
    public static async IAsyncEnumerable<RowSet> StreamAsync(
        (ITablet Tablet, ShardQueryRequest Request)[] requests, int atOnce, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (requests.Length == 1)
        {
            await foreach (var chunk in requests[0].Tablet.StreamAsync(requests[0].Request, cancellationToken)) yield return chunk;
            yield break;
        }

        await using var shards = new ShardStreams(requests, atOnce, ChunksAhead, cancellationToken);
        for (var shard = 0; shard < shards.Count; shard++)
        {
            while (await shards.NextAsync(shard) is { } chunk) yield return chunk;
        }
    }
}
