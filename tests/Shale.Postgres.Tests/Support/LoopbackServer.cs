using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Shale.Postgres.Tests.Support;

/// <summary>A PostgreSQL server that programs reach by TCP on this machine, for what they are told by it to be compared with.</summary>
internal static class LoopbackServer
{
    /// <summary>What a program says of a fresh database, <c>main</c>, in which some statements have run.</summary>
    /// <param name="definitions">The statements.</param>
    /// <param name="askAsync">Runs the program against a port of 127.0.0.1, as a user.</param>
    public static async Task<string> AskAsync(IEnumerable<string> definitions, Func<int, string, Task<string>> askAsync)
    {
        var port = FreePort();
        await using var server = await PrivateServer.StartAsync(new PrivateServerOptions { Durable = false, LoopbackPort = port });
        await server.CreateDatabaseAsync("main");
        await using var source = NpgsqlDataSource.Create(server.ConnectionString("main"));
        foreach (var sql in definitions)
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }

        return await askAsync(port, PrivateServer.Role);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
