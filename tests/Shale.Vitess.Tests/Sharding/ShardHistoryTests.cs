using Shale.Contracts;
using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>What is asked of a shard's versions, and answered, could go to another process.</summary>
public sealed class ShardHistoryTests
{
    [Fact]
    public async Task History_ThroughMessages_IsTheSame()
    {
        await using var inner = new VTTablet(new VTTabletOptions { Shard = "-", Keyspace = "main", Engine = new SqliteEngine(new SqliteEngineOptions { HasHistory = true }) });
        await inner.ExecuteAsync("CREATE TABLE t(a INTEGER)");
        await inner.ExecuteAsync("INSERT INTO t VALUES (1)");
        var tablet = new SerializingTablet(inner);
        var (history, branch) = (tablet.History!, tablet.History!.Branch);

        var point = await history.FindAsync(branch, TimePoint.OfVersion(2), default);
        Assert.Equal(await inner.History!.FindAsync(branch, TimePoint.OfVersion(2), default), point);
        await inner.ExecuteAsync("INSERT INTO t VALUES (2)");
        var request = new ShardQueryRequest("-", "SELECT count(*) FROM t", []) { AsOf = point.At };
        Assert.Equal(1, (await tablet.QueryAsync(request, default)).Rows[0][0].AsInteger());
        Assert.Equal(1, (await tablet.StreamAsync(request, default).ToListAsync()).Sum(chunk => chunk.RowCount));

        Assert.True(await history.NowAsync(default) >= point.Time);
        Assert.Equal(point, await history.PromiseAsync(branch, point.Time, default));
        await history.CreateSnapshotAsync("s", point.At, default);
        await history.CreateBranchAsync("b", point.At, default);
        Assert.Equal(point, (await history.SnapshotsAsync(default))["s"]);
        Assert.Equal(["b", "main"], (await history.BranchesAsync(default)).Keys.Order());
        var restored = await history.RestoreAsync(branch, point.At.Lsn, null, default);
        Assert.Equal([4, 3, 2, 1], await history.CommitsAsync(branch, default).Select(commit => commit.Moment.Version).ToListAsync());
        Assert.Equal(restored, (await history.CommitsAsync(branch, default).FirstAsync()).Moment);
        Assert.True(await history.DropSnapshotAsync("s", default) && await history.DropBranchAsync("b", default));

        var failure = await Assert.ThrowsAsync<VitessException>(() => tablet.QueryAsync(request with { AsOf = point.At with { Lsn = new Lsn(99) } }, default).AsTask());
        Assert.Equal(("TT_LSN_NOT_AVAILABLE", "-"), (failure.Code, failure.Shard));
    }

    [Fact]
    [Trait("Rule", "S5.6")]
    public async Task Period_ThroughMessages_GivesItsVersions()
    {
        await using var inner = new VTTablet(new VTTabletOptions { Shard = "-", Keyspace = "main", Engine = new SqliteEngine(new SqliteEngineOptions { HasHistory = true }) });
        await inner.ExecuteAsync("CREATE TABLE t(a INTEGER PRIMARY KEY, b INTEGER)");
        await inner.ExecuteAsync("CREATE TABLE bare(a INTEGER)");
        await inner.ExecuteAsync("INSERT INTO t VALUES (1, 1)");
        await inner.ExecuteAsync("UPDATE t SET b = 2");
        var tablet = new SerializingTablet(inner);
        var head = (await tablet.History!.FindAsync("main", KeyspaceCut.Head, default)).At;

        Assert.Equal(["1 1", "2 0"], await VersionsAsync(new ShardPeriod("t", Lsn.Zero, new Lsn(long.MaxValue), Lsn.Zero, null, WithZone: false)));
        Assert.Equal(["1 1"], await VersionsAsync(new ShardPeriod("t", Lsn.Zero, head.Lsn, Lsn.Zero, head.Lsn, WithZone: true)));
        Assert.Equal("TT_NOT_SUPPORTED", (await Assert.ThrowsAsync<VitessException>(() => VersionsAsync(new ShardPeriod("bare", Lsn.Zero, head.Lsn, Lsn.Zero, null, WithZone: false)))).Code);

        async Task<string[]> VersionsAsync(ShardPeriod period)
        {
            var request = new ShardQueryRequest("-", $"SELECT b || ' ' || (_dosql_valid_to IS NOT NULL) FROM {ShardPeriod.Relation} ORDER BY b", []) { AsOf = head with { Period = period } };
            var rows = (await tablet.QueryAsync(request, default)).Rows;
            return [.. Enumerable.Range(0, rows.RowCount).Select(i => rows[i][0].AsText())];
        }
    }
}
