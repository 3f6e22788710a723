using System.Globalization;

namespace Shale.Vitess.Tests;

/// <summary>Plans that are kept: not more than fit.</summary>
[Trait("Rule", "S3.1")]
public class PlanCacheTests
{
    [Fact]
    public void Add_MoreThanFit_StartsAnew()
    {
        var cache = new PlanCache(100);
        for (var i = 0; i < 1_000; i++)
        {
            cache.Add(i.ToString(CultureInfo.InvariantCulture), null!);
            Assert.InRange(cache.Count, 1, 100);
        }

        Assert.True(cache.TryGet("999", out _));
    }

    [Fact]
    public void Add_LongTexts_TakeTheRoomOfMany()
    {
        var cache = new PlanCache(5_000);
        const int Length = 100_000;
        for (var i = 0; i < 100; i++)
        {
            cache.Add(new string('x', Length) + i.ToString(CultureInfo.InvariantCulture), null!);
            Assert.InRange(cache.Count, 1, PlanCache.MostCharacters / Length);
        }

        cache.Add(new string('y', PlanCache.LongestText + 1), null!);
        Assert.False(cache.TryGet(new string('y', PlanCache.LongestText + 1), out _));
    }
}
