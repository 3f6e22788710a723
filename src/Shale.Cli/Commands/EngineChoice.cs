using System.CommandLine;
using Shale.Cli.Config;
using Shale.Contracts;
using Shale.Postgres;
using Shale.Vitess;

namespace Shale.Cli.Commands;

/// <summary>What the shards of a keyspace store their rows in, as command line and configuration file say it.</summary>
internal sealed class EngineChoice
{
    // Keyspaces have directories of their names beside it, and no name begins with a dot.
    private const string ServerDirectory = ".postgres";

    /// <summary><c>--engine</c>.</summary>
    public Option<string?> Engine { get; } = new("--engine") { Description = "What a new keyspace stores its rows in: sqlite (without it) or postgres. Afterwards the stored engine counts.", HelpName = "NAME" };

    /// <summary><c>--shard-connection</c>.</summary>
    public Option<string[]> Connections { get; } = new("--shard-connection")
    {
        Description = "A PostgreSQL database of yours that is a shard; once for each shard. Without it the shards are on a private server.", HelpName = "SHARD=CONNECTION",
    };

    /// <summary>The engine that was said; null for none. Errors: INVALID_VSCHEMA.</summary>
    public StorageEngineType? TypeOf(ParseResult parsed, ServerConfig file) => (parsed.GetValue(Engine) ?? file.Engine) switch
    {
        null => null,
        "sqlite" => StorageEngineType.Sqlite,
        "postgres" => StorageEngineType.Postgres,
        var other => throw new VitessException(ErrorCodes.InvalidVSchema, $"there is no engine \"{other}\"", hint: "Known are sqlite and postgres."),
    };

    /// <summary>What makes the shards on PostgreSQL, where there are any.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="file">The configuration file.</param>
    /// <param name="directory">The data directory.</param>
    /// <param name="keyspace">The keyspace of shards that name none.</param>
    public PostgresSource SourceOf(ParseResult parsed, ServerConfig file, string directory, string keyspace)
    {
        var connections = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (shard, connection) in file.ShardConnections ?? new Dictionary<string, string>()) connections[Named(shard, keyspace)] = connection;
        foreach (var given in parsed.GetValue(Connections) ?? [])
        {
            var cut = given.IndexOf('=', StringComparison.Ordinal);
            if (cut <= 0) throw new VitessException(ErrorCodes.ShardError, $"--shard-connection \"{given}\" names no shard", sqlState: "22023", hint: "Write --shard-connection \"-80=Host=…;Database=…;Username=…\".");
            connections[Named(given[..cut], keyspace)] = given[(cut + 1)..];
        }

        return new PostgresSource(OptionsOf(directory) with { Connections = connections });
    }

    /// <summary>The same for a command that opens the directory of a server that is stopped: shards on private servers only.</summary>
    public static IReadOnlyList<IEngineSource> PrivateOf(string directory) => [new PostgresSource(OptionsOf(directory))];

    private static PostgresSourceOptions OptionsOf(string directory) => new()
    {
        Server = new PrivateServerOptions { DataDirectory = Path.Combine(directory, ServerDirectory), Warned = message => Console.Error.WriteLine("WARNING: " + message) },
    };

    private static string Named(string shard, string keyspace) => shard.Contains(':', StringComparison.Ordinal) ? shard : $"{keyspace}:{shard}";
}
