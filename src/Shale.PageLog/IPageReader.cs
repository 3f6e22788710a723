namespace Shale.PageLog;

/// <summary>
/// What one reading connection sees of a branch: its newest durable version at the moment of <see cref="Pin"/>, or one version for ever. Used by one thread at a time; pages are
/// <see cref="PageFormat.PageSize"/> bytes. Errors: SHARD_ERROR (XX001) for a damaged log, (58030) for a failing disk.
/// </summary>
public interface IPageReader : IDisposable
{
    /// <summary>Whether it shows one version for ever; then pinning changes nothing.</summary>
    bool IsImmutable { get; }

    /// <summary>The version that is pinned, or the last that was.</summary>
    Lsn Lsn { get; }

    /// <summary>How many pages the pinned version has.</summary>
    uint PageCount { get; }

    /// <summary>
    /// Takes the newest durable version and keeps it readable until <see cref="Unpin"/>. Errors: SERIALIZATION_FAILURE (40001) once the branch was restored: what the connection has cached is of
    /// another line; TT_BRANCH_NOT_FOUND once it was dropped.
    /// </summary>
    void Pin();

    /// <summary>Lets go of the version. Does nothing where nothing is pinned.</summary>
    void Unpin();

    /// <summary>Reads a part of a page of the pinned version; a page beyond the last is all zeros.</summary>
    /// <param name="pageNumber">From 1 on.</param>
    /// <param name="offset">Bytes from the page's start.</param>
    /// <param name="destination">Not beyond the page's end.</param>
    void Read(uint pageNumber, int offset, Span<byte> destination);
}
