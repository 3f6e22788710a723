using Shale.Contracts;

namespace Shale.Engine.Specification;

/// <summary>Points in time, what is found for them, and what is read there.</summary>
public abstract class PointSpecification : HistorySpecification
{
    [Fact]
    [Trait("Rule", "S5.1")]
    public async Task Find_PointsOfEveryKind_AreTheVersionTheyName()
    {
        var first = await HeadAsync();
        var second = await SetAsync(2);
        var third = await SetAsync(3);
        await History.CreateSnapshotAsync("named", second.At, default);
        await History.CreateBranchAsync("aside", second.At, default);
        foreach (var (point, expected) in new (TimePoint, ShardMoment)[]
        {
            (TimePoint.OfLsn(second.At.Lsn.Value), second), (TimePoint.OfVersion(second.Version), second), (TimePoint.OfTimestamp(second.Time.ToMoment()), second),
            (TimePoint.OfTimestamp(third.Time.ToMoment().AddMicroseconds(-1)), second), (TimePoint.OfTimestamp(Time.GetUtcNow()), third), (TimePoint.OfSnapshot("named"), second),
            (TimePoint.OfSnapshot($"{Branch}@{first.Version}"), first), (TimePoint.OfOffset(RelativeUnit.Version, -2), first), (TimePoint.OfOffset(RelativeUnit.Lsn, -1), second),
            (TimePoint.OfOffset(RelativeUnit.Microsecond, -60_000_000), second), (TimePoint.OfBranch(Branch), third), (TimePoint.OfBranch(Branch, TimePoint.OfVersion(second.Version)), second),
            (TimePoint.OfOffset(RelativeUnit.Version, 1, TimePoint.OfVersion(first.Version)), second),
        })
        {
            Assert.Equal((point, expected), (point, await FindAsync(point)));
        }

        Assert.Equal(second with { At = new ShardVersion("aside", second.At.Lsn) }, await FindAsync(TimePoint.OfBranch("aside")));
        Assert.Equal((1, 2, 3), (await ReadAsync(first), await ReadAsync(second), await ReadAsync(third)));
        Assert.Equal(new ShardMoment(new ShardVersion(Branch, Lsn.Zero), 0, default), await FindAsync(TimePoint.OfLsn(0)));
    }

    [Theory]
    [InlineData("lsn 1000", "TT_LSN_NOT_AVAILABLE", "72000")]
    [InlineData("version 1000", "TT_POINT_NOT_FOUND", "22023")]
    [InlineData("version back 1000", "TT_POINT_NOT_FOUND", "22023")]
    [InlineData("snapshot", "TT_SNAPSHOT_NOT_FOUND", "42704")]
    [InlineData("branch", "TT_BRANCH_NOT_FOUND", "3D000")]
    [InlineData("bookmark", "TT_INVALID_SYNTAX", "42601")]
    [InlineData("tomorrow", "TT_FUTURE_POINT", "22023")]
    [Trait("Rule", "S5.3")]
    public async Task Find_WhatIsNotThere_SaysWhyAndWhere(string point, string code, string state)
    {
        var found = point switch
        {
            "lsn 1000" => TimePoint.OfLsn(1000),
            "version 1000" => TimePoint.OfVersion(1000),
            "version back 1000" => TimePoint.OfOffset(RelativeUnit.Version, -1000),
            "snapshot" => TimePoint.OfSnapshot("nobody"),
            "branch" => TimePoint.OfBranch("nobody"),
            "bookmark" => TimePoint.OfBookmark("nothing"),
            _ => TimePoint.OfTimestamp(Time.GetUtcNow().AddDays(1)),
        };
        await FailsAsync(ErrorCodes.All.Single(each => each.Code == code), state, () => FindAsync(found));
    }

