namespace Shale.PageLog.Tests;

public sealed class CachedPagesTests
{
    private const int Places = 4_000;

    [Fact]
    public void TryRead_PagesOfAnotherLog_AreNotSeen()
    {
        using var one = new CachedPages(null);
        using var other = new CachedPages(null);
        for (var i = 1; i <= Places; i++) one.Put(PlaceOf(i), Page(i), (byte)(i % 33));

        Assert.All(Enumerable.Range(1, Places), i => Assert.False(other.TryRead(PlaceOf(i), 0, new byte[PageFormat.PageSize], out _)));
        Assert.All(Enumerable.Range(1, Places), i => Assert.True(IsThere(one, i)));
    }

    [Fact]
    public void Put_MoreThanFits_KeepsWhatIsUsed_AndNoMoreThanThat()
    {
        using var cache = new CachedPages(256 * PageFormat.PageSize);
        cache.Put(PlaceOf(Places + 1), Page(Places + 1), 0);
        for (var i = 1; i <= Places; i++)
        {
            cache.Put(PlaceOf(i), Page(i), (byte)(i % 33));
            Assert.True(IsThere(cache, Places + 1), $"the page that is read all the time is gone after {i} others");
        }

        Assert.InRange(Enumerable.Range(1, Places).Count(i => IsThere(cache, i)), 128, 256);
    }

    [Fact]
    public void Supersede_OnePageAgainAndAgain_TakesNoMoreMemoryThanAFewVersions()
    {
        using var cache = new CachedPages(2L * Places * PageFormat.PageSize);
        for (var i = 1; i <= Places; i++)
        {
            cache.Put(PlaceOf(i), Page(i), (byte)(i % 33));
            if (i > 1) cache.Supersede(PlaceOf(i - 1));
        }

        Assert.True(IsThere(cache, Places) && IsThere(cache, Places - 1), "what readers read who are a little behind is gone");
        Assert.InRange(cache.Pages, 1, Places / 2);
        Assert.InRange(Enumerable.Range(1, Places).Count(i => IsThere(cache, i)), 1, cache.Pages);
    }

    [Fact]
    public void Put_MoreThanSeveralPiecesOfMemory_KeepsEachPageAsItWas()
    {
        const int Many = 12_000;
        using var cache = new CachedPages(2L * Many * PageFormat.PageSize);
        for (var i = 1; i <= Many; i++) cache.Put(PlaceOf(i), Page(i), (byte)(i > Places ? 0 : i % 33));

        Assert.All(Enumerable.Range(1, Many), i => Assert.True(IsThere(cache, i)));
    }

    [Fact]
    public void Dispose_Twice_LeavesWhatOthersShare()
    {
        using var one = new CachedPages(null);
        one.Put(PlaceOf(1), Page(1), 1);
        var other = new CachedPages(null);

        other.Put(PlaceOf(2), Page(2), 2);
        other.Dispose();
        other.Dispose();
        other.Put(PlaceOf(2), Page(2), 2);

        Assert.False(IsThere(other, 2));
        Assert.True(IsThere(one, 1));
        Assert.InRange(CachedPages.SharedBytes, 32L << 20, 512L << 20);
    }

    // Where it is, it is whole.
    private static bool IsThere(CachedPages cache, int i)
    {
        var page = new byte[PageFormat.PageSize];
        if (!cache.TryRead(PlaceOf(i), 0, page, out var depth)) return false;
        Assert.Equal(Page(i), page);
        Assert.Equal(i > Places ? 0 : i % 33, depth);
        Assert.True(cache.TryRead(PlaceOf(i), 100, page.AsSpan(0, 16), out _));
        Assert.Equal(Page(i)[100..116], page[..16]);
        return true;
    }

    private static Place PlaceOf(int i) => new(1 + (i % 3), 64L * i);

    private static byte[] Page(int i)
    {
        var page = new byte[PageFormat.PageSize];
        new Random(i).NextBytes(page);
        return page;
    }
}
