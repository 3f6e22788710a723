namespace Shale.Vitess.Tests;

public sealed class RangeVindexTests
{
    private const string Ranges = """[{"from":1000,"to":2000,"shard":"80-c0"},{"to":1000,"shard":"-80"},{"from":2000,"shard":"c0-"}]""";

    [Theory]
    [InlineData(-5L, "-80")]
    [InlineData(999L, "-80")]
    [InlineData(1000L, "80-c0")]
    [InlineData(1999L, "80-c0")]
    [InlineData(2000L, "c0-")]
    public void TryMap_Ranges_PutsTheKeyOnItsShard(long key, string shard)
    {
        Assert.True(Range(Ranges).TryMap([SqlValue.Integer(key)], out var id));
        Assert.True(KeyRange.Parse(shard).Contains(id));
    }

    [Fact]
    public void TryMap_KeyOutsideEveryRange_Refuses()
    {
        var range = Range("""[{"from":0,"to":10,"shard":"-80"},{"from":20,"to":30,"shard":"80-"}]""");
        Assert.False(range.TryMap([SqlValue.Integer(-1)], out _));
        Assert.False(range.TryMap([SqlValue.Integer(10)], out _));
        Assert.False(range.TryMap([SqlValue.Integer(30)], out _));
        Assert.True(range.TryMap([SqlValue.Integer(20)], out _));
    }

    [Theory]
    [InlineData(5L, 900L, "-80")]
    [InlineData(5L, 1000L, "-80 80-c0")]
    [InlineData(1000L, 1999L, "80-c0")]
    [InlineData(2000L, null, "c0-")]
    [InlineData(null, 999L, "-80")]
    [InlineData(7L, 6L, "")]
    public void TryMapInterval_Ranges_NamesTheShardsThatCanHoldIt(long? low, long? high, string expected)
    {
        List<KeyspaceInterval> found = [];
        Assert.True(Range(Ranges).TryMapInterval(low is { } a ? SqlValue.Integer(a) : null, high is { } b ? SqlValue.Integer(b) : null, found));
        var map = new ShardMap(["-80".AsRange(), "80-c0".AsRange(), "c0-".AsRange()]);
        SortedSet<int> shards = [];
        foreach (var interval in found) map.AddShards(interval, shards);
        Assert.Equal(expected, string.Join(' ', shards.Select(index => map.Names[index])));
    }

    [Fact]
    public void TryMapInterval_NumbersAroundZero_IsTwoPieces()
    {
        List<KeyspaceInterval> found = [];
        Assert.True(VindexRegistry.BuiltIn.Create(VindexDefinition.Plain("range")).TryMapInterval(SqlValue.Integer(-1), SqlValue.Integer(1), found));
        Assert.Equal([new(new(ulong.MaxValue), new(ulong.MaxValue)), new(new(0), new(1))], found);
    }

    [Fact]
    public void TryMap_NoRanges_IsTheNumberItself()
    {
        Assert.True(VindexRegistry.BuiltIn.Create(VindexDefinition.Plain("numeric")).TryMap([SqlValue.Integer(1500)], out var id));
        Assert.Equal("00000000000005dc", id.ToString());
    }

    [Fact]
    public void TryMap_TextBounds_CompareByCodePoint()
    {
        var range = Range("""[{"to":"\uffff","shard":"-80"},{"from":"\uffff","shard":"80-"}]""");
        Assert.True(range.TryMap([SqlValue.Text("\U0001F600")], out var id));
        Assert.Equal(0x8000000000000000UL, id.Value);
    }

    [Theory]
    [InlineData("""[{"from":0,"to":10,"shard":"-80"},{"from":9,"shard":"80-"}]""", "overlap")]
    [InlineData("""[{"from":10,"to":10,"shard":"-80"}]""", "empty")]
    [InlineData("""[{"from":1.5,"shard":"-80"}]""", "1.5")]
    [InlineData("""[{"from":1,"shard":"nowhere"}]""", "nowhere")]
    [InlineData("""{}""", "not a list")]
    [InlineData("""[""", "not JSON")]
    [InlineData("""[]""", "empty")]
    public void Create_BrokenRanges_AreInvalidVSchema(string json, string part)
    {
        var error = Assert.Throws<VitessException>(() => Range(json));
        Assert.Equal("INVALID_VSCHEMA", error.Code);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private static IVindex Range(string json) =>
        VindexRegistry.BuiltIn.Create(VindexDefinition.Plain("range") with { Params = VSchemaNames.Empty<string>().Add("ranges", json) });
}

internal static class TestText
{
    public static KeyRange AsRange(this string text) => KeyRange.Parse(text);
}
