namespace Shale.PageLog;

/// <summary>
/// Reads what a backup has copied, from the copy: every record, entry and page of it has its checksum, the records continue those of the backup before, and the whole opens as a log that ends where the
/// original was cut.
/// </summary>
/// <param name="view">The copy.</param>
/// <param name="manifest">What it should be.</param>
/// <param name="before">The backup before, which was verified; null for the first.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class BackupVerifier(FileView view, BackupManifest manifest, BackupManifest? before, CancellationToken cancellationToken)
{
    /// <summary>Does it. Errors: SHARD_ERROR (XX001).</summary>
    public void Run()
    {
        using var segments = new SegmentSet(new ReadOnlyDisk(view));
        segments.OpenAll();
        VerifyRecords(segments);
        foreach (var compacted in segments.Compacted.Where(compacted => IsNew(CompactedSegment.NameOf(compacted.First, compacted.Last)))) Verify(compacted);
        foreach (var file in manifest.Files.Where(file => CommitIndex.IsName(file.Name))) VerifyCommits(file);
        var opened = LogOpening.Open(new ReadOnlyDisk(view), segments, new PageStoreOptions());
        try
        {
            Require(opened.Tail.Last);
            foreach (var run in opened.Index.History.Runs.Where(run => IsNew(HistoryRun.NameOf(run.Info.Number)))) run.Verify(cancellationToken);
        }
        finally
        {
            opened.Index.Close();
        }
    }

    private bool IsNew(string name) => before?.Find(name) is not { } old || !old.Pieces.SequenceEqual(manifest.Find(name)!.Pieces);

    private void VerifyRecords(SegmentSet segments)
    {
        var reader = new LogReader(segments, Start(segments));
        while (reader.Position.End != manifest.End.End)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!reader.Next()) throw Damage.Found($"{Segment.NameOf(reader.Position.End.Segment)} is damaged behind LSN {reader.Position.Lsn}");
        }

        Require(reader.Position);
    }

    // Where the backup before ended; the beginning, if there is none, or if that is no longer a part of the log.
    private LogPosition Start(SegmentSet segments)
    {
        if (before is not null && segments.Numbers.Contains(before.EndSegment)) return before.End;
        var first = segments.HeaderOf(segments.Numbers[0]) ?? throw Damage.Found($"the header of {Segment.NameOf(segments.Numbers[0])} is damaged");
        return first.Start;
    }

    private void Require(LogPosition end)
    {
        var expected = manifest.End;
        if (end.End != expected.End || end.Lsn != expected.Lsn || end.Chain != expected.Chain) throw Damage.Found($"what was copied ends with LSN {end.Lsn} at {end.End}, and the log with LSN {expected.Lsn} at {expected.End}");
    }

    private void Verify(CompactedSegment compacted)
    {
        var frame = new byte[FrameHeader.Bytes + PageFormat.PageSize];
        foreach (var entry in compacted.Entries())
        {
            cancellationToken.ThrowIfCancellationRequested();
            compacted.Verify(entry, frame);
        }
    }

    private void VerifyCommits(BackupFile file)
    {
        if (!IsNew(file.Name)) return;
        using var opened = view.Open(file.Name);
        var bytes = new byte[file.Bytes];
        if (opened.Read(0, bytes) < bytes.Length) throw Damage.Found($"{file.Name} is too short");
        for (var offset = 0; offset < bytes.Length; offset += CommitEntry.Bytes) CommitEntry.Read(bytes.AsSpan(offset));
    }
}
