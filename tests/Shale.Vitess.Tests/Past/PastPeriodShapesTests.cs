using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Statements of other shapes that read periods: over any number of shards they answer alike.</summary>
public sealed class PastPeriodShapesTests
{
    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.6")]
    public async Task Query_OfAnyShape_AnswersAsOneDatabase(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync(
            $"CREATE TABLE u (id BIGINT PRIMARY KEY, team BIGINT, name TEXT){(shards > 1 ? " WITH (shard_key = 'team')" : "")}", $"CREATE TABLE r (id BIGINT PRIMARY KEY, v TEXT){(shards > 1 ? " WITH (reference = true)" : "")}",
            "INSERT INTO u VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c')", "INSERT INTO r VALUES (1, 'one'), (2, 'two')");
        for (var team = 2; team < 12; team++) await cluster.RunAsync($"UPDATE u SET team = {team} WHERE id = 1");
        await cluster.RunAsync("UPDATE r SET v = 'eins' WHERE id = 1");

        Assert.Equal(["1|11", "2|1", "3|1"], await cluster.RowsAsync("SELECT id, count(*) FROM (SELECT * FROM u FOR SYSTEM_TIME ALL) s GROUP BY id ORDER BY id"));
        Assert.Equal(["13"], await cluster.RowsAsync("WITH h AS (SELECT * FROM u FOR SYSTEM_TIME ALL) SELECT count(*) FROM h"));
        Assert.Equal(["1|5|a"], await cluster.RowsAsync("SELECT * FROM u FOR SYSTEM_TIME ALL AS x WHERE team = 5"));
        Assert.Equal(["1|5"], await cluster.RowsAsync("SELECT x.id, x.team FROM u FOR SYSTEM_TIME ALL AS x WHERE x.id = 1 AND x.team IN (5, 77)"));
        Assert.Equal(["10"], await cluster.RowsAsync("SELECT count(*) FROM u FOR SYSTEM_TIME ALL x WHERE EXISTS (SELECT * FROM u FOR SYSTEM_TIME ALL y WHERE y.id = x.id AND y.team = x.team + 1)"));
        Assert.Equal(["1|1|a", "2|2|b", "3|3|c"], await cluster.RowsAsync("SELECT * FROM u FOR SYSTEM_TIME ALL WHERE team < 4 AND NOT (id = 1 AND team > 1) UNION SELECT * FROM u FOR SYSTEM_TIME ALL WHERE id > 1 ORDER BY 1"));
        Assert.Equal(["eins", "one", "two"], await cluster.RowsAsync("SELECT v FROM r FOR SYSTEM_TIME ALL ORDER BY v"));
        Assert.Equal(["1|a|eins", "1|a|one"], await cluster.RowsAsync("SELECT DISTINCT x.id, x.name, y.v FROM u FOR SYSTEM_TIME ALL x JOIN r FOR SYSTEM_TIME ALL y ON y.id = x.id WHERE x.id = 1 ORDER BY 3"));
        Assert.Equal(["1|11|11"], await cluster.RowsAsync("SELECT x.id, max(x.team), count(DISTINCT x._dosql_valid_from) FROM u FOR SYSTEM_TIME ALL x GROUP BY x.id HAVING count(*) > 1"));
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"], await cluster.RowsAsync("SELECT team FROM u FOR SYSTEM_TIME ALL WHERE id = 1 ORDER BY _dosql_valid_from"));
        Assert.Equal(["3", "2"], await cluster.RowsAsync("SELECT team FROM u FOR SYSTEM_TIME ALL WHERE id = 1 AND team < 4 ORDER BY _dosql_valid_from DESC LIMIT 2"));
        await cluster.RunAsync("CREATE TABLE kept AS SELECT id, team, _dosql_valid_to FROM u FOR SYSTEM_TIME ALL WHERE id < 3");
        Assert.Equal(["12"], await cluster.RowsAsync("SELECT count(*) FROM kept"));
        Assert.Equal(["2|2"], await cluster.RowsAsync("SELECT id, team FROM kept WHERE _dosql_valid_to IS NULL AND id = 2"));
        await cluster.RunAsync("DELETE FROM kept WHERE team IN (SELECT team FROM u FOR SYSTEM_TIME ALL WHERE _dosql_valid_to IS NOT NULL)");
        Assert.Equal(["1|11"], await cluster.RowsAsync("SELECT id, team FROM kept"));
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.6")]
    [Trait("Rule", "S3.3")]
    public async Task Query_WithNaturalOrUsing_JoinsByTheTablesOwnColumns(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync(
            "CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "CREATE TABLE o (id BIGINT PRIMARY KEY, w INT)", "CREATE TABLE lone (z BIGINT PRIMARY KEY)",
            "INSERT INTO t VALUES (1, 10), (2, 20), (3, 30)", "INSERT INTO o VALUES (1, 7), (4, 8)", "INSERT INTO lone VALUES (5)", "UPDATE t SET v = 11 WHERE id = 1", "UPDATE o SET w = 9 WHERE id = 4");

        Assert.Equal(["1|10|7", "1|11|7"], await cluster.RowsAsync("SELECT * FROM t FOR SYSTEM_TIME ALL NATURAL JOIN o ORDER BY v"));
        Assert.Equal(["1|10|7", "1|11|7"], await cluster.RowsAsync("SELECT * FROM t FOR SYSTEM_TIME ALL NATURAL JOIN o FOR SYSTEM_TIME ALL ORDER BY v"));
        Assert.Equal(["1|7|10", "1|7|11", "4|8|", "4|9|"], Marked(await cluster.RowsAsync("SELECT * FROM o FOR SYSTEM_TIME ALL LEFT JOIN t FOR SYSTEM_TIME ALL USING (id) ORDER BY id, w, v")));
        Assert.Equal(dialect == SqlDialect.Postgres ? ["1|10|7", "1|11|7", "4||8", "4||9"] : ["1|10|7", "1|11|7", "4||8", "4||9"],
            Marked(await cluster.RowsAsync("SELECT * FROM t FOR SYSTEM_TIME ALL AS x RIGHT JOIN o FOR SYSTEM_TIME ALL AS y USING (id) ORDER BY id, w, v")));
        Assert.Equal(["1|10|7", "1|11|7", "2|20|", "3|30|", "4||8", "4||9"], Marked(await cluster.RowsAsync("SELECT * FROM t FOR SYSTEM_TIME ALL FULL JOIN o FOR SYSTEM_TIME ALL USING (id) ORDER BY id, w, v")));
        Assert.Equal(["1|10|5", "1|11|5"], await cluster.RowsAsync("SELECT * FROM t FOR SYSTEM_TIME ALL NATURAL JOIN lone FOR SYSTEM_TIME ALL WHERE id = 1 ORDER BY v"));
        Assert.Equal(["2|20|5"], await cluster.RowsAsync("SELECT * FROM t FOR SYSTEM_TIME ALL NATURAL LEFT JOIN lone WHERE id = 2"));
        Assert.Equal(["1|10|1|7", "1|11|1|7"], await cluster.RowsAsync("SELECT t.*, o.* FROM t FOR SYSTEM_TIME ALL JOIN o USING (id) ORDER BY t.v"));
        Assert.Equal(["2"], await cluster.RowsAsync("SELECT count(*) FROM t FOR SYSTEM_TIME ALL x JOIN t y USING (id, v) WHERE x._dosql_valid_to IS NULL AND id > 1"));
        Assert.Equal(["1|10|11|7", "1|11|11|7"], await cluster.RowsAsync("SELECT * FROM t FOR SYSTEM_TIME ALL x JOIN t y USING (id) JOIN o USING (id) ORDER BY x.v"));

        static string[] Marked(string[] rows) => [.. rows.Select(row => row.Replace("NULL", "", StringComparison.Ordinal))];
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.6")]
    [Trait("Rule", "S1.1")]
    public async Task Column_BehindItsSchemaAndTable_IsThatOfThePeriod(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 10), (2, 20)");
        var then = await Cluster.MomentAsync();
        await cluster.RunAsync("UPDATE t SET v = 11 WHERE id = 1");

        Assert.Equal(["10", "11"], await cluster.RowsAsync("SELECT main.t.v FROM main.t FOR SYSTEM_TIME ALL WHERE main.t.id = 1 ORDER BY main.t.v"));
        Assert.Equal(["10"], await cluster.RowsAsync($"SELECT main.t.v FROM main.t FOR SYSTEM_TIME AS OF '{then}' WHERE main.t.id = 1"));
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT count(*) FROM main.t FOR SYSTEM_TIME ALL WHERE main.t._dosql_valid_to IS NOT NULL"));
        Assert.Equal(["11|10", "11|11"], await cluster.RowsAsync("SELECT n.v, main.t.v FROM t n JOIN main.t FOR SYSTEM_TIME ALL ON main.t.id = n.id AND n.id = 1 ORDER BY 2"));
        if (dialect == SqlDialect.Postgres) Assert.Equal("42P01", (await cluster.FailsAsync("SELECT main.x.v FROM main.t FOR SYSTEM_TIME ALL AS x")).SqlState);
        if (dialect == SqlDialect.Postgres) Assert.Equal("42P01", (await cluster.FailsAsync("SELECT other.t.v FROM main.t FOR SYSTEM_TIME ALL")).SqlState);
    }
}
