namespace Shale.PageLog;

/// <summary>
/// The one writing connection of a branch: reads its newest published version with its own changes, which are nobody else's until <see cref="Publish"/>. Used by one thread at a
/// time. Pages are <see cref="PageFormat.PageSize"/> bytes. Errors: SHARD_ERROR (53100) for a full disk, (58030) for a failing one, (XX001) for a damaged log.
/// </summary>
public interface IPageWriter : IDisposable
{
    /// <summary>The last version of the branch that was published, durable or not.</summary>
    Lsn Lsn { get; }

    /// <summary>How many pages there are, with the changes.</summary>
    uint PageCount { get; }

    /// <summary>Whether anything differs from the published version, or may.</summary>
    bool HasChanges { get; }

    /// <summary>Reads a part of a page, with the changes; a page beyond the last is all zeros.</summary>
    void Read(uint pageNumber, int offset, Span<byte> destination);

    /// <summary>Changes a whole page; <see cref="PageCount"/> grows as needed.</summary>
    void Write(uint pageNumber, ReadOnlySpan<byte> page);

    /// <summary>Cuts pages off at the end.</summary>
    void Truncate(uint pageCount);

    /// <summary>
    /// Does all of a commit that can fail: encodes the changes and reserves their place in the log. Without changes it does nothing. May be called again after more changes, or be
    /// followed by <see cref="Discard"/>.
    /// </summary>
    void Prepare(in CommitContent content);

    /// <summary>
    /// Gives what was prepared the next LSN and shows it to the writer; readers see it once it is durable (<see cref="IPageStore.WaitDurable"/>). Cannot fail. Returns the LSN; without anything
    /// prepared, that of the last version.
    /// </summary>
    Lsn Publish();

    /// <summary>Forgets the changes since the last <see cref="Publish"/>, prepared or not.</summary>
    void Discard();
}
