using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>Many connections.</summary>
public sealed class LoadTests
{
    [Theory]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public async Task Connections_ManyIdleAndBusy_AreAllAnswered(Shards shards)
    {
        await using var cluster = await DoorCluster.StartAsync(shards);
        await cluster.RunAsync("CREATE TABLE t (id bigint PRIMARY KEY)", "INSERT INTO t SELECT g FROM generate_series(1, 200) g");
        var idle = new List<RawClient>();
        try
        {
            for (var i = 0; i < 1000; i++) idle.Add(await RawClient.OpenAsync(cluster.Port));
            await Task.WhenAll(Enumerable.Range(1, 200).Select(async id =>
            {
                using var client = await RawClient.OpenAsync(cluster.Port);
                for (var round = 0; round < 5; round++)
                {
                    await client.SendAsync(RawClient.Query($"SELECT id FROM t WHERE id = {id}"));
                    Assert.Equal($"T D({id}) C(SELECT 1) Z(I)", await client.ReadWordsAsync());
                }
            }));
            await idle[500].SendAsync(RawClient.Query("SELECT count(*) FROM t"));
            Assert.Equal("T D(200) C(SELECT 1) Z(I)", await idle[500].ReadWordsAsync());
        }
        finally
        {
            idle.ForEach(client => client.Dispose());
        }
    }
}