    [Fact]
    public async Task Read_AVersion_SeesItsSchemaAndItsIndexes()
    {
        var before = await HeadAsync();
        await RunAsync("ALTER TABLE t ADD COLUMN name TEXT");
        await RunAsync("UPDATE t SET name = 'x'");
        var named = await RunAsync("CREATE INDEX t_name ON t(name)");
        await RunAsync("DROP TABLE t");
        await RunAsync("CREATE TABLE t(id INTEGER PRIMARY KEY, n TEXT)");

        Assert.Equal(2, await ReadAsync(before, "SELECT count(*) FROM pragma_table_info('t')"));
        await FailsAsync(ErrorCodes.NotFound, "42703", () => ReadAsync(before, "SELECT name FROM t"));
        Assert.Equal(1, await ReadAsync(named, "SELECT n FROM t WHERE name = 'x'"));
        var plan = await Tablet.QueryAsync(new ShardQueryRequest(Shard, "EXPLAIN QUERY PLAN SELECT * FROM t WHERE name = 'x'", []) { AsOf = named.At }, default);
        Assert.Contains("t_name", plan.Rows[0][3].AsText(), StringComparison.Ordinal);
        Assert.Equal(0, await ReadAsync(null, "SELECT count(*) FROM t"));
        await FailsAsync(ErrorCodes.NotFound, "42P01", async () => await ReadAsync(await FindAsync(TimePoint.OfLsn(0))));
    }

    [Fact]
    public async Task Read_AVersion_CannotWrite()
    {
        var head = await HeadAsync();
        await FailsAsync(ErrorCodes.ReadOnlyTransaction, "25006", () => ReadAsync(head, "UPDATE t SET n = 5 RETURNING n"));
        await FailsAsync(ErrorCodes.ReadOnlyTransaction, "25006", () => ReadAsync(head, "UPDATE t SET n = 5 RETURNING n"));
        Assert.Equal(1, await ReadAsync());
    }

    [Fact]
    public async Task Read_AVersionThatIsNotThere_SaysSo()
    {
        await FailsAsync(ErrorCodes.LsnNotAvailable, "72000", () => ReadAsync(new ShardMoment(new ShardVersion(Branch, new Lsn(1000)), 0, default)));
        await FailsAsync(ErrorCodes.BranchNotFound, "3D000", () => ReadAsync(new ShardMoment(new ShardVersion("nobody", new Lsn(1)), 0, default)));
        Assert.Equal(1, await ReadAsync());
    }

    [Fact]
    public async Task Read_InATransaction_HasNoVersion()
    {
        var head = await HeadAsync();
        var transaction = await Tablet.BeginAsync(new ShardBeginRequest(Shard), default);
        await Assert.ThrowsAsync<ArgumentException>(() => ReadAsync(head, txId: transaction));
        var request = new ShardQueryRequest(Shard, "SELECT n FROM t", [], transaction) { AsOf = head.At };
        await Assert.ThrowsAsync<ArgumentException>(async () => _ = await Tablet.StreamAsync(request, default).ToListAsync());
        Assert.Equal(1, await ReadAsync(txId: transaction));
    }

