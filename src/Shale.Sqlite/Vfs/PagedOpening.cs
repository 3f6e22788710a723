namespace Shale.Sqlite;

/// <summary>
/// What happens between asking SQLite to open a connection and SQLite asking the VFS for its file, on the same thread. A file that is opened without it is attached, and only read:
/// a transaction over two branches would not be all or nothing.
/// </summary>
internal sealed class PagedOpening
{
    [ThreadStatic]
    private static PagedOpening? _current;

    private readonly bool _writes;

    private PagedOpening(bool writes) => _writes = writes;

    /// <summary>The connection's own file; null until SQLite has asked for it.</summary>
    public PagedFile? File { get; private set; }

    /// <summary>The writer's commits; null for a reader.</summary>
    public PagedCommits? Commits { get; private set; }

    /// <summary>Opens a connection. Errors: those of the store, and SHARD_ERROR.</summary>
    public static (SqliteConnection Connection, PagedOpening Opening) Run(PagedPath path, bool writes, int cachedStatements)
    {
        PagedVfs.EnsureRegistered();
        var opening = new PagedOpening(writes);
        _current = opening;
        try
        {
            return (SqliteConnection.OpenOn(PagedVfs.Name, path.ToString(), writes ? SqliteCode.OpenReadWrite | SqliteCode.OpenCreate : SqliteCode.OpenReadOnly, cachedStatements), opening);
        }
        finally
        {
            _current = null;
        }
    }

    /// <summary>The file of a name. Errors: those of the store; NOT_FOUND for a name of nothing.</summary>
    public static PagedFile Open(string path)
    {
        if (!PagedPath.TryParse(path, out var parsed)) throw new VitessException(ErrorCodes.NotFound, $"\"{path}\" is not the name of a version: NAME@BRANCH or NAME@BRANCH:LSN");
        var (name, branch, at) = parsed.Value;
        var store = PagedDatabase.Find(name).Store;
        if (_current is not { File: null } opening) return new PagedReaderFile(at is null ? store.OpenReader(branch) : store.OpenReader(branch, at.Value));
        return opening.File = opening._writes
            ? opening.Writer(store.OpenWriter(branch))
            : new PagedReaderFile(at is null ? store.OpenReader(branch) : store.OpenReader(branch, at.Value));
    }

    private PagedWriterFile Writer(PageLog.IPageWriter writer)
    {
        Commits = new PagedCommits(writer.Lsn);
        return new PagedWriterFile(writer, Commits);
    }
}
