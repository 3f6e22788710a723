using Shale.Contracts;
using Shale.Engines;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>RESTORE KEYSPACE: rows and tables of a moment come back on all shards, and what it gives out leads back.</summary>
public sealed class RestoreTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [Trait("Rule", "S5.1")]
    [Trait("Rule", "S5.2")]
    public async Task Restore_ToATimestampAndBack_GivesRowsAndTablesOfThen(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT)", "INSERT INTO t SELECT g, 'old' FROM generate_series(1, 40) g");
        var then = await Cluster.MomentAsync();
        await cluster.RunAllAsync("UPDATE t SET v = 'new'", "ALTER TABLE t ADD COLUMN w INT", "CREATE TABLE u (id BIGINT PRIMARY KEY)", "INSERT INTO u VALUES (1)", "CREATE VIEW z AS SELECT 1 AS one");
        var version = cluster.Gate.VSchema.Version;

        var result = await cluster.RunAsync($"RESTORE KEYSPACE main TO TIMESTAMP '{then}'");

        Assert.Equal("bookmark", Assert.Single(result.Rows.Fields).Name);
        Assert.Equal(shards, result.Shards.Count);
        Assert.True(cluster.Gate.VSchema.Version > version);
        Assert.Equal(["40|old|old"], await cluster.RowsAsync("SELECT count(*), min(v), max(v) FROM t"));
        Assert.Equal(["id", "v"], (await cluster.RunAsync("SELECT * FROM t")).Rows.Fields.Select(field => field.Name));
        await cluster.RunAsync("INSERT INTO t VALUES (41, 'later')");
        await cluster.FailsAsync("SELECT * FROM u");
        await cluster.FailsAsync("SELECT * FROM z");

        await cluster.RunAsync("RESTORE KEYSPACE main TO BOOKMARK $1", result.Rows[0][0]);

        Assert.Equal(["40|new|new|0"], await cluster.RowsAsync("SELECT count(*), min(v), max(v), count(w) FROM t"));
        Assert.Equal(["1|1"], await cluster.RowsAsync("SELECT u.id, z.one FROM u, z"));
        await cluster.RunAsync("INSERT INTO u VALUES (2)");
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Bookmarks_GivenOneAfterTheOther_SortAsText()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)");
        var bookmarks = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            await cluster.RunAsync($"INSERT INTO t VALUES ({i})");
            bookmarks.Add((await cluster.RunAsync($"RESTORE KEYSPACE main TO TIMESTAMP '{await Cluster.MomentAsync()}'")).Rows[0][0].AsText());
        }

        Assert.Equal(bookmarks.Order(StringComparer.Ordinal), bookmarks);
        Assert.All(bookmarks, bookmark => Assert.EndsWith(".main", bookmark, StringComparison.Ordinal));
        Assert.Equal(["5"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    [Trait("Rule", "S5.3")]
    public async Task Restore_ToWhatIsNoPoint_RefusedAndChangesNothing()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)");
        var version = cluster.Gate.VSchema.Version;
        var future = DateTimeOffset.UtcNow.AddHours(1);

        Assert.Equal("TT_FUTURE_POINT", (await cluster.FailsAsync($"RESTORE KEYSPACE main TO TIMESTAMP '{TimestampText.Write(future)}'")).Code);
        Assert.Equal("TT_INVALID_SYNTAX", (await cluster.FailsAsync("RESTORE KEYSPACE main TO LSN 1")).Code);
        Assert.Equal("TT_INVALID_SYNTAX", (await cluster.FailsAsync("RESTORE KEYSPACE main TO VERSION CURRENT - 1")).Code);
        Assert.Equal("TT_INVALID_SYNTAX", (await cluster.FailsAsync("RESTORE KEYSPACE main TO BOOKMARK 'nonsense'")).Code);
        Assert.Equal("TT_INVALID_SYNTAX", (await cluster.FailsAsync("RESTORE KEYSPACE main TO BOOKMARK '0000000000000001.other'")).Code);
        Assert.Equal("TT_FUTURE_POINT", (await cluster.FailsAsync("RESTORE KEYSPACE main TO TIMESTAMP now() + INTERVAL '1 hour'")).Code);
        Assert.Equal("TT_INVALID_SYNTAX", (await cluster.FailsAsync("RESTORE KEYSPACE main TO TIMESTAMP (SELECT now())")).Code);
        Assert.Equal("TT_SNAPSHOT_NOT_FOUND", (await cluster.FailsAsync("RESTORE KEYSPACE main TO SNAPSHOT 'nobody'")).Code);
        Assert.Equal("NOT_FOUND", (await cluster.FailsAsync("RESTORE KEYSPACE nobody TO TIMESTAMP '2024-01-01'")).Code);
        Assert.Equal("QUERY_ERROR", (await cluster.FailsAsync("RESTORE KEYSPACE main TO TIMESTAMP $1")).Code);
        var shard = await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(new GateRequest("RESTORE DATABASE TO TIMESTAMP '2024-01-01'", []) { Target = "main:-80" }));
        Assert.Equal("0A000", shard.SqlState);

        Assert.Equal(version, cluster.Gate.VSchema.Version);
        Assert.Equal(["3"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }

    [Theory]
    [InlineData(SqlDialect.Postgres, "'2020-01-01'")]
    [InlineData(SqlDialect.Postgres, "now() - INTERVAL '1 hour'")]
    [InlineData(SqlDialect.Sqlite, "datetime('now', '-1 hour')")]
    [Trait("Rule", "S5.3")]
    public async Task Restore_ToAMomentAtWhichNothingWas_RefusedAndChangesNothing(SqlDialect dialect, string moment)
    {
        await using var cluster = await Cluster.OpenAsync(2, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)");

        var failure = await cluster.FailsAsync($"RESTORE KEYSPACE main TO TIMESTAMP {moment}");

        Assert.Equal(("TT_POINT_NOT_FOUND", "22023"), (failure.Code, failure.SqlState));
        Assert.Contains("did not exist yet", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["3"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    [Trait("Rule", "S5.1")]
    public async Task RestoreDatabase_OfOneShard_TakesItsVersions()
    {
        await using var cluster = await Cluster.OpenAsync(1);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (3)");

        await cluster.RunAsync("RESTORE DATABASE TO VERSION CURRENT - 2");

        Assert.Equal(["1"], await cluster.RowsAsync("SELECT id FROM t"));
    }

    [Fact]
    [Trait("Rule", "S5.1")]
    public async Task Restore_WithOpenTransactions_RefusedInsideAndThoseThatHaveReadFail()
    {
        await using var cluster = await Cluster.OpenAsync(3, configure: options => options with { LockTimeout = TimeSpan.FromMilliseconds(50) });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t SELECT g FROM generate_series(1, 9) g");
        var then = await Cluster.MomentAsync();
        await cluster.RunAsync("DELETE FROM t WHERE id > 4");
        var restore = $"RESTORE KEYSPACE main TO TIMESTAMP '{then}'";

        var inside = (await cluster.Gate.BeginAsync(null)).TxId;
        Assert.Equal("25001", (await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(inside, restore))).SqlState);
        await cluster.Gate.RollbackAsync(inside);

        var writer = (await cluster.Gate.BeginAsync(null)).TxId;
        await cluster.InAsync(writer, "INSERT INTO t VALUES (100)");
        Assert.Equal("LOCK_TIMEOUT", (await cluster.FailsAsync(restore)).Code);
        await cluster.Gate.CommitAsync(writer);
        Assert.Equal(["5"], await cluster.RowsAsync("SELECT count(*) FROM t"));

        var reader = (await cluster.Gate.BeginAsync(null)).TxId;
        await cluster.InAsync(reader, "SELECT * FROM t");
        await cluster.RunAsync(restore);
        Assert.Equal("40001", (await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(reader, "SELECT * FROM t"))).SqlState);
        Assert.Equal(["9"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    [Trait("Rule", "S5.1")]
    public async Task Restore_WhileStatementsCome_TheyWaitAndSeeOneState()
    {
        var during = new List<Task<GateResult>>();
        Func<string, string, Task>? atRestore = null;
        await using var cluster = await Cluster.OpenAsync(3, configure: options => options with
        {
            WrapTablet = tablet => new WatchedTablet(tablet, async (shard, call, work) =>
            {
                await work();
                if (atRestore is not null) await atRestore(shard, call);
            }),
        });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT)", "INSERT INTO t SELECT g, 'old' FROM generate_series(1, 30) g");
        var then = await Cluster.MomentAsync();
        await cluster.RunAllAsync("UPDATE t SET v = 'new'", "ALTER TABLE t ADD COLUMN w INT");
        atRestore = (_, call) =>
        {
            if (call != nameof(IShardHistory.RestoreAsync)) return Task.CompletedTask;
            during.Add(cluster.RunAsync("SELECT count(*), min(v), max(v) FROM t"));
            during.Add(cluster.RunAsync($"INSERT INTO t (id, v) VALUES ({100 + during.Count}, 'old')"));
            return Task.CompletedTask;
        };

        await cluster.RunAsync($"RESTORE KEYSPACE main TO TIMESTAMP '{then}'");
        atRestore = null;
        var seen = await Task.WhenAll(during);

        Assert.Equal(6, seen.Length);
        Assert.All(seen.Where(result => result.Rows.RowCount > 0), result => Assert.EndsWith("|old|old", Cluster.Rows(result.Rows)[0], StringComparison.Ordinal));
        Assert.Equal(["33|old|old"], await cluster.RowsAsync("SELECT count(*), min(v), max(v) FROM t"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Rule", "S4.1")]
    [Trait("Rule", "S5.1")]
    public async Task Restore_ThatAShardCannotDo_LeavesAllAsItWas(bool forEver)
    {
        var failures = 0;
        await using var cluster = await Cluster.OpenAsync(3, configure: options => options with
        {
            WrapTablet = tablet => new WatchedTablet(tablet, (shard, call, work) => call == nameof(IShardHistory.RestoreAsync) && failures > 0 && (forEver || shard.StartsWith("aa", StringComparison.Ordinal)) && (!forEver || failures++ > 1)
                ? throw new VitessException(ErrorCodes.ShardError, "no", shard) : work()),
        });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT)", "INSERT INTO t SELECT g, 'old' FROM generate_series(1, 30) g");
        var then = await Cluster.MomentAsync();
        await cluster.RunAllAsync("UPDATE t SET v = 'new'", "CREATE SEQUENCE s", "CREATE TABLE u (id BIGINT PRIMARY KEY)");
        var first = await cluster.RowsAsync("SELECT nextval('s')");
        failures = 1;

        Assert.Equal("SHARD_ERROR", (await cluster.FailsAsync($"RESTORE KEYSPACE main TO TIMESTAMP '{then}'")).Code);

        failures = 0;
        if (forEver)
        {
            Assert.Contains("was being restored", (await cluster.FailsAsync("SELECT * FROM t")).Message, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(["30|new|new"], await cluster.RowsAsync("SELECT count(*), min(v), max(v) FROM t"));
        Assert.Equal(["0"], await cluster.RowsAsync("SELECT count(*) FROM u"));
        Assert.NotEqual(first, await cluster.RowsAsync("SELECT nextval('s')"));
        await cluster.RunAsync($"RESTORE KEYSPACE main TO TIMESTAMP '{then}'");
        Assert.Equal(["30|old|old"], await cluster.RowsAsync("SELECT count(*), min(v), max(v) FROM t"));
    }

    [Theory]
    [InlineData("DROP TABLE t")]
    [InlineData("DROP TABLE t; CREATE TABLE t (id BIGSERIAL PRIMARY KEY, v TEXT); INSERT INTO t (v) VALUES ('x')")]
    [InlineData("ALTER SEQUENCE t_id_seq RESTART WITH 1")]
    [InlineData("ALTER SEQUENCE t_id_seq INCREMENT BY -1")]
    [Trait("Rule", "S2.6")]
    public async Task Restore_OfASequenceThatWasGone_GivesNoValueTwice(string changes)
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGSERIAL PRIMARY KEY, v TEXT)", "INSERT INTO t (v) SELECT 'a' FROM generate_series(1, 2500)");
        var then = await Cluster.MomentAsync();
        await cluster.RunAllAsync(changes.Split("; "));

        var undo = await cluster.RunAsync($"RESTORE KEYSPACE main TO TIMESTAMP '{then}'");
        await cluster.RunAsync("INSERT INTO t (v) SELECT 'b' FROM generate_series(1, 10)");

        Assert.Equal(["2510|2510"], await cluster.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t"));
        Assert.Equal(["true"], await cluster.RowsAsync("SELECT (SELECT min(id) FROM t WHERE v = 'b') > (SELECT max(id) FROM t WHERE v = 'a')"));
        await cluster.RunAsync("RESTORE KEYSPACE main TO BOOKMARK $1", undo.Rows[0][0]);
        if (changes is "DROP TABLE t" or "ALTER SEQUENCE t_id_seq INCREMENT BY -1") return;
        await cluster.RunAsync("INSERT INTO t (v) SELECT 'c' FROM generate_series(1, 10)");
        Assert.Equal(["10"], await cluster.RowsAsync("SELECT count(DISTINCT id) FROM t WHERE v = 'c'"));
    }

    [Fact]
    [Trait("Rule", "S4.4")]
    public async Task Restore_WithAnIdempotencyKey_RunsOnceAndOtherKeysAreOfTheirTime()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)");
        var then = await Cluster.MomentAsync();
        var insert = new GateRequest("INSERT INTO t VALUES (1)", []) { IdempotencyKey = "insert" };
        await cluster.Gate.ExecuteAsync(insert);
        var restore = new GateRequest($"RESTORE KEYSPACE main TO TIMESTAMP '{then}'", []) { IdempotencyKey = "restore" };

        var first = await cluster.Gate.ExecuteAsync(restore);
        await cluster.Gate.ExecuteAsync(insert);
        var second = await cluster.Gate.ExecuteAsync(restore);

        Assert.Equal(Cluster.Rows(first.Rows), Cluster.Rows(second.Rows));
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT id FROM t"));
        await cluster.Gate.ExecuteAsync(insert);
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT id FROM t"));
    }
}
