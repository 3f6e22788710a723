using System.Buffers.Binary;
using Shale.PageLog;

namespace Shale.Sqlite;

/// <summary>Databases that go from plain SQLite files to a page log, and back. Called on one thread; what is copied is one moment of the source.</summary>
public static class PlainFiles
{
    private const int HeaderBytes = 100, HeaderVersions = 18, HeaderReserved = 20, HeaderCounter = 24, HeaderPageCount = 28, HeaderFreeList = 32, HeaderLargestRoot = 52,
        HeaderIncremental = 64, HeaderCounterCopy = 92;

    // As much as is in one commit while pages come in.
    private const int PagesPerCommit = 4096;

    private const int MostRewrites = 2;

    /// <summary>
    /// Writes a branch's newest durable version, or one of its versions, to a plain SQLite file of its own, in one piece and without gaps. Errors: QUERY_ERROR if the file exists and
    /// is not empty, SHARD_ERROR.
    /// </summary>
    /// <param name="database">Where the branch is.</param>
    /// <param name="branch">Its name.</param>
    /// <param name="at">The version; null for the newest.</param>
    /// <param name="path">The plain file.</param>
    /// <param name="progress">Is told now and then how many pages are out, of at most how many. May be null; if it throws, that ends the export.</param>
    /// <param name="prepare">Gives the connection that reads the functions and collations with which the database's indexes are made; null where there are only SQLite's own.</param>
    /// <param name="cancellationToken">Leaves no file, and is TIMEOUT (57014).</param>
    public static void Export(PagedDatabase database, string branch, Lsn? at, string path, IProgress<(long Done, long All)>? progress = null, Action<SqliteConnection>? prepare = null,
        CancellationToken cancellationToken = default)
    {
        using var reader = at is { } lsn ? database.OpenReader(branch, lsn) : database.OpenReader(branch);
        prepare?.Invoke(reader);
        var isNew = !File.Exists(path);
        try
        {
            var pages = reader.QueryTrusted("PRAGMA page_count").AsInteger();
            using (reader.Watch(() =>
            {
                ThrowIfCancelled(cancellationToken);
                progress?.Report((Math.Min(pages, PagesOf(path)), pages));
            }))
            {
                VacuumInto(reader, path);
            }

            progress?.Report((pages, pages));
        }
        catch
        {
            if (isNew) File.Delete(path);
            throw;
        }
    }

    /// <summary>
    /// Fills an empty branch with the database of a plain file, which stays as it is but for a journal that a crash has left: that is rolled back. The versions before the last show an
    /// empty database, also if the import breaks off; then it can be run again. Not durable before <see cref="IPageStore.WaitDurable"/>. Errors: QUERY_ERROR (55006) if the branch has tables;
    /// SHARD_ERROR for a file that is none of SQLite's, or is damaged.
    /// </summary>
    /// <param name="store">Where the branch is.</param>
    /// <param name="branch">Nobody else writes it.</param>
    /// <param name="path">The plain file.</param>
    /// <param name="scratchDirectory">For a copy of a file with another page size or with a WAL, as large as it is.</param>
    /// <param name="progress">Is told how many pages are in, of how many. May be null.</param>
    /// <param name="message">What the log says of the import; may be null.</param>
    /// <param name="cancellationToken">Leaves an empty database, and is TIMEOUT (57014).</param>
    /// <returns>The version that has everything.</returns>
    public static Lsn Import(IPageStore store, string branch, string path, string scratchDirectory, IProgress<(long Done, long All)>? progress = null, string? message = null,
        CancellationToken cancellationToken = default)
    {
        if (!File.Exists(path)) throw new VitessException(ErrorCodes.NotFound, $"there is no file {path}", sqlState: "58P01", hint: "Check the name.");
        return Import(store, branch, path, new ImportRun(scratchDirectory, progress, message, cancellationToken), rewrites: 0);
    }

    private static Lsn Import(IPageStore store, string branch, string path, ImportRun run, int rewrites)
    {
        using var source = SqliteConnection.Open(path, SqliteOpenMode.ReadWrite);

        // The lock of a read transaction keeps the file as it is, and taking it rolls a left journal back.
        source.ExecuteTrusted("BEGIN");
        _ = source.QueryTrusted("SELECT 1 FROM sqlite_schema LIMIT 1");
        var isPlain = source.QueryTrusted("PRAGMA page_size").AsInteger() == PageFormat.PageSize && source.QueryTrusted("PRAGMA journal_mode").AsText() != "wal";
        if (isPlain) return CopyPages(store, branch, path, source.QueryTrusted("PRAGMA page_count").AsInteger(), run);
        if (rewrites == MostRewrites) throw new VitessException(ErrorCodes.ShardError, $"the database {path} cannot be brought to pages of {PageFormat.PageSize} bytes");
        source.ExecuteTrusted("COMMIT");
        return ImportCopy(store, branch, source, run, rewrites);
    }

