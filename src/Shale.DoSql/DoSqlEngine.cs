using System.Collections.Concurrent;
using System.Globalization;
using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.DoSql;

/// <summary>One open log and its branches. Thread-safe.</summary>
internal sealed class DoSqlEngine : IAsyncDisposable
{
    // SQLITE_DBCONFIG_ENABLE_FKEY, SQLITE_DBCONFIG_DEFENSIVE.
    private const int ForeignKeys = 1002, Defensive = 1010;

    private readonly ConcurrentDictionary<string, BranchAccess> _branches = new(StringComparer.Ordinal);
    private readonly string _cacheSize;
    private int _closed;

    /// <summary>Owns the store from now on.</summary>
    public DoSqlEngine(PageStore store, DoSqlOptions options)
    {
        (Store, Options) = (store, options);
        Database = new PagedDatabase(store);
        Points = new PointFinder(store);
        Periods = new PeriodFinder(store, Points);
        Past = new PastReaders(this, options.PastReaders, Math.Max(options.PastReaders, options.Readers));
        _cacheSize = string.Create(CultureInfo.InvariantCulture, $"PRAGMA cache_size=-{options.CacheKib}");
    }

    /// <summary>The log.</summary>
    public PageStore Store { get; }

    /// <summary>The log as SQLite opens it.</summary>
    public PagedDatabase Database { get; }

    /// <summary>How it was opened.</summary>
    public DoSqlOptions Options { get; }

    /// <summary>The texts of statements.</summary>
    public StatementTexts Texts { get; } = new();

    /// <summary>A branch; whether it is there shows when it is used.</summary>
    public BranchAccess Branch(string name)
    {
        ObjectDisposedException.ThrowIf(_closed != 0, typeof(DoSqlDatabase));
        return _branches.GetOrAdd(name, static (name, engine) => new BranchAccess(engine, name), this);
    }

    /// <summary>Finds points in time.</summary>
    public PointFinder Points { get; }

    /// <summary>Finds periods.</summary>
    public PeriodFinder Periods { get; }

    /// <summary>Connections to the past.</summary>
    public PastReaders Past { get; }

    /// <summary>Begins a branch at a point of another one, or at its newest version.</summary>
    public void CreateBranch(string name, string from, TimePoint? at)
    {
        var point = at is null ? default(PastPoint?) : Points.Find(from, at);
        Store.CreateBranch(name, point?.Branch ?? from, point?.Lsn);
    }

    /// <summary>Names a version: a point of a branch, or its newest.</summary>
    public SnapshotInfo CreateSnapshot(string name, string branch, TimePoint? at)
    {
        var point = at is null ? default(PastPoint?) : Points.Find(branch, at);
        return Store.CreateSnapshot(name, point?.Branch ?? branch, point?.Lsn);
    }

    /// <summary>Drops a branch, once nobody writes it.</summary>
    public async Task DropBranchAsync(string name, CancellationToken cancellationToken)
    {
        var branch = Branch(name);
        var lease = await branch.Writer.LeaseAsync(cancellationToken);
        try
        {
            lease.CloseConnection();
            Store.DropBranch(name);
            _branches.TryRemove(name, out _);
        }
        finally
        {
            lease.Release();
        }

        await branch.CloseAsync(new VitessException(ErrorCodes.BranchNotFound, $"the branch {name} was dropped"));
        Past.Clear();
    }

    /// <summary>Brings a new connection into the state that all have.</summary>
    public SqliteConnection Prepare(SqliteConnection connection, string branch)
    {
        try
        {
            connection.ExecuteTrusted(_cacheSize);

            // In memory up to the size of the cache, then in a temporary file: with MEMORY SQLite allocates every row that it sorts by itself.
            connection.ExecuteTrusted("PRAGMA temp_store=FILE");
            connection.Configure(ForeignKeys, on: true);
            connection.Configure(Defensive, on: true);
            connection.RegisterSeries();
            SystemTables.Register(connection, Store, branch);
            connection.SetAuthorizer(SqliteGuard.For(connection, isScratch: false));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Rolls open transactions back, refuses what waits, and closes the log.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        foreach (var branch in _branches.Values) await branch.CloseAsync(Refusals.Closed());
        Past.Dispose();
        Database.Dispose();
        Store.Dispose();
    }
}
