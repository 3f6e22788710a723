namespace Shale.PageLog;

/// <summary>
/// The end of the log: where records are added, made durable, and read back before they are in their file.
/// <list type="number">
/// <item>PL-01 What is reserved fits into the current segment or into the next one, so that <see cref="Append"/> cannot fail.</item>
/// <item>PL-02 A record lies in one segment. A segment's first record continues the chain in its header.</item>
/// <item>PL-03 Records become durable in their order: everything before a durable record is durable.</item>
/// <item>PL-04 After a failed write or sync nothing is appended or acknowledged any more.</item>
/// </list>
/// Fields are guarded by the store's lock, except in <see cref="Write"/> and <see cref="Sync"/>, which one thread at a time runs.
/// </summary>
internal sealed class LogTail
{
    private readonly SegmentSet _segments;
    private readonly PageStoreOptions _options;
    private readonly Lock _creating = new();
    private readonly List<TailBuffer> _buffers = [];
    private Segment _current;
    private Segment? _next;
    private Segment? _unsynced;
    private long _end;
    private long _reserved;
    private int _taken;
    private long _inFiles;
    private int _hurried;

    /// <summary>Continues a log.</summary>
    public LogTail(SegmentSet segments, PageStoreOptions options, LogPosition position, Segment current, Segment? next)
    {
        _segments = segments;
        _options = options;
        _current = current;
        _next = next;
        _end = position.End.Offset;
        Last = position;
        Durable = position.Lsn;
        _inFiles = position.End.Value;
    }

    /// <summary>The end, as far as records were appended.</summary>
    public LogPosition Last { get; private set; }

    /// <summary>The last durable commit.</summary>
    public Lsn Durable { get; private set; }

    /// <summary>How many records were appended since the log was opened.</summary>
    public long Appended { get; private set; }

    /// <summary>How many of them are durable.</summary>
    public long DurableRecords { get; private set; }

    /// <summary>Bytes appended since the log was opened.</summary>
    public long AppendedBytes { get; private set; }

    /// <summary>Takes space for a record of so many bytes where it is ready (PL-01); false where another segment is needed first. Not under the store's lock, which it takes.</summary>
    public bool TryReserve(Lock store, long bytes)
    {
        lock (store)
        {
            _reserved += bytes;
            if (FitsCurrent || FitsNext) return true;
            _reserved -= bytes;
            return false;
        }
    }

    /// <summary>Takes space for a record of so many bytes (PL-01). Errors: SHARD_ERROR (53100). Not under the store's lock, which it takes.</summary>
    /// <param name="store">The lock.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="keepsRoom">Whether a new segment must leave room on the disk for another one: that is what rewriting needs.</param>
    public void Reserve(Lock store, long bytes, bool keepsRoom)
    {
        while (!TryReserve(store, bytes))
        {
            int number;
            long length;
            lock (store)
            {
                number = _current.Number + 1;
                length = NextLength(_reserved + bytes);
            }

            Interlocked.Increment(ref _hurried);
            try
            {
                MakeNext(store, number, length, keepsRoom);
            }
            finally
            {
                Interlocked.Decrement(ref _hurried);
            }
        }
    }

    /// <summary>Makes the next segment ready if it is wanted, so that no commit has to wait for it. Errors: SHARD_ERROR (53100). Not under the store's lock, which it takes.</summary>
    /// <param name="store">The lock.</param>
    /// <param name="keepsRoom">See <see cref="Reserve"/>.</param>
    public void MakeReady(Lock store, bool keepsRoom)
    {
        int number;
        long length;
        lock (store)
        {
            if (!WantsNext) return;
            number = _current.Number + 1;
            length = NextLength(_reserved);
        }

        MakeNext(store, number, length, keepsRoom);
    }

    /// <summary>Gives space back that is not needed.</summary>
    public void Release(long bytes) => _reserved -= bytes;

    /// <summary>Adds a record for which space was reserved. Under the store's lock; cannot fail.</summary>
    /// <param name="header">Without length, segment, durable LSN and chain: they are filled in.</param>
    /// <param name="body">Its body.</param>
    /// <param name="reserved">What was reserved for it.</param>
    /// <returns>Where its body begins.</returns>
    public Place Append(ref RecordHeader header, PreparedBody body, long reserved)
    {
        var length = RecordHeader.LengthOf(body.Length);
        _reserved -= reserved;
        if (_current.Length - _end < length) Roll();
        header.Length = length;
        header.Segment = _current.Number;
        header.Durable = _options.Durable ? Durable : Lsn.Zero;
        header.Previous = Last.Chain;
        header.BodyCrc = body.Crc;
        var buffer = Buffer();
        header.Write(buffer.Extend(RecordHeader.Bytes));
        body.MoveTo(buffer);
        var place = new Place(_current.Number, _end + RecordHeader.Bytes);
        _end += length;
        Last = new LogPosition(new Place(_current.Number, _end), header.Lsn, header.Time, header.Chain);
        Appended++;
        AppendedBytes += length;
        return place;
    }

