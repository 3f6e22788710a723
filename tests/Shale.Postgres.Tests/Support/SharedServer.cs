using Shale.Vitess;

namespace Shale.Postgres.Tests.Support;

/// <summary>One PostgreSQL server for the clusters of all tests that do not harm it: each has databases of its own.</summary>
internal static class SharedServer
{
    private static readonly Lazy<Task<PrivateServer>> Server = new(StartAsync);
    private static int _clusters;

    /// <summary>New databases for the shards of the keyspace <c>main</c>.</summary>
    public static async Task<PostgresSource> SourceAsync(int shards)
    {
        var server = await Server.Value;
        var cluster = Interlocked.Increment(ref _clusters);
        var connections = new Dictionary<string, string>();
        foreach (var range in KeyRange.Split(shards))
        {
            var database = $"{cluster}/{range}";
            await server.CreateDatabaseAsync(database);
            connections[$"main:{range}"] = server.ConnectionString(database);
        }

        return new PostgresSource(new PostgresSourceOptions { Connections = connections });
    }

    private static async Task<PrivateServer> StartAsync()
    {
        var server = await PrivateServer.StartAsync(new PrivateServerOptions { Durable = false });
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().Wait();
        return server;
    }
}
