using Shale.PageLog;

namespace Shale.Sqlite;

/// <summary>A file that is only read: a branch's newest durable version, taken anew with each read transaction, or one version for ever.</summary>
internal sealed class PagedReaderFile(IPageReader reader) : PagedFile
{
    // What SQLite reads at the beginning of each transaction, to see whether its cached pages are still good: a part of the first page.
    private const int HeadOffset = 24, HeadBytes = 16;

    private readonly byte[] _head = new byte[HeadBytes];
    private Lsn? _headLsn;

    /// <inheritdoc/>
    public override Lsn Lsn => reader.Lsn;

    /// <inheritdoc/>
    public override uint PageCount => reader.PageCount;

    /// <summary>Of a version that never changes SQLite asks for no lock and looks for no newer one.</summary>
    public override int Characteristics => base.Characteristics | (reader.IsImmutable ? VfsCode.Immutable : 0);

    /// <inheritdoc/>
    public override int Lock(int level)
    {
        if (level > VfsCode.Shared) return SqliteCode.ReadOnly;
        reader.Pin();
        return SqliteCode.Ok;
    }

    /// <inheritdoc/>
    public override int Unlock(int level)
    {
        if (level == VfsCode.Unlocked) reader.Unpin();
        return SqliteCode.Ok;
    }

    /// <inheritdoc/>
    public override void Dispose() => reader.Dispose();

    /// <inheritdoc/>
    protected override void ReadPage(uint page, int offset, Span<byte> destination)
    {
        if (page == 1 && offset == HeadOffset && destination.Length == HeadBytes) ReadHead(destination);
        else reader.Read(page, offset, destination);
    }

    private void ReadHead(Span<byte> destination)
    {
        if (_headLsn != reader.Lsn)
        {
            _headLsn = null;
            reader.Read(1, HeadOffset, _head);
            _headLsn = reader.Lsn;
        }

        _head.CopyTo(destination);
    }
}