    [Fact]
    public async Task Read_AVersion_KeepsLimitsStreamsAndCancels()
    {
        var many = await RunAsync("INSERT INTO t SELECT value, value FROM generate_series(2, 50000)");
        await RunAsync("DELETE FROM t");
        var request = new ShardQueryRequest(Shard, "SELECT * FROM t", []) { AsOf = many.At };
        await FailsAsync(ErrorCodes.ResourceExhausted, "54000", () => Tablet.QueryAsync(request with { MaxRows = 10 }, default).AsTask());
        await FailsAsync(ErrorCodes.ResourceExhausted, "54000", () => Tablet.QueryAsync(request with { MaxBytes = 1000 }, default).AsTask());
        var chunks = await Tablet.StreamAsync(request, default).ToListAsync();
        Assert.True(chunks.Count > 1);
        Assert.Equal(50_000, chunks.Sum(chunk => chunk.RowCount));

        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        var endless = request with { Sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n" };
        await FailsAsync(ErrorCodes.Timeout, "57014", () => Tablet.QueryAsync(endless, source.Token).AsTask());
        Assert.Equal(50_000, await ReadAsync(many, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Read_TheHeadAfterAWrite_IsNotWhatWasThere()
    {
        for (var n = 2; n < 40; n++)
        {
            var before = await HeadAsync();
            await SetAsync(n);
            Assert.Equal((n - 1, n), (await ReadAsync(before), await ReadAsync()));
        }
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Promise_ThenTheClockGoesBack_NoCommitComesBeforeIt()
    {
        var before = await SetAsync(2);
        Time.Advance(TimeSpan.FromHours(1));
        var now = await History.NowAsync(default);
        Assert.Equal(before, await History.PromiseAsync(Branch, now, default));

        await RestartAsync(new ManualTime());
        Assert.True(await History.NowAsync(default) >= now);
        var after = await SetAsync(3);
        Assert.True(after.Time > now);
        Assert.Equal(before, await History.PromiseAsync(Branch, now, default));
        Assert.Equal(before, await FindAsync(TimePoint.OfTimestamp(now.ToMoment().AddMicroseconds(-1))));
        Assert.Equal(2, await ReadAsync(before));
        Assert.True(await History.NowAsync(default) >= after.Time);
        await FailsAsync(ErrorCodes.FuturePoint, "22023", () => History.PromiseAsync(Branch, HlcTimestamp.FirstOf(Time.GetUtcNow().AddDays(1)), default).AsTask());
    }

    [Fact]
    [Trait("Rule", "S5.7")]
    public async Task Retention_BeforeTheWindow_OnlyWhatIsNamedIsThere()
    {
        var named = await SetAsync(2);
        var gone = await SetAsync(3);
        await History.CreateSnapshotAsync("named", named.At, default);
        for (var i = 0; i < 60; i++) await RunAsync($"INSERT INTO t SELECT NULL, {i} FROM generate_series(1, 1000)");
        Time.Advance(TimeSpan.FromDays(1));
        await RestartAsync(compacts: true);

        await FailsAsync(ErrorCodes.LsnNotAvailable, "72000", () => FindAsync(TimePoint.OfLsn(gone.At.Lsn.Value)));
        await FailsAsync(ErrorCodes.LsnNotAvailable, "72000", () => ReadAsync(gone));
        var kept = await FindAsync(TimePoint.OfSnapshot("named"));
        Assert.Equal((named.At, named.Version), (kept.At, kept.Version));
        Assert.Equal(2, await ReadAsync(kept));
        Assert.Equal((named.At, named.Version), ((await History.SnapshotsAsync(default))["named"].At, (await History.SnapshotsAsync(default))["named"].Version));
        Assert.Equal(60_001, await ReadAsync(null, "SELECT count(*) FROM t"));
        Assert.NotEmpty(await History.CommitsAsync(Branch, default).ToListAsync());
    }

    [Fact]
    public async Task Read_ThePastWhileWritesGoOn_NeverChanges()
    {
        await RunAsync("INSERT INTO t SELECT value, 0 FROM generate_series(2, 500)");
        var versions = new List<(ShardMoment At, long Sum)>();
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            long reads = 0;
            while (!stop.IsCancellationRequested || reads == 0)
            {
                (ShardMoment At, long Sum) version;
                lock (versions)
                {
                    if (versions.Count == 0) continue;
                    version = versions[random.Next(versions.Count)];
                }

                Assert.Equal(version.Sum, await ReadAsync(version.At, "SELECT sum(n) FROM t"));
                reads++;
            }
        })).ToArray();
        for (var i = 1; i <= 100; i++)
        {
            var made = await RunAsync($"UPDATE t SET n = {i} WHERE id BETWEEN {i} AND {i * 3}");
            var sum = await ReadAsync(null, "SELECT sum(n) FROM t");
            lock (versions) versions.Add((made, sum));
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        foreach (var (at, sum) in versions) Assert.Equal(sum, await ReadAsync(at, "SELECT sum(n) FROM t"));
    }
}
