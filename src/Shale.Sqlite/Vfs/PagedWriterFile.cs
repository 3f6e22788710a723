using System.Buffers.Binary;
using Shale.PageLog;

namespace Shale.Sqlite;

/// <summary>
/// The file of a branch's one writer. SQLite holds its exclusive lock for life, with its journal in memory.
///
/// Commit: SQLite writes the changed pages, then FCNTL_SYNC: everything that can fail is done there, and an error makes SQLite undo the transaction. Then FCNTL_COMMIT_PHASETWO:
/// the version is published, which cannot fail; SQLite would not undo it properly. Rollback: SQLite restores the pages that had been written, then the connection's rollback hook calls
/// <see cref="Discard"/>.
/// </summary>
internal sealed unsafe class PagedWriterFile(IPageWriter writer, PagedCommits commits) : PagedFile
{
    private const int HeaderPageSize = 16, HeaderPageCount = 28;

    private bool _isSetUp;
    private bool _isPrepared;
    private VitessException? _broken;

    /// <inheritdoc/>
    public override Lsn Lsn => writer.Lsn;

    /// <inheritdoc/>
    public override uint PageCount => writer.PageCount;

    /// <inheritdoc/>
    public override bool IsNew => writer.PageCount == 0;

    /// <summary>From now on the way the connection works cannot be changed.</summary>
    public void EndSetUp() => _isSetUp = true;

    /// <summary>Forgets what SQLite has rolled back.</summary>
    public void Discard()
    {
        _isPrepared = false;
        commits.Discard(writer);
    }

    /// <inheritdoc/>
    public override int Write(ReadOnlySpan<byte> source, long position)
    {
        ThrowIfBroken();
        var page = PageNumber(position);
        if (source.Length != PageFormat.PageSize || position % PageFormat.PageSize != 0) throw WrongFormat();
        if (page == 1) CheckHeader(source);
        writer.Write(page, source);
        return SqliteCode.Ok;
    }

    /// <inheritdoc/>
    public override int Truncate(long bytes)
    {
        ThrowIfBroken();
        var pages = checked((uint)(bytes / PageFormat.PageSize));
        if (pages == writer.PageCount) return SqliteCode.Ok;
        if (_isPrepared) throw Break(new InvalidOperationException($"SQLite cuts the database to {pages} pages after its first page has said {writer.PageCount}"));
        writer.Truncate(pages);
        return SqliteCode.Ok;
    }

    /// <inheritdoc/>
    public override int Lock(int level) => SqliteCode.Ok;

    /// <inheritdoc/>
    public override int Unlock(int level) => SqliteCode.Ok;

    /// <inheritdoc/>
    public override int Control(int operation)
    {
        switch (operation)
        {
            case VfsCode.ControlSync:
                Prepare();
                return SqliteCode.Ok;
            case VfsCode.ControlCommitPhaseTwo:
                Publish();
                return SqliteCode.Ok;
            default:
                return VfsCode.NotFound;
        }
    }

    /// <inheritdoc/>
    public override int Pragma(byte* name, byte* argument) => _isSetUp ? base.Pragma(name, argument) : VfsCode.NotFound;

    /// <inheritdoc/>
    public override void Dispose() => writer.Dispose();

    /// <inheritdoc/>
    protected override void ReadPage(uint page, int offset, Span<byte> destination)
    {
        ThrowIfBroken();
        writer.Read(page, offset, destination);
    }

    private void Prepare()
    {
        ThrowIfBroken();
        if (!writer.HasChanges) return;
        try
        {
            TruncateAsTheHeaderSays();
            commits.Prepare(writer);
        }
        catch
        {
            // SQLite restores the pages that it has written, not those that were cut off for it.
            Discard();
            throw;
        }

        _isPrepared = true;
    }

    private void Publish()
    {
        ThrowIfBroken();
        if (!_isPrepared)
        {
            // The end of a transaction that has changed no page.
            commits.EndWithoutVersion();
            return;
        }

        _isPrepared = false;
        try
        {
            commits.Publish(writer);
        }
        catch (Exception exception)
        {
            throw Break(exception);
        }
    }

    // SQLite cuts pages off only after FCNTL_SYNC, when nothing may fail any more. The first page says before how many there will be.
    private void TruncateAsTheHeaderSays()
    {
        Span<byte> field = stackalloc byte[sizeof(uint)];
        writer.Read(1, HeaderPageCount, field);
        var pages = BinaryPrimitives.ReadUInt32BigEndian(field);
        if (pages > 0 && pages < writer.PageCount) writer.Truncate(pages);
    }

    // Page size 4096, and the two version bytes of a database without WAL.
    private static void CheckHeader(ReadOnlySpan<byte> page)
    {
        if (!page.Slice(HeaderPageSize, 4).SequenceEqual((ReadOnlySpan<byte>)[PageFormat.PageSize >> 8, PageFormat.PageSize & 0xff, 1, 1])) throw WrongFormat();
    }

    private static VitessException WrongFormat() => new(ErrorCodes.QueryError, $"the page size of a database on the page log is {PageFormat.PageSize}, and it has no WAL",
        sqlState: "0A000", hint: "Leave PRAGMA page_size and PRAGMA journal_mode alone.");

    private void ThrowIfBroken()
    {
        if (_broken is { } broken) throw broken;
    }

    // What SQLite has in its cache and what is published may differ from here on: nothing is read or written any more.
    private VitessException Break(Exception cause) => _broken = cause as VitessException
        ?? new VitessException(ErrorCodes.ShardError, $"the page log failed in the midst of a commit: {cause.Message}", sqlState: "XX000", inner: cause);
}
