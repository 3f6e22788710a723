namespace Shale.PageLog.Tests;

public sealed class PageDeltaTests
{
    [Fact]
    public void Apply_EncodedDifference_GivesTheLaterPage()
    {
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var old = RandomPage(random);
            var page = (byte[])old.Clone();
            for (var edits = random.Next(12); edits > 0; edits--) Edit(random, page);
            var delta = new byte[PageDelta.MaxBytes];

            var length = PageDelta.Encode(old, page, delta);

            if (length < 0) continue;
            PageDelta.Apply(delta.AsSpan(0, length), old);
            Assert.Equal(page, old);
        }
    }

    [Fact]
    public void Encode_EqualPages_IsEmpty() => Assert.Equal(0, PageDelta.Encode(new byte[PageFormat.PageSize], new byte[PageFormat.PageSize], new byte[PageDelta.MaxBytes]));

    [Fact]
    public void Encode_QuiteAnotherPage_IsNotWorthIt()
    {
        var random = new Random(2);
        Assert.Equal(-1, PageDelta.Encode(RandomPage(random), RandomPage(random), new byte[PageDelta.MaxBytes]));
    }

    [Fact]
    public void Encode_CloseChanges_ShareARange()
    {
        var page = new byte[PageFormat.PageSize];
        (page[10], page[13], page[4095]) = (1, 1, 1);
        var delta = new byte[PageDelta.MaxBytes];

        var length = PageDelta.Encode(new byte[PageFormat.PageSize], page, delta);

        Assert.Equal([10, 0, 4, 0, 1, 0, 0, 1, 255, 15, 1, 0, 1], delta[..length]);
    }

    [Fact]
    public void Encode_ChangesAtAnyDistance_AreJoinedAsIfEachByteWereLookedAt()
    {
        var random = new Random(3);
        for (var round = 0; round < 2000; round++)
        {
            var old = RandomPage(random);
            var page = (byte[])old.Clone();
            var step = random.Next(2, 12);
            for (var at = random.Next(PageFormat.PageSize - 300, PageFormat.PageSize); at >= 0 && at > PageFormat.PageSize - 900; at -= random.Next(1, step)) page[at]++;
            var delta = new byte[PageDelta.MaxBytes];

            var length = PageDelta.Encode(old, page, delta);

            Assert.Equal(Ranges(old, page), Ranges(delta.AsSpan(0, length)));
        }
    }

    [Theory]
    [InlineData(1, 0, 5, 0, 9)]
    [InlineData(255, 255, 1, 0, 9)]
    [InlineData(1, 0, 0, 0, 9)]
    [InlineData(1, 0)]
    public void Apply_Damage_IsAnError(params int[] bytes)
    {
        var exception = Assert.Throws<VitessException>(() => PageDelta.Apply([.. bytes.Select(value => (byte)value)], new byte[PageFormat.PageSize]));
        Assert.Equal("XX001", exception.SqlState);
    }

    // Bytes that differ share a range where at most as many equal ones lie between them as a range's header has bytes.
    private static List<(int Start, int Length)> Ranges(byte[] old, byte[] page)
    {
        var ranges = new List<(int Start, int Length)>();
        for (var at = 0; at < page.Length; at++)
        {
            if (old[at] == page[at]) continue;
            if (ranges is [.., var last] && at - (last.Start + last.Length) <= 4) ranges[^1] = (last.Start, at + 1 - last.Start);
            else ranges.Add((at, 1));
        }

        return ranges;
    }

    private static List<(int Start, int Length)> Ranges(ReadOnlySpan<byte> delta)
    {
        var ranges = new List<(int Start, int Length)>();
        for (; delta.Length > 0; delta = delta[(4 + ranges[^1].Length)..]) ranges.Add((BitConverter.ToUInt16(delta), BitConverter.ToUInt16(delta[2..])));
        return ranges;
    }

    private static byte[] RandomPage(Random random)
    {
        var page = new byte[PageFormat.PageSize];
        random.NextBytes(page);
        return page;
    }

    private static void Edit(Random random, byte[] page)
    {
        var length = random.Next(1, 200);
        random.NextBytes(page.AsSpan(random.Next(PageFormat.PageSize - length + 1), length));
    }
}
