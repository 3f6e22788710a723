using Shale.Contracts;
using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>The branch main of a page log: every commit is a version. Who waits for the disk waits with all others.</summary>
internal sealed class SqliteLog : ISqliteStorage
{
    private readonly SqliteEngineOptions _options;
    private readonly string _directory;
    private readonly bool _isPrivate;
    private readonly Lock _opening = new();
    private PageStore? _store;
    private PagedDatabase? _database;

    /// <summary>Describes a log; it is opened with the first connection.</summary>
    public SqliteLog(SqliteEngineOptions options, string directory, bool isPrivate) => (_options, _directory, _isPrivate) = (options, directory, isPrivate);

    /// <inheritdoc/>
    public SqliteConnection Open(bool writes)
    {
        var database = Database();
        return Prepare(writes
            ? database.OpenWriter(PageFormat.MainBranch, new PagedWriterOptions { CachedStatements = _options.CachedStatements })
            : database.OpenReader(PageFormat.MainBranch, _options.CachedStatements), writes);
    }

    /// <inheritdoc/>
    public SqliteConnection Open(ShardVersion version) => Prepare(Database().OpenReader(version.Branch, version.Lsn, _options.CachedStatements), writes: false);

    /// <inheritdoc/>
    public void MakeDurable(SqliteConnection connection)
    {
        if (connection.Commits is { } commits) _store!.WaitDurable(commits.Last);
    }

    /// <summary>Closes the log; removes a private one. Connections must be closed.</summary>
    public void Dispose()
    {
        lock (_opening)
        {
            _database?.Dispose();
            _store?.Dispose();
            (_database, _store) = (null, null);
            if (_isPrivate && Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
        }
    }

    private SqliteConnection Prepare(SqliteConnection connection, bool writes)
    {
        try
        {
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

    private PagedDatabase Database()
    {
        lock (_opening)
        {
            if (_database is { } open) return open;
            SqliteEngine.CreateDirectory(_directory);
            _store = PageStore.Open(new LocalDisk(_directory), new PageStoreOptions { Durable = _options.Durable && !_isPrivate });
            return _database = new PagedDatabase(_store);
        }
    }
}
