using Npgsql;

namespace Shale.Postgres;

/// <summary>
/// A PostgreSQL server that this process starts, owns, watches and stops: on a unix socket in a private directory, never as root, gone with this process. Clients connect as a role that is no
/// superuser (SEMANTICS S7), and each database is theirs. One process at a time has a data directory. Thread-safe.
/// </summary>
public sealed class PrivateServer : IAsyncDisposable
{
    /// <summary>The role of clients.</summary>
    public const string Role = "shale";

    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(10);

    private readonly ServerDirectory _directory;
    private readonly ServerProcess _process;
    private readonly NpgsqlDataSource _owner;
    private readonly int _port;
    private readonly SemaphoreSlim _defining = new(1);
    private int _closed;

    private PrivateServer(ServerDirectory directory, ServerProcess process, int port)
    {
        (_directory, _process, _port) = (directory, process, port);
        _owner = new NpgsqlDataSourceBuilder(ConnectionString("postgres", ServerDirectory.Superuser)).ConfigureTypeLoading(types => types.EnableTypeLoading(false)).Build();
    }

    /// <summary>PostgreSQL's major version.</summary>
    public int Version => _directory.Binaries.Version;

    /// <summary>Whether it runs, and how often it has died.</summary>
    public PrivateServerHealth Health => _process.Health;

    /// <summary>Its process id; null while it does not run.</summary>
    internal int? ProcessId => _process.Id;

    internal ServerDirectory Directory => _directory;

    /// <summary>Why no private server can run here, for tests to say; null if PostgreSQL is installed.</summary>
    public static string? Missing
    {
        get
        {
            try
            {
                _ = ServerBinaries.Find();
                return null;
            }
            catch (VitessException failure)
            {
                return $"{failure.Message}. {failure.Hint}";
            }
        }
    }

    /// <summary>
    /// Starts the server, making its data first where there is none, and returns when it answers. Errors: SHARD_ERROR: (55006) if another process has the directory, (42501) if a directory above it
    /// bars the account that the server runs as, (XX001) if it is damaged, (58000) if PostgreSQL is not installed, or not in the version of the data, or does not start.
    /// </summary>
    public static async Task<PrivateServer> StartAsync(PrivateServerOptions options, CancellationToken cancellationToken = default)
    {
        var directory = await Task.Run(() => ServerDirectory.Open(options), cancellationToken);
        var server = new PrivateServer(directory, new ServerProcess(directory, options), options.LoopbackPort ?? NpgsqlConnection.DefaultPort);
        try
        {
            await server.WaitReadyAsync(options.StartTimeout, cancellationToken);
            await server.MakeRoleAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>How clients connect to a database.</summary>
    public string ConnectionString(string database) => ConnectionString(database, Role);

    /// <summary>Makes a database of the clients' role; false if there is one.</summary>
    public async Task<bool> CreateDatabaseAsync(string name, CancellationToken cancellationToken = default)
    {
        await _defining.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await _owner.OpenConnectionAsync(cancellationToken);
            await using var find = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = name } } };
            if (await find.ExecuteScalarAsync(cancellationToken) is not null) return false;
            await ExecuteAsync(connection, $"CREATE DATABASE {Quote(name)} OWNER {Role} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'", cancellationToken);
            return true;
        }
        finally
        {
            _defining.Release();
        }
    }

    /// <summary>Drops a database, ending the connections to it; does nothing if there is none.</summary>
    public async Task DropDatabaseAsync(string name, CancellationToken cancellationToken = default)
    {
        await using var connection = await _owner.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"DROP DATABASE IF EXISTS {Quote(name)} WITH (FORCE)", cancellationToken);
    }

    /// <summary>Stops the server: what is open is rolled back. The data of a temporary one are removed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        await _owner.DisposeAsync();
        await Task.Run(() =>
        {
            _process.Dispose();
            _directory.Dispose();
        });
        _defining.Dispose();
    }

    private string ConnectionString(string database, string role) => new NpgsqlConnectionStringBuilder
    {
        Host = _directory.Socket, Port = _port, Database = database, Username = role, Pooling = false,
    }.ConnectionString;

    private async Task WaitReadyAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        while (!await AnswersAsync(limit.Token))
        {
            if (_process.StartFailure is { } failure)
            {
                throw new VitessException(ErrorCodes.ShardError, $"the PostgreSQL server in {_directory.Path} does not start: {failure}", hint: $"See {_directory.Log}.");
            }

            try
            {
                await Task.Delay(ReadyPoll, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new VitessException(ErrorCodes.ShardError, $"the PostgreSQL server in {_directory.Path} has not answered within {patience}", hint: $"See {_directory.Log}.");
            }
        }

        _process.Ready();
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _owner.OpenConnectionAsync(cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task MakeRoleAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _owner.OpenConnectionAsync(cancellationToken);
        await using var find = new NpgsqlCommand($"SELECT 1 FROM pg_roles WHERE rolname = '{Role}'", connection);
        if (await find.ExecuteScalarAsync(cancellationToken) is null) await ExecuteAsync(connection, $"CREATE ROLE {Role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE", cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
