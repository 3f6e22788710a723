using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>A page log, shared by the engines of its branches: opened when it is first needed, closed with the last of them. Thread-safe.</summary>
internal sealed class SharedLog(SqliteEngineOptions options, string directory, bool isPrivate)
{
    // A private log is in memory as a rule, and there may be many: a small database is to have small files.
    private const int PrivateSegmentBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private OpenLog? _open;
    private int _users = 1;

    /// <summary>The log. Errors: SHARD_ERROR, (57P01) once it was closed.</summary>
    public OpenLog Open()
    {
        lock (_lock)
        {
            if (_open is { } open) return open;
            if (_users == 0) throw Closed();
            SqliteEngine.CreateDirectory(directory);
            var store = PageStore.Open(new LocalDisk(directory), isPrivate ? options.Log with { Durable = false, SegmentBytesMin = PrivateSegmentBytes } : options.Log with { Durable = options.Durable });
            return _open = new OpenLog(store, new PagedDatabase(store), new PointFinder(store));
        }
    }

    /// <summary>One more uses it, until <see cref="Release"/>. Errors: SHARD_ERROR (57P01).</summary>
    public void Share()
    {
        lock (_lock)
        {
            if (_users == 0) throw Closed();
            _users++;
        }
    }

    /// <summary>One less uses it: the last one closes it, and removes a private one. His connections must be closed.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (--_users > 0) return;
            _open?.Database.Dispose();
            _open?.Store.Dispose();
            _open = null;
            if (isPrivate && Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>SHARD_ERROR (57P01) for whoever uses an engine that was closed.</summary>
    public static VitessException Closed() => new(ErrorCodes.ShardError, "the engine is closed", sqlState: "57P01", hint: "The server is stopping; try again when it is back.");

    /// <summary>An open log.</summary>
    /// <param name="Store">The log itself.</param>
    /// <param name="Database">As SQLite opens it.</param>
    /// <param name="Points">Finds points in it.</param>
    internal sealed record OpenLog(PageStore Store, PagedDatabase Database, PointFinder Points);
}
