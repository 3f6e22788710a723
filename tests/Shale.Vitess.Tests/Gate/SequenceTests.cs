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
    public async Task NextVal_WhereItWouldBeTakenOnceForAll_IsRefused(string sql)
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE SEQUENCE s", "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT)", "INSERT INTO t VALUES (1, 1), (2, 2)");

        var failure = await cluster.FailsAsync(sql);

        Assert.Equal("0A000", failure.SqlState);
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT nextval('s')"));
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
