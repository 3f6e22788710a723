using Shale.Postgres;

namespace Shale.Engine.Specification.Postgres;

/// <summary>The PostgreSQL server of a process of tests, and empty databases on it.</summary>
internal static class TestPostgres
{
    private static readonly Lazy<Task<PrivateServer>> Shared = new(StartAsync);
    private static int _databases;

    /// <summary>The server; gone with the process.</summary>
    public static Task<PrivateServer> ServerAsync() => Shared.Value;

    /// <summary>How to connect to a new database.</summary>
    public static async Task<string> DatabaseAsync() => (await NamedDatabaseAsync()).ConnectionString;

    /// <summary>A new database, and how to connect to it.</summary>
    public static async Task<(string Name, string ConnectionString)> NamedDatabaseAsync()
    {
        var server = await ServerAsync();
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await server.CreateDatabaseAsync(name);
        return (name, server.ConnectionString(name));
    }

    /// <summary>An engine on a new database.</summary>
    public static async Task<PostgresEngine> EngineAsync() => new(new PostgresEngineOptions { ConnectionString = await DatabaseAsync() });

    /// <summary>The same, with a connection string that only Npgsql knows all of.</summary>
    public static async Task<PostgresEngine> NpgsqlEngineAsync() => new(new PostgresEngineOptions { ConnectionString = await DatabaseAsync() + ";Keepalive=60" });

    private static async Task<PrivateServer> StartAsync()
    {
        var server = await PrivateServer.StartAsync(new PrivateServerOptions { Durable = false });
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().Wait();
        return server;
    }
}
