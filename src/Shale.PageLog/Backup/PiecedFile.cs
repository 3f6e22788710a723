namespace Shale.PageLog;

/// <summary>A file that is read from pieces, one after another. Cannot be written.</summary>
/// <param name="pieces">The pieces, and how many bytes of each count.</param>
/// <param name="isOwner">Whether it closes them.</param>
internal sealed class PiecedFile(IReadOnlyList<(IDiskFile File, long Bytes)> pieces, bool isOwner) : IDiskFile
{
    /// <inheritdoc/>
    public long Length { get; } = pieces.Sum(piece => piece.Bytes);

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> destination)
    {
        var done = 0;
        foreach (var (file, bytes) in pieces)
        {
            if (offset < bytes && done < destination.Length)
            {
                var wanted = (int)Math.Min(destination.Length - done, bytes - offset);
                var read = file.Read(offset, destination.Slice(done, wanted));
                done += read;

                // What is missing is the end for whoever reads: it must not be filled from the next piece.
                if (read < wanted) return done;
            }

            offset = Math.Max(0, offset - bytes);
        }

        return done;
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> source) => throw FileView.Refused();

    /// <inheritdoc/>
    public void Reserve(long length) => throw FileView.Refused();

    /// <inheritdoc/>
    public void Truncate(long length) => throw FileView.Refused();

    /// <inheritdoc/>
    public void Sync()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!isOwner) return;
        foreach (var (file, _) in pieces) file.Dispose();
    }
}
