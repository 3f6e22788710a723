using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// Streams the rows of the same query from several shards: the shards work at once, the rows come shard after shard, so that what is made of them does not depend on who was
/// faster. Bounded: so many shards at once, so many chunks ahead of the reader from each.
/// </summary>
internal static class Gathering
{
    private const int ChunksAhead = 4;

    private static readonly int ShardsAtOnce = Math.Clamp(2 * Environment.ProcessorCount, 4, 16);

    /// <summary>The rows, in chunks. Whoever stops reading, or meets a failure, waits until no shard works any more.</summary>
    public static async IAsyncEnumerable<RowSet> StreamAsync(
        (ITablet Tablet, ShardQueryRequest Request)[] requests, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (requests.Length == 1)
        {
            await foreach (var chunk in requests[0].Tablet.StreamAsync(requests[0].Request, cancellationToken)) yield return chunk;
            yield break;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new Queue<(Channel<RowSet> Chunks, Task Work)>();
        try
        {
            var started = 0;
            for (var read = 0; read < requests.Length; read++)
            {
                for (; started < requests.Length && started < read + ShardsAtOnce; started++) running.Enqueue(Start(requests[started], stop.Token));
                await foreach (var chunk in running.Peek().Chunks.Reader.ReadAllAsync(CancellationToken.None)) yield return chunk;
                await running.Dequeue().Work;
            }
        }
        finally
        {
            if (running.Count > 0) await stop.CancelAsync();
            foreach (var (_, work) in running) await work;
        }
    }

    private static (Channel<RowSet> Chunks, Task Work) Start((ITablet Tablet, ShardQueryRequest Request) from, CancellationToken cancellationToken)
    {
        var chunks = Channel.CreateBounded<RowSet>(new BoundedChannelOptions(ChunksAhead) { SingleReader = true, SingleWriter = true });

        // Engines may work synchronously.
        return (chunks, Task.Run(() => PumpAsync(from.Tablet, from.Request, chunks.Writer, cancellationToken), CancellationToken.None));
    }

    // Never fails itself: what goes wrong reaches the reader through the channel.
    private static async Task PumpAsync(ITablet tablet, ShardQueryRequest request, ChannelWriter<RowSet> chunks, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var chunk in tablet.StreamAsync(request, cancellationToken)) await chunks.WriteAsync(chunk, cancellationToken);
            chunks.Complete();
        }
        catch (Exception failure)
        {
            chunks.Complete(failure);
        }
    }
}
