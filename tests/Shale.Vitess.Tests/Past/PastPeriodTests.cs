using System.Globalization;
using Shale.Contracts;
using Shale.DoSql;
using Shale.Sql;
using Xunit.Abstractions;

namespace Shale.Vitess.Tests;

/// <summary>Tables in periods over shards (SEMANTICS S5.3, S5.6).</summary>
public sealed class PastPeriodTests(ITestOutputHelper output)
{
    private const int Steps = 60;
    private const int Queries = 120;

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.6")]
    [Trait("Rule", "S5.3")]
    public async Task Query_OfEachForm_GivesTheVersions(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 10), (2, 20), (3, 30)");
        var a = await Cluster.MomentAsync();
        await cluster.RunAsync("UPDATE t SET v = 21 WHERE id = 2");
        var b = await Cluster.MomentAsync();
        await cluster.RunAllAsync("DELETE FROM t WHERE id = 2", "UPDATE t SET id = 4 WHERE id = 1");
        var c = await Cluster.MomentAsync();

        Assert.Equal(["1|10", "2|20", "2|21", "3|30", "4|10"], await cluster.RowsAsync("SELECT * FROM t FOR SYSTEM_TIME ALL ORDER BY id, v"));
        Assert.Equal(["1|10", "2|20", "3|30"], await cluster.RowsAsync($"SELECT * FROM t FOR SYSTEM_TIME BETWEEN '{a}' AND '{a}' ORDER BY id, v"));
        Assert.Equal(["1|10", "2|20", "2|21", "3|30"], await cluster.RowsAsync($"SELECT t.* FROM t FOR SYSTEM_TIME FROM '{a}' TO '{b}' ORDER BY t.id, t.v"));
        Assert.Equal(["2|21"], await cluster.RowsAsync($"SELECT * FROM t FOR SYSTEM_TIME CONTAINED IN ('{a}', '{c}')"));
        Assert.Empty(await cluster.RowsAsync($"SELECT * FROM t FOR SYSTEM_TIME BETWEEN '{b}' AND '{a}'"));
        Assert.Equal(["2|20", "2|21"], await cluster.RowsAsync("SELECT id, v FROM t FOR SYSTEM_TIME ALL AS x WHERE x.id = 2 ORDER BY _dosql_valid_from"));
        Assert.Equal(["3|2"], await cluster.RowsAsync("SELECT count(*), count(*) - count(CASE WHEN _dosql_valid_to IS NULL THEN 1 END) + 0 FROM t FOR SYSTEM_TIME ALL WHERE id > 1 AND id < 4"));
        Assert.Equal(["2|20|21"], await cluster.RowsAsync("SELECT x.id, x.v, y.v FROM t FOR SYSTEM_TIME ALL x JOIN t FOR SYSTEM_TIME ALL y ON x.id = y.id AND x._dosql_valid_to = y._dosql_valid_from"));
        Assert.Equal(["3|30|30", "4|10|10"], await cluster.RowsAsync($"SELECT x.*, n.v FROM t FOR SYSTEM_TIME BETWEEN '{a}' AND '{c}' x JOIN t n ON n.id = x.id ORDER BY x.id"));
        var place = dialect == SqlDialect.Postgres ? "$1 AND $2" : "? AND ?";
        Assert.Equal(["2|20"], await cluster.RowsAsync($"SELECT * FROM t FOR SYSTEM_TIME BETWEEN {place} WHERE id = 2", SqlValue.Text(a), SqlValue.Text(a)));
        Assert.Contains(await cluster.RowsAsync("VEXPLAIN SELECT v FROM t FOR SYSTEM_TIME ALL"), row => row.Contains("t FOR SYSTEM_TIME ALL", StringComparison.Ordinal));
        Assert.Equal(["3"], await cluster.RowsAsync($"SELECT count(*) FROM t FOR SYSTEM_TIME ALL WHERE _dosql_valid_from < '{a}'"));
        await cluster.RunAsync($"INSERT INTO t SELECT id + 100, v FROM t FOR SYSTEM_TIME CONTAINED IN ('{a}', '{c}') AS gone");
        Assert.Equal(["102|21"], await cluster.RowsAsync("SELECT * FROM t WHERE id > 100"));
        Assert.Equal(["102|21"], await cluster.RowsAsync("SELECT * FROM t FOR SYSTEM_TIME ALL WHERE id > 100"));
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.2")]
    [Trait("Rule", "S5.6")]
    [Trait("Category", "Random")]
    public async Task Random_Periods_EqualOneDatabase(int shards, SqlDialect dialect)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var given) ? given : 20261121;
        output.WriteLine($"SHALE_SEED={seed}");
        var random = new Random(seed);
        var directory = Directory.CreateTempSubdirectory("shale-periods");
        try
        {
            await using var cluster = await Cluster.OpenAsync(shards, dialect);
            await using var one = await DoSqlDatabase.OpenAsync(directory.FullName);
            var history = new PeriodHistory(cluster, dialect, one, random, isSharded: shards > 1);
            await history.BeginAsync();
            for (var step = 0; step < Steps / 2; step++) await history.StepAsync();
            await history.BranchAsync();
            for (var step = 0; step < Steps; step++) await history.StepAsync();
            for (var i = 0; i < Queries; i++) await history.CompareAsync();
            output.WriteLine($"{history.Rows} versions, {history.Moved} rows with another key");
            Assert.True(history.Rows > 500 && history.Moved > 3);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("SELECT * FROM t FOR SYSTEM_TIME BETWEEN LSN 1 AND LSN 2", "TT_INVALID_SYNTAX")]
    [InlineData("SELECT * FROM t FOR SYSTEM_TIME BETWEEN VERSION 1 AND '2024-01-01'", "TT_INVALID_SYNTAX")]
    [InlineData("SELECT * FROM v FOR SYSTEM_TIME ALL", "TT_INVALID_SYNTAX")]
    [InlineData("SELECT * FROM nothing FOR SYSTEM_TIME ALL", "NOT_FOUND")]
    [InlineData("SELECT * FROM bare FOR SYSTEM_TIME ALL", "TT_NOT_SUPPORTED")]
    [InlineData("SELECT * FROM moved FOR SYSTEM_TIME ALL", "TT_NOT_SUPPORTED")]
    [InlineData("SELECT * FROM called FOR SYSTEM_TIME ALL", "TT_NOT_SUPPORTED")]
    [InlineData("SELECT * FROM t FOR SYSTEM_TIME BETWEEN '2024-01-01' AND '2999-01-01'", "TT_FUTURE_POINT")]
    [InlineData("SELECT _dosql_version FROM t", "NOT_FOUND")]
    [InlineData("SELECT id, v FROM t FOR SYSTEM_TIME ALL GROUP BY id", "QUERY_ERROR")]
    [Trait("Rule", "S5.2")]
    [Trait("Rule", "S5.6")]
    public async Task Query_ThatCannotBeAnswered_IsRefused(string sql, string code)
    {
        await using var cluster = await Cluster.OpenAsync(4, SqlDialect.Postgres);
        await cluster.RunAllAsync(
            "CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "CREATE VIEW v AS SELECT * FROM t", "CREATE TABLE bare (id BIGINT)",
            "CREATE TABLE moved (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO moved VALUES (1, 1)", "ALTER VSCHEMA CREATE VINDEX xxhash USING xxhash",
            "ALTER VSCHEMA ON moved DROP VINDEX hash", "ALTER VSCHEMA ON moved ADD VINDEX xxhash (id)", "CREATE TABLE named (id BIGINT PRIMARY KEY)", "ALTER TABLE named RENAME TO called");

        var failure = await cluster.FailsAsync(sql);

        Assert.Equal(code, failure.Code);
        Assert.DoesNotContain("@", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("_dosql_period", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.6")]
    public async Task Query_InATransactionOrSessionOrRequestAtAPoint_SeesNothingLater(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 10), (2, 20)", "UPDATE t SET v = 11 WHERE id = 1");
        await cluster.RunAsync("CALL dosql_snapshot('s')");
        var then = await Cluster.MomentAsync();
        await cluster.RunAllAsync("UPDATE t SET v = 12 WHERE id = 1", "DELETE FROM t WHERE id = 2", "ALTER TABLE t ADD COLUMN w INT");
        var later = await Cluster.MomentAsync();
        string[] expected = ["1|10|0", "1|11|1", "2|20|1"];
        var sql = "SELECT id, v, count(*) - count(_dosql_valid_to) FROM t FOR SYSTEM_TIME ALL GROUP BY id, v ORDER BY id, v";

        foreach (var point in (TimePoint[])[TimePoint.OfTimestamp(then), TimePoint.OfSnapshot("s")])
        {
            var request = new GateRequest(sql, []) { Dialect = dialect };
            Assert.Equal(expected, Cluster.Rows((await cluster.Gate.ExecuteAsync(request with { AsOf = point })).Rows));
            var begun = await cluster.Gate.BeginAsync("main", new TransactionOptions { AsOf = point.ToString() }, dialect);
            Assert.Equal(expected, Cluster.Rows((await cluster.InAsync(begun.TxId, sql)).Rows));
            Assert.Equal(["1|11", "2|20"], Cluster.Rows((await cluster.InAsync(begun.TxId, $"SELECT * FROM t FOR SYSTEM_TIME BETWEEN '{then}' AND '{later}' ORDER BY id")).Rows));
            Assert.Equal(["1|10|11|12", "1|11|11|12"], Cluster.Rows((await cluster.InAsync(begun.TxId, $"SELECT x.id, x.v, t.v, n.v FROM t FOR SYSTEM_TIME ALL x JOIN t ON t.id = x.id JOIN t AS OF '{later}' n ON n.id = x.id ORDER BY x.v")).Rows));
            await cluster.Gate.RollbackAsync(begun.TxId);
            var session = await cluster.Gate.CreateTimeTravelSessionAsync(point, target: "main", dialect: dialect);
            Assert.Equal(expected, Cluster.Rows(await session.QueryAsync(sql)));
            Assert.Equal("3", Cluster.Rows(await session.QueryAsync("VEXPLAIN TRACE SELECT id FROM t FOR SYSTEM_TIME ALL"))[^1].Split('|')[2]);
        }
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.6")]
    [Trait("Rule", "S2.4")]
    public async Task Query_OfABranch_GivesTheVersionsOfItsParentToo(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "CREATE TABLE gone (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1, 10), (2, 20)");
        var first = await Cluster.MomentAsync();
        await cluster.RunAllAsync("UPDATE t SET v = 11 WHERE id = 1", "DROP TABLE gone");
        var origin = await Cluster.MomentAsync();
        await cluster.RunAsync("UPDATE t SET v = 99");
        await cluster.RunAsync($"CALL dosql_branch('b', '{origin}')");
        async Task<string[]> OnBranch(string sql) => Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = "main/b", Dialect = dialect })).Rows);
        var made = await Cluster.MomentAsync();
        await OnBranch("UPDATE t SET v = 21 WHERE id = 2");

        Assert.Equal(["1|10", "1|11", "2|20", "2|21"], await OnBranch("SELECT * FROM t FOR SYSTEM_TIME ALL ORDER BY id, v"));
        Assert.Equal(["1|10", "2|20"], await OnBranch($"SELECT * FROM t AS OF '{first}' ORDER BY id"));
        Assert.Equal(["0"], await OnBranch($"SELECT count(*) FROM gone AS OF '{first}'"));
        Assert.Equal(["1|11", "2|20"], await OnBranch($"SELECT * FROM t AS OF '{made}' ORDER BY id"));
        Assert.Equal(["1|10", "1|11"], await OnBranch($"SELECT * FROM t FOR SYSTEM_TIME BETWEEN '{first}' AND '{origin}' WHERE id = 1 ORDER BY v"));
        Assert.Equal(["1|11", "2|20", "2|21"], await cluster.RowsAsync($"SELECT * FROM \"main/b\".t FOR SYSTEM_TIME FROM '{origin}' TO '{await Cluster.MomentAsync()}' ORDER BY id, v"));
        Assert.Equal(["1|10|99", "1|11|99", "2|20|99", "2|21|99"], await cluster.RowsAsync("SELECT b.id, b.v, t.v FROM \"main/b\".t FOR SYSTEM_TIME ALL b JOIN t ON t.id = b.id ORDER BY b.id, b.v"));

        await OnBranch("CALL dosql_branch('c')");
        Assert.Equal(["4"], Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest("SELECT count(*) FROM t FOR SYSTEM_TIME ALL", []) { Target = "main/c" })).Rows));
        await cluster.RunAllAsync("CALL dosql_drop_branch('b')", "CALL dosql_branch('b')");
        async Task<string> CodeAsync(string sql) => (await Assert.ThrowsAsync<VitessException>(() => cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = "main/c" }).AsTask())).Code;
        Assert.Equal("TT_LSN_NOT_AVAILABLE", await CodeAsync($"SELECT * FROM t AS OF '{first}'"));
        if (shards > 1) Assert.Equal("TT_NOT_SUPPORTED", await CodeAsync("SELECT * FROM t FOR SYSTEM_TIME ALL"));
    }

    [Theory]
    [InlineData(SqlDialect.Postgres, 1)]
    [InlineData(SqlDialect.Sqlite, 1)]
    [InlineData(SqlDialect.Postgres, 2)]
    [Trait("Rule", "S5.2")]
    [Trait("Rule", "S5.6")]
    public async Task Query_BetweenVersionsOfOneShard_EqualsTheSameMoments(SqlDialect dialect, int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)");
        var only = shards == 1 ? "main" : "main:-80";
        var rows = Enumerable.Range(1, 40).ToList();
        foreach (var id in rows) await cluster.RunAsync($"INSERT INTO t VALUES ({id}, 0)");
        var here = (await OnAsync("SELECT id FROM t ORDER BY id")).Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToList();
        var made = new List<(string Moment, string Lsn, long Version)>();
        for (var i = 0; i < 9; i++)
        {
            await cluster.RunAsync(i == 4 ? $"DELETE FROM t WHERE id = {here[3]}" : $"UPDATE t SET v = {i + 1} WHERE id = {here[i % 3]}");
            var commit = (await OnAsync("SELECT lsn, version FROM dosql_log ORDER BY lsn DESC LIMIT 1"))[0].Split('|');
            made.Add((await Cluster.MomentAsync(), commit[0], long.Parse(commit[1], CultureInfo.InvariantCulture)));
        }

        var compared = 0;
        for (var a = 1; a < made.Count; a++)
        {
            for (var b = 1; b < made.Count; b++)
            {
                string[] first = [$"LSN {made[a].Lsn}", $"VERSION {made[a].Version}", $"VERSION CURRENT - {made[^1].Version - made[a].Version}", $"'{made[a].Moment}'"];
                string[] last = [$"LSN {made[b].Lsn}", $"VERSION {made[b].Version}", $"VERSION CURRENT - {made[^1].Version - made[b].Version}", $"'{made[b].Moment}'"];
                var (i, j) = (compared % 4, compared / 4 % 3);
                var between = await PeriodAsync($"BETWEEN '{made[a].Moment}' AND '{made[b].Moment}'");
                Assert.Equal(between, await PeriodAsync($"BETWEEN {first[i]} AND {last[j]}"));
                Assert.Equal(a >= b ? [] : await PeriodAsync($"BETWEEN '{made[a].Moment}' AND '{made[b - 1].Moment}'"), await PeriodAsync($"FROM {first[j]} TO {last[j]}"));
                Assert.Equal(await PeriodAsync($"CONTAINED IN ('{made[a - 1].Moment}', '{made[b].Moment}')"), await PeriodAsync($"CONTAINED IN ({first[j]}, {last[i]})"));
                compared++;
            }
        }

        Assert.Equal(here.Count + 8, (await PeriodAsync("BETWEEN LSN 0 AND VERSION CURRENT")).Length);
        if (shards == 1) return;
        foreach (var period in (string[])["BETWEEN LSN 1 AND LSN 2", "BETWEEN '2024-01-01' AND VERSION CURRENT"]) Assert.Equal("TT_INVALID_SYNTAX", (await cluster.FailsAsync($"SELECT * FROM t FOR SYSTEM_TIME {period}")).Code);

        async Task<string[]> OnAsync(string sql) => Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = only, Dialect = dialect })).Rows);

        Task<string[]> PeriodAsync(string period) => OnAsync($"SELECT id, v, _dosql_version, _dosql_valid_to FROM t FOR SYSTEM_TIME {period} ORDER BY id, _dosql_version");
    }

    [Fact]
    [Trait("Rule", "S5.6")]
    [Trait("Rule", "S2.6")]
    public async Task Branch_WhoseParentPlacedItsRowsOtherwise_HasNoPeriods()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGSERIAL PRIMARY KEY, v INT)", "INSERT INTO t (v) SELECT g FROM generate_series(1, 9) g");
        var then = await Cluster.MomentAsync();
        await cluster.RunAllAsync(
            "ALTER VSCHEMA CREATE VINDEX xxhash USING xxhash", "ALTER VSCHEMA ON t DROP VINDEX hash", "ALTER VSCHEMA ON t ADD VINDEX xxhash (id)", "INSERT INTO t (v) VALUES (10)", "CALL dosql_branch('b')");
        async Task<string[]> OnBranch(string sql) => Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = "main/b" })).Rows);
        Assert.Equal("TT_NOT_SUPPORTED", (await Assert.ThrowsAsync<VitessException>(() => OnBranch("SELECT * FROM t FOR SYSTEM_TIME ALL"))).Code);

        await OnBranch($"RESTORE DATABASE TO TIMESTAMP '{then}'");
        Assert.Equal(["9"], await OnBranch("SELECT count(*) FROM t"));
        Assert.Equal(["5"], await OnBranch("SELECT id FROM t WHERE v = 5"));
        var ids = (await OnBranch("INSERT INTO t (v) VALUES (11) RETURNING id")).Concat(await cluster.RowsAsync("INSERT INTO t (v) VALUES (12) RETURNING id")).Concat(await cluster.RowsAsync("SELECT id FROM t")).ToList();
        Assert.Equal(ids.Count - 1, ids.Distinct().Count());
    }
}

