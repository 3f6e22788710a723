using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Triggers run inside a shard: they are taken where all that they name is on one.</summary>
public class TriggerTests
{
    private const string Log = "CREATE TRIGGER logged AFTER UPDATE OF v ON t WHEN new.v > 5 BEGIN INSERT INTO log VALUES (old.v, new.v); END";

    private static async Task<Cluster> OpenAsync(int shards)
    {
        var cluster = await Cluster.OpenAsync(shards, SqlDialect.Sqlite);
        await cluster.RunAllAsync("CREATE TABLE t (id, v)", "CREATE TABLE log (old TEXT, new INTEGER NOT NULL)", "CREATE TABLE spread (id INTEGER PRIMARY KEY, v)",
            "CREATE TABLE known (id INTEGER PRIMARY KEY, v) WITH (reference = true)", "INSERT INTO t VALUES (1, 1), (2, 2)");
        return cluster;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [Trait("Rule", "S2.7")]
    public async Task Trigger_OfTablesOnOneShard_Fires(int shards)
    {
        await using var cluster = await OpenAsync(shards);
        await cluster.RunAsync(Log);
        await cluster.RunAsync("UPDATE t SET v = v * 5");

        Assert.Equal(["2|10"], await cluster.RowsAsync("SELECT * FROM log"));
        Assert.Equal([$"logged|t|{Log}"], await cluster.RowsAsync("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"));
        await cluster.RunAllAsync("CREATE TRIGGER IF NOT EXISTS logged DELETE ON t BEGIN SELECT 1; END", "DROP TRIGGER logged", "DROP TRIGGER IF EXISTS logged",
            "UPDATE t SET v = 9");
        Assert.Equal(["2|10"], await cluster.RowsAsync("SELECT * FROM log"));
        Assert.Equal("42704", await StateAsync(cluster, "DROP TRIGGER logged"));
    }

    [Fact]
    [Trait("Rule", "S2.7")]
    public async Task Trigger_TableMadeAnew_KeepsIt()
    {
        await using var cluster = await OpenAsync(1);
        await cluster.RunAllAsync(Log, "ALTER TABLE t ADD COLUMN w NOT NULL DEFAULT (1 + 1)", "UPDATE t SET v = 7 WHERE id = 1");

        Assert.Equal(["1|7"], await cluster.RowsAsync("SELECT * FROM log"));
        Assert.Equal("42710", await StateAsync(cluster, Log));
        Assert.Equal("0A000", await StateAsync(cluster, "ALTER TABLE t RENAME TO t2"));
        Assert.Equal("0A000", await StateAsync(cluster, "ALTER TABLE log RENAME COLUMN new TO now"));
    }

    [Theory]
    [InlineData("CREATE TRIGGER g INSERT ON spread BEGIN SELECT 1; END", "0A000")]
    [InlineData("CREATE TRIGGER g INSERT ON known BEGIN SELECT 1; END", "0A000")]
    [InlineData("CREATE TRIGGER g INSERT ON t BEGIN INSERT INTO spread VALUES (new.id, 1); END", "0A000")]
    [InlineData("CREATE TRIGGER g INSERT ON t WHEN EXISTS (SELECT 1 FROM spread) BEGIN SELECT 1; END", "0A000")]
    [InlineData("CREATE TRIGGER g INSERT ON t BEGIN UPDATE known SET v = 1; END", "0A000")]
    [InlineData("CREATE TRIGGER g INSERT ON t BEGIN DELETE FROM nowhere; END", "42P01")]
    [InlineData("CREATE TRIGGER g INSERT ON nowhere BEGIN SELECT 1; END", "42P01")]
    [InlineData("CREATE TRIGGER g INSTEAD OF INSERT ON t BEGIN SELECT 1; END", "0A000")]
    [InlineData("CREATE TEMP TRIGGER g INSERT ON t BEGIN SELECT 1; END", "0A000")]
    [InlineData("CREATE TRIGGER g INSERT ON t BEGIN SELECT 1 END", "42601")]
    [Trait("Rule", "S2.7")]
    public async Task Trigger_OverShards_IsRefused(string sql, string sqlState)
    {
        await using var cluster = await OpenAsync(3);

        Assert.Equal(sqlState, await StateAsync(cluster, sql));
        Assert.Empty(await cluster.RowsAsync("SELECT name FROM sqlite_master WHERE type = 'trigger'"));
    }

    [Fact]
    [Trait("Rule", "S2.7")]
    public async Task Trigger_ReferenceTableReadAndTableThatBecomesSharded()
    {
        await using var cluster = await OpenAsync(3);
        await cluster.RunAllAsync("INSERT INTO known VALUES (1, 'one')",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log SELECT v, new.v FROM known WHERE id = new.id; END", "INSERT INTO t VALUES (1, 3)");

        Assert.Equal(["one|3"], await cluster.RowsAsync("SELECT * FROM log"));
        Assert.Equal("0A000", await StateAsync(cluster, "ALTER VSCHEMA ON log ADD VINDEX hash (new)"));
        Assert.Equal(["one|3"], await cluster.RowsAsync("SELECT * FROM log"));
    }

    private static async Task<string?> StateAsync(Cluster cluster, string sql) => (await Record.ExceptionAsync(() => cluster.RunAsync(sql)) as VitessException)?.SqlState;
}
