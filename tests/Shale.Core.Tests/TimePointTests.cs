namespace Shale.Core.Tests;

public class TimePointTests
{
    [Theory]
    [InlineData("2024-01-31", "2024-01-31T00:00:00.0000000+00:00")]
    [InlineData("2024-01-31 12:30", "2024-01-31T12:30:00.0000000+00:00")]
    [InlineData("2024-01-31 12:30:45", "2024-01-31T12:30:45.0000000+00:00")]
    [InlineData(" 2024-01-31T12:30:45Z ", "2024-01-31T12:30:45.0000000+00:00")]
    [InlineData("2024-01-31t12:30:45.123z", "2024-01-31T12:30:45.1230000+00:00")]
    [InlineData("2024-01-31 12:30:45.123456+02", "2024-01-31T10:30:45.1234560+00:00")]
    [InlineData("2024-01-31 12:30:45.1-05:30", "2024-01-31T18:00:45.1000000+00:00")]
    [InlineData("2024-01-31 12:30 UTC", "2024-01-31T12:30:00.0000000+00:00")]
    [InlineData("2024-02-29 23:59:59.999999999Z", "2024-02-29T23:59:59.9999990+00:00")]
    [InlineData("0001-01-01", "0001-01-01T00:00:00.0000000+00:00")]
    [InlineData("9999-12-31 23:59:59.999999", "9999-12-31T23:59:59.9999990+00:00")]
    public void OfTimestamp_Text_IsUtcToTheMicrosecond(string text, string expected)
    {
        var point = Assert.IsType<TimePoint.AtTimestamp>(TimePoint.OfTimestamp(text));

        Assert.Equal(expected, point.Moment.ToString("O"));
        Assert.Equal(TimeSpan.Zero, point.Moment.Offset);
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("-10s")]
    [InlineData("2024")]
    [InlineData("2024-01")]
    [InlineData("2023-02-29")]
    [InlineData("2024-13-01")]
    [InlineData("01/02/2024")]
    [InlineData("2024-01-31 24:00")]
    [InlineData("2024-01-31 12:30:60")]
    [InlineData("2024-01-31 12")]
    [InlineData("2024-01-31 12:30:45 x")]
    [InlineData("2024-01-31 12:30:45+25:00")]
    [InlineData("1706704245")]
    [InlineData("0001-01-01 00:00+01:00")]
    public void OfTimestamp_Nonsense_InvalidSyntaxWithExample(string text)
    {
        var failure = Assert.Throws<VitessException>(() => TimePoint.OfTimestamp(text));

        Assert.Equal("TT_INVALID_SYNTAX", failure.Code);
        Assert.Equal("42601", failure.SqlState);
        Assert.Contains(text, failure.Message, StringComparison.Ordinal);
        Assert.Contains("'2024-01-31 12:00:00'", failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void OfTimestamp_FinerThanMicroseconds_CutOff()
    {
        var moment = new DateTimeOffset(2024, 1, 31, 12, 0, 0, TimeSpan.FromHours(2));

        Assert.Equal(TimePoint.OfTimestamp(moment), TimePoint.OfTimestamp(moment.AddTicks(9)));
        Assert.NotEqual(TimePoint.OfTimestamp(moment), TimePoint.OfTimestamp(moment.AddTicks(10)));
        Assert.Equal(TimePoint.OfTimestamp("2024-01-31 10:00"), TimePoint.OfTimestamp(moment));
    }

    [Theory]
    [InlineData("2024-01-31 12:30:45.123456Z")]
    [InlineData("2024-01-31 12:30:45.5Z")]
    [InlineData("2024-01-31 12:30:45Z")]
    public void Write_Moment_IsReadAsTheSame(string text)
    {
        Assert.True(TimestampText.TryRead(text, out var moment));
        Assert.Equal(text, TimestampText.Write(moment));
    }

    [Fact]
    public void OfSnapshot_BranchAtVersion_IsThatVersion()
    {
        Assert.Equal(TimePoint.OfBranch("main", TimePoint.OfVersion(5)), TimePoint.OfSnapshot("main@5"));
        Assert.Equal(TimePoint.OfBranch("a@b", TimePoint.OfVersion(5)), TimePoint.OfSnapshot("a@b@5"));
        Assert.Equal("before import", Assert.IsType<TimePoint.AtSnapshot>(TimePoint.OfSnapshot("before import")).Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("@5")]
    [InlineData("main@")]
    [InlineData("main@x")]
    [InlineData("main@-1")]
    [InlineData("main@99999999999999999999")]
    public void OfSnapshot_NoName_InvalidSyntax(string name) => RequireInvalid(() => TimePoint.OfSnapshot(name));

    [Fact]
    public void Factories_WhatCanBeNoPoint_InvalidSyntax()
    {
        RequireInvalid(() => TimePoint.OfLsn(-1));
        RequireInvalid(() => TimePoint.OfVersion(-1));
        RequireInvalid(() => TimePoint.OfBranch(" "));
        RequireInvalid(() => TimePoint.OfBookmark(""));
        RequireInvalid(() => TimePoint.OfBranch("a", TimePoint.OfBranch("b")));
        RequireInvalid(() => TimePoint.OfBranch("a", TimePoint.OfSnapshot("s")));
        RequireInvalid(() => TimePoint.OfBranch("a", TimePoint.OfBookmark("s")));
    }

    [Fact]
    public void OfOffset_AheadOfNow_FuturePoint()
    {
        Assert.Equal("TT_FUTURE_POINT", Assert.Throws<VitessException>(() => TimePoint.OfOffset(RelativeUnit.Version, 1)).Code);
        Assert.Equal(1, Assert.IsType<TimePoint.Relative>(TimePoint.OfOffset(RelativeUnit.Lsn, 1, TimePoint.OfLsn(5))).Offset);
        Assert.Null(Assert.IsType<TimePoint.Relative>(TimePoint.OfOffset(RelativeUnit.Microsecond, 0)).Anchor);
    }

    [Fact]
    public void ToString_Points_AreWhatSqlSays()
    {
        Assert.Equal("LSN 5", TimePoint.OfLsn(5).ToString());
        Assert.Equal("VERSION 0", TimePoint.OfVersion(0).ToString());
        Assert.Equal("VERSION CURRENT - 5", TimePoint.OfOffset(RelativeUnit.Version, -5).ToString());
        Assert.Equal("VERSION CURRENT - 0", TimePoint.OfOffset(RelativeUnit.Version, 0).ToString());
        Assert.Equal("SNAPSHOT 'it''s'", TimePoint.OfSnapshot("it's").ToString());
        Assert.Equal("BOOKMARK 'b'", TimePoint.OfBookmark("b").ToString());
        Assert.Equal("BRANCH 'x' AT TIMESTAMP '2024-01-31 00:00:00Z'", TimePoint.OfBranch("x", TimePoint.OfTimestamp("2024-01-31")).ToString());
        Assert.Equal("-7 Lsn from BRANCH 'x'", TimePoint.OfOffset(RelativeUnit.Lsn, -7, TimePoint.OfBranch("x")).ToString());
    }

    private static void RequireInvalid(Func<TimePoint> make)
    {
        var failure = Assert.Throws<VitessException>(make);
        Assert.Equal("TT_INVALID_SYNTAX", failure.Code);
        Assert.Contains("AS OF", failure.Hint, StringComparison.Ordinal);
    }
}