/// <summary>The same history of rows on shards and in one database, whose key moves rows between the shards, and the same periods of both.</summary>
internal sealed class PeriodHistory(Cluster cluster, SqlDialect dialect, DoSqlDatabase one, Random random, bool isSharded)
{
    private const string Period = " FOR SYSTEM_TIME ";

    private readonly List<string> _moments = [];
    private DoSqlBranch? _branch;
    private int _ids;

    /// <summary>How many versions have been compared.</summary>
    public int Rows { get; private set; }

    /// <summary>How many statements have changed the key.</summary>
    public int Moved { get; private set; }

    public async Task BeginAsync()
    {
        await cluster.RunAsync($"CREATE TABLE t (id BIGINT, team BIGINT, name TEXT, PRIMARY KEY (id)){(isSharded ? " WITH (shard_key = 'id')" : "")}");
        await cluster.RunAsync($"CREATE TABLE o (id BIGINT, person BIGINT, amount BIGINT, PRIMARY KEY (id, person)){(isSharded ? " WITH (shard_key = 'person')" : "")}");
        await one.RunAsync("CREATE TABLE t (id BIGINT, team BIGINT, name TEXT, PRIMARY KEY (id))");
        await one.RunAsync("CREATE TABLE o (id BIGINT, person BIGINT, amount BIGINT, PRIMARY KEY (id, person))");
        for (var i = 0; i < 8; i++) await BothAsync($"INSERT INTO t VALUES ({_ids}, {_ids % 3}, 'n{_ids++}')");
    }

