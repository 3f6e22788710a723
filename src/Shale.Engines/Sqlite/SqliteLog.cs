using Shale.Contracts;
using Shale.PageLog;
using Shale.Sqlite;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>A branch of a page log: every commit is a version. Who waits for the disk waits with all others.</summary>
internal sealed class SqliteLog : ISqliteStorage
{
    private const int MostTries = 16;

    private readonly SharedLog _log;
    private readonly string _branch;
    private readonly SqliteEngineOptions _options;
    private int _disposed;

    /// <summary>Describes a branch; log and branch are opened with the first connection. One of the log's users is this one's to release.</summary>
    public SqliteLog(SharedLog log, string branch, SqliteEngineOptions options)
    {
        (_log, _branch, _options) = (log, branch, options);
        History = new SqliteHistory(this, branch);
    }

    /// <inheritdoc/>
    public IShardHistory History { get; }

    /// <summary>The log. Errors: SHARD_ERROR, (57P01) after <see cref="Dispose"/>.</summary>
    public SharedLog.OpenLog Log => Volatile.Read(ref _disposed) == 0 ? _log.Open() : throw SharedLog.Closed();

    /// <summary>How far back the log can be read; null while it is not open.</summary>
    public ShardRetention? Retention => _log.Retention;

    /// <inheritdoc/>
    public SqliteConnection Open(bool writes)
    {
        var database = Log.Database;
        if (writes) return Prepare(database.OpenWriter(_branch, new PagedWriterOptions { CachedStatements = _options.CachedStatements }), writes);
        for (var tries = 0; ; tries++)
        {
            try
            {
                return Prepare(database.OpenReader(_branch, _options.CachedStatements), writes);
            }
            catch (VitessException failure) when (tries < MostTries && failure.Code == ErrorCodes.SerializationFailure.Code)
            {
                // The branch was restored while SQLite read its schema.
            }
        }
    }

    /// <inheritdoc/>
    public SqliteConnection Open(ShardVersion version)
    {
        var connection = Prepare(Log.Database.OpenReader(version.Branch, version.Lsn, _options.CachedStatements), writes: false);
        if (version.Period is not { } period) return connection;
        try
        {
            var relations = new PastRelations(Log.Store, Log.Database, connection, version.Branch, withZone: period.WithZone);
            connection.Companion = relations;
            var name = relations.Attach(period.Table, new PastPeriod(period.BeginsAfter, period.BeginsUpTo, period.EndsAfter, period.EndsUpTo));
            return name == ShardPeriod.Relation ? connection : throw new InvalidOperationException($"the relation of a period is called {name}");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ISqliteStorage OnBranch(string name)
    {
        _log.Share();
        return new SqliteLog(_log, name, _options);
    }

    /// <inheritdoc/>
    public void MakeDurable(SqliteConnection connection)
    {
        if (connection.Commits is { } commits) Log.Store.WaitDurable(commits.Last);
    }

    /// <inheritdoc/>
    public ValueTask WaitDurableAsync(long commit) => _log.WaitDurableAsync(new Lsn(commit));

    /// <summary>Lets go of the log. Connections must be closed.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _log.Release();
    }

    /// <summary>Whether a read of a branch failed because the branch was restored since the connection was opened, or dropped: another connection is to be tried.</summary>
    /// <param name="failure">Why it failed.</param>
    /// <param name="tries">How often it has failed so before.</param>
    public static bool IsLeftBehind(VitessException failure, int tries) => tries < MostTries && (failure.Code == ErrorCodes.SerializationFailure.Code || failure.Code == ErrorCodes.BranchNotFound.Code);

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
}
