using System.Collections.Concurrent;
using System.Globalization;
using Shale.PageLog;

namespace Shale.Sqlite;

/// <summary>
/// A page store under a name that SQLite can open and attach: each connection is bound to one branch, or to one version of it, for life. Thread-safe. Disposing it takes the name away;
/// connections that are open go on.
/// </summary>
public sealed class PagedDatabase : IDisposable
{
    private static readonly ConcurrentDictionary<string, PagedDatabase> ByName = new(StringComparer.Ordinal);
    private static long _lastName;

    private readonly string _name;

    /// <summary>Gives a store a name of its own. The store stays its owner's.</summary>
    public PagedDatabase(IPageStore store)
    {
        Store = store;
        _name = "log" + Interlocked.Increment(ref _lastName).ToString(CultureInfo.InvariantCulture);
        ByName[_name] = this;
    }

    /// <summary>The store.</summary>
    public IPageStore Store { get; }

    /// <summary>What ATTACH calls a branch's newest version, or one of its versions; only on connections that were opened here. It is attached for reading.</summary>
    public string FileName(string branch, Lsn? at = null) => new PagedPath(_name, branch, at).ToString();

    /// <summary>
    /// The writing connection of a branch; it has one at a time. Each commit that changes a page makes a version (<see cref="SqliteConnection.Commits"/>), which is not durable
    /// before <see cref="IPageStore.WaitDurable"/>. Errors: TT_BRANCH_NOT_FOUND, LOCK_TIMEOUT (55P03) if there is another one.
    /// </summary>
    public SqliteConnection OpenWriter(string branch, PagedWriterOptions? options = null)
    {
        options ??= new PagedWriterOptions();
        var (connection, opening) = PagedOpening.Run(new PagedPath(_name, branch, null), writes: true, options.CachedStatements);
        try
        {
            // Only of "main": what is attached is read with a lock per transaction, so that it shows newer versions.
            connection.ExecuteTrusted("PRAGMA main.locking_mode=EXCLUSIVE");
            connection.ExecuteTrusted("PRAGMA main.journal_mode=MEMORY");
            connection.ExecuteTrusted("PRAGMA main.synchronous=OFF");

            // The log keeps what was there before in any case.
            connection.ExecuteTrusted("PRAGMA main.secure_delete=OFF");
            connection.BecomeWriter((PagedWriterFile)opening.File!, opening.Commits!, options.RecordRows ? options.CreateBuffer() : null);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection that reads a branch: each read transaction the newest durable version. Errors: TT_BRANCH_NOT_FOUND.</summary>
    public SqliteConnection OpenReader(string branch, int cachedStatements = SqliteConnection.DefaultCachedStatements) => OpenReader(new PagedPath(_name, branch, null), cachedStatements);

    /// <summary>A connection that reads one version: the newest of the branch at or before the LSN. Errors: TT_BRANCH_NOT_FOUND, TT_LSN_NOT_AVAILABLE.</summary>
    public SqliteConnection OpenReader(string branch, Lsn at, int cachedStatements = SqliteConnection.DefaultCachedStatements) => OpenReader(new PagedPath(_name, branch, at), cachedStatements);

    /// <summary>Takes the name away.</summary>
    public void Dispose() => ByName.TryRemove(_name, out _);

    internal static PagedDatabase Find(string name) =>
        ByName.TryGetValue(name, out var found) ? found : throw new VitessException(ErrorCodes.NotFound, $"there is no page log \"{name}\" open");

    private static SqliteConnection OpenReader(PagedPath path, int cachedStatements)
    {
        var (connection, opening) = PagedOpening.Run(path, writes: false, cachedStatements);
        connection.BecomeReader(opening.File!);
        return connection;
    }
}
