namespace Shale.Vitess.Tests;

public sealed class ShardMapTests
{
    [Theory]
    [InlineData("-80,80-", 0x7fffffffffffffffUL, 0)]
    [InlineData("-80,80-", 0x8000000000000000UL, 1)]
    [InlineData("80-,-80", 0UL, 0)]
    [InlineData("-40,40-80,80-c0,c0-", ulong.MaxValue, 3)]
    [InlineData("80-", 5UL, 0)]
    public void IndexOf_Id_FindsTheShardThatHoldsIt(string shards, ulong id, int expected) =>
        Assert.Equal(expected, Map(shards).IndexOf(new KeyspaceId(id)));

    [Theory]
    [InlineData("-80,80-ff", "from ff")]
    [InlineData("-40,80-", "between \"-40\" and \"80-\"")]
    [InlineData("-80,40-", "overlap")]
    [InlineData("-,80-", "overlap")]
    [InlineData("40-80,80-", "below 40")]
    public void Constructor_GapOrOverlap_IsInvalidShardRange(string shards, string part)
    {
        var error = Assert.Throws<VitessException>(() => Map(shards));
        Assert.Equal("INVALID_SHARD_RANGE", error.Code);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IndexOf_Name_KnowsRangesAndAliases()
    {
        var map = Map("-40,40-80,80-c0,c0-");
        Assert.Equal(1, map.IndexOf("40-80"));
        Assert.Equal(2, map.IndexOf("8000-C0"));
        Assert.Equal(3, map.IndexOf("shard-3"));
        Assert.Equal(-1, map.IndexOf("shard-4"));
        Assert.Equal(-1, map.IndexOf("nonsense"));
    }

    [Fact]
    public void Split_SeveralParts_CoverTheRing()
    {
        for (var count = 1; count <= 300; count++) Assert.Equal(count, new ShardMap(KeyRange.Split(count)).Count);
    }

    private static ShardMap Map(string shards) => new(shards.Split(',').Select(KeyRange.Parse));
}
