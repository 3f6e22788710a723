namespace Shale.PageLog;

/// <summary>Reads a log from end to end: compacted files, records and frames one by one, and whether checkpoint, history and index of commits say what the records say.</summary>
internal sealed class LogVerifier(IDisk disk, SegmentSet segments, DamageList damages, Action<long, long>? progress, CancellationToken cancellationToken)
{
    private const long ProgressBytes = 4 << 20;
    private readonly long _total = segments.Compacted.Sum(compacted => compacted.Length) + segments.Numbers.Sum(number => segments.Get(number).Length);
    private readonly byte[] _frame = new byte[FrameHeader.Bytes + PageFormat.PageSize];
    private readonly HashSet<string> _branches = [PageFormat.MainBranch];
    private readonly HashSet<string> _snapshots = [];
    private readonly Lock _guard = new();
    private LogIndex? _index;
    private Pins? _pins;
    private long _read;
    private long _told;
    private long _records;
    private long _frames;
    private Lsn _last;

    /// <summary>Does it.</summary>
    public LogVerification Run()
    {
        LoadIndex();
        foreach (var compacted in segments.Compacted) Verify(compacted);
        VerifyHeaders();
        for (var position = FirstPosition(); position is { } from;) position = VerifyFrom(from);
        if (_index is not null) VerifyIndex(_index);
        progress?.Invoke(_total, _total);
        _index?.Close();
        return new LogVerification { Damages = damages.All, HasMore = damages.HasMore, Bytes = _total, Records = _records, Frames = _frames, Last = _last };
    }

    private void LoadIndex()
    {
        try
        {
            _index = LogOpening.Open(disk, segments, new PageStoreOptions()).Index;
            _pins = _index.Pins([], segments.Oldest);
        }
        catch (VitessException exception) when (exception.SqlState == Damage.SqlState)
        {
            damages.Add("the log as a whole", new VitessException(ErrorCodes.ShardError, $"it cannot be opened: {exception.Message}"));
        }
    }

    private LogPosition? FirstPosition()
    {
        foreach (var number in segments.Numbers)
        {
            if (segments.HeaderOf(number) is { } header) return header.Start;
        }

        return null;
    }

    private void Verify(CompactedSegment compacted)
    {
        var name = CompactedSegment.NameOf(compacted.First, compacted.Last);
        var frame = new byte[FrameHeader.Bytes + PageFormat.PageSize];
        var before = Place.None;
        Guard(name, null, null, () =>
        {
            foreach (var entry in compacted.Entries())
            {
                if (entry.Place.Value <= before.Value || entry.Place.Segment < compacted.First || entry.Place.Segment > compacted.Last) throw Damage.Found($"its table is not in order at {entry.Place}");
                before = entry.Place;
                Guard(name, entry.Offset, entry.From, () => compacted.Verify(entry, frame));
                _frames++;
                Advance(frame.Length);
            }
        });
    }

    // Each segment is the next one's base; files after the end are empty.
    private void VerifyHeaders()
    {
        var numbers = segments.Numbers;
        for (var i = 0; i < numbers.Count; i++)
        {
            var name = Segment.NameOf(numbers[i]);
            var before = i > 0 ? numbers[i - 1] : segments.Compacted is [.., var compacted] ? compacted.Last : numbers[i] - 1;
            if (before + 1 != numbers[i]) damages.Add(new LogDamage(Segment.NameOf(before + 1), null, null, "the file is missing"));
            if (segments.HeaderOf(numbers[i]) is null && segments.IsWritten(numbers[i])) damages.Add(new LogDamage(name, 0, null, "the header of the segment is damaged"));
        }

        if (segments.Compacted is [.., var last] && FirstPosition() is { } first && first.Lsn != last.LastLsn)
        {
            damages.Add(new LogDamage(Segment.NameOf(first.End.Segment), 0, first.Lsn, $"it follows LSN {first.Lsn}, and the compacted file before it ends with {last.LastLsn}"));
        }
    }

    // Reads records to the end or to damage, and says where it goes on behind that.
    private LogPosition? VerifyFrom(LogPosition from)
    {
        var reader = new LogReader(segments, from);
        try
        {
            while (reader.Next())
            {
                cancellationToken.ThrowIfCancellationRequested();
                _records++;
                _last = reader.Header.Lsn;
                if (reader.Header.Kind == RecordKind.Commit) VerifyCommit(reader);
                else if (reader.Header.Kind != RecordKind.Promise) VerifyNames(reader);
                Advance(reader.Header.Length);
            }

            return null;
        }
        catch (VitessException exception) when (exception.SqlState == Damage.SqlState)
        {
            var at = reader.Position;
            damages.Add(new LogDamage(Segment.NameOf(at.End.Segment), at.End.Offset, at.Lsn, reader.IsWholeHeaderAtEnd ? $"the body of a record is damaged: {exception.Message}" : exception.Message));
            return reader.NextWhole();
        }
    }

