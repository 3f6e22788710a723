using Shale.Engines;
using Shale.Sql;

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
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.2")]
    public async Task Snapshot_OfABranch_IsThatOfTheBranchFromEverywhere(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)", "CALL dosql_snapshot('ofmain')");
        var early = await Cluster.MomentAsync();
        await cluster.RunAllAsync("UPDATE t SET v = 50 WHERE id = 3", "CALL dosql_branch('dev')");
        await cluster.OnAsync("main/dev", "UPDATE t SET v = v + 100 WHERE id < 3");
        var bookmark = (await cluster.OnAsync("main/dev", "CALL dosql_snapshot('ofdev')"))[0];
        Assert.EndsWith(".main/dev", bookmark, StringComparison.Ordinal);
        await cluster.OnAsync("main/dev", $"CALL dosql_snapshot('early', '{early}')");
        await cluster.OnAsync("main/dev", "DELETE FROM t");
        await cluster.OnAsync("main/dev", "ALTER TABLE t ADD COLUMN w INT");

        foreach (var target in (string[])["main", "main/dev"])
        {
            Assert.Equal(["early|dev", "ofdev|dev", "ofmain|main"], await cluster.OnAsync(target, "SELECT name, branch FROM dosql_snapshots ORDER BY name"));
            Assert.Equal(["1|101", "2|102", "3|50"], await cluster.OnAsync(target, "SELECT * FROM t AS OF SNAPSHOT 'ofdev' ORDER BY id"));
            Assert.Equal(["1|101", "2|102", "3|50"], await cluster.OnAsync(target, $"SELECT * FROM t AS OF BOOKMARK '{bookmark}' ORDER BY id"));
            Assert.Equal(["1|1", "2|2", "3|3"], await cluster.OnAsync(target, "SELECT * FROM t AS OF SNAPSHOT 'ofmain' ORDER BY id"));
            Assert.Equal(["1|1", "2|2", "3|3"], await cluster.OnAsync(target, "SELECT * FROM t AS OF SNAPSHOT 'early' ORDER BY id"));
            Assert.Equal(["1|1|101"], await cluster.OnAsync(target, "SELECT a.id, a.v, b.v FROM t AS OF SNAPSHOT 'early' a JOIN t AS OF SNAPSHOT 'ofdev' b ON a.id = b.id WHERE a.id = 1"));
            foreach (var name in (string[])["ofmain", "ofdev"]) Assert.Equal("42710", (await Assert.ThrowsAsync<VitessException>(() => cluster.OnAsync(target, $"CALL dosql_snapshot('{name}')"))).SqlState);
        }

        Assert.Equal(["1|1", "1|101"], await cluster.OnAsync("main/dev", "SELECT id, v FROM t FOR SYSTEM_TIME BETWEEN SNAPSHOT 'ofmain' AND SNAPSHOT 'ofdev' WHERE id = 1 ORDER BY v"));
        await cluster.OnAsync("main/dev", "CALL dosql_branch('next', 'ofmain')");
        await cluster.OnAsync("main", "CALL dosql_branch('after', 'ofdev')");
        Assert.Equal(["after|dev", "dev|main", "next|main"], await cluster.RowsAsync("SELECT name, parent FROM dosql_branches ORDER BY name"));
        Assert.Equal(["6"], await cluster.OnAsync("main/next", "SELECT sum(v) FROM t"));
        Assert.Equal(["253"], await cluster.OnAsync("main/after", "SELECT sum(v) FROM t"));

        foreach (var point in (string[])["SNAPSHOT 'ofdev'", $"BOOKMARK '{bookmark}'"]) Assert.Equal("TT_INVALID_SYNTAX", (await cluster.FailsAsync($"RESTORE KEYSPACE main TO {point}")).Code);
        Assert.Equal("2BP01", (await cluster.FailsAsync("CALL dosql_drop_branch('dev')")).SqlState);
        await cluster.OnAsync("main/dev", "RESTORE DATABASE TO SNAPSHOT 'ofdev'");
        Assert.Equal(["1|101", "2|102", "3|50"], await cluster.OnAsync("main/dev", "SELECT * FROM t ORDER BY id"));
        await cluster.RunAllAsync("CALL dosql_drop_snapshot('ofdev')", "CALL dosql_drop_snapshot('early')", "CALL dosql_drop_branch('dev')");
        Assert.Equal("TT_BRANCH_NOT_FOUND", (await cluster.FailsAsync($"SELECT * FROM t AS OF BOOKMARK '{bookmark}'")).Code);
        Assert.Equal(["ofmain|main"], await cluster.RowsAsync("SELECT name, branch FROM dosql_snapshots"));
    }

    [Theory]
    [InlineData("CALL dosql_snapshot('new')", "main")]
    [InlineData("CALL dosql_drop_snapshot('old')", "main")]
    [InlineData("CALL dosql_snapshot('new')", "main/dev")]
    [InlineData("CALL dosql_drop_snapshot('old')", "main/dev")]
    [Trait("Rule", "S4.1")]
    public async Task Crash_AtAnyStep_LeavesASnapshotWholeOrNotThere(string sql, string target)
    {
        for (var step = 0; ; step++)
        {
            var directory = Path.Combine(_directory, $"{step}");
            await using (var cluster = await OpenAsync(directory, null))
            {
                await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
                if (target != "main") await RunAsync(cluster, "CALL dosql_branch('dev')");
                await RunAsync(cluster, "CALL dosql_snapshot('old')", target);
            }

            var crash = new Crash(step, after: step % 2 == 0);
            await using (var cluster = await OpenAsync(directory, tablet => new CrashingTablet(tablet, crash)))
            {
                try
                {
                    await RunAsync(cluster, sql, target);
                }
                catch (VitessException)
                {
                    Assert.True(crash.Happened);
                }
            }

            await using var again = await OpenAsync(directory, null);
            var listed = (await RunAsync(again, "SELECT name FROM dosql_snapshots ORDER BY name")).Rows;
            foreach (var name in (string[])["old", "new"])
            {
                var on = 0;
                foreach (var tablet in again.Tablets) on += (await tablet.History!.SnapshotsAsync(default)).ContainsKey(name) ? 1 : 0;
                Assert.Equal(await TryRestoreAsync(again, name, target) ? 3 : 0, on);
                Assert.Equal(on > 0, Cluster.Rows(listed).Contains(name));
            }

            if (!crash.Happened) return;
        }
    }

    private static async Task<bool> TryRestoreAsync(LocalCluster cluster, string name, string target)
    {
        try
        {
            await RunAsync(cluster, $"RESTORE DATABASE TO SNAPSHOT '{name}'", target);
            return true;
        }
        catch (VitessException failure) when (failure.Code == "TT_SNAPSHOT_NOT_FOUND")
        {
            return false;
        }
    }

    private static ValueTask<LocalCluster> OpenAsync(string directory, Func<ITablet, ITablet>? wrap) =>
        LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = directory, Shards = 3, Durable = false, WrapTablet = wrap });

    private static async Task<GateResult> RunAsync(LocalCluster cluster, string sql, string? target = null) => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = target });
}
