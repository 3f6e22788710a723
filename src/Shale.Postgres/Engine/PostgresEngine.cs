using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using Shale.Contracts;
using Shale.Postgres.Relay;
using Shale.Vitess;

namespace Shale.Postgres;

/// <summary>
/// A shard on PostgreSQL: a database of a server, by its connection string. The server has its own transactions, locks, durability and replicas; no versions of the past are kept here (SEMANTICS S5.4).
/// Thread-safe; the connections are not.
/// </summary>
public sealed class PostgresEngine : IStorageEngine
{
    private readonly NpgsqlDataSource _readers, _writers, _scratches;
    private readonly ConcurrentQueue<PostgresConnection.Session> _idleScratches = new();
    private readonly ConcurrentDictionary<uint, string> _typeNames = new();
    private int _generation;
    private int _definitions, _defining;
    private volatile Deferrable? _deferrable;
    private volatile ServerSession? _reading, _writing;
    private volatile bool _isClosed;

    /// <summary>Describes the engine; the server is reached with the first connection. Errors: SHARD_ERROR for a connection string that is none.</summary>
    public PostgresEngine(PostgresEngineOptions options)
    {
        Options = options;
        try
        {
            (_readers, _reading) = Open(Sessions("default_transaction_read_only=on"));
            (_writers, _writing) = Open(Sessions());
            _scratches = Sessions("search_path=pg_temp,pg_catalog,public").Build();
        }
        catch (ArgumentException exception)
        {
            throw new VitessException(ErrorCodes.ShardError, $"the connection string cannot be understood: {exception.Message}", hint: "Write it as Npgsql does: Host=…;Database=…;Username=…", inner: exception);
        }
    }

    /// <inheritdoc/>
    public StorageEngineType Type => StorageEngineType.Postgres;

    /// <inheritdoc/>
    public bool SingleWriter => false;

    /// <summary>None: PostgreSQL keeps no versions.</summary>
    public IShardHistory? History => null;

    internal PostgresEngineOptions Options { get; }

    /// <summary>Rises when a connection is lost: those that are older are not used again.</summary>
    internal int Generation => Volatile.Read(ref _generation);

    /// <summary>How often tables have been defined: what a connection prepared before is out of date.</summary>
    internal int Definitions => Volatile.Read(ref _definitions);

    /// <summary>Whether some constraint of the database, or a trigger, may be put off to the end of a transaction; null where nobody has looked since tables were defined last.</summary>
    internal bool? MayDefer => Volatile.Read(ref _defining) > 0 ? true : _deferrable is { } known && known.Definitions == Definitions ? known.Any : null;

    /// <summary>See <see cref="MayDefer"/>.</summary>
    /// <param name="definitions"><see cref="Definitions"/> before it was looked.</param>
    /// <param name="any">What was found.</param>
    internal void LearnDeferrable(int definitions, bool any) => _deferrable = new Deferrable(definitions, any);

    /// <summary>A connection is about to define tables: <see cref="Defined"/> or <see cref="Undefined"/> follows.</summary>
    internal void Define() => Interlocked.Increment(ref _defining);

    /// <summary>Tables have been defined, for all to see.</summary>
    internal void Defined()
    {
        Interlocked.Increment(ref _definitions);
        Interlocked.Decrement(ref _defining);
    }

    /// <summary>What was defined has been undone before others saw it.</summary>
    internal void Undefined() => Interlocked.Decrement(ref _defining);

    /// <summary>What types that Shale does not know are called, by number.</summary>
    internal IReadOnlyDictionary<uint, string> TypeNames => _typeNames;

    /// <inheritdoc/>
    public IStorageEngine OpenBranch(string name) => throw NoHistory();

    /// <inheritdoc/>
    public ValueTask<IEngineConnection> OpenAsync(ShardVersion version, CancellationToken cancellationToken) => throw NoHistory();

    /// <inheritdoc/>
    public async ValueTask<IEngineConnection> OpenAsync(EngineAccess access, CancellationToken cancellationToken)
    {
        var reads = access == EngineAccess.Read;
        if ((reads ? _reading : _writing) is { } sessions && await TryRelayAsync(sessions, cancellationToken) is { } relay) return relay;
        return new PostgresConnection(this, await ConnectAsync(reads ? _readers : _writers, cancellationToken));
    }

    /// <summary>A writing connection of Npgsql's. Errors: as <see cref="OpenAsync(EngineAccess, CancellationToken)"/>.</summary>
    internal async ValueTask<PostgresConnection> OpenNpgsqlAsync(CancellationToken cancellationToken) => new(this, await ConnectAsync(_writers, cancellationToken));

    /// <summary>An empty private database: temporary tables of a connection of its own to the same database, whose types and functions it knows.</summary>
    public async ValueTask<IScratchDatabase> OpenScratchAsync(CancellationToken cancellationToken)
    {
        while (_idleScratches.TryDequeue(out var idle))
        {
            var scratch = new PostgresScratch(this, idle);
            if (scratch.IsUsable) return scratch;
            await scratch.DisposeAsync();
        }

        return new PostgresScratch(this, await ConnectAsync(_scratches, cancellationToken));
    }

