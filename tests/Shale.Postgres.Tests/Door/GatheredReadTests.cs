using System.Text;
using Npgsql;
using Shale.Contracts;
using Shale.Postgres.Sockets;
using Shale.Postgres.Tests.Support;
using Shale.Vitess;

namespace Shale.Postgres.Tests.Door;

/// <summary>Reads of one row that many clients send at a time go to the shard's server together, and each client gets its own row.</summary>
public sealed class GatheredReadTests
{
    // More than there are threads that wait for sockets: some of them come in one round, wherever they are.
    private static readonly int Clients = 4 + (4 * SocketPoll.Count);

    [Fact]
    public async Task Clients_ThatAskAtATime_ShareTheServersConnections_AndOneThatGoesDisturbsNobody()
    {
        await using var databases = await SharedServer.DatabasesAsync(1);
        await using var cluster = await DoorCluster.StartAsync(shards: options => options with { Shards = 1, Engine = StorageEngineType.Postgres, Engines = [databases.Source] });
        await cluster.RunAsync("CREATE TABLE t (id int PRIMARY KEY, v text)", $"INSERT INTO t SELECT g, 'row ' || g FROM generate_series(0, {Clients}) g");
        var clients = new List<RawClient>();
        for (var i = 0; i < Clients; i++)
        {
            clients.Add(await RawClient.OpenAsync(cluster.Port));
            await clients[i].SendAsync(Read(i));
            Assert.Equal($"row {i}", await RowAsync(clients[i]));
        }

        await using var server = NpgsqlDataSource.Create(databases.Connections[0]);
        await using var holder = await server.OpenConnectionAsync();
        var transaction = await holder.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("LOCK TABLE t IN ACCESS EXCLUSIVE MODE", holder)) await command.ExecuteNonQueryAsync();
        await using (await HeldPolls.HoldAsync())
        {
            for (var i = 0; i < Clients; i++) await clients[i].SendAsync(Read(i));
        }

        await UntilAsync(async () => await RunningAsync(cluster) == Clients);
        var waiting = 0L;
        for (var same = 0; same < 20; await Task.Yield())
        {
            var now = await WaitingAsync(server);
            same = now > 0 && now == waiting ? same + 1 : 0;
            waiting = now;
        }

        Assert.InRange(waiting, 1, Clients - 1);
        clients[1].Dispose();
        await UntilAsync(async () => await RunningAsync(cluster) == Clients - 1);
        await transaction.RollbackAsync();
        for (var i = 0; i < Clients; i++)
        {
            if (i != 1) Assert.Equal($"row {i}", await RowAsync(clients[i]));
            clients[i].Dispose();
        }
    }

    private static byte[] Read(int id) => RawClient.Query($"SELECT v FROM t WHERE id = {id}");

    private static async Task<string> RowAsync(RawClient client)
    {
        var row = "";
        while (await client.ReadMessageAsync() is { Type: not 'Z' } message)
        {
            if (message.Type == 'D') row = Encoding.UTF8.GetString(message.Body.AsSpan(6));
            Assert.True(message.Type != 'E', Encoding.UTF8.GetString(message.Body));
        }

        return row;
    }

    // Without the one that asks.
    private static async Task<int> RunningAsync(DoorCluster cluster) => (await cluster.Cluster.Gate.ExecuteAsync(new GateRequest("SHOW PROCESSLIST", []))).Rows.RowCount - 1;

    private static async Task<long> WaitingAsync(NpgsqlDataSource server)
    {
        await using var command = server.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds()) await Task.Yield();
    }
}
