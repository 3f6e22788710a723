using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>ALTER TABLE that makes a table anew.</summary>
public class RebuildTests
{
    [Theory]
    [Trait("Rule", "S2.8")]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Alter_OfAReferencedTable_KeepsItsChildrenAndTheirKeys(int shards)
    {
        await using var cluster = await OpenAsync(shards);

        await cluster.RunAllAsync("ALTER TABLE parent ALTER COLUMN note SET NOT NULL", "ALTER TABLE parent ADD COLUMN code INT NOT NULL DEFAULT 7, ADD CONSTRAINT positive CHECK (id > 0)");

        Assert.Equal(["1|a|7", "2|b|7", "3|c|7"], await cluster.RowsAsync("SELECT * FROM parent ORDER BY id"));
        Assert.Equal(["1|1", "1|2", "3|1"], await cluster.RowsAsync("SELECT * FROM child ORDER BY pid, n"));
        Assert.Equal("23502", (await cluster.FailsAsync("INSERT INTO parent (id) VALUES (9)")).SqlState);
        Assert.Equal("23503", (await cluster.FailsAsync("INSERT INTO child VALUES (9, 1)")).SqlState);
        await cluster.RunAsync("DELETE FROM parent WHERE id = 1");
        Assert.Equal(["3|1"], await cluster.RowsAsync("SELECT * FROM child"));
    }

    [Theory]
    [Trait("Rule", "S4.1")]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Alter_ThatTakesTheReferencedKeyAway_ChangesNothing(int shards)
    {
        await using var cluster = await OpenAsync(shards);

        await cluster.FailsAsync("ALTER TABLE parent DROP CONSTRAINT parent_key");

        Assert.Equal(["1|a", "2|b", "3|c"], await cluster.RowsAsync("SELECT * FROM parent ORDER BY id"));
        Assert.Equal("23503", (await cluster.FailsAsync("INSERT INTO child VALUES (9, 1)")).SqlState);
        Assert.Equal("23505", (await cluster.FailsAsync("INSERT INTO parent VALUES (1, 'again')")).SqlState);
    }

    [Fact]
    public async Task Alter_OfAReferencedTableInATransaction_IsRefused()
    {
        await using var cluster = await OpenAsync(2);
        var transaction = await cluster.Gate.BeginAsync(null);

        var failure = await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "ALTER TABLE parent ALTER COLUMN note SET NOT NULL"));

        Assert.Equal("0A000", failure.SqlState);
        await cluster.Gate.RollbackAsync(transaction.TxId);
        Assert.Equal(3, (await cluster.RunAsync("SELECT * FROM child")).Rows.RowCount);
    }

    [Fact]
    public async Task Alter_OfATableThatRefersToItself_KeepsItsRows()
    {
        await using var cluster = await Cluster.OpenAsync(2, SqlDialect.Sqlite);
        await cluster.RunAllAsync("CREATE TABLE tree (id INTEGER PRIMARY KEY, up INT REFERENCES tree (id) ON DELETE CASCADE, v INT) WITH (reference = true)",
            "INSERT INTO tree VALUES (1, NULL, 1), (2, 1, 2), (3, 2, 3)", "ALTER TABLE tree ADD COLUMN w INT NOT NULL DEFAULT (1 + 1)");

        Assert.Equal(["1|NULL|1|2", "2|1|2|2", "3|2|3|2"], await cluster.RowsAsync("SELECT * FROM tree ORDER BY id"));
        await cluster.RunAsync("DELETE FROM tree WHERE id = 2");
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT id FROM tree"));
    }

    private static async Task<Cluster> OpenAsync(int shards)
    {
        var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE parent (id BIGINT, note TEXT, CONSTRAINT parent_key PRIMARY KEY (id)) WITH (shard_key = 'id')",
            "CREATE TABLE child (pid BIGINT REFERENCES parent (id) ON DELETE CASCADE, n INT, PRIMARY KEY (pid, n)) WITH (shard_key = 'pid')",
            "INSERT INTO parent VALUES (1, 'a'), (2, 'b'), (3, 'c')", "INSERT INTO child VALUES (1, 1), (1, 2), (3, 1)");
        return cluster;
    }
}
