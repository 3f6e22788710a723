using System.Globalization;
using Shale.Contracts;
using Shale.Sqlite;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>A plain SQLite file with a write-ahead log. SQLite itself waits for the disk.</summary>
internal sealed class SqliteFile : ISqliteStorage
{
    private readonly SqliteEngineOptions _options;
    private readonly string _path;
    private readonly bool _isPrivate;
    private readonly Lock _creating = new();
    private bool _created;

    /// <summary>Describes a file; it is made with the first connection.</summary>
    public SqliteFile(SqliteEngineOptions options, string path, bool isPrivate) => (_options, _path, _isPrivate) = (options, path, isPrivate);

    /// <inheritdoc/>
    public SqliteConnection Open(bool writes)
    {
        EnsureCreated();
        var connection = SqliteConnection.Open(_path, SqliteOpenMode.ReadWrite, _options.CachedStatements);
        try
        {
            // A moment's wait where another connection recovers the log, or resets it, or looks whether it must: a reader that meets the index of the log while it is written takes the writer's
            // lock for that.
            connection.ExecuteTrusted("PRAGMA busy_timeout=1000");
            connection.ExecuteTrusted(_options.Durable && !_isPrivate ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF");
            connection.ExecuteTrusted("PRAGMA journal_size_limit=67108864");
            SqliteSetup.Shard(connection, _options);
            if (!writes) connection.ExecuteTrusted("PRAGMA query_only=ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IShardHistory? History => null;

    /// <inheritdoc/>
    public SqliteConnection Open(ShardVersion version) => throw NoVersions();

    /// <inheritdoc/>
    public ISqliteStorage OnBranch(string name) => throw NoVersions();

    /// <inheritdoc/>
    public void MakeDurable(SqliteConnection connection)
    {
    }

    /// <inheritdoc/>
    public ValueTask WaitDurableAsync(long commit) => ValueTask.CompletedTask;

    /// <summary>Removes a private file.</summary>
    public void Dispose()
    {
        if (!_isPrivate) return;
        foreach (var suffix in (ReadOnlySpan<string>)["", "-wal", "-shm"]) File.Delete(_path + suffix);
    }

    private static VitessException NoVersions() => new(ErrorCodes.TimeTravelNotSupported, "a plain SQLite file keeps no versions", hint: "Keep the shard on a page log.");

    // Makes the file, or finds out that the one there is damaged, before anything is answered from it.
    private void EnsureCreated()
    {
        lock (_creating)
        {
            if (_created) return;
            if (Path.GetDirectoryName(_path) is { Length: > 0 } directory) SqliteEngine.CreateDirectory(directory);
            using var connection = SqliteConnection.Open(_path, SqliteOpenMode.Create);
            if (connection.QueryTrusted("PRAGMA journal_mode=WAL") is not { Kind: SqlValueKind.Text } mode || mode.AsText() != "wal")
            {
                throw new VitessException(ErrorCodes.ShardError, $"the database cannot use a write-ahead log: {_path}", hint: "Use a local file system.");
            }

            _ = connection.QueryTrusted("SELECT count(*) FROM sqlite_schema");
            _created = true;
        }
    }
}
