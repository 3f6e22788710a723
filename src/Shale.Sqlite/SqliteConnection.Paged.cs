using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shale.Sqlite;

/// <summary>What a connection on the page log has more than one on a plain file.</summary>
public sealed unsafe partial class SqliteConnection
{
    private PagedFile? _pages;
    private GCHandle _pagesHandle;

    /// <summary>The commits of a connection that writes to a page log; null for any other.</summary>
    public PagedCommits? Commits { get; private set; }

    /// <summary>
    /// The version of the page log that the connection reads: a writer's last one, of a reader that of its read transaction or of its last one. Null for a plain file.
    /// </summary>
    public Lsn? PagedVersion => _pages?.Lsn;

    /// <summary>
    /// Whether an INSERT of several rows into a table comes to what as many INSERTs of one row each come to, or fails and leaves nothing behind. False also where rows are not recorded: then nobody sees
    /// the rowids.
    /// </summary>
    public bool InsertsOneByOne(string tableName) => Recorder is { } recorder && recorder.IsPlain(tableName);

    /// <summary>Runs a bound INSERT into such a table and adds the rowids of its rows, in their order. Errors: what SQLite finds.</summary>
    public void Insert(SqliteStatement statement, List<long> rowIds)
    {
        Recorder!.Inserted = rowIds;
        try
        {
            _ = statement.Step();
        }
        finally
        {
            Recorder.Inserted = null;
        }
    }

    internal static SqliteConnection OpenOn(ReadOnlySpan<byte> vfs, string path, int flags, int cachedStatements)
    {
        CallbackFailure.Clear();
        nint db;
        int code;
        fixed (byte* name = Utf8.Terminated(path), vfsName = vfs) code = Native.sqlite3_open_v2(name, &db, flags | SqliteCode.OpenNoMutex | SqliteCode.OpenExtendedCodes, vfsName);
        if (code == SqliteCode.Ok) return new SqliteConnection(db, cachedStatements);
        var text = db == 0 ? Utf8.ReadLossy(Native.sqlite3_errstr(code)) : Utf8.ReadLossy(Native.sqlite3_errmsg(db));
        _ = Native.sqlite3_close_v2(db);
        throw CallbackFailure.Take() ?? SqliteErrors.Create(code, $"{text}: {path}");
    }

    internal RowRecorder? Recorder { get; private set; }

    /// <summary>Lets something look on while statements run, until disposed.</summary>
    internal ProgressWatch Watch(Action look) => new(_db, look);

    internal void BecomeReader(PagedFile file) => _pages = file;

    internal void BecomeWriter(PagedWriterFile file, PagedCommits commits, ChangeBuffer? changes)
    {
        _pages = file;
        Commits = commits;
        _pagesHandle = GCHandle.Alloc(file);
        Native.sqlite3_rollback_hook(_db, &RolledBack, GCHandle.ToIntPtr(_pagesHandle));
        file.EndSetUp();
        if (changes is null) return;

        // Statements that were prepared before are not watched.
        _trustedCache.Clear();
        Recorder = commits.Recorder = new RowRecorder(this, changes);
        WatchStatements();
    }

    /// <summary>
    /// After a statement has failed: what SQLite has given up is forgotten, also where it tells no hook of it (VACUUM), or could not restore the pages that it had written.
    /// </summary>
    internal void ForgetUndone()
    {
        const int Writes = 2;
        if (!_pagesHandle.IsAllocated) return;
        fixed (byte* main = "main\0"u8)
        {
            if (Native.sqlite3_txn_state(_db, main) == Writes) return;
        }

        ((PagedWriterFile)_pages!).Discard();
    }

    // Before the connection is closed: SQLite may keep it for a while, for statements that are still in use.
    private void LeavePages()
    {
        if (!_pagesHandle.IsAllocated) return;
        Recorder?.Dispose();
        Recorder = null;
        Native.sqlite3_rollback_hook(_db, null, 0);
        _pagesHandle.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void RolledBack(nint file)
    {
        try
        {
            Unsafe.As<PagedWriterFile>(GCHandle.FromIntPtr(file).Target!).Discard();
        }
        catch (Exception exception)
        {
            CallbackFailure.Keep(exception);
        }
    }
}
