namespace Shale.PageLog.Tests;

public sealed class HlcTimestampTests
{
    [Fact]
    public void LastOf_AMoment_LiesBetweenItsFirstAndTheNextMicrosecond()
    {
        var moment = new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.FromHours(2)).AddMicroseconds(123456);

        Assert.True(HlcTimestamp.FirstOf(moment) < HlcTimestamp.LastOf(moment));
        Assert.Equal(HlcTimestamp.FirstOf(moment.AddMicroseconds(1)).Value, HlcTimestamp.LastOf(moment).Value + 1);
        Assert.Equal(moment, HlcTimestamp.LastOf(moment).ToMoment());
    }

    [Fact]
    public void LastOf_MomentsTooFarAway_AreFirstAndLast()
    {
        var now = HlcTimestamp.LastOf(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

        Assert.True(HlcTimestamp.LastOf(DateTimeOffset.MaxValue) > now);
        Assert.True(HlcTimestamp.FirstOf(DateTimeOffset.MaxValue) > now);
        Assert.True(HlcTimestamp.LastOf(DateTimeOffset.MinValue).Value < 0);
        Assert.True(HlcTimestamp.LastOf(new DateTimeOffset(1776, 7, 4, 0, 0, 0, TimeSpan.Zero)).Value < 0);
    }

    [Fact]
    public void FirstOf_TheYear2100_Fits() =>
        Assert.Equal(2100, HlcTimestamp.FirstOf(new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero)).ToMoment().Year);
}