    /// <summary>From now on both have a branch, too, on which every other step is.</summary>
    public async Task BranchAsync()
    {
        _moments.Add(await Cluster.MomentAsync());
        await cluster.RunAsync("CALL dosql_branch('dev')");
        _branch = await one.BranchAsync("dev");
        _moments.Add(await Cluster.MomentAsync());
    }

    public async Task StepAsync()
    {
        if (random.Next(3) == 0) _moments.Add(await Cluster.MomentAsync());
        var id = random.Next(_ids + 1);
        switch (random.Next(9))
        {
            case 0:
                await BothAsync($"DELETE FROM t WHERE id = {id}");
                break;
            case 1:
                Moved++;
                await BothAsync($"UPDATE t SET id = id + 1000 WHERE id = {id}");
                break;
            case 2:
                Moved++;
                await BothAsync($"UPDATE o SET person = person + {random.Next(1, 4)} WHERE id % 4 = {random.Next(4)}");
                break;
            case 3:
                await BothAsync($"UPDATE t SET team = {random.Next(3)} WHERE team = {random.Next(3)}");
                break;
            case 4:
                await BothAsync($"UPDATE t SET name = name WHERE id = {id}");
                break;
            case 5 or 6:
                await BothAsync($"INSERT INTO o VALUES ({_ids++}, {random.Next(9)}, {random.Next(100)}), ({_ids++}, {random.Next(9)}, {random.Next(100)})");
                break;
            case 7:
                await BothAsync($"DELETE FROM o WHERE amount < {random.Next(30)}");
                break;
            default:
                await BothAsync($"INSERT INTO t VALUES ({_ids}, {random.Next(3)}, 'n{_ids++}')");
                break;
        }
    }

