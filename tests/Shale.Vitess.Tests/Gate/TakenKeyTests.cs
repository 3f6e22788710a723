using Shale.Engine.Specification;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>A key that is taken is told with its values where the statement gives them, and without where they could only be guessed.</summary>
public sealed class TakenKeyTests
{
    private const string Taken = "Key (id)=(1) already exists.";
    private const string Pair = "Key (a, b)=(1, x) already exists.";

    [Theory]
    [InlineData(1, "INSERT INTO t VALUES (1, 'z', 1)", Taken)]
    [InlineData(4, "INSERT INTO t VALUES (1, 'z', 1)", Taken)]
    [InlineData(1, "INSERT INTO t (a, id) VALUES (9, 7), (9, 1)", Taken)]
    [InlineData(4, "INSERT INTO t (a, id) VALUES (9, 7), (9, 1)", Taken)]
    [InlineData(4, "INSERT INTO t (id) VALUES (7), (8), (7)", "Key (id)=(7) already exists.")]
    [InlineData(1, "INSERT INTO pair VALUES (1, 'x', 0)", Pair)]
    [InlineData(4, "INSERT INTO pair (v, b, a) VALUES (0, 'x', 1)", Pair)]
    [InlineData(1, "INSERT INTO pair VALUES (1, 'x', 0) ON CONFLICT (v) DO NOTHING", Pair)]
    [InlineData(1, "UPDATE t SET id = 1 WHERE id = 2", Taken)]
    [InlineData(1, "UPDATE pair SET a = 1, b = 'x' WHERE a = 2", Pair)]
    [InlineData(1, "UPDATE t SET id = 3 - id", null)]
    [InlineData(1, "UPDATE t SET id = 9", null)]
    [InlineData(1, "UPDATE pair SET b = 'x' WHERE a = 1", null)]
    [InlineData(1, "INSERT INTO t (id) SELECT id FROM t", null)]
    [InlineData(1, "INSERT INTO t (id) VALUES (7), (7), (1)", null)]
    [InlineData(1, "INSERT INTO pair VALUES (7, 'z', 1) ON CONFLICT (a, b) DO UPDATE SET a = 1", null)]
    [InlineData(1, "INSERT INTO pair VALUES (8, 'q', 1), (2, 'z', 9) ON CONFLICT (v) DO NOTHING", null)]
    [InlineData(1, "INSERT INTO amount VALUES (2.50)", null)]
    [InlineData(1, "INSERT INTO low VALUES ('ADA')", null)]
    public async Task Detail_OfAKeyThatIsTaken_NamesWhatIsKnown(int shards, string sql, string? detail)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync(
            "CREATE TABLE t (id BIGINT PRIMARY KEY, b TEXT, a INT)", "INSERT INTO t (id) VALUES (1), (2)",
            "CREATE TABLE pair (a INT, b VARCHAR(9), v INT, PRIMARY KEY (a, b))", "INSERT INTO pair VALUES (1, 'x', 1), (1, 'y', 2), (2, 'z', 3)");
        if (shards == 1)
        {
            await cluster.RunAllAsync(
                "CREATE UNIQUE INDEX pair_v ON pair (v)", "CREATE TABLE amount (n NUMERIC(9, 2) PRIMARY KEY)", "INSERT INTO amount VALUES (2.5)",
                "CREATE TABLE low (name TEXT)", "CREATE UNIQUE INDEX lower_name ON low (lower(name))", "INSERT INTO low VALUES ('ada')");
        }

        var failure = await cluster.FailsAsync(sql);

        Assert.Equal(("23505", detail), (failure.SqlState, failure.Subject?.Detail));
    }

    [Theory]
    [InlineData(SqlDialect.Postgres, "INSERT INTO t VALUES ($1, $2)")]
    [InlineData(SqlDialect.Sqlite, "INSERT INTO t VALUES (?1, ?2)")]
    public async Task Detail_OfParameters_IsTheirs(SqlDialect dialect, string sql)
    {
        await using var cluster = await Cluster.OpenAsync(2, dialect);
        await cluster.RunAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT)");
        await cluster.RunAsync(sql, SqlValue.Integer(5), SqlValue.Text("a"));

        var failure = await cluster.FailsAsync(sql, SqlValue.Integer(5), SqlValue.Text("b"));

        Assert.Equal(("t", "Key (id)=(5) already exists."), (failure.Subject?.Table, failure.Subject?.Detail));
    }

    [Fact]
    public async Task Detail_InATransaction_IsOfItsOwnRowsToo()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)");
        var txId = (await cluster.Gate.BeginAsync(null)).TxId;
        await cluster.InAsync(txId, "INSERT INTO t VALUES (6)");

        var failure = await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(txId, "INSERT INTO t VALUES (5), (6), (7), (8)"));

        Assert.Equal("Key (id)=(6) already exists.", failure.Subject?.Detail);
    }

    [Fact]
    public async Task Detail_OfATriggersRow_IsNotThatOfTheStatement()
    {
        await using var cluster = await Cluster.OpenAsync(1, SqlDialect.Sqlite);
        await cluster.RunAllAsync(
            "CREATE TABLE t (id INTEGER PRIMARY KEY)", "CREATE TABLE log (id INTEGER PRIMARY KEY)", "INSERT INTO log VALUES (1)",
            "CREATE TRIGGER noted AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id); END");

        var failure = await cluster.FailsAsync("INSERT INTO t VALUES (1)");

        Assert.Equal(("UNIQUE constraint failed: log.id", null), (failure.Message, failure.Subject?.Detail));
    }
}
