using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Reading keyspaces AS OF points (SEMANTICS S5.2, S5.3).</summary>
public sealed class PastReadTests
{
    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.2")]
    [Trait("Rule", "S2.4")]
    public async Task Query_AsOfTimestamp_GivesRowsAndTablesOfThen(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 10), (2, 20), (3, 30), (4, 40), (5, 50)");
        var first = await Cluster.MomentAsync();
        await cluster.RunAllAsync("UPDATE t SET v = v + 1", "DELETE FROM t WHERE id = 3", "ALTER TABLE t ADD COLUMN w TEXT", "UPDATE t SET w = 'x' WHERE id = 2");
        var second = await Cluster.MomentAsync();
        await cluster.RunAsync("DROP TABLE t");

        Assert.Equal(["1|10", "2|20", "3|30", "4|40", "5|50"], await cluster.RowsAsync($"SELECT * FROM t AS OF '{first}' ORDER BY id"));
        Assert.Equal(["1|11|NULL", "2|21|x", "4|41|NULL", "5|51|NULL"], await cluster.RowsAsync($"SELECT * FROM t FOR SYSTEM_TIME AS OF TIMESTAMP '{second}' ORDER BY id"));
        Assert.Equal(["20"], await cluster.RowsAsync($"SELECT v FROM t AS OF '{first}' WHERE id = 2"));
        Assert.Equal(["5|150"], await cluster.RowsAsync($"SELECT count(*), sum(v) FROM t AS OF '{first}'"));
        Assert.Equal(["1|10", "3|30"], await cluster.RowsAsync($"SELECT a.id, b.v FROM t AS OF '{first}' a JOIN t AS OF '{first}' b ON a.id = b.id WHERE a.id IN (1, 3) ORDER BY a.id"));
        Assert.Equal(["30"], await cluster.RowsAsync($"SELECT v FROM t AS OF '{first}' AS a WHERE NOT EXISTS (SELECT 1 FROM t AS OF '{second}' AS b WHERE a.id = b.id)"));
        var gone = await cluster.FailsAsync($"SELECT w FROM t AS OF '{first}'");
        Assert.Equal(("42703", 8), (gone.SqlState, gone.Position));
        Assert.Equal("42P01", (await cluster.FailsAsync("SELECT v FROM t")).SqlState);
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.3")]
    public async Task Query_SeveralPoints_EachUseIsARelationOfItsOwn(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
        var moments = new List<string>();
        for (var i = 0; i < 15; i++)
        {
            moments.Add(await Cluster.MomentAsync());
            await cluster.RunAsync("UPDATE t SET v = v * 2");
        }

        Assert.Equal(["1|1|2|32768", "2|2|4|65536", "3|3|6|98304"],
            await cluster.RowsAsync($"SELECT a.id, a.v, b.v, t.v FROM t AS OF '{moments[0]}' a JOIN t AS OF '{moments[1]}' b ON a.id = b.id JOIN t ON t.id = a.id ORDER BY 1"));
        Assert.Equal(["2|4|65536"], await cluster.RowsAsync($"SELECT main.t.id, main.t.v, n.v FROM main.t AS OF '{moments[1]}', t n WHERE n.id = main.t.id AND n.id = 2"));
        var many = string.Join(" UNION ALL ", moments.Select(moment => $"SELECT v FROM t AS OF '{moment}' WHERE id = 1"));
        Assert.Equal(32767L, (await cluster.RunAsync($"SELECT sum(v) FROM ({many}) AS x")).Rows[0][0] is var sum && sum.Kind == SqlValueKind.Integer ? sum.AsInteger() : long.Parse(sum.AsText(), System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(["3"], await cluster.RowsAsync($"WITH old AS (SELECT * FROM t AS OF '{moments[0]}') SELECT count(*) FROM old JOIN t ON t.id = old.id AND t.v > old.v"));
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.2")]
    public async Task Query_PointAsParameterOrComputed_IsEvaluated(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2)");
        var moment = await Cluster.MomentAsync();
        await cluster.RunAsync("DELETE FROM t");
        var parameter = dialect == SqlDialect.Postgres ? "$1" : "?1";
        var now = dialect == SqlDialect.Postgres ? "now()" : "datetime('now', '-0 seconds')";

        Assert.Equal(["2"], await cluster.RowsAsync($"SELECT count(*) FROM t AS OF {parameter}", SqlValue.Text(moment)));
        Assert.Equal(["2"], await cluster.RowsAsync($"SELECT v FROM t AS OF {parameter} WHERE id = 2", SqlValue.Text(moment)));
        Assert.Equal(["0"], await cluster.RowsAsync($"SELECT count(*) FROM t AS OF TIMESTAMP {parameter}", SqlValue.Text(await Cluster.MomentAsync())));
        if (dialect == SqlDialect.Postgres) Assert.Equal(["0"], await cluster.RowsAsync($"SELECT count(*) FROM t AS OF TIMESTAMP {now}"));
        else Assert.Equal("42P01", (await cluster.FailsAsync("SELECT * FROM t AS OF datetime('now', '-1 hour')")).SqlState);
        var bookmark = KeyspaceBookmark.Of(HlcTimestamp.LastOf(DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture)), "main");
        Assert.Equal(["2"], await cluster.RowsAsync($"SELECT count(*) FROM t AS OF BOOKMARK '{bookmark}'"));
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.2")]
    public async Task Query_View_IsThatOfThePoint(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "CREATE VIEW w AS SELECT id, v FROM t WHERE v > 1", "CREATE VIEW x AS SELECT w.id FROM w", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
        var moment = await Cluster.MomentAsync();
        await cluster.RunAllAsync("DROP VIEW x", "DROP VIEW w", "CREATE VIEW w AS SELECT id FROM t WHERE v > 100", "UPDATE t SET v = 200 WHERE id = 1");

        Assert.Equal(["2|2", "3|3"], await cluster.RowsAsync($"SELECT * FROM w AS OF '{moment}' ORDER BY id"));
        Assert.Equal(["2", "3"], await cluster.RowsAsync($"SELECT * FROM x AS OF '{moment}' ORDER BY id"));
        Assert.Equal(["1|2", "1|3"], await cluster.RowsAsync($"SELECT n.id, o.id FROM w AS n, x AS OF '{moment}' AS o ORDER BY 1, 2"));
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.2")]
    public async Task Write_FromThePast_ReadsThenAndWritesNow(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3), (4, 4)");
        var moment = await Cluster.MomentAsync();
        await cluster.RunAllAsync("DELETE FROM t WHERE id > 2", "UPDATE t SET v = 0");

        await cluster.RunAsync($"INSERT INTO t SELECT * FROM t AS OF '{moment}' WHERE id = 3");
        Assert.Equal(["1|0", "2|0", "3|3"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
        await cluster.RunAsync($"UPDATE t SET v = o.v FROM t AS OF '{moment}' AS o WHERE o.id = t.id AND t.id < 3");
        Assert.Equal(["1|1", "2|2", "3|3"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
        await cluster.RunAsync($"DELETE FROM t WHERE id IN (SELECT id - 2 FROM t AS OF '{moment}' WHERE v >= 4)");
        Assert.Equal(["1|1", "3|3"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
        foreach (var sql in (string[])[$"DELETE FROM t AS OF '{moment}'", $"UPDATE t AS OF '{moment}' SET v = 1"])
        {
            Assert.Equal("0A000", (await cluster.FailsAsync(sql)).SqlState);
        }
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Transaction_ReadsThePast_WithoutItsOwnWrites()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
        var moment = await Cluster.MomentAsync();
        var begun = await cluster.Gate.BeginAsync("main", new Contracts.TransactionOptions(Contracts.IsolationLevel.RepeatableRead));

        await cluster.InAsync(begun.TxId, "UPDATE t SET v = v + 100");
        Assert.Equal(["6|306"], Cluster.Rows((await cluster.InAsync(begun.TxId, $"SELECT sum(o.v), sum(t.v) FROM t AS OF '{moment}' o JOIN t ON t.id = o.id")).Rows));
        Assert.Equal(["6"], Cluster.Rows((await cluster.InAsync(begun.TxId, $"SELECT sum(v) FROM t AS OF '{moment}'")).Rows));
        Assert.Equal(["2"], Cluster.Rows((await cluster.InAsync(begun.TxId, $"SELECT v FROM t AS OF '{moment}' WHERE id = 2")).Rows));
        await cluster.InAsync(begun.TxId, $"INSERT INTO t SELECT id + 10, v FROM t AS OF '{moment}'");
        await cluster.Gate.CommitAsync(begun.TxId);
        Assert.Equal(["6|312"], await cluster.RowsAsync("SELECT count(*), sum(v) FROM t"));
    }

    [Theory]
    [InlineData("LSN 2", "TT_INVALID_SYNTAX")]
    [InlineData("VERSION 2", "TT_INVALID_SYNTAX")]
    [InlineData("VERSION CURRENT - 1", "TT_INVALID_SYNTAX")]
    [InlineData("SNAPSHOT 'main@2'", "TT_INVALID_SYNTAX")]
    [InlineData("SNAPSHOT 'none'", "TT_SNAPSHOT_NOT_FOUND")]
    [InlineData("BRANCH 'none'", "TT_BRANCH_NOT_FOUND")]
    [InlineData("BOOKMARK 'none'", "TT_INVALID_SYNTAX")]
    [InlineData("'2999-01-01'", "TT_FUTURE_POINT")]
    [InlineData("TIMESTAMP (SELECT '2024-01-01')", "TT_INVALID_SYNTAX")]
    [InlineData("'2001-01-01'", "NOT_FOUND")]
    [Trait("Rule", "S5.2")]
    [Trait("Rule", "S5.3")]
    public async Task Query_PointThatIsNone_Refused(string point, string code)
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");

        var failure = await cluster.FailsAsync($"SELECT * FROM t AS OF {point}");
        Assert.Equal(code, failure.Code);
        Assert.DoesNotContain('@', failure.Message.Replace(point, "", StringComparison.Ordinal).Replace("BRANCH 'main' AT VERSION 2", "", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Query_VersionsOfOneShard_Read()
    {
        foreach (var (shards, target) in new[] { (1, "main"), (4, "main:-40"), (4, "main:80-c0") })
        {
            await using var cluster = await Cluster.OpenAsync(shards);
            await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)");
            await cluster.RunAsync("INSERT INTO t SELECT i, 1 FROM generate_series(1, 100) AS i");
            async Task<long> Ask(string sql) => (await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = target })).Rows[0][0].AsInteger();
            var count = await Ask("SELECT count(*) FROM t");
            await cluster.RunAsync("UPDATE t SET v = 2");
            await cluster.RunAsync("UPDATE t SET v = 3");

            Assert.Equal(count * 3, await Ask("SELECT sum(v) FROM t AS OF VERSION CURRENT"));
            Assert.Equal(count * 2, await Ask("SELECT sum(v) FROM t AS OF VERSION CURRENT - 1"));
            Assert.Equal(count, await Ask("SELECT sum(v) FROM t AS OF VERSION CURRENT - 2"));
            Assert.Equal(count * 2, await Ask("SELECT sum(t.v - o.v) FROM t JOIN t AS OF VERSION CURRENT - 2 o ON o.id = t.id"));
        }
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Query_VersionsWhereAllRowsAreOnOneShard_Read()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 1), (3, 1), (4, 1), (5, 1)");
        await cluster.RunAllAsync("UPDATE t SET v = 2 WHERE id = 3", "UPDATE t SET v = 3 WHERE id = 3");

        Assert.Equal(["3"], await cluster.RowsAsync("SELECT v FROM t AS OF VERSION CURRENT WHERE id = 3"));
        Assert.Equal(["2"], await cluster.RowsAsync("SELECT v FROM t AS OF VERSION CURRENT - 1 WHERE id = 3"));
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT v FROM t AS OF VERSION CURRENT - $1 WHERE id = $2", SqlValue.Integer(2), SqlValue.Integer(3)));
        foreach (var sql in (string[])["SELECT v FROM t AS OF VERSION CURRENT - 1 WHERE id > 3", "SELECT t.v FROM t, t AS OF VERSION CURRENT - 1 o WHERE t.id = 3 AND o.id = 3", "SELECT v FROM t AS OF VERSION CURRENT - 1 WHERE id IN (1, 2, 3, 4, 5)"])
        {
            Assert.Equal("TT_INVALID_SYNTAX", (await cluster.FailsAsync(sql)).Code);
        }

        // As it was before its rows moved, the statement goes to other shards.
        await cluster.RunAllAsync("ALTER VSCHEMA CREATE VINDEX by_range USING range", "ALTER VSCHEMA ON t DROP VINDEX hash", "ALTER VSCHEMA ON t ADD VINDEX by_range (id)");
        for (var id = 1; id <= 5; id++)
        {
            var answer = await Record.ExceptionAsync(() => cluster.RunAsync($"SELECT v FROM t AS OF VERSION 1 WHERE id = {id}"));
            Assert.True(answer is null or VitessException { Code: "TT_INVALID_SYNTAX" or "TT_POINT_NOT_FOUND" or "NOT_FOUND" }, answer?.Message);
        }
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Query_Snapshot_ReadsTheVersionThatEachShardNamed()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 1), (3, 1), (4, 1), (5, 1)");
        await cluster.RunAllAsync("CALL dosql_snapshot('before')", "UPDATE t SET v = 2", "ALTER TABLE t ADD COLUMN w INT");

        Assert.Equal(["1|1", "2|1", "3|1", "4|1", "5|1"], await cluster.RowsAsync("SELECT * FROM t AS OF SNAPSHOT 'before' ORDER BY id"));
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.2")]
    public async Task CreateTableAs_OfThePast_KeepsItsRows(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2)");
        var moment = await Cluster.MomentAsync();
        await cluster.RunAllAsync("DROP TABLE t", $"CREATE TABLE saved AS SELECT id, v FROM t AS OF '{moment}'");

        Assert.Equal(["1|1", "2|2"], await cluster.RowsAsync("SELECT * FROM saved ORDER BY id"));
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Query_SeveralKeyspaces_EachAtTheMoment()
    {
        var vschema = VSchema.Empty.WithKeyspace(VKeyspace.Create("main", KeyRange.Split(4))).WithKeyspace(VKeyspace.Create("lookup", KeyRange.Split(1)));
        await using var cluster = await Cluster.OpenAsync(4, configure: options => options with { VSchema = vschema });
        async Task Run(string sql) => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = "lookup" });
        await cluster.RunAllAsync("CREATE TABLE people (id BIGINT PRIMARY KEY, city INT)", "INSERT INTO people VALUES (1, 10), (2, 20), (3, 10)");
        await Run("CREATE TABLE cities (id INT PRIMARY KEY, name TEXT)");
        await Run("INSERT INTO cities VALUES (10, 'Rome'), (20, 'Oslo')");
        await Run("CREATE VIEW big AS SELECT id, name FROM cities WHERE id > 10");
        await cluster.RunAsync("CREATE VIEW homes AS SELECT p.id, c.name FROM people p JOIN lookup.cities c ON c.id = p.city");
        var moment = await Cluster.MomentAsync();
        await Run("UPDATE cities SET name = 'new'");
        await cluster.RunAllAsync("UPDATE people SET city = 20", "DROP VIEW homes");

        Assert.Equal(["1|Rome", "2|Oslo", "3|Rome"], await cluster.RowsAsync($"SELECT p.id, c.name FROM people AS OF '{moment}' p JOIN lookup.cities AS OF '{moment}' c ON c.id = p.city ORDER BY 1"));
        Assert.Equal(["1|Rome", "2|Oslo", "3|Rome"], await cluster.RowsAsync($"SELECT * FROM homes AS OF '{moment}' ORDER BY id"));
        Assert.Equal(["1|Rome|20", "2|Oslo|20", "3|Rome|20"], await cluster.RowsAsync($"SELECT h.*, n.city FROM homes AS OF '{moment}' h JOIN people n ON n.id = h.id ORDER BY 1"));
        Assert.Equal(["20|new"], await cluster.RowsAsync("SELECT * FROM lookup.big"));
        Assert.Equal(["20|Oslo"], await cluster.RowsAsync($"SELECT * FROM lookup.big AS OF '{moment}'"));
        Assert.Equal(["1|new", "2|new", "3|new"], await cluster.RowsAsync($"SELECT p.id, c.name FROM people p JOIN lookup.cities c ON c.id = p.city ORDER BY 1"));
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Stream_OfThePast_GivesItsRows()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t SELECT i, i FROM generate_series(1, 5000) AS i");
        var moment = await Cluster.MomentAsync();
        await cluster.RunAsync("DELETE FROM t");

        foreach (var sql in (string[])[$"SELECT * FROM t AS OF '{moment}'", $"SELECT * FROM t AS OF '{moment}' ORDER BY v", $"SELECT o.* FROM t AS OF '{moment}' o LEFT JOIN t ON t.id = o.id"])
        {
            long rows = 0;
            await foreach (var chunk in cluster.Gate.StreamAsync(new GateRequest(sql, []))) rows += chunk.RowCount;
            Assert.Equal(5000, rows);
        }
    }

    [Fact]
    public async Task Explain_ShowsTheMomentsAndHowTheyAreRead()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1)");
        var moment = await Cluster.MomentAsync();
        await cluster.RunAsync("UPDATE t SET v = 2");

        var alone = await cluster.RowsAsync($"VEXPLAIN PLAN SELECT v FROM t AS OF '{moment}' WHERE id = 1");
        Assert.Equal(2, alone.Length);
        Assert.StartsWith($"cut|NULL|main@1|main AS OF TIMESTAMP '{moment}', VSchema ", alone[0], StringComparison.Ordinal);
        Assert.StartsWith("T0|", alone[1], StringComparison.Ordinal);
        var both = await cluster.RowsAsync($"VEXPLAIN PLAN SELECT t.v, o.v FROM t JOIN t AS OF '{moment}' o ON o.id = t.id");
        Assert.Contains(both, row => row.StartsWith("T2|", StringComparison.Ordinal) && row.Contains("|main@1.t|", StringComparison.Ordinal));
        Assert.Contains(await cluster.RowsAsync($"VEXPLAIN ALL SELECT v FROM t AS OF '{moment}' WHERE id = 1"), row => row.Contains("SEARCH t", StringComparison.Ordinal));
        await cluster.RunAsync("CREATE TABLE u (id BIGINT PRIMARY KEY, v INT)");
        var then = await Cluster.MomentAsync();
        await cluster.RunAsync("DROP TABLE u");
        Assert.Contains(await cluster.RowsAsync($"VEXPLAIN ALL SELECT t.v, o.v FROM t JOIN u AS OF '{then}' o ON o.id = t.id"), row => row.Contains("|main@1.u|", StringComparison.Ordinal) && row.Contains("SCAN u", StringComparison.Ordinal));
        var trace = await cluster.RowsAsync($"VEXPLAIN TRACE SELECT v FROM t AS OF '{moment}' WHERE id = 1");
        Assert.Contains(trace, row => row.Contains("SELECT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ExplainKeys_WithPoints_SaysTheKeysOfThen()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "CREATE TABLE u (a BIGINT PRIMARY KEY, b INT)", "INSERT INTO t VALUES (1, 1)");
        var moment = await Cluster.MomentAsync();
        await cluster.RunAllAsync("ALTER VSCHEMA ON t ADD VINDEX t_v (v) USING lookup", "DROP TABLE u");

        Assert.Equal(["t|v|=|NULL|no|no|t_v"], await cluster.RowsAsync("VEXPLAIN KEYS SELECT id FROM t WHERE v = 1"));
        Assert.Equal(["t|v|=|NULL|no|yes|NULL"], await cluster.RowsAsync($"VEXPLAIN KEYS SELECT id FROM t AS OF '{moment}' WHERE v = 1"));
        var found = await cluster.Gate.ExecuteAsync(new GateRequest("VEXPLAIN KEYS SELECT n.id FROM t n JOIN u AS OF $1 o ON o.a = n.id WHERE o.b = $2", [SqlValue.Text(moment), SqlValue.Integer(7)]));
        Assert.Equal(["t|id|join|u.a|yes|no|NULL", "u|a|join|t.id|yes|no|NULL", "u|b|=|NULL|no|yes|NULL"], Cluster.Rows(found.Rows).Order(StringComparer.Ordinal));
        Assert.Empty(found.Notices);
        Assert.Equal(["t|id|=|NULL|yes|no|NULL", "t|v|group|NULL|no|no|NULL"], (await cluster.RowsAsync("VEXPLAIN KEYS SELECT v FROM t FOR SYSTEM_TIME ALL WHERE id = 1 GROUP BY v")).Order(StringComparer.Ordinal));
        Assert.Equal("TT_FUTURE_POINT", (await cluster.FailsAsync("VEXPLAIN KEYS SELECT id FROM t AS OF '2999-01-01' WHERE v = 1")).Code);
        Assert.Equal("42P01", (await cluster.FailsAsync("VEXPLAIN KEYS SELECT * FROM u")).SqlState);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Explain_OfThePast_IsTheEnginesPlanOfThen(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards, SqlDialect.Sqlite);
        await cluster.RunAllAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, v INT)", "CREATE INDEX byv ON t (v)", "INSERT INTO t VALUES (1, 1)");
        var moment = await Cluster.MomentAsync();
        await cluster.RunAsync("DROP INDEX byv");
        async Task<string> PlanAsync(string sql) => (await cluster.RowsAsync(sql))[0].Split('|')[^1];

        var (filter, way) = shards == 1 ? ("v = 1", "byv") : ("id = 1", "INTEGER PRIMARY KEY");
        Assert.Contains(way, await PlanAsync($"EXPLAIN QUERY PLAN SELECT id FROM t AS OF '{moment}' WHERE {filter}"), StringComparison.Ordinal);
        Assert.NotEmpty(await cluster.RowsAsync($"EXPLAIN SELECT id FROM t AS OF '{moment}' WHERE id = 1"));
        var request = new GateRequest("EXPLAIN QUERY PLAN SELECT v FROM t INDEXED BY byv WHERE id = 1 AND v = 1", []) { AsOf = TimePoint.OfTimestamp(moment), Dialect = SqlDialect.Sqlite };
        Assert.Contains("byv", Cluster.Rows((await cluster.Gate.ExecuteAsync(request)).Rows)[0], StringComparison.Ordinal);
        Assert.Equal("0A000", (await cluster.FailsAsync($"EXPLAIN SELECT n.id FROM t n JOIN t AS OF '{moment}' o ON o.id = n.id")).SqlState);
        Assert.Equal("0A000", (await cluster.FailsAsync($"EXPLAIN DELETE FROM t WHERE id IN (SELECT id FROM t AS OF '{moment}')")).SqlState);
        Assert.Equal("TT_FUTURE_POINT", (await cluster.FailsAsync("EXPLAIN SELECT * FROM t AS OF '2999-01-01'")).Code);
    }

    [Fact]
    public async Task Query_NameOfAKeyspaceOfThePast_IsUnknownToUsers()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1)");
        var moment = await Cluster.MomentAsync();

        Assert.Equal("42P01", (await cluster.FailsAsync("SELECT * FROM \"main@1\".t")).SqlState);
        Assert.Equal("42P01", (await cluster.FailsAsync($"SELECT * FROM t AS OF '{moment}' o, \"main@1\".t")).SqlState);
        await using var small = await Cluster.OpenAsync(2, configure: options => options with { AssemblyBytes = 1000 });
        await small.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t SELECT i, i FROM generate_series(1, 1000) AS i");
        moment = await Cluster.MomentAsync();
        var tooLarge = $"SELECT * FROM t LEFT JOIN t AS OF '{moment}' o ON o.id = t.v";
        Assert.Contains($"t AS OF TIMESTAMP '{moment}'", (await Assert.ThrowsAsync<VitessException>(() => small.RunAsync(tooLarge))).Message, StringComparison.Ordinal);
        var streamed = await Assert.ThrowsAsync<VitessException>(async () => _ = await small.Gate.StreamAsync(new GateRequest(tooLarge, [])).CountAsync());
        Assert.DoesNotContain("@", streamed.Message + streamed.Hint, StringComparison.Ordinal);

        var failure = await Assert.ThrowsAsync<VitessException>(() => small.RunAsync($"SELECT o.none FROM t, t AS OF '{moment}' o"));
        Assert.DoesNotContain("@", failure.Message + failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Query_LockOfThePast_Refused()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1)");
        var moment = await Cluster.MomentAsync();

        Assert.Equal("0A000", (await cluster.FailsAsync($"SELECT * FROM t AS OF '{moment}' FOR UPDATE")).SqlState);
    }
}
