namespace Shale.Vitess.Tests;

public sealed class HashVindexTests
{
    private readonly IVindex _hash = VindexRegistry.BuiltIn.Create(VindexDefinition.Plain("hash"));

    [Theory, Trait("Rule", "S2.1")]
    [InlineData(1L, "e4fa6648ed2546d8")]
    [InlineData(2L, "50db4c54508c6d5b")]
    [InlineData(123L, "2475525fbdc8e429")]
    [InlineData(456L, "11487d0f366e7246")]
    [InlineData(long.MaxValue, "05b36076cdf7400f")]
    [InlineData("1", "e4fa6648ed2546d8")]
    [InlineData("a", "82c97901501c2ba7")]
    [InlineData("user-123", "5c10df4102e2e06c")]
    [InlineData("tenant-123", "b13b9ba82d110655")]
    [InlineData(true, "870bf5f408956a4c")]
    [InlineData("", "1aee8d83488bdcb8")]
    public void TryMap_GoldenValue_GivesItsKeyspaceId(object value, string expected)
    {
        var key = value switch
        {
            long number => SqlValue.Integer(number),
            bool flag => SqlValue.Boolean(flag),
            _ => SqlValue.Text((string)value),
        };
        Assert.True(_hash.TryMap([key], out var id));
        Assert.Equal(expected, id.ToString());
    }

    [Fact]
    public void TryMap_Blob_CountsBytesAsLatin1()
    {
        Assert.True(_hash.TryMap([SqlValue.Blob([0x61, 0xFF])], out var blob));
        Assert.True(_hash.TryMap([SqlValue.Text("aÿ")], out var text));
        Assert.Equal(text, blob);
    }

    [Fact]
    public void TryMap_Null_Refuses() => Assert.False(_hash.TryMap([SqlValue.Null], out _));

    [Fact, Trait("Rule", "S2.1")]
    public void TryMap_SeveralColumns_AreLengthPrefixed()
    {
        Assert.True(_hash.TryMap([SqlValue.Text("a"), SqlValue.Integer(-12)], out var key));
        Assert.True(_hash.TryMap([SqlValue.Text("1:a3:-12")], out var joined));
        Assert.Equal(joined, key);
        Assert.True(_hash.TryMap([SqlValue.Text("a"), SqlValue.Text("bc")], out var left));
        Assert.True(_hash.TryMap([SqlValue.Text("ab"), SqlValue.Text("c")], out var right));
        Assert.NotEqual(left, right);
    }

    [Fact]
    public void TryMap_FirstThousandIntegers_SpreadAsInTheOriginal()
    {
        Assert.Equal([499, 501], Spread(2));
        Assert.Equal([256, 243, 261, 240], Spread(4));
    }

    [Fact]
    public void TryMap_Integer_AllocatesNothing()
    {
        ReadOnlySpan<SqlValue> key = [SqlValue.Integer(123456789)];
        _hash.TryMap(key, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) _hash.TryMap(key, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void TryMapInterval_Always_IsNotSupported() => Assert.False(_hash.TryMapInterval(SqlValue.Integer(1), SqlValue.Integer(1), []));

    private int[] Spread(int shards)
    {
        var map = new ShardMap(KeyRange.Split(shards));
        var counts = new int[shards];
        for (var i = 0; i < 1000; i++)
        {
            _hash.TryMap([SqlValue.Integer(i)], out var id);
            counts[map.IndexOf(id)]++;
        }

        return counts;
    }
}
