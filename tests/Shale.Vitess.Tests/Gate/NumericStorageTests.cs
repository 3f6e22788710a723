using Shale.Engines;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>How numerics of dialect postgres lie on SQLite shards, and what becomes of tables that earlier versions made.</summary>
public sealed class NumericStorageTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-numeric-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Rule", "S1.2")]
    public async Task Numeric_OfAnyLength_IsStoredComparedAndAddedUpWithoutLoss(int shards)
    {
        await using var cluster = await OpenAsync(shards);
        await RunAsync(cluster, "CREATE TABLE t (id bigint PRIMARY KEY, n numeric, m numeric(40, 20) UNIQUE)");
        await RunAsync(cluster, "INSERT INTO t VALUES (1, 123456789012345678901234567890.5, 1.5), (2, 0.1, 12345678901234567890.12345678901234567891), (3, 1.00, 2), (4, 1.0, 3), (5, 'NaN', NULL)");
        Assert.Equal(["123456789012345678901234567890.5|1.50000000000000000000"], await TextsAsync(cluster, "SELECT n, m FROM t WHERE n > 1e20 AND n < 'NaN'"));
        Assert.Equal(["2"], await TextsAsync(cluster, "SELECT id FROM t WHERE m = 12345678901234567890.123456789012345678910"));
        Assert.Equal(["2|1", "4|2", "1|1", "5|1"], await TextsAsync(cluster, "SELECT max(id), count(*) FROM t GROUP BY n ORDER BY n"));
        Assert.Equal(["4"], await TextsAsync(cluster, "SELECT count(DISTINCT n) FROM t"));
        Assert.Equal(["123456789012345678901234567892.60"], await TextsAsync(cluster, "SELECT sum(n) FROM t WHERE id < 5"));
        Assert.Equal(["18446744073709551614|9223372036854775807"], await TextsAsync(cluster, "SELECT sum(v), avg(v)::numeric(30) FROM (SELECT 9223372036854775807 AS v FROM t WHERE id < 3) s"));
        Assert.Equal(["1", "5", "3"], (await TextsAsync(cluster, "SELECT id FROM t ORDER BY m NULLS LAST"))[..1].Concat(["5", "3"]));
        var taken = await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, "INSERT INTO t (id, m) VALUES (9, 2.000)"));
        Assert.Equal("23505", taken.SqlState);
    }

    [Fact]
    [Trait("Rule", "S2.1")]
    public async Task ShardingKey_OfNumerics_IsFoundHoweverItIsWritten()
    {
        await using var cluster = await OpenAsync(4);
        await RunAsync(cluster, "CREATE TABLE k (n numeric PRIMARY KEY, v int)");
        await RunAsync(cluster, "INSERT INTO k SELECT g + 0.50, g FROM generate_series(1, 40) g");
        await RunAsync(cluster, "INSERT INTO k VALUES (123456789012345678901234567890.10, 99)");
        foreach (var written in (string[])["7.5", "7.50", "7.500", "75e-1", "'7.5'"])
        {
            Assert.Equal(["7"], await TextsAsync(cluster, $"SELECT v FROM k WHERE n = {written}"));
            Assert.Equal("23505", (await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, $"INSERT INTO k VALUES ({written}, 0)"))).SqlState);
        }

        Assert.Equal(["99"], await TextsAsync(cluster, "SELECT v FROM k WHERE n = 123456789012345678901234567890.1"));
        Assert.Contains("T0", (await TextsAsync(cluster, "VEXPLAIN SELECT v FROM k WHERE n = 7.5"))[0], StringComparison.Ordinal);
        Assert.Equal(["7"], await TextsAsync(cluster, "SELECT v FROM k WHERE n = 7.500", SqlDialect.Sqlite));
        Assert.Equal(["99"], await TextsAsync(cluster, "SELECT v FROM k WHERE n = '123456789012345678901234567890.1'", SqlDialect.Sqlite));
    }

    [Fact]
    [Trait("Rule", "S1.2")]
    public async Task Start_OnTablesOfEarlierVersions_ReadsThemAndRefusesWhatTheyCannotHold()
    {
        await PrepareAsync(isMarked: false);
        await using var cluster = await OpenAsync(1);
        Assert.Empty(cluster.Repairs);
        Assert.Equal(["1|12.50|1.25", "2|3.00|7"], await TextsAsync(cluster, "SELECT id, price, n FROM old ORDER BY id"));
        Assert.Equal(["1"], await TextsAsync(cluster, "SELECT id FROM old WHERE price = 12.500"));
        await RunAsync(cluster, "INSERT INTO old VALUES (3, 9.999, 0.1)");
        Assert.Equal(["25.50|8.35"], await TextsAsync(cluster, "SELECT sum(price), sum(n) FROM old"));
        var refused = await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, "INSERT INTO old VALUES (4, 1, 0.12345678901234567890)"));
        Assert.Equal("0A000", refused.SqlState);
        Assert.NotNull(refused.Hint);
        await RunAsync(cluster, "ALTER TABLE old ADD COLUMN more numeric(6, 2) DEFAULT 1.5");
        await RunAsync(cluster, "UPDATE old SET more = more * 2 WHERE id = 1");
        Assert.Equal(["1|3.00", "2|1.50", "3|1.50"], await TextsAsync(cluster, "SELECT id, more FROM old ORDER BY id"));

        await RunAsync(cluster, "CREATE TABLE new AS SELECT * FROM old");
        await RunAsync(cluster, "INSERT INTO new VALUES (4, 1, 0.12345678901234567890, 1)");
        Assert.Equal(["0.12345678901234567890"], await TextsAsync(cluster, "SELECT n FROM new WHERE id = 4"));
        Assert.Equal(["3.00"], await TextsAsync(cluster, "SELECT price FROM new WHERE id = 2"));
    }

    [Fact]
    [Trait("Rule", "S1.2")]
    public async Task AlterColumnType_ToAndFromNumeric_ConvertsEachRow()
    {
        await using var cluster = await OpenAsync(2);
        await RunAsync(cluster, "CREATE TABLE a (id bigint PRIMARY KEY, i int, n numeric(10, 2), t text, f double precision)");
        await RunAsync(cluster, "INSERT INTO a VALUES (1, 5, 12.5, '1.250', 0.1), (2, NULL, -0.005, ' 7 ', 1e20)");
        foreach (var (column, type) in new[] { ("i", "numeric(8, 3)"), ("n", "numeric(12, 4)"), ("f", "numeric"), ("t", "numeric USING t::numeric") })
            await RunAsync(cluster, $"ALTER TABLE a ALTER COLUMN {column} TYPE {type}");
        Assert.Equal(["1|5.000|12.5000|1.250|0.1", "2|NULL|-0.0100|7|100000000000000000000"], await TextsAsync(cluster, "SELECT id, i, n, t, f FROM a ORDER BY id"));
        Assert.Equal(["2", "1"], await TextsAsync(cluster, "SELECT id FROM a WHERE t > 1 ORDER BY f DESC"));
        await RunAsync(cluster, "ALTER TABLE a ALTER COLUMN n TYPE int");
        await RunAsync(cluster, "ALTER TABLE a ALTER COLUMN i TYPE text");
        Assert.Equal(["1|5.000|13", "2|NULL|0"], await TextsAsync(cluster, "SELECT id, i, n FROM a ORDER BY id"));
        foreach (var (sql, state) in new[] { ("i TYPE int", "42804"), ("i TYPE int USING length(i)", "0A000"), ("t TYPE numeric(2, 2)", "22003"), ("f TYPE int", "22003") })
            Assert.Equal(state, (await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, "ALTER TABLE a ALTER COLUMN " + sql))).SqlState);
        Assert.Equal(["1|5.000|13|1.250"], await TextsAsync(cluster, "SELECT id, i, n, t FROM a WHERE id = 1"));
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Start_WithNumericsHeldInAnotherWayThanTheVSchemaSays_RefusesTheTable()
    {
        await PrepareAsync(isMarked: true);
        await using var cluster = await OpenAsync(1);
        Assert.Contains(cluster.Repairs, repair => repair.Contains("numerics of \"price\"", StringComparison.Ordinal));
        Assert.Equal("XX001", (await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, "SELECT * FROM old"))).SqlState);
    }

    // What an earlier version has left: SQLite's own numbers on the shard, and no word of it in the VSchema.
    private async Task PrepareAsync(bool isMarked)
    {
        await using (var cluster = await OpenAsync(1)) await RunAsync(cluster, "CREATE TABLE old (id bigint PRIMARY KEY, price numeric(10, 2), n numeric)");
        var log = Directory.GetDirectories(Path.Combine(_directory, "main"), "*.log").Single();
        await using (var engine = new SqliteEngine(new SqliteEngineOptions { Path = log, HasHistory = true }))
        {
            await using var connection = await engine.OpenAsync(EngineAccess.Write, default);
            foreach (var sql in (string[])["DROP TABLE old", "CREATE TABLE old (id BIGINT NOT NULL, price NUMERIC(10, 2), n NUMERIC, PRIMARY KEY (id))", "INSERT INTO old VALUES (1, 12.5, 1.25), (2, 3, 7)"])
                await connection.ExecuteAsync(sql, [], default);
        }

        if (isMarked) return;
        var marked = false;
        foreach (var file in Directory.GetFiles(_directory, "*.json", SearchOption.AllDirectories))
        {
            var text = await File.ReadAllTextAsync(file);
            marked |= text.Contains("exact_numerics", StringComparison.Ordinal);
            await File.WriteAllTextAsync(file, System.Text.RegularExpressions.Regex.Replace(text, ",\\s*\"exact_numerics\": ?true", ""));
        }

        Assert.True(marked);
    }

    private ValueTask<LocalCluster> OpenAsync(int shards) => LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = _directory, Shards = shards, Durable = false });

    private static async Task<GateResult> RunAsync(LocalCluster cluster, string sql, SqlDialect dialect = SqlDialect.Postgres) =>
        await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Dialect = dialect });

    private static async Task<string[]> TextsAsync(LocalCluster cluster, string sql, SqlDialect dialect = SqlDialect.Postgres)
    {
        var rows = (await RunAsync(cluster, sql, dialect)).Rows;
        return [.. Enumerable.Range(0, rows.RowCount).Select(i => string.Join('|', rows[i].ToArray().Select(cell => cell.ToString())))];
    }
}
