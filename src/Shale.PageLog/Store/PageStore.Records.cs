using System.Text;

namespace Shale.PageLog;

/// <summary>What stands in the records of commits beside their pages.</summary>
public sealed partial class PageStore
{
    // Up to here a record is read in one piece.
    private const int SmallBody = 256 * 1024;

    /// <summary>What the user said of a commit, or where a restore went; null for nothing, and of commits before the window, which are no more than a line. Errors: TT_LSN_NOT_AVAILABLE beyond the end, SHARD_ERROR.</summary>
    public string? MessageOf(Lsn lsn) => TryReadRecord(lsn, ReadMessage, out var message) ? message : null;

    /// <summary>
    /// What a commit has changed, as its writer encoded it; empty for nothing, and for a restore, of which there is no record. Errors: TT_LSN_NOT_AVAILABLE for a commit at or before
    /// <see cref="OldestLsn"/>: of those there are pages only; SHARD_ERROR.
    /// </summary>
    public ReadOnlyMemory<byte> RowChangesOf(Lsn lsn) => TryReadRecord(lsn, ReadRowChanges, out var changes)
        ? changes
        : throw new VitessException(ErrorCodes.LsnNotAvailable, $"what LSN {lsn} has changed is no longer kept: the retention window begins with LSN {OldestLsn}");

    /// <summary>
    /// The oldest state of a branch of which is known what came after it: that of the commit with which the retention window begins, or the branch's last one before. LSN 0 where everything is kept.
    /// Of a commit that is no longer known the time is that of the window's beginning. Errors: TT_BRANCH_NOT_FOUND.
    /// </summary>
    public CommitInfo OldestOf(string branch)
    {
        lock (Lock)
        {
            var found = GetBranch(branch);
            var oldest = OldestLsn;
            if (oldest == Lsn.Zero) return new CommitInfo(Lsn.Zero, 0, branch, default, 0);
            if (Step(found, oldest).Commit is { } known) return known;
            var state = Index.StateAt(found.LineAt(oldest), oldest);
            return new CommitInfo(state.Lsn, state.Version, branch, Index.Commits[oldest].Time, 0);
        }
    }

    // False where there is no record: of the oldest commit, and of what is kept of those before it, there are the pages. A compaction meanwhile: it begins again with the files of then.
    private bool TryReadRecord<T>(Lsn lsn, Func<Lsn, SegmentFiles, Place, T> read, out T? found)
    {
        while (true)
        {
            Place record;
            SegmentFiles files;
            lock (Lock)
            {
                found = default;
                if (lsn <= OldestLsn) return false;
                RequireThere(lsn);
                files = _segments.Files;
                record = Index.Commits[lsn].Record;
            }

            try
            {
                found = read(lsn, files, record);
                return true;
            }
            catch (VitessException exception) when (Frames.IsReplaced(files, exception))
            {
                // The next round has others.
            }
        }
    }

    private ReadOnlyMemory<byte> ReadRowChanges(Lsn lsn, SegmentFiles files, Place record)
    {
        var header = HeaderOf(lsn, files, record);
        if (header.Kind == RecordKind.Restore || header.RowChangeBytes == 0) return default;
        if (header.BodyBytes <= SmallBody)
        {
            var content = new byte[header.BodyBytes];
            Frames.ReadBytes(files, record + RecordHeader.Bytes, content);
            if (Crc32C.Of(content) != header.BodyCrc) throw Damage.Found($"the record of LSN {lsn} is damaged");
            var at = 0;
            for (uint i = 0; i < header.FrameCount; i++) at += FrameHeader.Bytes + FrameHeader.Read(content.AsSpan(at)).Length;
            return content.AsMemory(at, (int)header.RowChangeBytes);
        }

        RequireWhole(lsn, files, record, header);
        var changes = new byte[header.RowChangeBytes];
        Frames.ReadBytes(files, record + (TextOffset(files, record, header) - header.RowChangeBytes), changes);
        return changes;
    }

    private void RequireWhole(Lsn lsn, SegmentFiles files, Place record, in RecordHeader header)
    {
        var part = new byte[SmallBody];
        var crc = Crc32C.Begin();
        for (long at = 0; at < header.BodyBytes; at += part.Length)
        {
            var length = (int)Math.Min(part.Length, header.BodyBytes - at);
            Frames.ReadBytes(files, record + (RecordHeader.Bytes + at), part.AsSpan(0, length));
            crc = Crc32C.Add(crc, part.AsSpan(0, length));
        }

        if (Crc32C.End(crc) != header.BodyCrc) throw Damage.Found($"the record of LSN {lsn} is damaged");
    }

    private RecordHeader HeaderOf(Lsn lsn, SegmentFiles files, Place record)
    {
        Span<byte> bytes = stackalloc byte[RecordHeader.Bytes];
        Frames.ReadBytes(files, record, bytes);
        return RecordHeader.TryRead(bytes, out var header) ? header : throw Damage.Found($"the record of LSN {lsn} cannot be read");
    }

    private string? ReadMessage(Lsn lsn, SegmentFiles files, Place record)
    {
        var header = HeaderOf(lsn, files, record);
        if (header.Kind == RecordKind.Restore) return RestoreMessage(files, record);
        if (header.TextBytes == 0) return null;
        var text = new byte[header.TextBytes];
        Frames.ReadBytes(files, record + TextOffset(files, record, header), text);
        return Encoding.UTF8.GetString(text);
    }

    private string RestoreMessage(SegmentFiles files, Place record)
    {
        Span<byte> bytes = stackalloc byte[ControlPayload.Bytes];
        Frames.ReadBytes(files, record + RecordHeader.Bytes, bytes);
        return $"restored to LSN {ControlPayload.Read(bytes).Lsn}";
    }

    // Frames, row changes, text: the text's place is behind the frames, whose lengths their headers say.
    private long TextOffset(SegmentFiles files, Place record, in RecordHeader header)
    {
        long offset = RecordHeader.Bytes;
        Span<byte> bytes = stackalloc byte[FrameHeader.Bytes];
        for (uint i = 0; i < header.FrameCount; i++)
        {
            Frames.ReadBytes(files, record + offset, bytes);
            offset += FrameHeader.Bytes + FrameHeader.Read(bytes).Length;
        }

        return offset + header.RowChangeBytes;
    }
}
