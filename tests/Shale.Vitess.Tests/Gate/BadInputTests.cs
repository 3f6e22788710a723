using Shale.Engine.Specification;
using Shale.Engines;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>What a client can send wrong: a clear error with code and hint, nothing kept, and the gate goes on.</summary>
public class BadInputTests
{
    [Theory]
    [InlineData("SELECT * FROM nowhere", "42P01")]
    [InlineData("SELECT nothing FROM t", "42703")]
    [InlineData("SELECT t.nothing FROM t", "42703")]
    [InlineData("SELECT no_function(1)", "42883")]
    [InlineData("UPDATE t SET nothing = 1", "42703")]
    [InlineData("INSERT INTO t (nothing) VALUES (1)", "42703")]
    [InlineData("INSERT INTO t VALUES (1, 2, 3)", "42601")]
    [InlineData("DELETE FROM nowhere", "42P01")]
    [InlineData("SELECT 1 +", "42601")]
    [InlineData("SELECT (1", "42601")]
    [InlineData("SELECT 'open", "42601")]
    [InlineData("SELECT 1; SELECT 2", "42601")]
    [InlineData("", "42601")]
    [InlineData("-- nothing", "42601")]
    [InlineData("UPDATE SET", "42601")]
    [InlineData("INSERT INTO t VALUES (NULL, 1)", "23502")]
    [InlineData("INSERT INTO t VALUES (1, 1), (1, 2)", "23505")]
    [InlineData("INSERT INTO t VALUES ('x', 1)", "22P02")]
    [InlineData("SELECT * FROM elsewhere.t", "42P01")]
    public async Task Statement_Wrong_FailsAndNothingIsKept(string sql, string sqlState)
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (7, 7)");

        var failure = await Record.ExceptionAsync(() => cluster.RunAsync(sql)) as VitessException;

