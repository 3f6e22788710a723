using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>Named snapshots of a keyspace: one cut over all shards, whole or not there.</summary>
public sealed class NamedSnapshotTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-snapshots-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [Trait("Rule", "S5.2")]
    public async Task Snapshot_OfNowAndOfThen_IsWhatARestoreBringsBack(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t SELECT g FROM generate_series(1, 10) g");
        var then = await Cluster.MomentAsync();
        await cluster.RunAsync("INSERT INTO t SELECT g FROM generate_series(11, 20) g");

        var made = await cluster.RunAsync("CALL dosql_snapshot('before')");
        await cluster.RunAsync("CREATE VIEW v AS SELECT 1 AS one");
        await cluster.RunAsync("CALL dosql_snapshot($1, $2)", SqlValue.Text("earlier"), SqlValue.Text(then));
        await cluster.RunAsync("CALL dosql_snapshot(at => 'before', name => 'same')");
        await cluster.RunAllAsync("DELETE FROM t", "ALTER TABLE t ADD COLUMN w INT");

        Assert.Equal(["snapshot"], made.Rows.Fields.Select(field => field.Name));
        foreach (var (point, rows) in ((string, string)[])[("SNAPSHOT 'before'", "20"), ("SNAPSHOT 'earlier'", "10"), ("SNAPSHOT 'same'", "20"), ($"BOOKMARK '{made.Rows[0][0].AsText()}'", "20")])
        {
            await cluster.RunAsync($"RESTORE KEYSPACE main TO {point}");
            Assert.Equal([rows], await cluster.RowsAsync("SELECT count(*) FROM t"));
            Assert.Single((await cluster.RunAsync("SELECT * FROM t")).Rows.Fields);
            await cluster.FailsAsync("SELECT * FROM v");
        }
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Snapshot_DroppedOrTakenOrUnknown_SaysSo()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "CALL dosql_snapshot('s')");

        Assert.Equal("42710", (await cluster.FailsAsync("CALL dosql_snapshot('s')")).SqlState);
        Assert.Equal("42602", (await cluster.FailsAsync("CALL dosql_snapshot('a@b')")).SqlState);
        Assert.Equal("42883", (await cluster.FailsAsync("CALL dosql_snapshots('a')")).SqlState);
        Assert.Equal("42883", (await cluster.FailsAsync("CALL dosql_snapshot()")).SqlState);
        Assert.Equal("42804", (await cluster.FailsAsync("CALL dosql_snapshot($1)", SqlValue.Integer(1))).SqlState);
        await cluster.RunAsync("CALL dosql_drop_snapshot('s')");
        Assert.Equal("TT_SNAPSHOT_NOT_FOUND", (await cluster.FailsAsync("CALL dosql_drop_snapshot('s')")).Code);
        Assert.Equal("TT_SNAPSHOT_NOT_FOUND", (await cluster.FailsAsync("RESTORE KEYSPACE main TO SNAPSHOT 's'")).Code);
        await cluster.RunAsync("CALL dosql_snapshot('s')");
        var inside = (await cluster.Gate.BeginAsync(null)).TxId;
        Assert.Equal("25001", (await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(inside, "CALL dosql_snapshot('x')"))).SqlState);
    }

    [Theory]
    [InlineData("CALL dosql_snapshot('new')")]
    [InlineData("CALL dosql_drop_snapshot('old')")]
    [Trait("Rule", "S4.1")]
    public async Task Crash_AtAnyStep_LeavesASnapshotWholeOrNotThere(string sql)
    {
        for (var step = 0; ; step++)
        {
            var directory = Path.Combine(_directory, $"{step}");
            await using (var cluster = await OpenAsync(directory, null))
            {
                await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
                await RunAsync(cluster, "CALL dosql_snapshot('old')");
            }

            var crash = new Crash(step, after: step % 2 == 0);
            await using (var cluster = await OpenAsync(directory, tablet => new CrashingTablet(tablet, crash)))
            {
                try
                {
                    await RunAsync(cluster, sql);
                }
                catch (VitessException)
                {
                    Assert.True(crash.Happened);
                }
            }

            await using var again = await OpenAsync(directory, null);
            foreach (var name in (string[])["old", "new"])
            {
                var on = 0;
                foreach (var tablet in again.Tablets) on += (await tablet.History!.SnapshotsAsync(default)).ContainsKey(name) ? 1 : 0;
                Assert.Equal(await TryRestoreAsync(again, name) ? 3 : 0, on);
            }

            if (!crash.Happened) return;
        }
    }

    private static async Task<bool> TryRestoreAsync(LocalCluster cluster, string name)
    {
        try
        {
            await RunAsync(cluster, $"RESTORE KEYSPACE main TO SNAPSHOT '{name}'");
            return true;
        }
        catch (VitessException failure) when (failure.Code == "TT_SNAPSHOT_NOT_FOUND")
        {
            return false;
        }
    }

    private static ValueTask<LocalCluster> OpenAsync(string directory, Func<ITablet, ITablet>? wrap) =>
        LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = directory, Shards = 3, Durable = false, WrapTablet = wrap });

    private static async Task<GateResult> RunAsync(LocalCluster cluster, string sql) => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []));
}
