using System.ComponentModel;
using System.Text.Json.Serialization;
using Shale.Vitess;

namespace Shale.Cli.Config;

/// <summary>The configuration file of `shale serve`. What the command line says wins over it. Relative paths start at the file's own directory.</summary>
[Description("The configuration of `shale serve`. What the command line says wins over it. Relative paths start at the file's own directory.")]
internal sealed record ServerConfig
{
    [JsonPropertyName("$schema")]
    [Description("Where editors find this schema.")]
    public string? Schema { get; init; }

    [Description("The data directory; made if there is none. Default ./data.")]
    public string? Data { get; init; }

    [Description("The keyspace that statements mean when they name none. Default main.")]
    public string? Keyspace { get; init; }

    [Description("How many shards a new keyspace gets. Default 4.")]
    public int? Shards { get; init; }

    [Description("What a new keyspace stores its rows in: sqlite or postgres. Default sqlite.")]
    public string? Engine { get; init; }

    [Description("PostgreSQL databases of yours that are shards: a connection string for each shard of a keyspace, by its name such as main:-80. Without them the shards are on a private server.")]
    public IReadOnlyDictionary<string, string>? ShardConnections { get; init; }

    [Description("A file with a VSchema in JSON for an empty keyspace.")]
    public string? Vschema { get; init; }

    [Description("For how many days every version of a shard stays readable. Default 30.")]
    public double? RetentionDays { get; init; }

    [Description("How many bytes of log that may take for all shards together; then it is less time, and the server says so. Default a fifth of the disk.")]
    public long? RetentionBytes { get; init; }

    [Description("The HTTP door.")]
    public HttpConfig? Http { get; init; }

    [Description("The door of PostgreSQL's clients.")]
    public PostgresConfig? Pg { get; init; }

    [Description("The OTLP collector that gets metrics and traces, such as http://127.0.0.1:4318.")]
    public string? Otlp { get; init; }

    [Description("The gate.")]
    public GateConfig? Gate { get; init; }

    [Description("Limits of single keyspaces, by name.")]
    public IReadOnlyDictionary<string, LimitsConfig>? Keyspaces { get; init; }
}

/// <summary>The HTTP door.</summary>
internal sealed record HttpConfig
{
    [Description("Where to listen: ADDRESS:PORT. Default 127.0.0.1:15000.")]
    public string? Listen { get; init; }

    [Description("A file that holds the token that every request must bear.")]
    public string? TokenFile { get; init; }

    [Description("A certificate in PEM: then the door speaks HTTPS.")]
    public string? Cert { get; init; }

    [Description("The certificate's key in PEM; without it, it stands in the certificate's file.")]
    public string? Key { get; init; }

    [Description("HTTPS with a certificate for localhost that is made in the data directory.")]
    public bool DevCert { get; init; }

    [Description("The longest request, in bytes. Default 64 MiB.")]
    public long? MaxRequestBytes { get; init; }

    [Description("The largest result that is not streamed, in bytes. Default 256 MiB.")]
    public long? MaxResultBytes { get; init; }
}

/// <summary>The door of PostgreSQL's clients. Its password is the token of the HTTP door, its certificate too.</summary>
internal sealed record PostgresConfig
{
    [Description("Where to listen: ADDRESS:PORT, or none. Default 127.0.0.1:15432, if that is free.")]
    public string? Listen { get; init; }

    [Description("How many connections there may be. Default 2000.")]
    public int? MaxConnections { get; init; }

    [Description("The longest message, in bytes. Default 64 MiB.")]
    public int? MaxMessageBytes { get; init; }
}

/// <summary>The gate.</summary>
internal sealed record GateConfig
{
    [Description("How many bytes one statement may bring to the gate to be merged or assembled there, in memory and temporary files together. Default 2 GiB.")]
    public long? AssemblyBytes { get; init; }

    [Description("How many bytes of rows all statements together may hold in the gate's memory. Default 512 MiB.")]
    public long? MemoryBytes { get; init; }

    [Description("How many bytes of what one statement merges or assembles stay in memory; the rest goes to a temporary file. Default 64 MiB.")]
    public long? StatementMemoryBytes { get; init; }

    [Description("How long a statement waits for memory, in milliseconds. Default 5000.")]
    public int? MemoryWaitMs { get; init; }

    [Description("Where temporary files go. Default the directory .temp in the data directory.")]
    public string? TempDirectory { get; init; }

    [Description("How many shards work at a time for one statement that reads. Default twice the processors, from 4 to 16.")]
    public int? ShardsAtOnce { get; init; }

    [Description("Up to how many different values of one table another one that is joined at the gate is asked for those only, instead of for all its rows: 0 to 10000. Default 1000.")]
    public int? SemiJoinKeys { get; init; }

    [Description("The longest wait for a shard's writer, in milliseconds. Default 5000.")]
    public int? LockTimeoutMs { get; init; }

    [Description("How many transactions may be open at once. Default 10000.")]
    public int? MaxTransactions { get; init; }

    [Description("How long a transaction may wait for its next statement before it is rolled back, in milliseconds. Default 10000.")]
    public int? TransactionIdleMs { get; init; }

    [Description("How long a transaction may be open before it is rolled back, in milliseconds, unless it was begun with a limit of its own. Default 30000.")]
    public int? TransactionAgeMs { get; init; }

    [Description("Limits of all keyspaces together, and of each statement.")]
    public LimitsConfig? Limits { get; init; }
}

/// <summary>See <see cref="StatementLimits"/>.</summary>
internal sealed record LimitsConfig
{
    [Description("How many statements may run at once outside transactions.")]
    public int? MaxConcurrent { get; init; }

    [Description("How many may wait for their turn. Default 1000.")]
    public int? MaxWaiting { get; init; }

    [Description("How long one may wait for its turn, in milliseconds. Default 5000.")]
    public int? MaxWaitMs { get; init; }

    [Description("How many rows a statement may read.")]
    public long? MaxRows { get; init; }

    [Description("How many bytes a statement may read.")]
    public long? MaxBytes { get; init; }

    [Description("How long a statement may take, in milliseconds.")]
    public int? MaxTimeMs { get; init; }

    [Description("What becomes of a SELECT, UPDATE or DELETE that goes to several shards. Default allow.")]
    public CrossShardPolicy? CrossShard { get; init; }

    /// <summary>As the gate has it.</summary>
    public StatementLimits ToLimits()
    {
        var defaults = new StatementLimits();
        return new StatementLimits
        {
            MaxConcurrent = MaxConcurrent,
            MaxWaiting = MaxWaiting ?? defaults.MaxWaiting,
            MaxWait = MaxWaitMs is { } wait ? TimeSpan.FromMilliseconds(wait) : defaults.MaxWait,
            MaxRows = MaxRows,
            MaxBytes = MaxBytes,
            MaxTime = MaxTimeMs is { } time ? TimeSpan.FromMilliseconds(time) : null,
            CrossShard = CrossShard ?? defaults.CrossShard,
        };
    }
}
