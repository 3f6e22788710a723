using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess.Tests;

/// <summary>ORDER BY over shards streams: the gate holds little, shards wait for the client, and who stops reading stops them.</summary>
public class OrderedStreamTests
{
    private const int Rows = 300;

    [Fact]
    public async Task OrderBy_ClientThatReadsSlowly_HoldsTheShardsBack()
    {
        var watch = new Watch();
        await using var cluster = await OpenAsync(watch);
        var reader = cluster.Gate.StreamAsync(new GateRequest("SELECT id, b FROM big ORDER BY id DESC", [])).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(SqlValue.Integer(Rows - 1), reader.Current[0][0]);

        // Of each shard: the chunk that is merged, the next one, and the one that waits for its place.
        Assert.InRange(watch.Chunks, 3, 3 * 3 + 1);
        await reader.DisposeAsync();
        Assert.Equal(0, watch.Open);
        Assert.Equal([$"{Rows}"], await cluster.RowsAsync("SELECT count(*) FROM big"));
    }

    [Fact]
    public async Task OrderBy_ReadToItsEnd_GivesAllRowsInOrder()
    {
        var watch = new Watch();
        await using var cluster = await OpenAsync(watch);
        var ids = new List<long>();
        await foreach (var chunk in cluster.Gate.StreamAsync(new GateRequest("SELECT id, b FROM big ORDER BY id LIMIT 5000 OFFSET 7", [])))
        {
            for (var i = 0; i < chunk.RowCount; i++) ids.Add(chunk[i][0].AsInteger());
        }

        Assert.Equal(Enumerable.Range(7, Rows - 7).Select(id => (long)id), ids);
        Assert.True(watch.Chunks > 30);
        Assert.Equal(0, watch.Open);
    }

    [Fact]
    public async Task OrderBy_LimitReached_StopsTheShards()
    {
        var watch = new Watch();
        await using var cluster = await OpenAsync(watch);
        Assert.Equal(1001, (await cluster.RunAsync("SELECT b.id FROM big b, generate_series(1, 50) g ORDER BY b.id LIMIT 1001")).Rows.RowCount);
        Assert.Equal(0, watch.Open);
    }

    [Fact]
    public async Task OrderBy_OneShardFails_FailsTheStreamWithItsFailure()
    {
        var watch = new Watch();
        await using var cluster = await OpenAsync(watch);
        watch.Fails = true;
        var failure = await Assert.ThrowsAsync<VitessException>(async () =>
        {
            await foreach (var chunk in cluster.Gate.StreamAsync(new GateRequest("SELECT id, b FROM big ORDER BY id", []))) Assert.NotNull(chunk);
        });
        Assert.Equal("58030", failure.SqlState);
        Assert.Equal(0, watch.Open);
    }

    private static async Task<Cluster> OpenAsync(Watch watch)
    {
        var cluster = await Cluster.OpenAsync(3, configure: options => options with { WrapTablet = tablet => new WatchedTablet(tablet, watch) });
        await cluster.RunAllAsync("CREATE TABLE big (id BIGINT PRIMARY KEY, b TEXT)");
        for (var i = 0; i < Rows; i++) await cluster.RunAsync("INSERT INTO big VALUES ($1, $2)", SqlValue.Integer(i), SqlValue.Text(new string('x', 20_000)));
        return cluster;
    }

    private sealed class Watch
    {
        private int _chunks;
        private int _open;

        public int Chunks => Volatile.Read(ref _chunks);

        public int Open => Volatile.Read(ref _open);

        public bool Fails { get; set; }

        public void Chunk() => Interlocked.Increment(ref _chunks);

        public void Opened(int change) => Interlocked.Add(ref _open, change);
    }

    private sealed class WatchedTablet(ITablet inner, Watch watch) : ForwardingTablet(inner)
    {
        public override async IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            watch.Opened(1);
            try
            {
                await foreach (var chunk in base.StreamAsync(request, cancellationToken))
                {
                    if (watch.Fails && Shard.EndsWith('-')) throw new VitessException(ErrorCodes.ShardError, "the disk is gone", Shard, sqlState: "58030");
                    watch.Chunk();
                    yield return chunk;
                }
            }
            finally
            {
                watch.Opened(-1);
            }
        }
    }
}
