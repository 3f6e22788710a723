namespace Shale.PageLog;

/// <summary>
/// Reads records in order, from a position on, and stops where the log ends. Tells an end, which a crash leaves, from damage: a record that had been acknowledged and is not there is damage.
/// </summary>
internal sealed class LogReader
{
    private readonly SegmentSet _segments;
    private readonly byte[] _window = GC.AllocateUninitializedArray<byte>(1 << 20);
    private int _windowSegment;
    private long _windowStart;
    private int _windowLength;

    /// <summary>Reads what follows a position.</summary>
    public LogReader(SegmentSet segments, LogPosition from)
    {
        _segments = segments;
        Position = from;
    }

    /// <summary>The end of what was read.</summary>
    public LogPosition Position { get; private set; }

    /// <summary>The last record's header.</summary>
    public RecordHeader Header { get; private set; }

    /// <summary>Where the last record's header is.</summary>
    public Place Record { get; private set; }

    /// <summary>The last record's body, of a kind without frames. Errors: SHARD_ERROR (XX001) if it is too long for one.</summary>
    public ReadOnlySpan<byte> Body => Header.BodyBytes <= _window.Length
        ? Bytes(_segments.Get(Record.Segment), Record.Offset + RecordHeader.Bytes, (int)Header.BodyBytes)
        : throw Damage.Found($"the record at {Record} is too long for its kind");

    /// <summary>Reads the next record. Errors: SHARD_ERROR (XX001) for damage.</summary>
    public bool Next()
    {
        if (TryReadAt(Position.End)) return true;
        if (NextSegment() is { } next && TryReadAt(new Place(next.Segment, SegmentHeader.Bytes))) return true;
        RequireEnd();
        return false;
    }

    /// <summary>The frames of the last record. Errors: SHARD_ERROR (XX001).</summary>
    public IEnumerable<(Place Place, FrameHeader Frame)> Frames()
    {
        var segment = _segments.Get(Record.Segment);
        var (place, end) = (Record + RecordHeader.Bytes, Record + Header.Length);
        for (var i = 0u; i < Header.FrameCount; i++)
        {
            if (place.Offset + FrameHeader.Bytes > end.Offset) throw Damage.Found($"the record of LSN {Header.Lsn} is too short");
            var frame = FrameHeader.Read(Bytes(segment, place.Offset, FrameHeader.Bytes));
            yield return (place, frame);
            place += FrameHeader.Bytes + frame.Length;
        }
    }

    /// <summary>After damage: whether there is a whole header, whose body must be damaged then.</summary>
    public bool IsWholeHeaderAtEnd
    {
        get
        {
            var segment = _segments.Get(Position.End.Segment);
            return RecordHeader.TryRead(Bytes(segment, Position.End.Offset, RecordHeader.Bytes), out var header) && header.Segment == segment.Number && header.Previous == Position.Chain;
        }
    }

    /// <summary>After damage: the position in front of the next record whose header is whole, whatever lies between; null if there is none.</summary>
    public LogPosition? NextWhole()
    {
        foreach (var number in _segments.Numbers)
        {
            if (number < Position.End.Segment) continue;
            var offset = number == Position.End.Segment ? Position.End.Offset + RecordHeader.Alignment : SegmentHeader.Bytes;
            for (; NextHeader(_segments.Get(number), offset, out var found) is { } header; offset = found + RecordHeader.Alignment)
            {
                if (header.Segment != number || header.Lsn < Position.Lsn) continue;
                return new LogPosition(new Place(number, found), TakesLsn(header.Kind) ? new Lsn(header.Lsn.Value - 1) : header.Lsn, default, header.Previous);
            }
        }

        return null;
    }

    // The segment that goes on where this one ends, if it was begun.
    private SegmentHeader? NextSegment()
    {
        var number = Position.End.Segment + 1;
        if (!_segments.Numbers.Contains(number) || _segments.HeaderOf(number) is not { } header) return null;
        return header.BaseChain == Position.Chain && header.BaseLsn == Position.Lsn ? header : null;
    }

