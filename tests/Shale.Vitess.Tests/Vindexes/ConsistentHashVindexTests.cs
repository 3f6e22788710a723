using System.Collections.Immutable;

namespace Shale.Vitess.Tests;

public sealed class ConsistentHashVindexTests
{
    private const int Keys = 20_000;

    [Fact]
    public void TryMap_FourShards_BalanceWithinFifteenPercent() => AssertBalance([.. KeyRange.Split(4)], 0.15);

    [Fact]
    [Trait("Category", "Random")]
    public void TryMap_ShardsOfUnequalRanges_BalanceNoWorse()
    {
        var seed = Seed();
        var random = new Random(seed);
        for (var round = 0; round < 20; round++) AssertBalance(Cut(random, 4), 0.15, seed);
    }

    [Fact]
    [Trait("Category", "Random")]
    public void TryMap_AShardMore_MovesOneShareAndOnlyToIt()
    {
        var seed = Seed();
        var random = new Random(seed);
        for (var round = 0; round < 10; round++)
        {
            var before = Cut(random, random.Next(1, 9));
            var at = random.Next(before.Length);
            var middle = Between(before[at], random);
            var after = before.SetItem(at, Range(before[at].Start.Value, middle)).Insert(at + 1, Range(middle, before[at].End?.Value));

            var (moved, elsewhere) = Moves(before, after, new KeyspaceId(middle));

            Assert.True(elsewhere == 0, $"{elsewhere} keys moved between old shards, SHALE_SEED={seed}");
            Assert.InRange(moved * (double)after.Length / Keys, 0.8, 1.2);
            Assert.Equal((moved, 0), Moves(after, before, new KeyspaceId(middle)));
        }
    }

    [Fact]
    [Trait("Rule", "S2.1")]
    public void TryMap_GoldenKeys_StayWhereTheyAre()
    {
        var vindex = Create([.. KeyRange.Split(4)]);
        string[] places = [.. ((SqlValue[])[SqlValue.Integer(1), SqlValue.Integer(2), SqlValue.Integer(123), SqlValue.Text("user-123"), SqlValue.Boolean(true)]).Select(key =>
        {
            Assert.True(vindex.TryMap([key], out var id));
            return id.ToString()[..2];
        })];
        Assert.Equal(["80", "c0", "00", "00", "80"], places);
        Assert.False(vindex.TryMap([SqlValue.Null], out _));
        Assert.False(vindex.TryMapInterval(SqlValue.Integer(1), SqlValue.Integer(2), []));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("many")]
    [InlineData("100000")]
    public void Create_BadVnodes_IsRefused(string vnodes)
    {
        var definition = VindexDefinition.Plain("consistent_hash") with { Params = VSchemaNames.Empty<string>().Add("vnodes", vnodes) };
        Assert.Equal("INVALID_VSCHEMA", Assert.Throws<VitessException>(() => VindexRegistry.BuiltIn.Create(definition)).Code);
    }

    private static (int Moved, int Elsewhere) Moves(ImmutableArray<KeyRange> before, ImmutableArray<KeyRange> after, KeyspaceId changed)
    {
        IVindex old = Create(before), now = Create(after);
        var map = new ShardMap(after);
        int moved = 0, elsewhere = 0;
        for (var i = 0; i < Keys; i++)
        {
            old.TryMap([SqlValue.Integer(i)], out var from);
            now.TryMap([SqlValue.Integer(i)], out var to);
            Assert.Equal(to, map.Shards[map.IndexOf(to)].Start);
            if (from == to) continue;
            if (from == changed || to == changed) moved++;
            else elsewhere++;
        }

        return (moved, elsewhere);
    }

    private static void AssertBalance(ImmutableArray<KeyRange> shards, double most, int seed = 0)
    {
        var vindex = Create(shards);
        var map = new ShardMap(shards);
        var counts = new int[shards.Length];
        for (var i = 0; i < Keys; i++)
        {
            Assert.True(vindex.TryMap([SqlValue.Integer(i)], out var id));
            counts[map.IndexOf(id)]++;
        }

        var share = Keys / (double)shards.Length;
        Assert.True(counts.All(count => Math.Abs(count - share) <= most * share), $"{string.Join(", ", shards)} hold {string.Join(", ", counts)}, SHALE_SEED={seed}");
    }

    private static IVindex Create(ImmutableArray<KeyRange> shards) => VindexRegistry.BuiltIn.Create(VindexDefinition.Plain("consistent_hash"), shards);

    private static ImmutableArray<KeyRange> Cut(Random random, int count)
    {
        var bounds = new SortedSet<ulong>();
        while (bounds.Count < count - 1) bounds.Add((ulong)random.NextInt64(1, long.MaxValue) << 1);
        ulong[] all = [0, .. bounds];
        return [.. all.Select((start, i) => Range(start, i + 1 < all.Length ? all[i + 1] : null))];
    }

    private static ulong Between(KeyRange range, Random random)
    {
        var size = (range.End?.Value ?? ulong.MaxValue) - range.Start.Value;
        return range.Start.Value + 1 + (ulong)(random.NextDouble() * (size - 2));
    }

    private static KeyRange Range(ulong start, ulong? end) => KeyRange.Parse($"{(start == 0 ? "" : new KeyspaceId(start).ToString())}-{(end is { } last ? new KeyspaceId(last).ToString() : "")}");

    private static int Seed() => int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 1;
}
