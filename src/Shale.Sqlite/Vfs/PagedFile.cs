using System.Buffers.Binary;
using Shale.PageLog;

namespace Shale.Sqlite;

/// <summary>
/// A branch or a version as SQLite sees it: a file. Used by one thread at a time. Methods answer with a result code, or throw what the caller's caller gets.
///
/// Where SQLite looks for its counter of changes, at bytes 24 and 92 of the first page, it finds the LSN. So each version has its own counter though the writer need not rewrite
/// the first page with each commit, and a reader drops the pages it has cached exactly when there is a newer version.
/// Hot path: point SELECT.
/// </summary>
internal abstract unsafe class PagedFile : IDisposable
{
    private const int CounterOffset = 24, CounterCopyOffset = 92, CounterBytes = 4;

    /// <summary>The version that is read.</summary>
    public abstract Lsn Lsn { get; }

    /// <summary>How many pages there are.</summary>
    public abstract uint PageCount { get; }

    /// <summary>Whether the connection could make the database's first page.</summary>
    public virtual bool IsNew => false;

    /// <summary>What SQLite may count on, in its own bits.</summary>
    public virtual int Characteristics => VfsCode.PowersafeOverwrite;

    /// <summary>Reads within a page.</summary>
    public int Read(Span<byte> destination, long position)
    {
        var page = PageNumber(position);
        var offset = (int)(position % PageFormat.PageSize);
        if (page > PageCount)
        {
            destination.Clear();
            return VfsCode.ShortRead;
        }

        if (offset + destination.Length > PageFormat.PageSize) throw new InvalidOperationException($"SQLite reads {destination.Length} bytes at {position}, over the end of a page");
        ReadPage(page, offset, destination);
        if (page == 1) StampCounters(destination, offset);
        return SqliteCode.Ok;
    }

    /// <summary>Writes a page.</summary>
    public virtual int Write(ReadOnlySpan<byte> source, long position) => SqliteCode.ReadOnly;

    /// <summary>Changes the length.</summary>
    public virtual int Truncate(long bytes) => SqliteCode.ReadOnly;

    /// <summary>Takes a lock.</summary>
    public abstract int Lock(int level);

    /// <summary>Goes back to a weaker lock, or none.</summary>
    public abstract int Unlock(int level);

    /// <summary>The two steps of a commit.</summary>
    public virtual int Control(int operation) => VfsCode.NotFound;

    /// <summary>Judges a PRAGMA that would set something.</summary>
    public virtual int Pragma(byte* name, byte* argument) => PagedPragmas.Judge(name, argument, IsNew) is { } refusal
        ? VfsFailure.Keep(refusal, SqliteCode.Error)
        : VfsCode.NotFound;

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Reads a part of a page that exists.</summary>
    protected abstract void ReadPage(uint page, int offset, Span<byte> destination);

    /// <summary>The page at a byte of the file.</summary>
    protected static uint PageNumber(long position) => checked((uint)(position / PageFormat.PageSize) + 1);

    private void StampCounters(Span<byte> destination, int offset)
    {
        StampCounter(destination, CounterOffset - offset);
        StampCounter(destination, CounterCopyOffset - offset);
    }

    private void StampCounter(Span<byte> destination, int at)
    {
        if (at >= 0 && at + CounterBytes <= destination.Length) BinaryPrimitives.WriteUInt32BigEndian(destination[at..], unchecked((uint)Lsn.Value));
    }
}
