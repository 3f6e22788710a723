namespace Shale.Postgres.Tests.Support;

/// <summary>One PostgreSQL server for the clusters of all tests that do not harm it: each has databases of its own.</summary>
internal static class SharedServer
{
    private static readonly Lazy<Task<PrivateServer>> Server = new(StartAsync);
    private static int _alone;

    /// <summary>Empty databases for the shards of the keyspace <c>main</c>.</summary>
    public static async Task<ShardDatabases> DatabasesAsync(int shards) => await ShardDatabases.TakeAsync(await Server.Value, shards);

    /// <summary>An engine on a new database.</summary>
    public static async Task<PostgresEngine> EngineAsync()
    {
        var server = await Server.Value;
        var database = $"alone {Interlocked.Increment(ref _alone)}";
        await server.CreateDatabaseAsync(database);
        return new PostgresEngine(new PostgresEngineOptions { ConnectionString = server.ConnectionString(database) });
    }

    private static async Task<PrivateServer> StartAsync()
    {
        var server = await PrivateServer.StartAsync(new PrivateServerOptions { Durable = false });
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().Wait();
        return server;
    }
}
