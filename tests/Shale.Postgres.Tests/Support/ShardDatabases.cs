using System.Collections.Concurrent;
using Npgsql;
using Shale.Vitess;

namespace Shale.Postgres.Tests.Support;

/// <summary>Databases of a server for the shards of the keyspace <c>main</c>. Disposing empties them for the next cluster: that takes a fraction of the time that making and dropping some would.</summary>
internal sealed class ShardDatabases : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<int, ConcurrentBag<string[]>> Free = [];
    private static int _made;

    private readonly string[] _connections;

    private ShardDatabases(string[] connections)
    {
        _connections = connections;
        Source = new PostgresSource(new PostgresSourceOptions
        {
            Connections = KeyRange.Split(connections.Length).Zip(connections).ToDictionary(each => $"main:{each.First}", each => each.Second),
        });
    }

    /// <summary>Of each the connection string.</summary>
    public IReadOnlyList<string> Connections => _connections;

    /// <summary>What opens engines on them.</summary>
    public PostgresSource Source { get; }

    /// <summary>As many empty ones.</summary>
    public static async Task<ShardDatabases> TakeAsync(PrivateServer server, int shards)
    {
        if (FreeOf(shards).TryTake(out var connections)) return new ShardDatabases(connections);
        connections = new string[shards];
        for (var i = 0; i < shards; i++)
        {
            var name = $"shard{Interlocked.Increment(ref _made)}";
            await server.CreateDatabaseAsync(name);
            connections[i] = server.ConnectionString(name);
        }

        return new ShardDatabases(connections);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await using var source = NpgsqlDataSource.Create(connection);
            await using var empty = source.CreateCommand("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
            await empty.ExecuteNonQueryAsync();
        }

        FreeOf(_connections.Length).Add(_connections);
    }

    private static ConcurrentBag<string[]> FreeOf(int shards) => Free.GetOrAdd(shards, _ => []);
}
