namespace Shale.Core.Tests;

public sealed class KeyRangeTests
{
    [Theory]
    [InlineData("-", "-", 0UL, ulong.MaxValue)]
    [InlineData("-80", "-80", 0UL, 0x7fffffffffffffffUL)]
    [InlineData("80-", "80-", 0x8000000000000000UL, ulong.MaxValue)]
    [InlineData("4-8", "40-80", 0x4000000000000000UL, 0x7fffffffffffffffUL)]
    [InlineData("80-FF", "80-ff", 0x8000000000000000UL, 0xfeffffffffffffffUL)]
    [InlineData("00-0001", "-0001", 0UL, 0x0000ffffffffffffUL)]
    public void Parse_Notation_HasItsBounds(string text, string printed, ulong first, ulong last)
    {
        var range = KeyRange.Parse(text);
        Assert.Equal(printed, range.ToString());
        Assert.True(range.Contains(new KeyspaceId(first)));
        Assert.True(range.Contains(new KeyspaceId(last)));
        if (first > 0) Assert.False(range.Contains(new KeyspaceId(first - 1)));
        if (last < ulong.MaxValue) Assert.False(range.Contains(new KeyspaceId(last + 1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("80-40")]
    [InlineData("80-80")]
    [InlineData("-0")]
    [InlineData("a-b-c")]
    [InlineData("g0-")]
    [InlineData("-00112233445566778")]
    [InlineData(null)]
    public void Parse_AnythingElse_IsInvalidShardRange(string? text)
    {
        Assert.False(KeyRange.TryParse(text, out _));
        Assert.Equal("INVALID_SHARD_RANGE", Assert.Throws<VitessException>(() => KeyRange.Parse(text!)).Code);
    }

    [Theory]
    [InlineData(1, "-")]
    [InlineData(2, "-80 80-")]
    [InlineData(3, "-5555 5555-aaaa aaaa-")]
    [InlineData(4, "-40 40-80 80-c0 c0-")]
    public void Split_Count_GivesShortNames(int count, string expected) => Assert.Equal(expected, string.Join(' ', KeyRange.Split(count)));

    [Fact]
    public void Split_AnyCount_ReadsBack() => Assert.All(Enumerable.Range(1, 600), count =>
        Assert.All(KeyRange.Split(count), range => Assert.Equal(range, KeyRange.Parse(range.ToString()))));

    [Fact]
    public void Default_IsEverything() => Assert.Equal(KeyRange.All, default);
}
