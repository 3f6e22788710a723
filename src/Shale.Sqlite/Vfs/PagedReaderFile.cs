using Shale.PageLog;

namespace Shale.Sqlite;

/// <summary>A file that is only read: a branch's newest durable version, taken anew with each read transaction, or one version for ever.</summary>
internal sealed class PagedReaderFile(IPageReader reader) : PagedFile
{
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
    protected override void ReadPage(uint page, int offset, Span<byte> destination) => reader.Read(page, offset, destination);
}
