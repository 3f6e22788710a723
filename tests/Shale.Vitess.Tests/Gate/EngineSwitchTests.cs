using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>Shards of a cluster that go over to other engines.</summary>
public sealed class EngineSwitchTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-switch-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Switch_OfAShardWithADirectory_IsFoundByLaterStarts(bool toLog)
    {
        await using (var cluster = await OpenAsync())
        {
            await RunAsync(cluster, "CREATE TABLE t (id SERIAL PRIMARY KEY, n INT)");
            await RunAsync(cluster, "INSERT INTO t (n) SELECT * FROM generate_series(1, 100)");
            await cluster.Gate.ExecuteAsync(new GateRequest("UPDATE t SET n = n + 1", []) { IdempotencyKey = "k" });
            for (var i = 0; i < 2; i++) await cluster.Tablets[i].SwitchEngineAsync(New($"elsewhere-{i}", toLog));
            await cluster.Gate.ExecuteAsync(new GateRequest("UPDATE t SET n = n + 1", []) { IdempotencyKey = "k" });
            await RunAsync(cluster, "INSERT INTO t (n) SELECT * FROM generate_series(1, 100)");
            await cluster.Tablets[0].SwitchEngineAsync(New("further", toLog));
        }

        foreach (var name in (string[])["main/-80.log", "main/80-.log"]) Directory.Delete(Path.Combine(_directory, name), recursive: true);
        if (toLog) Directory.Delete(Path.Combine(_directory, "elsewhere-0"), recursive: true);
        else File.Delete(Path.Combine(_directory, "elsewhere-0"));
        await using var again = await OpenAsync();
        Assert.Empty(again.Repairs);
        Assert.Empty(again.Migrated);
        Assert.Equal("200|10200", Cluster.Rows((await RunAsync(again, "SELECT count(*), sum(n) FROM t")).Rows)[0]);
        await RunAsync(again, "UPDATE t SET n = 0");
    }

    [Fact]
    public async Task Switch_OfAShardWithADirectoryToMemory_IsRefused()
    {
        await using var cluster = await OpenAsync();
        await RunAsync(cluster, "CREATE TABLE t (id INT PRIMARY KEY)");
        await using var target = SqliteEngine.InMemory();
        var failure = await Assert.ThrowsAsync<VitessException>(() => cluster.Tablets[0].SwitchEngineAsync(target).AsTask());
        Assert.Equal(("QUERY_ERROR", "0A000", "-80"), (failure.Code, failure.SqlState, failure.Shard));
        await RunAsync(cluster, "INSERT INTO t SELECT * FROM generate_series(1, 10)");
    }

    [Fact]
    public async Task Switch_OfAClusterInMemory_KeepsItsRows()
    {
        await using var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { Shards = 2 });
        await RunAsync(cluster, "CREATE TABLE t (id INT PRIMARY KEY)");
        await RunAsync(cluster, "INSERT INTO t SELECT * FROM generate_series(1, 10)");
        foreach (var tablet in cluster.Tablets) await tablet.SwitchEngineAsync(SqliteEngine.InMemory());
        Assert.Equal("55", Cluster.Rows((await RunAsync(cluster, "SELECT sum(id) FROM t")).Rows)[0]);
    }

    private SqliteEngine New(string name, bool isLog) => new(new SqliteEngineOptions { Path = Path.Combine(_directory, name), HasHistory = isLog, Durable = false });

    private ValueTask<LocalCluster> OpenAsync() => LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = _directory, Shards = 2, Durable = false });

    private static async Task<GateResult> RunAsync(LocalCluster cluster, string sql) => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []));
}