    /// <summary>What is to be written, in order, and what is durable then. Under the store's lock.</summary>
    public Batch Take()
    {
        var batch = new Batch([.. _buffers], Last.Lsn, Appended);

        // What is being written no longer grows: the next record begins a new buffer.
        _taken = _buffers.Count;
        return batch;
    }

    /// <summary>
    /// Writes a batch, and lets the disk begin with it, if commits are to wait for it: <see cref="Sync"/>. A segment is durable before the next one is begun, in any case. Errors: SHARD_ERROR; then the log
    /// must not be used any more (PL-04).
    /// </summary>
    public void Write(in Batch batch)
    {
        foreach (var buffer in batch.Buffers)
        {
            if (_unsynced is not null && _unsynced != buffer.Segment) _unsynced.File.Sync();
            buffer.Write();
            _unsynced = buffer.Segment;
        }

        if (_options.Durable && batch.Buffers is [.., var last]) last.Segment.File.BeginSync(last.Start, last.End - last.Start);
    }

    /// <summary>Waits for the disk, if commits are to, once everything is written. Errors: as those of <see cref="Write"/>.</summary>
    public void Sync()
    {
        if (_options.Durable) _unsynced?.File.Sync();
    }

    /// <summary>Says that a batch is durable. Under the store's lock.</summary>
    public void Done(in Batch batch)
    {
        if (batch.Buffers is [.., var last]) Volatile.Write(ref _inFiles, new Place(last.Segment.Number, last.End).Value);
        _buffers.RemoveRange(0, batch.Buffers.Count);
        _taken -= batch.Buffers.Count;
        foreach (var buffer in batch.Buffers) buffer.Dispose();
        Durable = batch.Lsn;
        DurableRecords = batch.Records;
    }

    /// <summary>Whether what begins at a place is in its file for certain. Under no lock.</summary>
    public bool IsInFile(Place place) => place.Value < Volatile.Read(ref _inFiles);

    /// <summary>Reads what may not be in its file yet; false where it is. Under the store's lock.</summary>
    public bool TryRead(Place place, Span<byte> destination)
    {
        foreach (var buffer in _buffers)
        {
            if (buffer.Segment.Number == place.Segment && buffer.TryRead(place.Offset, destination)) return true;
        }

        return false;
    }

    /// <summary>Whether the next segment should be made ready: half of this one is used. Under the store's lock.</summary>
    public bool WantsNext => _next is null && _current.Length - _end < _current.Length / 2;

    // Somebody who commits waits for the next segment.
    private bool IsHurried() => Volatile.Read(ref _hurried) > 0;

    private bool FitsCurrent => _current.Length - _end >= _reserved;

    private bool FitsNext => _next is not null && _next.Length - SegmentHeader.Bytes >= _reserved;

    private TailBuffer Buffer()
    {
        if (_buffers.Count == _taken || _buffers[^1].Segment != _current || _buffers[^1].IsComplete) _buffers.Add(new TailBuffer(_current, _end));
        return _buffers[^1];
    }

    private void Roll()
    {
        Invariant.Require(_next is not null, "PL-01: a record met the end of its segment, and there is no next one");
        _current = _next!;
        _next = null;
        _end = 0;
        new SegmentHeader(_current.Number, Last.Lsn, Last.Time, Last.Chain).Write(Buffer().Extend(SegmentHeader.Bytes));
        _end = SegmentHeader.Bytes;
    }

    // Twice as long as the one before, within bounds: a small database has small files.
    private long NextLength(long needed) =>
        Math.Max(SegmentHeader.Bytes + needed, Math.Clamp(_current.Length * 2, _options.SegmentBytesMin, Math.Max(_options.SegmentBytesMin, _options.SegmentBytesMax)));

    private void MakeNext(Lock store, int number, long length, bool keepsRoom)
    {
        lock (_creating)
        {
            Segment? next;
            lock (store)
            {
                if (_current.Number + 1 != number) return;
                next = _next;
            }

            if (keepsRoom) _segments.RequireFree(2 * length);
            if (next is null) next = _segments.Create(number, length, IsHurried);
            else next.Reserve(length, IsHurried);

            // Meanwhile records may have gone on to it.
            lock (store)
            {
                if (_current.Number + 1 == number) _next = next;
            }
        }
    }

    /// <summary>Buffers to be written together.</summary>
    /// <param name="Buffers">In order.</param>
    /// <param name="Lsn">The last commit in them.</param>
    /// <param name="Records">How many records are durable with them.</param>
    internal readonly record struct Batch(IReadOnlyList<TailBuffer> Buffers, Lsn Lsn, long Records);
}