    /// <summary>Every commit is durable when it is made.</summary>
    public ValueTask WaitDurableAsync(long commit) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask CopyFromAsync(IEngineConnection source, CancellationToken cancellationToken) =>
        throw new VitessException(ErrorCodes.QueryError, "a PostgreSQL database is not filled from another engine", sqlState: "0A000", hint: "Use pg_dump and psql.");

    /// <summary>Closes the scratch connections. Open connections are their owners' to close.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        while (_idleScratches.TryDequeue(out var idle)) await idle.Connection.DisposeAsync();
        await _readers.DisposeAsync();
        await _writers.DisposeAsync();
        await _scratches.DisposeAsync();
    }

    /// <summary>Takes an empty scratch connection back; false if there are enough.</summary>
    internal bool TryKeep(PostgresConnection.Session scratch)
    {
        if (_isClosed || _idleScratches.Count >= Options.IdleScratches) return false;
        _idleScratches.Enqueue(scratch);
        return true;
    }

    /// <summary>A connection of a generation was lost.</summary>
    internal void Lost(int generation) => Interlocked.CompareExchange(ref _generation, generation + 1, generation);

    /// <summary>Asks the server for the names of types.</summary>
    internal async ValueTask LearnTypesAsync(NpgsqlConnection connection, uint[] numbers, CancellationToken cancellationToken)
    {
        foreach (var number in numbers)
        {
            await using var command = new NpgsqlCommand($"SELECT format_type({number}, NULL)::text", connection) { CommandTimeout = 0 };
            Learn(number, (string)(await command.ExecuteScalarAsync(cancellationToken))!);
        }
    }

    /// <summary>Asks the server to stop what one of its processes runs, on a connection for that. Never fails: where nobody can be asked, nothing runs any more.</summary>
    internal async Task StopAsync(int process)
    {
        try
        {
            await using var connection = await _readers.OpenConnectionAsync(CancellationToken.None);
            await using var command = new NpgsqlCommand($"SELECT pg_cancel_backend({process.ToString(CultureInfo.InvariantCulture)})", connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is ObjectDisposedException || PostgresErrors.Translate(exception) is not null)
        {
            // The server has gone, and with it the work.
        }
    }

    /// <summary>The name of a type is known now.</summary>
    internal void Learn(uint number, string name) => _typeNames[number] = name;

    // Null where only Npgsql gets in.
    private async ValueTask<RelayConnection?> TryRelayAsync(ServerSession relays, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Options.ConnectTimeout);
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            return await RelayConnection.OpenAsync(this, relays, limit.Token);
        }
        catch (NotSupportedException)
        {
            (_reading, _writing) = (null, null);
            return null;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw PostgresErrors.Lost(exception);
        }
        catch (ObjectDisposedException) when (_isClosed)
        {
            throw Closed();
        }
        catch (Exception exception) when (PostgresErrors.TranslateOpening(exception) is { } failure)
        {
            throw failure;
        }
    }

    private static (NpgsqlDataSource Npgsql, ServerSession? Own) Open(NpgsqlDataSourceBuilder builder) =>
        (builder.Build(), ServerAddress.Of(builder.ConnectionStringBuilder) is { } address ? new ServerSession(address) : null);

    private static VitessException Closed() => new(ErrorCodes.ShardError, "the engine is closed", sqlState: "57P01");

    private async ValueTask<PostgresConnection.Session> ConnectAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        try
        {
            var generation = Generation;
            return new PostgresConnection.Session(await source.OpenConnectionAsync(cancellationToken), new StatementStore<PostgresStatement>(Options.CachedStatements), generation);
        }
        catch (ObjectDisposedException)
        {
            throw Closed();
        }
        catch (Exception exception) when (PostgresErrors.TranslateOpening(exception) is { } failure)
        {
            throw failure;
        }
    }

    // Settings come with the start of the session: RESET ALL goes back to them.
    private NpgsqlDataSourceBuilder Sessions(params string[] settings)
    {
        var builder = new NpgsqlDataSourceBuilder(Options.ConnectionString);
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        var connection = builder.ConnectionStringBuilder;
        (connection.Pooling, connection.Enlist, connection.MaxAutoPrepare) = (false, false, 0);

        // What PostgreSQL tells in details goes to the client whose statement it is.
        connection.IncludeErrorDetail = true;
        connection.Timeout = Math.Max(1, (int)Math.Ceiling(Options.ConnectTimeout.TotalSeconds));
        string[] common =
        [
            "timezone=UTC", "datestyle=ISO", "intervalstyle=postgres", "bytea_output=hex", "extra_float_digits=1", "client_min_messages=warning",
            "lock_timeout=" + Milliseconds(Options.LockTimeout), "statement_timeout=" + Milliseconds(Options.StatementTimeout),
        ];
        connection.Options = string.Join(' ', [connection.Options ?? "", .. common.Concat(settings).Select(setting => "-c " + setting)]).Trim();
        return builder;
    }

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private static VitessException NoHistory() => new(ErrorCodes.TimeTravelNotSupported, "a PostgreSQL shard keeps no versions");

    private sealed record Deferrable(int Definitions, bool Any);
}
