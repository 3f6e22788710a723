using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>Branches of a keyspace: keyspaces of their own that begin with one cut of another, whole or not there.</summary>
public sealed class KeyspaceBranchTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-branches-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [Trait("Rule", "S5.2")]
    public async Task Branch_WrittenOnBothSides_EachHasItsOwn(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT)", "INSERT INTO t SELECT g, 'old' FROM generate_series(1, 20) g");

        Assert.Equal("main/dev", await cluster.Gate.BranchAsync("dev"));
        Assert.Equal(["20"], await OnAsync(cluster, "main/dev", "SELECT count(*) FROM t"));
        await OnAsync(cluster, "main/dev", "UPDATE t SET v = 'dev' WHERE id <= 10");
        await OnAsync(cluster, "main/dev", "INSERT INTO t VALUES (100, 'dev')");
        await OnAsync(cluster, "main", "UPDATE t SET v = 'main' WHERE id > 5");
        await OnAsync(cluster, "main/main", "DELETE FROM t WHERE id = 1");

        Assert.Equal(["dev|11", "old|10"], await OnAsync(cluster, "main/dev", "SELECT v, count(*) FROM t GROUP BY v ORDER BY v"));
        Assert.Equal(["main|15", "old|4"], await OnAsync(cluster, "main", "SELECT v, count(*) FROM t GROUP BY v ORDER BY v"));
        Assert.Equal(["main"], await OnAsync(cluster, "main", "SHOW KEYSPACES"));
        Assert.Equal(["dev|main"], await OnAsync(cluster, "main", "SELECT name, parent FROM dosql_branches"));
        Assert.Equal(["dev|main"], await OnAsync(cluster, "main/dev", "SELECT name, parent FROM dosql_branches"));
    }

    [Fact]
    [Trait("Rule", "S2.4")]
    public async Task Definitions_OnOneSide_DoNotTouchTheOther()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "CREATE TABLE gone (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)", "CALL dosql_branch('dev')");

        await OnAsync(cluster, "main/dev", "ALTER TABLE t ADD COLUMN w TEXT DEFAULT 'x'");
        await OnAsync(cluster, "main/dev", "CREATE TABLE n (id BIGINT PRIMARY KEY)");
        await OnAsync(cluster, "main", "DROP TABLE gone");
        await OnAsync(cluster, "main", "ALTER TABLE t ADD COLUMN a INT DEFAULT 7");

        Assert.Equal(["1|x", "2|x"], await OnAsync(cluster, "main/dev", "SELECT * FROM t ORDER BY id"));
        Assert.Equal(["1|7", "2|7"], await OnAsync(cluster, "main", "SELECT * FROM t ORDER BY id"));
        Assert.Equal(["0"], await OnAsync(cluster, "main/dev", "SELECT count(*) FROM gone"));
        Assert.Equal("42P01", await StateOfAsync(cluster, "main", "SELECT * FROM n"));
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task UniqueKeys_OfBothSides_AreCheckedEachByItself()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, mail TEXT UNIQUE)", "INSERT INTO t VALUES (1, 'a'), (2, 'b')", "CALL dosql_branch('dev')");

        await OnAsync(cluster, "main/dev", "DELETE FROM t WHERE mail = 'a'");
        await OnAsync(cluster, "main/dev", "INSERT INTO t VALUES (3, 'a'), (4, 'c')");
        Assert.Equal("23505", await StateOfAsync(cluster, "main", "INSERT INTO t VALUES (5, 'a')"));
        Assert.Equal("23505", await StateOfAsync(cluster, "main/dev", "INSERT INTO t VALUES (5, 'c')"));
        await OnAsync(cluster, "main", "INSERT INTO t VALUES (6, 'c')");

        Assert.Equal(["3"], await OnAsync(cluster, "main/dev", "SELECT id FROM t WHERE mail = 'a'"));
        Assert.Equal(["1"], await OnAsync(cluster, "main", "SELECT id FROM t WHERE mail = 'a'"));
    }

    [Fact]
    [Trait("Rule", "S2.6")]
    public async Task Sequences_OfABranch_GiveNoValueTwice()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE SEQUENCE s", "CREATE TABLE t (id BIGSERIAL PRIMARY KEY, v TEXT)", "INSERT INTO t (v) VALUES ('a'), ('b')", "SELECT nextval('s')", "CALL dosql_branch('dev')");
        var ids = new List<string>();
        foreach (var target in (string[])["main", "main/dev", "main", "main/dev"]) ids.AddRange(await OnAsync(cluster, target, "INSERT INTO t (v) VALUES ('c') RETURNING id"));
        Assert.Equal(4, ids.Distinct().Count());
        Assert.Equal("0A000", await StateOfAsync(cluster, "main/dev", "ALTER SEQUENCE s RESTART"));

        var shared = long.Parse((await OnAsync(cluster, "main/dev", "SELECT nextval('s')"))[0], System.Globalization.CultureInfo.InvariantCulture);
        await OnAsync(cluster, "main", "DROP SEQUENCE s");
        var own = long.Parse((await OnAsync(cluster, "main/dev", "SELECT nextval('s')"))[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(own > shared, $"{own} after {shared}");
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Transaction_OnABranch_IsAllOrNothing()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "CALL dosql_branch('dev')");
        foreach (var commits in (bool[])[false, true])
        {
            var inside = (await cluster.Gate.BeginAsync("main/dev")).TxId;
            await cluster.InAsync(inside, "INSERT INTO t SELECT g FROM generate_series(1, 8) g");
            Assert.Equal(["0"], await OnAsync(cluster, "main/dev", "SELECT count(*) FROM t"));
            if (commits) await cluster.Gate.CommitAsync(inside);
            else await cluster.Gate.RollbackAsync(inside);
            Assert.Equal([commits ? "8" : "0"], await OnAsync(cluster, "main/dev", "SELECT count(*) FROM t"));
            Assert.Equal(["0"], await OnAsync(cluster, "main", "SELECT count(*) FROM t"));
        }
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Drop_UnderAnOpenTransaction_EndsIt()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "CALL dosql_branch('dev')");
        var inside = (await cluster.Gate.BeginAsync("main/dev")).TxId;
        await cluster.InAsync(inside, "INSERT INTO t SELECT g FROM generate_series(1, 8) g");

        await cluster.Gate.DropBranchAsync("dev");
        await Assert.ThrowsAsync<VitessException>(() => cluster.Gate.CommitAsync(inside).AsTask());
        await OnAsync(cluster, "main", "CALL dosql_branch('dev')");
        Assert.Equal(["0"], await OnAsync(cluster, "main/dev", "SELECT count(*) FROM t"));
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Restore_OfABranch_LeavesMainAlone()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGSERIAL PRIMARY KEY, mail TEXT UNIQUE)", "INSERT INTO t (mail) VALUES ('a'), ('b')", "CALL dosql_branch('dev')");
        await OnAsync(cluster, "main/dev", "INSERT INTO t (mail) VALUES ('c')");
        var then = await Cluster.MomentAsync();
        await OnAsync(cluster, "main/dev", "DROP TABLE t");
        await OnAsync(cluster, "main", "INSERT INTO t (mail) VALUES ('d')");

        await OnAsync(cluster, "main/dev", $"RESTORE DATABASE TO TIMESTAMP '{then}'");
        Assert.Equal(["a", "b", "c"], await OnAsync(cluster, "main/dev", "SELECT mail FROM t ORDER BY mail"));
        Assert.Equal(["a", "b", "d"], await OnAsync(cluster, "main", "SELECT mail FROM t ORDER BY mail"));
        Assert.Equal("23505", await StateOfAsync(cluster, "main/dev", "INSERT INTO t (mail) VALUES ('c')"));
        await OnAsync(cluster, "main/dev", "INSERT INTO t (mail) VALUES ('d')");
        await OnAsync(cluster, "main", $"RESTORE KEYSPACE main TO TIMESTAMP '{then}'");
        Assert.Equal(["a", "b"], await OnAsync(cluster, "main", "SELECT mail FROM t ORDER BY mail"));
        Assert.Equal(["4"], await OnAsync(cluster, "main/dev", "SELECT count(*) FROM t"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [Trait("Rule", "S5.2")]
    public async Task Branch_OfThePastAndOfABranch_BeginsThere(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t SELECT g FROM generate_series(1, 10) g");
        var then = await Cluster.MomentAsync();
        await cluster.RunAllAsync("INSERT INTO t SELECT g FROM generate_series(11, 20) g", "CALL dosql_snapshot('s')", "ALTER TABLE t ADD COLUMN w INT", "DELETE FROM t");

        await cluster.RunAsync("CALL dosql_branch($1, $2)", SqlValue.Text("early"), SqlValue.Text(then));
        await cluster.RunAsync("CALL dosql_branch('late', 's')");
        await OnAsync(cluster, "main/late", "INSERT INTO t VALUES (21)");
        await OnAsync(cluster, "main/late", "CALL dosql_branch('later')");
        await OnAsync(cluster, "main/later", "INSERT INTO t VALUES (22)");

        Assert.Equal(["10"], await OnAsync(cluster, "main/early", "SELECT count(*) FROM t"));
        Assert.Equal(["21"], await OnAsync(cluster, "main/late", "SELECT count(*) FROM t"));
        Assert.Equal(["22"], await OnAsync(cluster, "main/later", "SELECT count(*) FROM t"));
        Assert.Equal(["0"], await OnAsync(cluster, "main", "SELECT count(*) FROM t"));
        await OnAsync(cluster, "main", "CALL dosql_drop_branch('late')");
        Assert.Equal(["22"], await OnAsync(cluster, "main/later", "SELECT count(*) FROM t"));
        Assert.Equal(["early|main", "later|late"], await OnAsync(cluster, "main", "SELECT name, parent FROM dosql_branches ORDER BY name"));
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Branch_DroppedOrTakenOrUnknown_SaysSo()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "CALL dosql_branch('dev')");
        await OnAsync(cluster, "main/dev", "INSERT INTO t VALUES (1)");

        Assert.Equal("42710", await StateOfAsync(cluster, "main", "CALL dosql_branch('dev')"));
        Assert.Equal("42710", await StateOfAsync(cluster, "main", "CALL dosql_branch('main')"));
        Assert.Equal("42602", await StateOfAsync(cluster, "main", "CALL dosql_branch('a/b')"));
        Assert.Equal("55006", await StateOfAsync(cluster, "main", "CALL dosql_drop_branch('main')"));
        Assert.Equal("3D000", await StateOfAsync(cluster, "main/nobody", "SELECT * FROM t"));
        Assert.Equal("3D000", await StateOfAsync(cluster, "main", "SELECT * FROM t AS OF BRANCH 'nobody'"));
        await cluster.Gate.DropBranchAsync("dev");
        Assert.Equal("3D000", await StateOfAsync(cluster, "main", "CALL dosql_drop_branch('dev')"));
        Assert.Equal("3D000", await StateOfAsync(cluster, "main/dev", "SELECT * FROM t"));
        await OnAsync(cluster, "main", "CALL dosql_branch('dev')");
        Assert.Equal(["0"], await OnAsync(cluster, "main/dev", "SELECT count(*) FROM t"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [Trait("Rule", "S5.2")]
    public async Task AsOfBranch_BesideThePresent_ReadsBoth(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')", "CALL dosql_branch('dev')");
        await OnAsync(cluster, "main/dev", "UPDATE t SET v = 'x' WHERE id = 2");
        var then = await Cluster.MomentAsync();
        await OnAsync(cluster, "main/dev", "UPDATE t SET v = 'y' WHERE id = 3");

        Assert.Equal(["2|b|x", "3|c|y"], await cluster.RowsAsync("SELECT n.id, n.v, d.v FROM t n JOIN t AS OF BRANCH 'dev' AS d ON n.id = d.id WHERE n.v <> d.v ORDER BY n.id"));
        Assert.Equal(["1|a", "2|x", "3|c"], await cluster.RowsAsync($"SELECT * FROM t AS OF BRANCH 'dev' AT TIMESTAMP '{then}' ORDER BY id"));
        Assert.Equal(["1|a", "2|b", "3|c"], await OnAsync(cluster, "main/dev", "SELECT * FROM t AS OF BRANCH 'main' ORDER BY id"));
        Assert.Equal(["1|a", "2|x", "3|c"], await OnAsync(cluster, "main/dev", $"SELECT * FROM t AS OF '{then}' ORDER BY id"));
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Restart_WithBranches_OpensThemAgain()
    {
        var then = "";
        await using (var cluster = await OpenAsync(null))
        {
            await RunAsync(cluster, "main", "CREATE TABLE t (id BIGSERIAL PRIMARY KEY, v TEXT)");
            await RunAsync(cluster, "main", "INSERT INTO t (v) VALUES ('a'), ('b')");
            then = await Cluster.MomentAsync();
            await RunAsync(cluster, "main", "ALTER TABLE t ADD COLUMN gone INT");
            await RunAsync(cluster, "main", "ALTER TABLE t DROP COLUMN gone");
            await RunAsync(cluster, "main", "CALL dosql_branch('dev')");
            await RunAsync(cluster, "main/dev", "INSERT INTO t (v) VALUES ('c')");
            await RunAsync(cluster, "main/dev", "ALTER TABLE t ADD COLUMN w INT DEFAULT 3");
        }

        await using var again = await OpenAsync(null);
        Assert.Empty(again.Repairs);
        await RunAsync(again, "main/dev", "INSERT INTO t (v) VALUES ('d')");
        await RunAsync(again, "main", "INSERT INTO t (v) VALUES ('e')");
        Assert.Equal(["a|3", "b|3", "c|3", "d|3"], await RunAsync(again, "main/dev", "SELECT v, w FROM t ORDER BY v"));
        Assert.Equal(["a", "b", "e"], await RunAsync(again, "main", "SELECT v FROM t ORDER BY v"));
        Assert.Equal(["a", "b"], await RunAsync(again, "main/dev", $"SELECT v FROM t AS OF '{then}' ORDER BY v"));
        Assert.Equal(["a", "b", "c", "d"], await RunAsync(again, "main/dev", "SELECT v FROM t FOR SYSTEM_TIME ALL GROUP BY v ORDER BY v"));
        Assert.Empty((await RunAsync(again, "main", "SELECT id FROM t WHERE v = 'e'")).Intersect(await RunAsync(again, "main/dev", "SELECT id FROM t")));
    }

    [Theory]
    [InlineData("CALL dosql_branch('new')")]
    [InlineData("CALL dosql_drop_branch('old')")]
    [Trait("Rule", "S4.1")]
    public async Task Crash_AtAnyStep_LeavesABranchWholeOrNotThere(string sql)
    {
        for (var step = 0; ; step++)
        {
            var directory = Path.Combine(_directory, $"{step}");
            await using (var cluster = await OpenAsync(null, directory))
            {
                await RunAsync(cluster, "main", "CREATE TABLE t (id BIGINT PRIMARY KEY)");
                await RunAsync(cluster, "main", "INSERT INTO t SELECT g FROM generate_series(1, 9) g");
                await RunAsync(cluster, "main", "CALL dosql_branch('old')");
            }

            var crash = new Crash(step, after: step % 2 == 0);
            await using (var cluster = await OpenAsync(tablet => new CrashingTablet(tablet, crash), directory))
            {
                try
                {
                    await RunAsync(cluster, "main", sql);
                }
                catch (VitessException)
                {
                    Assert.True(crash.Happened);
                }
            }

            await using var again = await OpenAsync(null, directory);
            var known = await RunAsync(again, "main", "SELECT name FROM dosql_branches");
            foreach (var name in (string[])["old", "new"])
            {
                var on = 0;
                foreach (var tablet in again.Tablets) on += (await tablet.History!.BranchesAsync(default)).ContainsKey(name) ? 1 : 0;
                Assert.Equal(known.Contains(name) ? 3 : 0, on);
                if (known.Contains(name)) Assert.Equal(["9"], await RunAsync(again, $"main/{name}", "SELECT count(*) FROM t"));
            }

            if (!crash.Happened) return;
        }
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task SwitchEngine_OfAShardWithBranches_IsRefusedUntilTheyAreDropped()
    {
        await using var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { Shards = 1 });
        await RunAsync(cluster, "main", "CREATE TABLE t (id BIGINT PRIMARY KEY)");
        await RunAsync(cluster, "main", "CALL dosql_branch('dev')");
        var target = SqliteEngine.InMemory();

        var refused = await Assert.ThrowsAsync<VitessException>(() => cluster.Tablets[0].SwitchEngineAsync(target).AsTask());
        Assert.Equal("2BP01", refused.SqlState);
        await RunAsync(cluster, "main", "CALL dosql_drop_branch('dev')");
        await cluster.Tablets[0].SwitchEngineAsync(target);
        Assert.Equal(["0"], await RunAsync(cluster, "main", "SELECT count(*) FROM t"));
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Branch_OfAMomentInTheMiddleOfACommit_CompletesIt()
    {
        var moments = new List<string>();
        await using var cluster = await Cluster.OpenAsync(3, configure: options => options with { WrapTablet = tablet => new TimedTablet(tablet, moments) });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, mail TEXT UNIQUE)", "INSERT INTO t VALUES (0, 'm0')");
        moments.Clear();
        await cluster.RunAsync("INSERT INTO t SELECT g, 'm' || g FROM generate_series(1, 12) g");

        var made = moments.ToList();
        var counts = new HashSet<string>();
        for (var i = 0; i < made.Count; i++)
        {
            await cluster.RunAsync("CALL dosql_branch($1, $2)", SqlValue.Text($"b{i}"), SqlValue.Text(made[i]));
            var rows = await OnAsync(cluster, $"main/b{i}", "SELECT id, mail FROM t ORDER BY id");
            counts.Add($"{rows.Length}");
            for (var id = 0; id <= 12; id++)
            {
                var isThere = rows.Contains($"{id}|m{id}");
                Assert.Equal(isThere ? [$"{id}"] : [], await OnAsync(cluster, $"main/b{i}", $"SELECT id FROM t WHERE mail = 'm{id}'"));
                if (isThere) Assert.Equal("23505", await StateOfAsync(cluster, $"main/b{i}", $"INSERT INTO t VALUES ({100 + id}, 'm{id}')"));
                else await OnAsync(cluster, $"main/b{i}", $"INSERT INTO t VALUES ({100 + id}, 'm{id}')");
            }
        }

        Assert.Equal(["1", "13"], counts.Order(StringComparer.Ordinal));
        Assert.Equal(["13"], await OnAsync(cluster, "main", "SELECT count(*) FROM t"));
    }

    private ValueTask<LocalCluster> OpenAsync(Func<ITablet, ITablet>? wrap, string? directory = null) =>
        LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = directory ?? _directory, Shards = 3, Durable = false, WrapTablet = wrap });

    private static async Task<string[]> RunAsync(LocalCluster cluster, string target, string sql) => Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = target })).Rows);

    private static async Task<string[]> OnAsync(Cluster cluster, string target, string sql) => Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = target })).Rows);

    private static async Task<string?> StateOfAsync(Cluster cluster, string target, string sql) => (await Assert.ThrowsAsync<VitessException>(() => OnAsync(cluster, target, sql))).SqlState;

    /// <summary>Notes a moment before and after each commit.</summary>
    private sealed class TimedTablet(ITablet inner, List<string> moments) : ForwardingTablet(inner)
    {
        public override async ValueTask CommitAsync(string txId, CancellationToken cancellationToken)
        {
            moments.Add(await Cluster.MomentAsync());
            await base.CommitAsync(txId, cancellationToken);
            moments.Add(await Cluster.MomentAsync());
        }
    }
}
