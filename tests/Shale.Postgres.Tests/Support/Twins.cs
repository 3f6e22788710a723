using Npgsql;
using Shale.Contracts;
using Shale.Engines;
using Shale.Postgres.Tests.Servers;

namespace Shale.Postgres.Tests.Support;

/// <summary>A PostgreSQL server with a database, and doors over several shards on SQLite and on PostgreSQL: what is said to all of them must have the same answer.</summary>
internal sealed class Twins : IAsyncDisposable
{
    private readonly PrivateServer _server;

    private Twins(PrivateServer server, IReadOnlyList<DoorCluster> doors) => (_server, Doors) = (server, doors);

    /// <summary>The one over SQLite shards, and the one over shards on PostgreSQL.</summary>
    public IReadOnlyList<DoorCluster> Doors { get; }

    /// <param name="lockTimeout">How long statements through the doors wait for locks; null for the default.</param>
    public static async Task<Twins> StartAsync(TimeSpan? lockTimeout = null)
    {
        var server = await PrivateServer.StartAsync(new PrivateServerOptions { Durable = false });
        await server.CreateDatabaseAsync("main");
        LocalClusterOptions Patient(LocalClusterOptions options) => options with { LockTimeout = lockTimeout ?? options.LockTimeout };
        var lite = await DoorCluster.StartAsync(shards: Patient);
        return new Twins(server, [lite, await DoorCluster.StartAsync(shards: options => Patient(options) with
        {
            Shards = 2,
            Engine = StorageEngineType.Postgres,
            Engines = [new PostgresSource(new PostgresSourceOptions { Server = new PrivateServerOptions { Durable = false }, LockTimeout = lockTimeout ?? new PostgresSourceOptions().LockTimeout })],
        })]);
    }

    /// <summary>A connection to PostgreSQL itself for null.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(DoorCluster? door)
    {
        var connection = new NpgsqlConnection(door is null ? _server.ConnectionString("main") : $"Host=127.0.0.1;Port={door.Port};Database=main;Username=app;Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>psql says the same of a script everywhere: what it prints, with SQLSTATEs but without the rest of errors.</summary>
    /// <param name="script">The script.</param>
    /// <param name="only">The one door that has to; null for each.</param>
    public async Task RequireSameAsync(string script, DoorCluster? only = null)
    {
        var socket = new NpgsqlConnectionStringBuilder(_server.ConnectionString("main"));
        var theirs = await PsqlAsync(socket.Host!, socket.Port, socket.Username!, socket.Password, script);
        foreach (var door in Doors.Where(door => only is null || door == only)) Assert.Equal(theirs, await PsqlAsync("127.0.0.1", door.Port, "app", null, script));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var door in Doors) await door.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static async Task<string> PsqlAsync(string host, int port, string user, string? password, string script)
    {
        string[] arguments = ["-X", "-A", "-e", "-v", "VERBOSITY=sqlstate", "-h", host, "-p", $"{port}", "-U", user, "-d", "main"];
        var (_, output, errors) = await Tool.RunAsync("bash", ["-c", "exec psql \"$@\" 2>&1", "psql", .. arguments], script, new Dictionary<string, string> { ["PGPASSWORD"] = password ?? "" });
        return output + errors;
    }
}