    public async Task CompareAsync()
    {
        var (a, b) = (Draw(), Draw());
        var id = random.Next(20);
        var sql = random.Next(9) switch
        {
            0 => $"SELECT t.*, {Times("t")} FROM t{a}",
            1 => $"SELECT x.name, {Times("x")} FROM t{a} x WHERE x.id = {id}",
            2 => $"SELECT o.id, o.person, o.amount, {Times("o")} FROM o{a} WHERE o.person = {random.Next(9)}",
            3 => $"SELECT x.team, count(*), min(x.id) FROM t{a} x GROUP BY x.team",
            4 => $"SELECT x.id, x.team, y.team, {Times("y")} FROM t{a} x JOIN t{b} y ON x.id = y.id",
            5 => $"SELECT x.id, y.id, y.amount FROM t{a} x LEFT JOIN o{b} y ON x.id = y.person",
            6 => $"SELECT x.* FROM o{a} x WHERE NOT EXISTS (SELECT 1 FROM o y WHERE y.id = x.id AND y.person = x.person)",
            7 => $"SELECT x.id FROM t{a} x WHERE x._dosql_valid_to IS NULL AND x.team < 2",
            _ => $"SELECT o.*, {Times("o")} FROM o{a} ORDER BY o.id, o.person, o.amount LIMIT 3000",
        };
        var branch = random.Next(2) == 0 ? one : _branch!;
        var point = random.Next(3) == 0 ? TimePoint.OfTimestamp(_moments[random.Next(_moments.Count)]) : null;
        var expected = await OneAsync(branch, point, sql);
        var actual = await ShardsAsync(branch.Name, point, sql);
        Rows += expected.Length;
        Assert.True(expected.SequenceEqual(actual), $"{sql} on {branch.Name} at {point}\nexpected {string.Join(", ", expected)}\nactual   {string.Join(", ", actual)}");
    }

