namespace Shale.Vitess.Tests;

/// <summary>The past is the same after a restart: rows are in the logs of the shards, and the tables of then beside them.</summary>
public sealed class PastRestartTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "shale-past-" + Guid.NewGuid().ToString("n"));

    public void Dispose()
    {
        if (Directory.Exists(_directory)) Directory.Delete(_directory, true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [Trait("Rule", "S2.4")]
    [Trait("Rule", "S5.2")]
    public async Task Query_AfterARestart_ReadsTheSamePast(int shards)
    {
        string empty, first, second;
        await using (var cluster = await OpenAsync(shards))
        {
            empty = await Cluster.MomentAsync();
            await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT UNIQUE)", "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')", "CREATE VIEW w AS SELECT id FROM t WHERE id > 1");
            first = await Cluster.MomentAsync();
            await cluster.RunAllAsync("ALTER TABLE t RENAME COLUMN name TO title", "UPDATE t SET title = 'x' WHERE id = 2", "DROP VIEW w");
            second = await Cluster.MomentAsync();
            await cluster.RunAsync("DROP TABLE t");
        }

        await using var again = await OpenAsync(shards);
        Assert.Equal("42P01", (await Assert.ThrowsAsync<VitessException>(() => again.RunAsync($"SELECT * FROM t AS OF '{empty}'"))).SqlState);
        Assert.Equal(["1|a", "2|b", "3|c"], await again.RowsAsync($"SELECT id, name FROM t AS OF '{first}' ORDER BY id"));
        Assert.Equal(["2"], await again.RowsAsync($"SELECT id FROM t AS OF '{first}' WHERE name = 'b'"));
        Assert.Equal(["2", "3"], await again.RowsAsync($"SELECT id FROM w AS OF '{first}' ORDER BY id"));
        Assert.Equal(["2|b|x"], await again.RowsAsync($"SELECT o.id, o.name, n.title FROM t AS OF '{first}' o JOIN t AS OF '{second}' n ON n.id = o.id AND n.title <> o.name"));
        await again.RunAsync($"CREATE TABLE t AS SELECT id, title FROM t AS OF '{second}'");
        Assert.Equal(["3"], await again.RowsAsync("SELECT count(*) FROM t"));
    }

    private Task<Cluster> OpenAsync(int shards) =>
        Cluster.OpenAsync(shards, configure: options => options with { VSchema = null, DataDirectory = _directory, Durable = false });
}
