using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>What a start does with shards that do not fit the VSchema.</summary>
public sealed class SchemaRepairTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-repair-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Start_WithATableThatDiffersOnOneShard_RefusesThatTableAndServesTheOthers()
    {
        await PrepareAsync("ALTER TABLE broken ADD COLUMN extra TEXT");
        await using var cluster = await OpenAsync();

        Assert.Contains(cluster.Repairs, repair => repair.Contains("\"broken\" on shard main:40-80", StringComparison.Ordinal));
        Assert.Equal(3, (await RunAsync(cluster, "SELECT * FROM good")).Rows.RowCount);
        foreach (var sql in (string[])["SELECT * FROM broken", "SELECT * FROM seen", "INSERT INTO broken VALUES (9, 9)", "UPDATE broken SET v = 1", "DELETE FROM broken WHERE id = 1",
            "SELECT * FROM good WHERE id IN (SELECT id FROM broken)", "ALTER TABLE broken ADD COLUMN extra TEXT", "CREATE INDEX broken_v ON broken (v)", "TRUNCATE broken"])
        {
            var failure = await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, sql));
            Assert.Equal(("XX001", "SHARD_ERROR"), (failure.SqlState, failure.Code));
            Assert.Contains("main:40-80", failure.Message, StringComparison.Ordinal);
            Assert.NotNull(failure.Hint);
        }
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task DropTable_OfARefusedTable_MakesRoomForANewOne()
    {
        await PrepareAsync("ALTER TABLE broken ADD COLUMN extra TEXT");
        await using (var cluster = await OpenAsync())
        {
            await RunAsync(cluster, "DROP VIEW seen");
            await RunAsync(cluster, "DROP TABLE broken");
            await RunAsync(cluster, "CREATE TABLE broken (id BIGINT PRIMARY KEY, w INT)");
            await RunAsync(cluster, "INSERT INTO broken VALUES (1, 1), (2, 2), (3, 3), (4, 4)");
        }

        await using var again = await OpenAsync();
        Assert.Empty(again.Repairs);
        Assert.Equal(4, (await RunAsync(again, "SELECT w FROM broken")).Rows.RowCount);
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Start_WithATableMissingOnOneShard_MakesItThere()
    {
        await PrepareAsync("DROP TABLE broken");
        await using var cluster = await OpenAsync();

        Assert.Contains(cluster.Repairs, repair => repair.Contains("table broken was missing on shard main:40-80", StringComparison.Ordinal));
        await RunAsync(cluster, "DELETE FROM broken");
        await RunAsync(cluster, "INSERT INTO broken SELECT g, g FROM generate_series(1, 40) g");
        Assert.Equal(40, (await RunAsync(cluster, "SELECT * FROM broken")).Rows.RowCount);
    }

    // What a crash between two shards leaves behind: one shard's database was changed past the gate.
    private async Task PrepareAsync(string onOneShard)
    {
        await using (var cluster = await OpenAsync())
        {
            foreach (var sql in (string[])["CREATE TABLE good (id BIGINT PRIMARY KEY)", "CREATE TABLE broken (id BIGINT PRIMARY KEY, v INT)", "CREATE VIEW seen AS SELECT * FROM broken",
                "INSERT INTO good VALUES (1), (2), (3)", "INSERT INTO broken VALUES (1, 1), (2, 2), (3, 3)"])
            {
                await RunAsync(cluster, sql);
            }
        }

        await using var engine = new SqliteEngine(new SqliteEngineOptions { Path = Path.Combine(_directory, "main", "40-80.log"), HasHistory = true });
        await using var connection = await engine.OpenAsync(EngineAccess.Write, default);
        await connection.ExecuteAsync(onOneShard, [], default);
    }

    private ValueTask<LocalCluster> OpenAsync() => LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = _directory, Shards = 4, Durable = false });

    private static async Task<GateResult> RunAsync(LocalCluster cluster, string sql) => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []));
}