    private static string Times(string table) => $"{table}._dosql_valid_from, {table}._dosql_valid_to";

    private string Draw()
    {
        var (a, b) = (_moments[random.Next(_moments.Count)], _moments[random.Next(_moments.Count)]);
        if (random.Next(4) > 0 && MomentOf(a) > MomentOf(b)) (a, b) = (b, a);
        return Period + random.Next(4) switch
        {
            0 => $"BETWEEN '{a}' AND '{b}'",
            1 => $"FROM '{a}' TO '{b}'",
            2 => $"CONTAINED IN ('{a}', '{b}')",
            _ => "ALL",
        };
    }

    private async Task BothAsync(string sql)
    {
        var branch = _branch is null || random.Next(2) == 0 ? one : _branch;
        Assert.Equal(await FailsAsync(() => branch.RunAsync(sql)), await FailsAsync(() => cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = $"main/{branch.Name}", Dialect = dialect }).AsTask()));
    }

    private static async Task<bool> FailsAsync(Func<Task> run)
    {
        try
        {
            await run();
            return false;
        }
        catch (VitessException failure) when (failure.Code == "CONSTRAINT_VIOLATION")
        {
            return true;
        }
    }

    private async Task<string[]> OneAsync(DoSqlBranch branch, TimePoint? point, string sql)
    {
        if (point is null) return Comparable(await branch.StreamRowsAsync(sql).ToListAsync());
        await using var session = branch.AsOf(point);
        return Comparable(await session.StreamRowsAsync(sql).ToListAsync());
    }

    private async Task<string[]> ShardsAsync(string branch, TimePoint? point, string sql) =>
        Comparable([(await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = $"main/{branch}", AsOf = point, Dialect = dialect })).Rows]);

    // Times are told by the moments that lie before them: commits are at other times here and there.
    private string[] Comparable(IEnumerable<RowSet> chunks)
    {
        var texts = new List<string>();
        foreach (var rows in chunks)
        {
            for (var i = 0; i < rows.RowCount; i++) texts.Add(string.Join('|', rows[i].ToArray().Select((value, column) => IsTime(rows.Fields[column]) && !value.IsNull ? Before(value.AsText()) : value.ToString())));
        }

        return [.. texts.Order(StringComparer.Ordinal)];
    }

    private static bool IsTime(Field field) => field.Name.StartsWith("_dosql_valid", StringComparison.Ordinal);

    private string Before(string time) => _moments.Count(moment => MomentOf(moment) < MomentOf(time)).ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset MomentOf(string text) => TimestampText.TryRead(text, out var moment) ? moment : throw new ArgumentException(text, nameof(text));
}
