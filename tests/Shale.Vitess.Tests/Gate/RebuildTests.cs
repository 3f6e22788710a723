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
    public async Task Alter_InATransactionOfATableThatCascades_LeavesWhatRefersToIt()
    {
        await using var cluster = await OpenAsync(2);
        var transaction = await cluster.Gate.BeginAsync(null);

        await cluster.InAsync(transaction.TxId, "ALTER TABLE parent ALTER COLUMN note SET NOT NULL");

        await cluster.Gate.CommitAsync(transaction.TxId);
        Assert.Equal(3, (await cluster.RunAsync("SELECT * FROM child")).Rows.RowCount);
        Assert.Equal("23502", (await cluster.FailsAsync("INSERT INTO parent (id) VALUES (9)")).SqlState);
    }

    [Theory]
    [Trait("Rule", "S2.8")]
    [InlineData(1, "")]
    [InlineData(4, "")]
    [InlineData(1, "ON DELETE RESTRICT")]
    [InlineData(4, "DEFERRABLE INITIALLY DEFERRED")]
    public async Task Alter_InATransactionOfATableThatKeysPointAt_KeepsItsChildrenAndTheirKeys(int shards, string action)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE up (id BIGINT PRIMARY KEY, code INT NOT NULL, note TEXT NOT NULL, UNIQUE (id, code)) WITH (shard_key = 'id')",
            $"CREATE TABLE down (pid BIGINT REFERENCES up (id) {action}, code INT, n INT, PRIMARY KEY (pid, n), FOREIGN KEY (pid, code) REFERENCES up (id, code)) WITH (shard_key = 'pid')",
            "INSERT INTO up VALUES (1, 7, 'a'), (2, 7, 'b'), (3, 7, 'c')", "INSERT INTO down VALUES (1, 7, 1), (1, NULL, 2), (3, 7, 1)");
        var transaction = await cluster.Gate.BeginAsync(null);

        await cluster.InAsync(transaction.TxId, "INSERT INTO down VALUES (2, 7, 5)");
        await cluster.InAsync(transaction.TxId, "ALTER TABLE up ALTER COLUMN note DROP NOT NULL");
        await cluster.InAsync(transaction.TxId, "INSERT INTO up VALUES (4, 7, NULL)");
        await cluster.InAsync(transaction.TxId, "INSERT INTO down VALUES (4, 7, 1)");
        await cluster.Gate.CommitAsync(transaction.TxId);

        Assert.Equal(["1|7|a", "2|7|b", "3|7|c", "4|7|NULL"], await cluster.RowsAsync("SELECT * FROM up ORDER BY id"));
        Assert.Equal(["1|7|1", "1|NULL|2", "2|7|5", "3|7|1", "4|7|1"], await cluster.RowsAsync("SELECT * FROM down ORDER BY pid, n"));
        Assert.Equal("23503", (await cluster.FailsAsync("DELETE FROM up WHERE id = 1")).SqlState);
        Assert.Equal("23503", (await cluster.FailsAsync("INSERT INTO down VALUES (9, NULL, 1)")).SqlState);
        Assert.Equal("23503", (await cluster.FailsAsync("INSERT INTO down VALUES (2, 8, 1)")).SqlState);
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Alter_InATransaction_LeavesKeysThatAreCheckedAtOnce()
    {
        await using var cluster = await Cluster.OpenAsync(1);
        await cluster.RunAllAsync("CREATE TABLE up (id BIGINT PRIMARY KEY, note TEXT NOT NULL, over BIGINT REFERENCES up (id))", "CREATE TABLE down (id BIGINT PRIMARY KEY, up BIGINT REFERENCES up (id))",
            "INSERT INTO up VALUES (1, 'a', NULL), (2, 'b', 1)", "INSERT INTO down VALUES (5, 2)");
        var transaction = await cluster.Gate.BeginAsync(null);
        await cluster.InAsync(transaction.TxId, "ALTER TABLE up ALTER COLUMN note DROP NOT NULL");

        var failure = await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "DELETE FROM up WHERE id = 2"));

        Assert.Equal("23503", failure.SqlState);
        await cluster.Gate.RollbackAsync(transaction.TxId);
        Assert.Equal("23502", (await cluster.FailsAsync("INSERT INTO up VALUES (9, NULL, NULL)")).SqlState);
        Assert.Equal(["1|a|NULL", "2|b|1"], await cluster.RowsAsync("SELECT * FROM up ORDER BY id"));
        Assert.Equal(["5|2"], await cluster.RowsAsync("SELECT * FROM down"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Alter_ThatDropsAColumnWithCascade_DropsWhatIsOnIt(int shards)
    {
        await using var cluster = await OpenAsync(shards);
        await cluster.RunAllAsync("CREATE INDEX parent_note ON parent (note)", "ALTER TABLE parent DROP COLUMN note CASCADE");

        Assert.Equal(["1", "2", "3"], await cluster.RowsAsync("SELECT * FROM parent ORDER BY id"));
        Assert.Equal(["column \"note\" of relation \"parent\" does not exist, skipping"], (await cluster.RunAsync("ALTER TABLE parent DROP COLUMN IF EXISTS note CASCADE")).Notices);
        Assert.Equal("42703", (await cluster.FailsAsync("ALTER TABLE parent DROP COLUMN note")).SqlState);
        await cluster.RunAllAsync("ALTER TABLE parent ADD COLUMN note INT", "ALTER TABLE parent DROP COLUMN IF EXISTS note");
        Assert.Equal(["1", "2", "3"], await cluster.RowsAsync("SELECT * FROM parent ORDER BY id"));
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
