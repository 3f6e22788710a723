using Shale.Contracts;
using Shale.PageLog;
using Shale.Sqlite;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>
/// A shard on SQLite: on a page log, where every commit is a version, or on one plain file. Foreign keys are on. Readers see stable snapshots while the one writer goes on. Thread-safe; the
/// connections are not.
/// </summary>
public sealed class SqliteEngine : IStorageEngine
{
    private readonly SqliteEngineOptions _options;
    private readonly ISqliteStorage _storage;
    private readonly string _path;
    private readonly bool _isPrivate;
    private readonly SqliteScratchPool _scratches;

    /// <summary>Describes the engine; the database is opened with the first connection.</summary>
    public SqliteEngine(SqliteEngineOptions options)
    {
        _options = options;
        _isPrivate = options.Path is null;
        _path = options.Path is { } path ? System.IO.Path.GetFullPath(path) : PrivatePath();
        _scratches = new SqliteScratchPool(options);
        _storage = options.HasHistory ? new SqliteLog(new SharedLog(options, _path, _isPrivate), PageFormat.MainBranch, options) : new SqliteFile(options, _path, _isPrivate);
    }

    // Another branch of the database.
    private SqliteEngine(SqliteEngine other, string branch)
    {
        (_options, _path, _isPrivate) = (other._options, other._path, other._isPrivate);
        _storage = other._storage.OnBranch(branch);
        _scratches = new SqliteScratchPool(_options);
    }

    /// <summary>A private database for tests and trials: the same engine, without waiting for a disk.</summary>
    public static SqliteEngine InMemory() => new(new SqliteEngineOptions());

    /// <summary>
    /// Says where temporary files of this process go: scratch databases that are larger than memory, and what they sort. Made if there is none, and emptied of what an earlier
    /// process may have left. Call it once, before a database is opened. Without it they go where the system has such files. Errors: SHARD_ERROR.
    /// </summary>
    public static void UseTempDirectory(string directory)
    {
        var full = System.IO.Path.GetFullPath(directory);
        CreateDirectory(full);
        foreach (var left in Directory.EnumerateFiles(full, "etilqs_*")) File.Delete(left);
        using var connection = SqliteConnection.Open(":memory:", SqliteOpenMode.Create);
        connection.ExecuteTrusted($"PRAGMA temp_store_directory='{full.Replace("'", "''", StringComparison.Ordinal)}'");
    }

    /// <summary>The database file, or the directory of the log.</summary>
    public string Path => _path;

    /// <summary>The page log; null for a plain file. Errors: SHARD_ERROR if it cannot be opened, (57P01) after closing.</summary>
    internal PageStore? Store => (_storage as SqliteLog)?.Log.Store;

    /// <summary>The page log as SQLite opens it; null for a plain file.</summary>
    internal PagedDatabase? Database => (_storage as SqliteLog)?.Log.Database;

    /// <inheritdoc/>
    public StorageEngineType Type => StorageEngineType.Sqlite;

    /// <inheritdoc/>
    public bool SingleWriter => true;

    /// <inheritdoc/>
    public IShardHistory? History => _storage.History;

    /// <inheritdoc/>
    public ShardRetention? Retention => (_storage as SqliteLog)?.Retention;

    /// <inheritdoc/>
    public ValueTask<IEngineConnection> OpenAsync(EngineAccess access, CancellationToken cancellationToken) => Open(() => _storage.Open(access != EngineAccess.Read), access);

    /// <inheritdoc/>
    public IStorageEngine OpenBranch(string name) => new SqliteEngine(this, name);

    /// <inheritdoc/>
    public ValueTask<IEngineConnection> OpenAsync(ShardVersion version, CancellationToken cancellationToken) => Open(() => _storage.Open(version), EngineAccess.Read);

    /// <inheritdoc/>
    public ValueTask<IScratchDatabase> OpenScratchAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new(_scratches.Take());
        }
        catch (VitessException exception)
        {
            return ValueTask.FromException<IScratchDatabase>(exception);
        }
    }

    /// <inheritdoc/>
    public ValueTask WaitDurableAsync(long commit) => _storage.WaitDurableAsync(commit);

    /// <inheritdoc/>
    public async ValueTask CopyFromAsync(IEngineConnection source, CancellationToken cancellationToken)
    {
        await using var target = await OpenAsync(EngineAccess.Write, cancellationToken);
        await new SqliteCopy(source, target, cancellationToken).RunAsync();
    }

    /// <summary>Whether the database ends with the engine.</summary>
    internal bool IsPrivate => _isPrivate;

    /// <summary>Closes the scratch databases and removes a private one; a page log is closed with the last engine of its branches. Open connections are their owners' to close.</summary>
    public ValueTask DisposeAsync()
    {
        _scratches.Dispose();
        _storage.Dispose();
        return ValueTask.CompletedTask;
    }

    private ValueTask<IEngineConnection> Open(Func<SqliteConnection> open, EngineAccess access)
    {
        try
        {
            return new(new SqliteEngineConnection(open, access, _storage));
        }
        catch (VitessException exception)
        {
            return ValueTask.FromException<IEngineConnection>(AsShardError(exception));
        }
    }

    private static string PrivatePath()
    {
        var directory = Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath();
        return System.IO.Path.Combine(directory, $"shale-{Environment.ProcessId}-{System.IO.Path.GetRandomFileName()}.db");
    }

    /// <summary>Makes a directory if there is none. Errors: SHARD_ERROR (58030).</summary>
    internal static void CreateDirectory(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new VitessException(ErrorCodes.ShardError, $"cannot make the directory {directory}: {exception.Message}", sqlState: "58030",
                hint: "Check the permissions of the directory above it.", inner: exception);
        }
    }

    // Whatever keeps a database from being opened is the shard's failure, not the statement's; a version that is not there is.
    private static VitessException AsShardError(VitessException exception) => exception.Code == ErrorCodes.ShardError.Code || exception.Code.StartsWith("TT_", StringComparison.Ordinal)
        ? exception
        : new VitessException(ErrorCodes.ShardError, exception.Message, sqlState: "58000", inner: exception);
}