    private bool TryReadAt(Place place)
    {
        var segment = _segments.Get(place.Segment);
        var bytes = Bytes(segment, place.Offset, RecordHeader.Bytes);
        if (!RecordHeader.TryRead(bytes, out var header) || header.Segment != place.Segment || header.Previous != Position.Chain) return false;
        if (header.Length > segment.Length - place.Offset || header.Lsn != (TakesLsn(header.Kind) ? Position.Lsn.Next : Position.Lsn)) return false;
        Header = header;
        if (!IsBodyWhole(segment, place.Offset + RecordHeader.Bytes)) return false;
        Record = place;
        Position = new LogPosition(place + header.Length, header.Lsn, header.Time, header.Chain);
        return true;
    }

    // Whether the body is as it was written; piece by piece, because it may be larger than memory.
    private bool IsBodyWhole(Segment segment, long offset)
    {
        var crc = Crc32C.Begin();
        for (var rest = Header.BodyBytes; rest > 0;)
        {
            var piece = Bytes(segment, offset, (int)Math.Min(rest, _window.Length));
            if (piece.Length == 0) return false;
            crc = Crc32C.Add(crc, piece);
            offset += piece.Length;
            rest -= piece.Length;
        }

        return Crc32C.End(crc) == Header.BodyCrc;
    }

    // Bytes of a segment, by way of the window; fewer at the file's end.
    private ReadOnlySpan<byte> Bytes(Segment segment, long offset, int count)
    {
        if (_windowSegment != segment.Number || offset < _windowStart || Math.Min(offset + count, segment.Length) > _windowStart + _windowLength)
        {
            (_windowSegment, _windowStart) = (segment.Number, offset);
            _windowLength = segment.File.Read(offset, _window);
        }

        var start = (int)(offset - _windowStart);
        return _window.AsSpan(start, Math.Min(count, _windowLength - start));
    }

    private static bool TakesLsn(RecordKind kind) => kind is RecordKind.Commit or RecordKind.Restore;

    // Nothing after the end may say that something was durable that was not read.
    private void RequireEnd()
    {
        foreach (var number in _segments.Numbers)
        {
            if (number < Position.End.Segment) continue;
            if (number > Position.End.Segment && _segments.HeaderOf(number) is { } begun && begun.BaseLsn > Position.Lsn) throw Lost(begun.BaseLsn);
            RequireNothingDurable(_segments.Get(number), number == Position.End.Segment ? Position.End.Offset : SegmentHeader.Bytes);
        }
    }

    private void RequireNothingDurable(Segment segment, long offset)
    {
        for (; NextHeader(segment, offset, out var found) is { } header; offset = found + RecordHeader.Alignment)
        {
            if (header.Segment == segment.Number && header.Durable > Position.Lsn) throw Lost(header.Durable);
        }
    }

    // The next intact header of a record, whatever it continues.
    private RecordHeader? NextHeader(Segment segment, long offset, out long found)
    {
        for (found = offset; found + RecordHeader.Bytes <= segment.Length;)
        {
            var bytes = Bytes(segment, found, _window.Length);
            if (bytes.Length < RecordHeader.Bytes) break;
            var at = RecordHeader.IndexOfMagic(bytes);
            if (at < 0 || bytes.Length - at < RecordHeader.Bytes)
            {
                // The last bytes are looked at again with those that follow.
                found += Math.Max(RecordHeader.Alignment, (at < 0 ? bytes.Length - RecordHeader.Bytes : at) & -RecordHeader.Alignment);
                continue;
            }

            found += at;
            if (found % RecordHeader.Alignment == 0 && RecordHeader.TryRead(bytes[at..], out var header)) return header;
            found = (found / RecordHeader.Alignment * RecordHeader.Alignment) + RecordHeader.Alignment;
        }

        return null;
    }

    private VitessException Lost(Lsn acknowledged) =>
        Damage.Found($"the log is damaged after LSN {Position.Lsn} (at {Position.End}); commits up to LSN {acknowledged} had been acknowledged");
}