    private void VerifyCommit(LogReader reader)
    {
        var (header, name) = (reader.Header, Segment.NameOf(reader.Record.Segment));
        Guard(name, reader.Record.Offset, header.Lsn, () => VerifyEntry(reader));
        Guard(name, reader.Record.Offset, header.Lsn, () =>
        {
            foreach (var (place, found) in reader.Frames())
            {
                var frame = _frame.AsSpan(0, FrameHeader.Bytes + found.Length);
                segments.Read(place, frame);
                FrameHeader.Verify(frame);
                Guard(name, place.Offset, header.Lsn, () => VerifyFrame(header, place, found));
                _frames++;
            }
        });
    }

    private void VerifyEntry(LogReader reader)
    {
        var header = reader.Header;
        if (_index is null || header.Lsn < _index.Commits.First) return;
        var entry = _index.Commits[header.Lsn];
        if (entry.Record != reader.Record || entry.Time != header.Time || entry.Line != header.Line || entry.Rows != header.RowCount || entry.PageCount != header.PageCount)
        {
            throw Damage.Found("the index of commits says something else of this commit than its record");
        }
    }

    private void VerifyFrame(RecordHeader header, Place place, FrameHeader frame)
    {
        var line = _index is not null && header.Line <= _index.Lines.Count ? _index.Lines[header.Line - 1] : null;
        if (line is not null && !_pins!.Has(line)) return;
        if (line is not null && (!_index!.Locate(_guard, line, frame.PageNumber, header.Lsn, out var indexed) || indexed != place))
        {
            throw Damage.Found($"checkpoint and history do not lead to page {frame.PageNumber} of this commit");
        }

        if (frame.Base.IsNone) return;
        if (frame.Base.Value >= place.Value) throw Damage.Found($"page {frame.PageNumber} differs from what comes after it");
        Span<byte> bytes = stackalloc byte[FrameHeader.Bytes];
        segments.Read(frame.Base, bytes);
        var basis = FrameHeader.Read(bytes);
        if (basis.PageNumber != frame.PageNumber || basis.Depth >= frame.Depth) throw Damage.Found($"the differences of page {frame.PageNumber} do not lead to a whole page: {frame.Base} is none of it");
    }

    private void VerifyNames(LogReader reader)
    {
        var (header, body) = (reader.Header, reader.Body.ToArray());
        Guard(Segment.NameOf(reader.Record.Segment), reader.Record.Offset, header.Lsn, () =>
        {
            var name = ControlPayload.NamesIn(body, header.TextBytes).Name;
            _ = header.Kind switch
            {
                RecordKind.CreateBranch => _branches.Add(name),
                RecordKind.DropBranch => _branches.Remove(name),
                RecordKind.CreateSnapshot => _snapshots.Add(name),
                RecordKind.DropSnapshot => _snapshots.Remove(name),
                _ => true,
            };
        });
    }

    // All of it can be read, in its order; pages of compacted files that somebody needs are there; names are those that the records tell of, where all of them are there still.
    private void VerifyIndex(LogIndex index)
    {
        foreach (var run in index.History.Runs) Guard(HistoryRun.NameOf(run.Info.Number), null, null, () => run.Verify(cancellationToken));
        Span<byte> bytes = stackalloc byte[FrameHeader.Bytes];
        foreach (var line in index.Lines.Where(_pins!.Has))
        {
            foreach (var (pageNumber, entry) in line.Pages.All())
            {
                if (entry.From > segments.Oldest) continue;
                VerifyKept(pageNumber, entry, bytes);
            }
        }

        // The last record, too, was durable if the checkpoint has it.
        var last = FirstPosition() is { } first && first.Lsn > _last ? first.Lsn : _last;
        if (damages.All.Count == 0 && last < index.Commits.Last)
        {
            damages.Add(new LogDamage(Segment.NameOf(index.Commits[last.Next].Record.Segment), null, last.Next, $"the records end with LSN {last}, and the checkpoint was written after LSN {index.Commits.Last}"));
        }

        if (segments.Compacted.Count > 0 || damages.All.Count > 0) return;
        if (!_branches.SetEquals(index.Branches.Select(branch => branch.Name))) damages.Add(new LogDamage("checkpoint", null, _last, "its branches are not those that the records tell of"));
        if (!_snapshots.SetEquals(index.Snapshots.Select(snapshot => snapshot.Name))) damages.Add(new LogDamage("checkpoint", null, _last, "its snapshots are not those that the records tell of"));
    }

    private void VerifyKept(uint pageNumber, PageMap.Entry entry, Span<byte> bytes)
    {
        try
        {
            segments.Read(entry.Place, bytes);
            if (FrameHeader.Read(bytes).PageNumber != pageNumber) throw Damage.Found($"another page is where page {pageNumber} should be");
        }
        catch (VitessException exception) when (exception.SqlState == Damage.SqlState)
        {
            damages.Add(new LogDamage(segments.NameOf(entry.Place), null, entry.From, exception.Message));
        }
    }

    private void Guard(string file, long? offset, Lsn? lsn, Action check)
    {
        try
        {
            check();
        }
        catch (VitessException exception) when (exception.SqlState == Damage.SqlState)
        {
            damages.Add(new LogDamage(file, offset, lsn, exception.Message));
        }
    }

    private void Advance(long bytes)
    {
        _read += bytes;
        if (_read - _told < ProgressBytes) return;
        _told = _read;
        progress?.Invoke(Math.Min(_read, _total), _total);
    }
}
