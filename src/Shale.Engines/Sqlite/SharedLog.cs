using Shale.Contracts;
using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>A page log, shared by the engines of its branches: opened when it is first needed, closed with the last of them. Thread-safe.</summary>
internal sealed class SharedLog
{
    // A private log is in memory as a rule, and there may be many: a small database is to have small files.
    private const int PrivateSegmentBytes = 64 * 1024;

    private readonly SqliteEngineOptions _options;
    private readonly string _directory;
    private readonly bool _isPrivate;
    private readonly Lock _lock = new();
    private readonly SharedFlush _flush;
    private OpenLog? _open;
    private int _users = 1;

    /// <summary>Describes a log with one user; it is opened when it is first needed.</summary>
    public SharedLog(SqliteEngineOptions options, string directory, bool isPrivate)
    {
        (_options, _directory, _isPrivate) = (options, directory, isPrivate);
        _flush = new SharedFlush(this);
    }

    /// <summary>The log. Errors: SHARD_ERROR, (57P01) once it was closed.</summary>
    public OpenLog Open()
    {
        lock (_lock)
        {
            if (_open is { } open) return open;
            if (_users == 0) throw Closed();
            SqliteEngine.CreateDirectory(_directory);
            var store = PageStore.Open(_options.Disk?.Invoke(_directory) ?? new LocalDisk(_directory), _isPrivate ? _options.Log with { Durable = false, SegmentBytesMin = PrivateSegmentBytes } : _options.Log with { Durable = _options.Durable });
            return _open = new OpenLog(store, new PagedDatabase(store), new PointFinder(store));
        }
    }

    /// <summary>How far back it can be read; null while it is not open.</summary>
    public ShardRetention? Retention
    {
        get
        {
            // Under the lock nobody closes it.
            lock (_lock) return _open is { } open ? RetentionOf(open.Store) : null;
        }
    }

    /// <summary>Returns once a commit is durable; see <see cref="SharedFlush"/>. What was durable before the end stays so. Errors: as <see cref="PageStore.WaitDurable"/>; SHARD_ERROR (57P01).</summary>
    public ValueTask WaitDurableAsync(Lsn lsn) => _flush.WaitAsync(lsn);

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
            if (_isPrivate && Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
        }
    }

    /// <summary>SHARD_ERROR (57P01) for whoever uses an engine that was closed.</summary>
    public static VitessException Closed() => new(ErrorCodes.ShardError, "the engine is closed", sqlState: "57P01", hint: "The server is stopping; try again when it is back.");

    private static ShardRetention RetentionOf(PageStore store)
    {
        var window = store.Window;
        var shortened = window.Shortened switch
        {
            WindowShortening.RetentionBytes => "retention_bytes",
            WindowShortening.FullDisk => "full_disk",
            _ => null,
        };
        return new ShardRetention(window.OldestTime?.ToMoment().ToUnixTimeMilliseconds() ?? 0, window.WindowBytes, window.KeptBytes, shortened, store.MaintenanceFailure?.Message);
    }

    /// <summary>An open log.</summary>
    /// <param name="Store">The log itself.</param>
    /// <param name="Database">As SQLite opens it.</param>
    /// <param name="Points">Finds points in it.</param>
    internal sealed record OpenLog(PageStore Store, PagedDatabase Database, PointFinder Points);
}