    private static Lsn ImportCopy(IPageStore store, string branch, SqliteConnection source, ImportRun run, int rewrites)
    {
        var copy = Path.Combine(run.ScratchDirectory, $"import-{Guid.NewGuid():N}.db");
        try
        {
            source.ExecuteTrusted($"PRAGMA page_size={PageFormat.PageSize}");
            VacuumInto(source, copy);
            return Import(store, branch, copy, run, rewrites + 1);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    // As many pages as SQLite finds in it: a file may be longer.
    private static Lsn CopyPages(IPageStore store, string branch, string path, long pages, ImportRun run)
    {
        using var writer = store.OpenWriter(branch);
        RefuseTables(writer, branch);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, PageFormat.PageSize * 64, FileOptions.SequentialScan);
        if (pages == 0) return writer.Lsn;
        if (file.Length / PageFormat.PageSize < pages) throw new VitessException(ErrorCodes.ShardError, $"the database {path} is cut off", sqlState: "XX001", hint: "Restore it from a backup.");
        var first = new byte[PageFormat.PageSize];
        var page = new byte[PageFormat.PageSize];
        file.ReadExactly(first);
        writer.Write(1, EmptyDatabase(first));
        for (uint number = 2; number <= pages; number++)
        {
            file.ReadExactly(page);
            writer.Write(number, page);
            if (number % PagesPerCommit != 0) continue;
            ThrowIfCancelled(run.CancellationToken);

            // So that what is in memory stays small.
            store.WaitDurable(Commit(writer, null));
            run.Progress?.Report((number, pages));
        }

        Complete(first, (uint)pages);
        writer.Write(1, first);
        if (writer.PageCount > pages) writer.Truncate((uint)pages);
        var lsn = Commit(writer, run.Message);
        run.Progress?.Report((pages, pages));
        return lsn;
    }

    private static Lsn Commit(IPageWriter writer, string? message)
    {
        writer.Prepare(new CommitContent { Message = message });
        return writer.Publish();
    }

    // The page says how many pages count: 1, so that those of an earlier attempt, which are behind it, do not matter. The root of the schema's table is empty.
    private static void RefuseTables(IPageWriter writer, string branch)
    {
        if (writer.PageCount == 0) return;
        Span<byte> root = stackalloc byte[5];
        writer.Read(1, HeaderBytes, root);
        const byte Leaf = 0x0d;
        if (root[0] == Leaf && BinaryPrimitives.ReadUInt16BigEndian(root[3..]) == 0) return;
        throw new VitessException(ErrorCodes.QueryError, $"the branch \"{branch}\" is not empty", sqlState: "55006", hint: "Import into a new database.");
    }

    // The first page of the file with its schema taken out, saying that there is no other page.
    private static byte[] EmptyDatabase(byte[] first)
    {
        var page = new byte[PageFormat.PageSize];
        first.AsSpan(0, HeaderBytes).CopyTo(page);
        Complete(page, 1);
        page.AsSpan(HeaderFreeList, 2 * sizeof(uint)).Clear();
        page.AsSpan(HeaderLargestRoot, sizeof(uint)).Clear();
        page.AsSpan(HeaderIncremental, sizeof(uint)).Clear();
        var usable = PageFormat.PageSize - page[HeaderReserved];
        ReadOnlySpan<byte> emptyLeaf = [0x0d, 0, 0, 0, 0, (byte)(usable >> 8), (byte)usable, 0];
        emptyLeaf.CopyTo(page.AsSpan(HeaderBytes));
        return page;
    }

    // Old files may have a wrong number of pages in their header, and say so by counters that differ; on the log the counters are always equal.
    private static void Complete(byte[] first, uint pages)
    {
        first[HeaderVersions] = first[HeaderVersions + 1] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(first.AsSpan(HeaderPageCount), pages);
        first.AsSpan(HeaderCounter, sizeof(uint)).CopyTo(first.AsSpan(HeaderCounterCopy));
    }

    private static void ThrowIfCancelled(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) throw new VitessException(ErrorCodes.Timeout, "the copy was cancelled");
    }

    private static long PagesOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length / PageFormat.PageSize : 0;

    private static void VacuumInto(SqliteConnection source, string path)
    {
        PagedVfs.EnsureRegistered();
        var uri = new System.Text.StringBuilder("file:");
        foreach (var character in Path.GetFullPath(path))
        {
            uri.Append(character switch { '%' => "%25", '?' => "%3f", '#' => "%23", '\'' => "''", _ => character.ToString() });
        }

        source.ExecuteTrusted($"VACUUM INTO '{uri}?vfs={PagedVfs.ParentName}'");
    }

    /// <summary>What an import keeps through its steps.</summary>
    private sealed record ImportRun(string ScratchDirectory, IProgress<(long Done, long All)>? Progress, string? Message, CancellationToken CancellationToken);
}
