namespace Shale.Vitess.Tests;

public sealed class RegionVindexTests
{
    private const string Regions = """{"eu": ["-40", "c0-"], "us": "40-80", "asia": ["80-c0"]}""";

    [Fact]
    public void TryMap_NamedRegion_StaysOnItsShardsAndSpreadsByTheNextColumn()
    {
        var vindex = Region(Regions, "us");
        foreach (var (name, starts) in (Dictionary<string, int[]>)new() { ["eu"] = [0, 3], ["us"] = [1], ["asia"] = [2], ["mars"] = [1] })
        {
            var counts = new int[4];
            for (var i = 0; i < 1000; i++) counts[Shard(vindex, SqlValue.Text(name), SqlValue.Integer(i))]++;
            Assert.Equal(1000, starts.Sum(shard => counts[shard]));
            Assert.All(starts, shard => Assert.InRange(counts[shard], 1000 / starts.Length * 0.85, 1000));
        }
    }

    [Fact]
    public void TryMap_RegionAlone_PutsEqualValuesTogether()
    {
        var vindex = Region(Regions, null);
        Assert.True(Shard(vindex, SqlValue.Text("eu")) is 0 or 3);
        Assert.Equal(2, Shard(vindex, SqlValue.Text("asia")));
        Assert.False(vindex.TryMap([SqlValue.Text("mars")], out _));
        Assert.False(vindex.TryMap([SqlValue.Null, SqlValue.Integer(1)], out _));
        Assert.False(vindex.TryMap([SqlValue.Text("eu"), SqlValue.Null], out _));
    }

    [Fact]
    public void TryMap_WholeRing_ReachesBothEnds()
    {
        var vindex = Region("""{"all": "-"}""", "all");
        Assert.Equal(new KeyspaceId(0xe4fa6648ed2546d8), Id(vindex, SqlValue.Text("x"), SqlValue.Integer(1)));
    }

    [Fact]
    public void TryMap_ShardSplitLater_MovesOnlyItsUpperPart()
    {
        var vindex = Region(Regions, "us");
        var (before, after) = (new ShardMap(KeyRange.Split(4)), new ShardMap(((string[])["-20", "20-40", "40-80", "80-c0", "c0-"]).Select(KeyRange.Parse)));
        for (var i = 0; i < 1000; i++)
        {
            var id = Id(vindex, SqlValue.Text("eu"), SqlValue.Integer(i));
            var now = after.Names[after.IndexOf(id)];
            Assert.True(before.Names[before.IndexOf(id)] == "-40" ? now is "-20" or "20-40" : now == "c0-", now);
        }
    }

    [Fact]
    public void TryMapPrefix_RegionOnly_GivesItsShards()
    {
        var vindex = Region(Regions, null);
        Assert.Equal([0, 3], Prefix(vindex, SqlValue.Text("eu")));
        Assert.Empty(Prefix(vindex, SqlValue.Text("mars")));
        Assert.Empty(Prefix(vindex, SqlValue.Null));
        Assert.Equal([1], Prefix(Region(Regions, "us"), SqlValue.Text("mars")));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("{}", null)]
    [InlineData("[]", null)]
    [InlineData("{", null)]
    [InlineData("""{"eu": []}""", null)]
    [InlineData("""{"eu": "west"}""", null)]
    [InlineData("""{"eu": 7}""", null)]
    [InlineData("""{"eu": ["-80", "40-c0"]}""", null)]
    [InlineData("""{"eu": "-80", "eu": "80-"}""", null)]
    [InlineData("""{"eu": "-80"}""", "us")]
    public void Create_BadRegions_IsRefused(string? regions, string? other) =>
        Assert.Equal("INVALID_VSCHEMA", Assert.Throws<VitessException>(() => Region(regions, other)).Code);

    private static IVindex Region(string? regions, string? other)
    {
        var parameters = VSchemaNames.Empty<string>();
        if (regions is not null) parameters = parameters.Add("regions", regions);
        if (other is not null) parameters = parameters.Add("default", other);
        return VindexRegistry.BuiltIn.Create(VindexDefinition.Plain("region") with { Params = parameters });
    }

    private static int[] Prefix(IVindex vindex, SqlValue value)
    {
        var intervals = new List<KeyspaceInterval>();
        var shards = new SortedSet<int>();
        Assert.True(vindex.TryMapPrefix([value], intervals));
        foreach (var interval in intervals) new ShardMap(KeyRange.Split(4)).AddShards(interval, shards);
        return [.. shards];
    }

    private static int Shard(IVindex vindex, params SqlValue[] key) => new ShardMap(KeyRange.Split(4)).IndexOf(Id(vindex, key));

    private static KeyspaceId Id(IVindex vindex, params SqlValue[] key)
    {
        Assert.True(vindex.TryMap(key, out var id));
        return id;
    }
}
