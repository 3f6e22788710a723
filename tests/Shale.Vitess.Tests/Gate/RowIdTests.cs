using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>
/// SQLite's rowid in writes where it is not one number: over several shards. What it does where it is one is compared with plain SQLite by the fixture rowids.sqltest.
/// </summary>
public class RowIdTests
{
    [Theory]
    [Trait("Rule", "S2.6")]
    [InlineData("INSERT INTO s (rowid, k) VALUES (9, 'z')")]
    [InlineData("INSERT INTO s (k, OID) SELECT 'z', 9")]
    [InlineData("INSERT INTO s (k, v) VALUES ('z', 1) RETURNING rowid")]
    [InlineData("INSERT INTO s (k, v) VALUES ('a', 1) ON CONFLICT (k) DO UPDATE SET v = excluded.rowid")]
    [InlineData("INSERT INTO s (k, v) VALUES ('a', 1) ON CONFLICT (k) DO UPDATE SET rowid = 9")]
    [InlineData("UPDATE s SET v = 100 WHERE rowid = 1")]
    [InlineData("UPDATE s SET v = s._rowid_ WHERE k = 'a'")]
    [InlineData("UPDATE s SET rowid = 9 WHERE k = 'a'")]
    [InlineData("DELETE FROM s WHERE rowid = 1")]
    [InlineData("DELETE FROM s WHERE k = 'a' RETURNING oid")]
    public async Task Write_ByTheRowIdOfAShardedTable_IsRefusedAndChangesNothing(string sql)
    {
        await using var cluster = await Cluster.OpenAsync(4, SqlDialect.Sqlite);
        await cluster.RunAllAsync("CREATE TABLE s (k TEXT PRIMARY KEY, v)", "INSERT INTO s VALUES ('a', 1), ('b', 2), ('c', 3), ('d', 4), ('e', 5), ('f', 6)");
        var failure = await cluster.FailsAsync(sql);
        Assert.Equal("0A000", failure.SqlState);
        Assert.Contains("rowid of table \"s\" is not one number", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["a|1", "b|2", "c|3", "d|4", "e|5", "f|6"], await cluster.RowsAsync("SELECT * FROM s ORDER BY k"));
    }

    [Theory]
    [Trait("Rule", "S2.6")]
    [InlineData("INSERT INTO r (rowid, k) VALUES (9, 'z')")]
    [InlineData("DELETE FROM r WHERE rowid = 1")]
    [InlineData("UPDATE r SET rowid = 9")]
    public async Task Write_ByTheRowIdOfAReferenceTable_IsRefused(string sql)
    {
        await using var cluster = await Cluster.OpenAsync(3, SqlDialect.Sqlite);
        await cluster.RunAllAsync("CREATE TABLE r (k TEXT PRIMARY KEY, v) WITH (reference = true)", "INSERT INTO r VALUES ('a', 1)");
        Assert.Equal("0A000", (await cluster.FailsAsync(sql)).SqlState);
        Assert.Equal(["a|1"], await cluster.RowsAsync("SELECT * FROM r"));
    }

    [Fact]
    [Trait("Rule", "S2.6")]
    public async Task Write_ByTheRowIdOfAShardedTable_WorksWhereThereIsOneShard()
    {
        await using var cluster = await Cluster.OpenAsync(1, SqlDialect.Sqlite);
        await cluster.RunAllAsync(
            "CREATE TABLE s (k TEXT PRIMARY KEY, v UNIQUE) WITH (shard_key = 'k')", "INSERT INTO s (rowid, k, v) VALUES (9, 'a', 1), (4, 'b', 2)", "INSERT OR REPLACE INTO s (rowid, k, v) VALUES (4, 'c', 3)",
            "UPDATE s SET rowid = 20 WHERE rowid = 9", "INSERT INTO s VALUES ('d', 4)");
        Assert.Equal(["4|c|3", "20|a|1", "21|d|4"], await cluster.RowsAsync("SELECT rowid, * FROM s ORDER BY rowid"));
        Assert.Equal("23505", (await cluster.FailsAsync("INSERT INTO s (rowid, k) VALUES (4, 'e')")).SqlState);
    }

    [Theory]
    [Trait("Rule", "S2.6")]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Write_OfRowIdsThatThereAreNot_IsRefused(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards, SqlDialect.Sqlite);
        await cluster.RunAllAsync("CREATE TABLE loose (x)", "CREATE VIEW v AS SELECT x FROM loose", "INSERT INTO loose (rowid, x) VALUES (5, 1)");
        async Task<VitessException> OnPostgresAsync(string sql) => await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Dialect = SqlDialect.Postgres }));

        // PostgreSQL has none, and what a table made in its dialect has on a shard is no number of that table.
        Assert.Equal("42703", (await OnPostgresAsync("INSERT INTO loose (rowid, x) VALUES (6, 1)")).SqlState);
        Assert.Equal("42703", (await OnPostgresAsync("UPDATE loose SET rowid = 6")).SqlState);
        await cluster.Gate.ExecuteAsync(new GateRequest("CREATE TABLE p (id INT PRIMARY KEY, x INT) WITH (vindex = 'null')", []) { Dialect = SqlDialect.Postgres });
        Assert.Equal("0A000", (await cluster.FailsAsync("INSERT INTO p (rowid, id) VALUES (6, 1)")).SqlState);
        Assert.NotEqual("XX000", (await cluster.FailsAsync("INSERT INTO v (rowid, x) VALUES (6, 1)")).SqlState);

        // Its rows are found first, and changed afterwards by their rowids.
        Assert.Equal("0A000", (await cluster.FailsAsync("UPDATE loose SET rowid = 7 WHERE x IN (SELECT x FROM loose)")).SqlState);
        Assert.Equal(["5|1"], await cluster.RowsAsync("SELECT rowid, x FROM loose"));
    }

    [Fact]
    [Trait("Rule", "S2.6")]
    public async Task Insert_OfTheRowId_OfANumberedTable_RaisesItsSequence()
    {
        await using var cluster = await Cluster.OpenAsync(3, SqlDialect.Sqlite);
        await cluster.RunAllAsync("CREATE TABLE n (id INTEGER PRIMARY KEY, v)", "INSERT INTO n (rowid, v) VALUES (5000, 'given')");
        Assert.Equal(5001, (await cluster.RunAsync("INSERT INTO n (v, rowid) VALUES ('drawn', NULL)")).LastInsertId);
        Assert.Equal(["5000|given", "5001|drawn"], await cluster.RowsAsync("SELECT * FROM n ORDER BY id"));
        Assert.Equal(["given"], await cluster.RowsAsync("SELECT v FROM n WHERE id = 5000"));
    }

    [Theory]
    [Trait("Rule", "S2.6")]
    [InlineData("INSERT INTO n (id, id) VALUES (1, 2)")]
    [InlineData("INSERT INTO n (rowid, id) SELECT 1, 2")]
    public async Task Insert_OfTheRowIdTwice_IsRefused(string sql)
    {
        await using var cluster = await Cluster.OpenAsync(3, SqlDialect.Sqlite);
        await cluster.RunAllAsync("CREATE TABLE n (id INTEGER PRIMARY KEY, v)");
        Assert.Equal("42701", (await cluster.FailsAsync(sql)).SqlState);
    }
}
