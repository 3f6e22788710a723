namespace Shale.Vitess.Tests;

/// <summary>Sequences in statements, and ALTER SEQUENCE.</summary>
public class SequenceTests
{
    [Theory]
    [Trait("Rule", "S2.6")]
    [InlineData(1)]
    [InlineData(4)]
    public async Task NextVal_InTheQueryOfAnInsert_NumbersEachRow(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE SEQUENCE s START 10 INCREMENT 5", "CREATE TABLE src (id BIGINT PRIMARY KEY, name TEXT)", "CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT, n BIGINT DEFAULT nextval('s'))",
            "INSERT INTO src VALUES (1, 'a'), (2, 'b'), (3, 'c')");

        Assert.Equal(3, (await cluster.RunAsync("INSERT INTO t SELECT nextval('s'), name, 0 FROM src ORDER BY name")).Affected);
        Assert.Equal(["10|a|0", "15|b|0", "20|c|0"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
        await cluster.RunAsync("INSERT INTO t (id, name) SELECT id, name FROM src ORDER BY id");
        Assert.Equal(["25", "30", "35"], await cluster.RowsAsync("SELECT n FROM t WHERE id <= 3 ORDER BY n"));
        await cluster.RunAsync("INSERT INTO t (id, name) SELECT id, name FROM src WHERE id > 100");
        Assert.Equal(["40"], await cluster.RowsAsync("SELECT nextval('s')"));
    }

    [Theory]
    [Trait("Rule", "S2.6")]
    [InlineData("UPDATE t SET n = nextval('s')")]
    [InlineData("DELETE FROM t WHERE n < nextval('s')")]
    [InlineData("SELECT nextval('s') FROM t")]
    [InlineData("INSERT INTO t VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET n = nextval('s')")]
    [InlineData("INSERT INTO t VALUES (7, 1) RETURNING nextval('s')")]
    [InlineData("INSERT INTO t SELECT DISTINCT nextval('s'), n FROM t")]
    [InlineData("SELECT (SELECT setval('s', 5)) FROM t")]
    [InlineData("SELECT DISTINCT setval('s', 5) FROM t")]
    [InlineData("SELECT setval('s', 5), * FROM t")]
    [InlineData("SELECT setval('s', 5) + 1 FROM t")]
    public async Task NextVal_WhereItWouldBeTakenOnceForAll_IsRefused(string sql)
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE SEQUENCE s", "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT)", "INSERT INTO t VALUES (1, 1), (2, 2)");

        var failure = await cluster.FailsAsync(sql);

        Assert.Equal("0A000", failure.SqlState);
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT nextval('s')"));
    }

    [Theory]
    [Trait("Rule", "S2.6")]
    [InlineData("public.s")]
    [InlineData("\"s\"")]
    [InlineData("public.\"s\"")]
    [InlineData("\"public\".\"s\"")]
    [InlineData("S")]
    [InlineData("main.s")]
    public async Task Name_InQuotesOrBehindItsSchema_IsFound(string name)
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync("CREATE SEQUENCE s");

        Assert.Equal(["7"], await cluster.RowsAsync($"SELECT pg_catalog.setval('{name}', 7, true)"));
        Assert.Equal(["8"], await cluster.RowsAsync($"SELECT nextval('{name}'::regclass)"));
        Assert.Equal("42P01", (await cluster.FailsAsync("SELECT nextval('other.s')")).SqlState);
        Assert.Equal("42P01", (await cluster.FailsAsync("SELECT nextval('public.\"s')")).SqlState);
    }

    [Fact]
    [Trait("Rule", "S2.6")]
    public async Task SetVal_SaysWhatComesNext()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync("CREATE SEQUENCE s INCREMENT 10");

        Assert.Equal(["41"], await cluster.RowsAsync("SELECT setval('s', 41)"));
        Assert.Equal(["51"], await cluster.RowsAsync("SELECT nextval('s')"));
        Assert.Equal(["5"], await cluster.RowsAsync("SELECT setval('s', $1, false)", SqlValue.Integer(5)));
        Assert.Equal(["5"], await cluster.RowsAsync("SELECT nextval('s')"));
        Assert.Equal("22003", (await cluster.FailsAsync("SELECT setval('s', 0)")).SqlState);
        Assert.Equal("42P01", (await cluster.FailsAsync("SELECT setval('none', 1)")).SqlState);
    }

    [Theory]
    [Trait("Rule", "S2.6")]
    [InlineData(1)]
    [InlineData(2)]
    public async Task SetVal_OfWhatAQueryFinds_IsBehindTheRows(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE t (id SERIAL PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (10, 'a'), (20, 'b'), (35, 'c')");
        const string Reset = "SELECT setval(pg_get_serial_sequence('\"t\"','id'), coalesce(max(\"id\"), 1), max(\"id\") IS NOT null) FROM \"t\"";

        var described = await cluster.Gate.DescribeAsync(new GateRequest(Reset, []));
        Assert.Equal(["setval int8"], described.Fields!.Select(field => $"{field.Name} {field.Type}"));
        var result = (await cluster.RunAsync(Reset)).Rows;
        Assert.Equal(["setval int8"], result.Fields.Select(field => $"{field.Name} {field.Type}"));
        Assert.Equal(["35"], Cluster.Rows(result));
        Assert.Equal(["36"], await cluster.RowsAsync("INSERT INTO t (v) VALUES ('d') RETURNING id"));
        Assert.Equal(["10|10", "20|20"], await cluster.RowsAsync("SELECT id, setval('t_id_seq', id) FROM t WHERE id < 30 ORDER BY id"));
        Assert.Equal(["20|true"], await cluster.RowsAsync("SELECT last_value, is_called FROM t_id_seq"));
        await cluster.RunAsync("DELETE FROM t");
        Assert.Equal(["1"], await cluster.RowsAsync(Reset));
        Assert.Equal(["1"], await cluster.RowsAsync("INSERT INTO t (v) VALUES ('e') RETURNING id"));
    }

    [Fact]
    [Trait("Rule", "S2.6")]
    public async Task Sequence_ThatFalls_StartsAtMinusOne()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE SEQUENCE down INCREMENT -1", "CREATE SEQUENCE steps INCREMENT BY -5 NO MINVALUE MAXVALUE -1", "CREATE SEQUENCE given INCREMENT -2 START 10 MINVALUE -9223372036854775808",
            "CREATE TABLE t (id INT GENERATED BY DEFAULT AS IDENTITY (INCREMENT BY -1) PRIMARY KEY, v INT)", "INSERT INTO t (v) VALUES (1), (2)");

        Assert.Equal(["-1|-2"], await cluster.RowsAsync("SELECT nextval('down'), nextval('down')"));
        Assert.Equal(["-1|-6"], await cluster.RowsAsync("SELECT nextval('steps'), nextval('steps')"));
        Assert.Equal(["10|8"], await cluster.RowsAsync("SELECT nextval('given'), nextval('given')"));
        Assert.Equal(["-1|1", "-2|2"], await cluster.RowsAsync("SELECT * FROM t ORDER BY v"));
        Assert.Equal(["-40"], await cluster.RowsAsync("SELECT setval('down', -40)"));
        Assert.Equal(["-41"], await cluster.RowsAsync("SELECT nextval('down')"));
        Assert.Equal("22003", (await cluster.FailsAsync("SELECT setval('down', 0)")).SqlState);
        await cluster.RunAsync("ALTER SEQUENCE down RESTART");
        Assert.Equal(["-1"], await cluster.RowsAsync("SELECT nextval('down')"));
        Assert.Equal("0A000", (await cluster.FailsAsync("CREATE SEQUENCE s INCREMENT -1 MINVALUE 1")).SqlState);
        Assert.Equal("0A000", (await cluster.FailsAsync("CREATE SEQUENCE s MAXVALUE -1")).SqlState);
        Assert.Equal(["-1|-9223372036854775808|-1"], await cluster.RowsAsync("SELECT start_value, min_value, max_value FROM pg_sequences WHERE sequencename = 'down'"));
    }

    [Theory]
    [Trait("Rule", "S2.6")]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Sequence_InFrom_IsARowThatTellsWhereItIs(int shards)
    {
        const string Look = "SELECT last_value, is_called FROM s";
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE SEQUENCE s START 5 INCREMENT 10", "CREATE SEQUENCE down INCREMENT -1", "CREATE TABLE t (id SERIAL PRIMARY KEY, v BIGINT)");

        var fresh = (await cluster.RunAsync("SELECT * FROM s")).Rows;
        Assert.Equal(["last_value int8", "log_cnt int8", "is_called bool"], fresh.Fields.Select(field => $"{field.Name} {field.Type}"));
        Assert.Equal(["5|0|false"], Cluster.Rows(fresh));
        Assert.Equal(["5"], await cluster.RowsAsync("SELECT nextval('s')"));
        Assert.Equal(["5|true"], await cluster.RowsAsync(Look));
        Assert.Equal(["15"], await cluster.RowsAsync("SELECT nextval('s')"));
        Assert.Equal(["15|true"], await cluster.RowsAsync(Look));
        await cluster.RowsAsync("SELECT setval('s', 45)");
        Assert.Equal(["45|true"], await cluster.RowsAsync(Look));
        await cluster.RowsAsync("SELECT setval('s', 45, false)");
        Assert.Equal(["45|false"], await cluster.RowsAsync(Look));
        await cluster.RunAsync("ALTER SEQUENCE s RESTART WITH 7");
        Assert.Equal(["7|false"], await cluster.RowsAsync(Look));
        Assert.Equal(["7"], await cluster.RowsAsync("SELECT nextval('s')"));
        await cluster.RunAsync("ALTER SEQUENCE s INCREMENT 2");
        Assert.Equal(["7|true"], await cluster.RowsAsync(Look));
        Assert.Equal(["-1|false"], await cluster.RowsAsync("SELECT last_value, is_called FROM down"));

        await cluster.RunAsync("INSERT INTO t (v) VALUES (10), (20), (30)");
        Assert.Equal(["3|3"], await cluster.RowsAsync("SELECT q.last_value, max(t.id) FROM t_id_seq AS q, t GROUP BY q.last_value"));
        Assert.Equal(["3|30"], await cluster.RowsAsync("SELECT id, v FROM t WHERE id = (SELECT last_value FROM public.t_id_seq)"));
        Assert.Equal(["3|t"], await cluster.RowsAsync("SELECT x, CASE WHEN z THEN 't' END FROM t_id_seq AS q (x, y, z)"));
        await cluster.RunAsync("CREATE VIEW position AS SELECT last_value FROM t_id_seq WHERE is_called");
        Assert.Equal(["3"], await cluster.RowsAsync("SELECT * FROM position"));
        await cluster.RunAsync("INSERT INTO t (v) SELECT last_value + 100 FROM t_id_seq");
        Assert.Equal(["4|103"], await cluster.RowsAsync("SELECT * FROM t WHERE id = 4"));
        Assert.Equal(["9"], await cluster.RowsAsync("WITH s AS (SELECT 9 AS last_value) SELECT last_value FROM s"));
    }

    [Fact]
    [Trait("Rule", "S2.6")]
    public async Task Sequence_InFrom_IsOnlyRead()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync("CREATE SEQUENCE s");

        foreach (var sql in (string[])["SELECT shale_sequence('s', 'log_cnt')", "CREATE VIEW v AS SELECT shale_sequence('s', 'last_value')", "UPDATE s SET last_value = 5", "DELETE FROM s", "INSERT INTO s VALUES (1, 1, true)", "SELECT * FROM s AS OF SYSTEM TIME '2020-01-01'", "SELECT * FROM none"])
        {
            Assert.StartsWith("42", (await cluster.FailsAsync(sql)).SqlState, StringComparison.Ordinal);
        }

        Assert.Equal("42P01", (await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(new GateRequest("SELECT * FROM s", []) { Dialect = Sql.SqlDialect.Sqlite }))).SqlState);
        Assert.Equal(["1|0|false"], await cluster.RowsAsync("SELECT * FROM s"));
        var described = await cluster.Gate.DescribeAsync(new GateRequest("SELECT is_called FROM s WHERE last_value = $1", []));
        Assert.Equal(["is_called bool"], described.Fields!.Select(field => $"{field.Name} {field.Type}"));
    }

    [Fact]
    [Trait("Rule", "S2.6")]
    public async Task CurrVal_IsTheTransactionsOwn()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE SEQUENCE s START 100", "CREATE TABLE t (id SERIAL PRIMARY KEY, v BIGINT)");
        Assert.Equal("55000", (await cluster.FailsAsync("SELECT currval('s')")).SqlState);
        Assert.Equal("55000", (await cluster.FailsAsync("SELECT lastval()")).SqlState);

        var transaction = await cluster.Gate.BeginAsync(null);
        await cluster.InAsync(transaction.TxId, "SELECT nextval('s')");
        await cluster.RunAsync("SELECT nextval('s')");
        Assert.Equal(["100|100"], Cluster.Rows((await cluster.InAsync(transaction.TxId, "SELECT currval('s'), lastval()")).Rows));
        await cluster.InAsync(transaction.TxId, "INSERT INTO t (v) VALUES (currval('s')), (7)");
        Assert.Equal(["2|2|100"], Cluster.Rows((await cluster.InAsync(transaction.TxId, "SELECT lastval(), currval('t_id_seq'), currval('s')")).Rows));
        await cluster.InAsync(transaction.TxId, "UPDATE t SET v = currval('s') + 1 WHERE id = 2");
        await cluster.Gate.CommitAsync(transaction.TxId);
        Assert.Equal(["1|100", "2|101"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
    }

    [Fact]
    [Trait("Rule", "S2.6")]
    public async Task AlterSequence_ChangesWhatComesNext()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE SEQUENCE s START 3", "ALTER SEQUENCE s INCREMENT 4");
        Assert.Equal(["3|7"], await cluster.RowsAsync("SELECT nextval('s'), nextval('s')"));
        await cluster.RunAsync("ALTER SEQUENCE s INCREMENT BY 10 CACHE 5");
        Assert.Equal(["17"], await cluster.RowsAsync("SELECT nextval('s')"));
        await cluster.RunAsync("ALTER SEQUENCE s RESTART WITH 1000");
        Assert.Equal(["1000|1010"], await cluster.RowsAsync("SELECT nextval('s'), nextval('s')"));
        await cluster.RunAsync("ALTER SEQUENCE s RESTART");
        Assert.Equal(["3"], await cluster.RowsAsync("SELECT nextval('s')"));
        Assert.NotEmpty((await cluster.RunAsync("ALTER SEQUENCE s OWNED BY NONE")).Notices);
        Assert.NotEmpty((await cluster.RunAsync("ALTER SEQUENCE IF EXISTS none RESTART")).Notices);
        Assert.Equal("42P01", (await cluster.FailsAsync("ALTER SEQUENCE none RESTART")).SqlState);
    }

    [Fact]
    [Trait("Rule", "S2.6")]
    public async Task AlterSequence_ThatMovesItInATransaction_IsRefused()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync("CREATE SEQUENCE s");
        var transaction = await cluster.Gate.BeginAsync(null);

        var failure = await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "ALTER SEQUENCE s RESTART WITH 9"));

        Assert.Equal("0A000", failure.SqlState);
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT nextval('s')"));
    }
}
