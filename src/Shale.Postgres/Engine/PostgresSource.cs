using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Postgres;

/// <summary>
/// The engines of shards on PostgreSQL: databases of yours, by connection string, or of one private server, which has a database for each shard: a server for each would take as much memory again as all
/// of them, and as much care. Every database has a mark that says which shard it is, so that none is taken for another. Thread-safe.
/// </summary>
public sealed class PostgresSource(PostgresSourceOptions options) : IEngineSource
{
    private const string Mark = ReservedNames.Prefix + "shard";
    private const int LongestName = 63;

    // What is left to the server's owner, and to scratch databases.
    private const int SpareConnections = 40;

    private readonly ConcurrentDictionary<string, PostgresEngine> _firsts = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _starting = new(1);
    private PrivateServer? _server;

    /// <inheritdoc/>
    public StorageEngineType Type => StorageEngineType.Postgres;

    /// <summary>Those of the private server; null where all servers are yours, who have limits of their own.</summary>
    public int? MaxConnections => _server is null ? null : options.Server.MaxConnections - SpareConnections;

    /// <summary>The private server; null where none was needed.</summary>
    public PrivateServer? Server => _server;

    /// <inheritdoc/>
    public async ValueTask<IStorageEngine> OpenAsync(VKeyspace keyspace, KeyRange shard, CancellationToken cancellationToken)
    {
        var connection = ConnectionOf(keyspace, shard) ?? await PrivateAsync(keyspace, shard, cancellationToken);
        var engine = new PostgresEngine(new PostgresEngineOptions { ConnectionString = connection, LockTimeout = options.LockTimeout });
        try
        {
            await RequireMarkAsync(engine, keyspace, shard, cancellationToken);
        }
        catch (VitessException failure)
        {
            await engine.DisposeAsync();
            throw failure.OnShard(shard.ToString());
        }

        if (shard == keyspace.Shards[0]) _firsts[keyspace.Name] = engine;
        return engine;
    }

    /// <inheritdoc/>
    public async ValueTask<IStorageEngine> OpenEmptyAsync(VKeyspace keyspace, KeyRange shard, CancellationToken cancellationToken)
    {
        // A database of yours is yours to empty.
        var blank = keyspace with { Tables = keyspace.Tables.Clear() };
        if (ConnectionOf(blank, shard) is null)
        {
            _ = await PrivateAsync(blank, shard, cancellationToken);
            await _server!.DropDatabaseAsync(DatabaseOf(blank, shard), cancellationToken);
        }

        return await OpenAsync(blank, shard, cancellationToken);
    }

    /// <summary>In the database of the keyspace's first shard, which knows its types and functions.</summary>
    public IScratchSource ScratchOf(VKeyspace keyspace) => _firsts[keyspace.Name];

    /// <summary>Stops the private server.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _starting.Dispose();
    }

    private string? ConnectionOf(VKeyspace keyspace, KeyRange shard)
    {
        string NameOf(KeyRange range) => $"{keyspace.Name}:{range}";
        if (options.Connections.TryGetValue(NameOf(shard), out var connection)) return connection;
        if (!keyspace.Shards.Any(other => options.Connections.ContainsKey(NameOf(other)))) return null;
        throw new VitessException(ErrorCodes.ShardError, $"there is no connection string for shard {NameOf(shard)}, though other shards of its keyspace have one", shard.ToString(), hint: "Give one for each shard, or for none: then all are on a private server.");
    }

    private async ValueTask<string> PrivateAsync(VKeyspace keyspace, KeyRange shard, CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            _server ??= await PrivateServer.StartAsync(options.Server, cancellationToken);
        }
        finally
        {
            _starting.Release();
        }

        var name = DatabaseOf(keyspace, shard);
        if (await _server.CreateDatabaseAsync(name, cancellationToken) && HasTables(keyspace))
        {
            await _server.DropDatabaseAsync(name, cancellationToken);
            throw new VitessException(ErrorCodes.ShardError, $"the private PostgreSQL server has no database \"{name}\", though its keyspace has tables", shard.ToString(), "XX001",
                hint: "If the shards are on servers of yours, give their connection strings; else put the server's directory back from a backup.");
        }

        return _server.ConnectionString(name);
    }

    private static async ValueTask RequireMarkAsync(PostgresEngine engine, VKeyspace keyspace, KeyRange shard, CancellationToken cancellationToken)
    {
        await using var connection = await engine.OpenAsync(EngineAccess.Write, cancellationToken);
        var isMarked = (await connection.ExecuteAsync($"SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = '{Mark}'", [], cancellationToken)).Rows.RowCount > 0;
        if (!isMarked)
        {
            if (HasTables(keyspace)) throw Foreign("it has no mark of one");
            await connection.BeginAsync(IsolationLevel.ReadCommitted, readOnly: false, cancellationToken);
            await connection.ExecuteAsync($"CREATE TABLE public.\"{Mark}\" (keyspace text NOT NULL, shard text NOT NULL)", [], cancellationToken);
            await connection.ExecuteAsync($"INSERT INTO public.\"{Mark}\" VALUES ($1, $2)", [SqlValue.Text(keyspace.Name), SqlValue.Text(shard.ToString())], cancellationToken);
            await connection.CommitAsync(cancellationToken);
            return;
        }

        var marks = (await connection.ExecuteAsync($"SELECT keyspace, shard FROM public.\"{Mark}\"", [], cancellationToken)).Rows;
        var found = marks.RowCount == 1 ? $"{marks[0][0]}:{marks[0][1]}" : "none";
        if (!found.Equals($"{keyspace.Name}:{shard}", StringComparison.OrdinalIgnoreCase)) throw Foreign($"it is {found}");

        VitessException Foreign(string what) => new(ErrorCodes.ShardError, $"the database that was given for shard {keyspace.Name}:{shard} is not that shard: {what}", sqlState: "XX001", hint: "Compare the connection strings with those of earlier starts.");
    }

    private static bool HasTables(VKeyspace keyspace) => keyspace.Tables.Values.Any(table => table.CreateSql is not null);

    private static string DatabaseOf(VKeyspace keyspace, KeyRange shard)
    {
        var name = $"{keyspace.Name}/{shard}";
        if (Encoding.UTF8.GetByteCount(name) <= LongestName) return name;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..LongestName];
    }
}