        Assert.Equal(sqlState, failure?.SqlState);
        Assert.Equal(["7|7"], await cluster.RowsAsync("SELECT * FROM t"));
    }

    [Theory]
    [InlineData("INSERT INTO people (id, nme) VALUES (1, 'x')", "Perhaps you meant \"name\".", 25)]
    [InlineData("INSERT INTO people (id, nme) SELECT 1, 'x'", "Perhaps you meant \"name\".", 25)]
    [InlineData("UPDATE people SET nme = 'x'", "Perhaps you meant \"name\".", 19)]
    [InlineData("INSERT INTO people (nothing) VALUES (1)", "Check the name.", 21)]
    public async Task Column_MistypedWhereItIsWritten_IsShownWithTheOneThatMayBeMeant(string sql, string hint, int position)
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync("CREATE TABLE people (id BIGINT PRIMARY KEY, name TEXT)");
        var failure = await cluster.FailsAsync(sql);
        Assert.Equal(("42703", hint, position), (failure.SqlState, failure.Hint, failure.Position));
    }

    [Theory]
    [InlineData("SELECT * FROM peple", "people")]
    [InlineData("SELECT * FROM main.peple", "people")]
    [InlineData("SELECT * FROM old_peple", "old_people")]
    [InlineData("WITH pebble AS (SELECT 1) SELECT * FROM pebbel", "pebble")]
    [InlineData("INSERT INTO peple VALUES (1)", "people")]
    [InlineData("UPDATE peple SET id = 1", "people")]
    [InlineData("DELETE FROM peple", "people")]
    [InlineData("ALTER TABLE peple ADD COLUMN x INT", "people")]
    [InlineData("CREATE INDEX i ON peple (id)", "people")]
    [InlineData("COMMENT ON TABLE peple IS 'x'", "people")]
    [InlineData("TRUNCATE peple", "people")]
    [InlineData("DROP TABLE peple", "people")]
    [InlineData("DROP VIEW old_peple", "old_people")]
    [InlineData("DROP INDEX people_nme", "people_name")]
    [InlineData("DROP SEQUENCE nmbers", "numbers")]
    [InlineData("ALTER SEQUENCE nmbers RESTART", "numbers")]
    [InlineData("SELECT * FROM peple FOR SYSTEM_TIME ALL", "people")]
    [InlineData("SELECT * FROM elsewhere", null)]
    [InlineData("SELECT * FROM elsewhere.peple", null)]
    public async Task Relation_Mistyped_IsShownWithTheOneThatMayBeMeant(string sql, string? meant)
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync(
            "CREATE TABLE people (id BIGINT PRIMARY KEY, name TEXT)", "CREATE VIEW old_people AS SELECT * FROM people", "CREATE INDEX people_name ON people (name)", "CREATE SEQUENCE numbers");

        var failure = await cluster.FailsAsync(sql);

        Assert.Equal(("NOT_FOUND", meant is null ? ErrorCodes.NotFound.Hint : $"Perhaps you meant \"{meant}\"."), (failure.Code, failure.Hint));
    }

    [Fact]
    public async Task Target_Unknown_IsNotFoundWithHint()
    {
        await using var cluster = await Cluster.OpenAsync(2);

        var keyspace = await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(new GateRequest("SELECT 1", []) { Target = "nowhere" }));
        var shard = await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(new GateRequest("SELECT 1", []) { Target = "main:-10" }));

        Assert.Equal("3D000", keyspace.SqlState);
        Assert.Equal("3D000", shard.SqlState);
        Assert.NotNull(shard.Hint);
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Reindex_UnknownName_Fails()
    {
        await using var cluster = await Cluster.OpenAsync(2, SqlDialect.Sqlite);
        await cluster.RunAllAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, v)", "CREATE INDEX i ON t (v)", "REINDEX i", "ANALYZE t", "VACUUM");

        await cluster.FailsAsync("REINDEX nothing");
    }

    [Fact]
    public async Task Parameters_WrongCount_AreRefused()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)");

        var few = await cluster.FailsAsync("SELECT * FROM t WHERE id = $1 AND v = $2", SqlValue.Integer(1));
        var many = await cluster.FailsAsync("SELECT * FROM t WHERE id = $1", SqlValue.Integer(1), SqlValue.Integer(2));
        var type = await cluster.FailsAsync("SELECT * FROM t WHERE id = $1", SqlValue.Text("x"));

        Assert.Equal("08P01", few.SqlState);
        Assert.Equal("08P01", many.SqlState);
        Assert.Equal("22P02", type.SqlState);
    }

    [Fact]
    public async Task Parameters_TextWithANul_IsRefusedInPostgresAndWholeInSqlite()
    {
        await using var cluster = await Cluster.OpenAsync(2);

        var failure = await cluster.FailsAsync("SELECT $1", SqlValue.Text("a\0b"));
        var whole = await cluster.Gate.ExecuteAsync(new GateRequest("SELECT ?", [SqlValue.Text("a\0b")]) { Dialect = SqlDialect.Sqlite });

        Assert.Equal(("TYPE_ERROR", "22021"), (failure.Code, failure.SqlState));
        Assert.Equal("a\0b", whole.Rows[0][0].AsText());
    }

    [Theory]
    [InlineData("SHOW VIEWS", "u|CREATE VIEW u AS SELECT v FROM t")]
    [InlineData("SHOW SEQUENCES", "s|7|1")]
    [InlineData("SHOW INDEXES", "i|t|false|v")]
    [InlineData("SHOW INDEXES FROM t LIKE 'x%'")]
    [InlineData("SHOW CREATE TABLE t", "t|CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)")]
    public async Task Show_WhatTheVSchemaHolds_ListsIt(string sql, params string[] rows)
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "CREATE VIEW u AS SELECT v FROM t", "CREATE SEQUENCE s START 7", "CREATE INDEX i ON t (v)");

        Assert.Equal(rows, await cluster.RowsAsync(sql));
    }

    [Fact]
    public async Task Statement_NestedDeeply_IsRefusedAndTheGateGoesOn()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        var parentheses = $"SELECT {new string('(', 10_000)}1{new string(')', 10_000)}";
        var selects = string.Concat(Enumerable.Repeat("SELECT * FROM (", 5_000)) + "SELECT 1" + string.Concat(Enumerable.Repeat(") x", 5_000));

        foreach (var sql in (string[])[parentheses, selects])
        {
            Assert.IsType<VitessException>(await Record.ExceptionAsync(() => cluster.RunAsync(sql)));
        }

        Assert.Equal(["1"], await cluster.RowsAsync("SELECT 1"));
    }

    [Fact]
    public async Task Statement_Huge_IsRefusedOrRunAndTheGateGoesOn()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        var huge = $"SELECT '{new string('x', 100_000_000)}'";

        var failure = await Record.ExceptionAsync(() => cluster.RunAsync(huge));

        Assert.IsType<VitessException>(failure);
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT 1"));
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Write_DiskFullOnOneShard_NothingIsKeptAndTheGateGoesOn()
    {
        await using var cluster = await Cluster.OpenAsync(4, configure: options => options with { MaxPages = 40 });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (1, 'kept')");

        var failure = await Assert.ThrowsAsync<VitessException>(() =>
            cluster.RunAsync("INSERT INTO t SELECT n, repeat('x', 4000) FROM generate_series(2, 1000) AS g(n)"));

        Assert.Equal("53100", failure.SqlState);
        Assert.Equal(["1|kept"], await cluster.RowsAsync("SELECT * FROM t"));
        await cluster.RunAsync("INSERT INTO t VALUES (2, 'more')");
        Assert.Equal(["2"], await cluster.RowsAsync("SELECT COUNT(*) FROM t"));
    }

    [Fact]
    public async Task Open_TruncatedDatabase_FailsClearly()
    {
        var directory = Directory.CreateTempSubdirectory("shale-test").FullName;
        try
        {
            var options = new LocalClusterOptions { DataDirectory = directory, Shards = 2 };
            await using (var cluster = await LocalCluster.OpenAsync(options))
            {
                await cluster.Gate.ExecuteAsync(new GateRequest("CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT)", []));
                await cluster.Gate.ExecuteAsync(new GateRequest("INSERT INTO t SELECT n, repeat('x', 500) FROM generate_series(1, 500) AS g(n)", []));
            }

            var file = Path.Combine(directory, "main", "-80.log", "segment-00000001.log");
            using (var stream = File.Open(file, FileMode.Open)) stream.SetLength(20_100);

            var failure = await Record.ExceptionAsync(async () =>
            {
                await using var damaged = await LocalCluster.OpenAsync(options);
                await damaged.Gate.ExecuteAsync(new GateRequest("SELECT SUM(LENGTH(v)) FROM t", []));
            });

            Assert.Equal("SHARD_ERROR", Assert.IsType<VitessException>(failure).Code);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Transaction_Abandoned_ExpiresAndFreesItsLock()
    {
        var clock = new ManualTime();
        await using var cluster = await Cluster.OpenAsync(2, configure: options => options with { Clock = clock });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
        var transaction = await cluster.Gate.BeginAsync(null);
        await cluster.InAsync(transaction.TxId, "UPDATE t SET v = v + 100");

        clock.Advance(TimeSpan.FromSeconds(11));
        await cluster.RunAsync("UPDATE t SET v = v + 1");
        var failure = await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "SELECT 1"));

        Assert.Equal("TRANSACTION_EXPIRED", failure.Code);
        Assert.True(failure.IsTransient);
        Assert.Equal(["1|2", "2|3", "3|4"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
    }

    [Theory]
    [InlineData(SqlDialect.Sqlite)]
    [InlineData(SqlDialect.Postgres)]
    public async Task Update_OrIgnoreThatWouldMoveARow_LosesNothing(SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(4, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");

        await cluster.FailsAsync(dialect == SqlDialect.Sqlite ? "UPDATE OR IGNORE t SET id = 2 WHERE id = 3" : "UPDATE t SET id = 2 WHERE id = 3");

        Assert.Equal(["1|1", "2|2", "3|3"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
    }
}
