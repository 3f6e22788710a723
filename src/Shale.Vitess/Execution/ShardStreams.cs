using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// The rows of the same query from several shards, in chunks. All shards are asked at once, so many of them work at a time, and each is so many chunks ahead of its reader at most:
/// then it waits. Read by one reader; dispose it to stop the shards and wait for them.
/// </summary>
internal sealed class ShardStreams : IAsyncDisposable
{
    private readonly CancellationToken _outer;
    private readonly CancellationTokenSource _stop;
    private readonly SemaphoreSlim _working;
    private readonly (Channel<RowSet> Chunks, Task Work)[] _shards;
    private Exception? _failure;

    /// <summary>Asks all shards.</summary>
    /// <param name="requests">What each is asked.</param>
    /// <param name="atOnce">How many work at a time.</param>
    /// <param name="chunksAhead">How many chunks of each wait for the reader, besides the one that is being made.</param>
    /// <param name="cancellationToken">Stops all.</param>
    public ShardStreams((ITablet Tablet, ShardQueryRequest Request)[] requests, int atOnce, int chunksAhead, CancellationToken cancellationToken)
    {
        _outer = cancellationToken;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _working = new SemaphoreSlim(atOnce);
        _shards = new (Channel<RowSet>, Task)[requests.Length];
        for (var i = 0; i < requests.Length; i++)
        {
            var from = requests[i];
            var chunks = Channel.CreateBounded<RowSet>(new BoundedChannelOptions(chunksAhead) { SingleReader = true, SingleWriter = true });

            // Engines may work synchronously.
            _shards[i] = (chunks, Task.Run(() => PumpAsync(from.Tablet, from.Request, chunks.Writer), CancellationToken.None));
        }
    }

    /// <summary>How many shards there are.</summary>
    public int Count => _shards.Length;

    /// <summary>The next chunk of a shard; null behind the last. The first failure of any shard is thrown to whoever reads next.</summary>
    public async ValueTask<RowSet?> NextAsync(int shard)
    {
        try
        {
            var chunks = _shards[shard].Chunks.Reader;
            return await chunks.WaitToReadAsync(CancellationToken.None) && chunks.TryRead(out var chunk) ? chunk : null;
        }
        catch (Exception) when (_failure is not null && !_outer.IsCancellationRequested)
        {
            // Those that were stopped because another failed are not the cause.
            ExceptionDispatchInfo.Throw(_failure);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!Array.TrueForAll(_shards, shard => shard.Work.IsCompleted)) await _stop.CancelAsync();
        foreach (var (_, work) in _shards) await work;
        _stop.Dispose();
        _working.Dispose();
    }

    // Never fails itself: what goes wrong reaches the reader.
    private async Task PumpAsync(ITablet tablet, ShardQueryRequest request, ChannelWriter<RowSet> chunks)
    {
        try
        {
            await using var rows = tablet.StreamAsync(request, _stop.Token).GetAsyncEnumerator(_stop.Token);
            while (await WorkAsync(rows)) await chunks.WriteAsync(rows.Current, _stop.Token);
            chunks.Complete();
        }
        catch (Exception failure)
        {
            var isFirst = !_stop.IsCancellationRequested && Interlocked.CompareExchange(ref _failure, failure, null) is null;
            chunks.Complete(failure);
            if (isFirst) await _stop.CancelAsync();
        }
    }

    // A shard that waits for its reader does not keep others from working.
    private async ValueTask<bool> WorkAsync(IAsyncEnumerator<RowSet> rows)
    {
        await _working.WaitAsync(_stop.Token);
        try
        {
            return await rows.MoveNextAsync();
        }
        finally
        {
            _working.Release();
        }
    }
}
