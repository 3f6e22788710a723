using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shale.PageLog;

/// <summary>
/// The writer of a branch: see <see cref="IPageWriter"/>. What a commit has changed goes to the cache later: while the disk writes the commit (<see cref="Settle"/>), or before the next one. Who wants a
/// page before finds it in its record. Hot path: bench log.
/// </summary>
internal sealed class BranchWriter : IPageWriter
{
    private static readonly byte[] Zeros = new byte[PageFormat.PageSize];
    private readonly PageStore _store;
    private readonly Branch _branch;
    private readonly PreparedBody _body;
    private readonly Lock _settling = new();
    private ChangedPages _changed;
    private List<PreparedFrame> _frames = [];
    private ChangedPages _published;
    private List<PreparedFrame> _publishedFrames = [];
    private Place _publishedBody;
    private RecordHeader _header;
    private long _reserved;
    private uint _pageCount;
    private bool _disposed;

    /// <summary>Becomes the branch's writer.</summary>
    public BranchWriter(PageStore store, Branch branch)
    {
        _store = store;
        _branch = branch;
        _changed = new ChangedPages(store.Disk, store.Options.TransactionBytes);
        _published = new ChangedPages(store.Disk, store.Options.TransactionBytes);
        _body = store.NewBody();
        Line = branch.Line;
        _pageCount = Line.Head.PageCount;
    }

    /// <summary>The line it writes.</summary>
    public Line Line { get; }

    /// <inheritdoc/>
    public Lsn Lsn => Line.Head.Lsn;

    /// <inheritdoc/>
    public uint PageCount => _pageCount;

    /// <inheritdoc/>
    public bool HasChanges => _changed.Count > 0 || _pageCount != Line.Head.PageCount;

    /// <inheritdoc/>
    public void Read(uint pageNumber, int offset, Span<byte> destination)
    {
        if (_changed.TryRead(pageNumber, offset, destination)) return;
        if (pageNumber > _pageCount || !_store.TryFind(Line, pageNumber, Lsn, out var place)) destination.Clear();
        else _store.Frames.Read(place, offset, destination);
    }

    /// <inheritdoc/>
    public void Write(uint pageNumber, ReadOnlySpan<byte> page)
    {
        Invariant.Require(page.Length == PageFormat.PageSize && pageNumber > 0, "a page of another size was written");
        Unprepare();
        _changed.Write(pageNumber, page);
        if (pageNumber > _pageCount) _pageCount = pageNumber;
    }

    /// <inheritdoc/>
    public void Truncate(uint pageCount)
    {
        Unprepare();
        _changed.Truncate(pageCount);
        _pageCount = pageCount;
    }

    /// <inheritdoc/>
    public void Prepare(in CommitContent content)
    {
        Unprepare();
        _store.ThrowIfFailed();
        if (!HasChanges) return;
        Settle();
        foreach (var number in _changed.InOrder()) AddFrame(number);
        _header = new RecordHeader
        {
            Kind = RecordKind.Commit,
            Line = Line.Id,
            PageCount = _pageCount,
            FrameCount = (uint)_frames.Count,
            RowChangeBytes = content.RowChanges.Length,
            RowCount = content.RowCount,
        };
        _body.Add(content.RowChanges);
        if (content.Message is { Length: > 0 } message) _header.TextBytes = _body.AddText(message);
        _body.Seal();
        var length = RecordHeader.Bytes + _body.Length;
        _store.Reserve(length);
        _reserved = length;
    }

    /// <inheritdoc/>
    public Lsn Publish()
    {
        if (_reserved == 0) return Lsn;
        lock (_store.Lock)
        {
            var body = _store.AppendCommit(Line, ref _header, _body, _reserved);
            foreach (ref var frame in CollectionsMarshal.AsSpan(_frames)) _store.Index.AddPage(Line, frame.PageNumber, body + frame.Offset);
            LeaveToSettle(body);
            _store.SettleLater(this);
        }

        _reserved = 0;
        _body.Clear();
        return Lsn;
    }

    /// <summary>Brings the pages of the last commit to the cache, unless that was done. On any thread.</summary>
    public void Settle()
    {
        lock (_settling)
        {
            foreach (ref var frame in CollectionsMarshal.AsSpan(_publishedFrames))
            {
                if (frame.IsKept && _published.TryGet(frame.PageNumber, out var page)) _store.Cache.Put(_publishedBody + frame.Offset, page, frame.Depth);
                if (!frame.Former.IsNone) _store.Cache.Supersede(frame.Former);
            }

            _publishedFrames.Clear();
            _published.Clear();
        }
    }

    /// <inheritdoc/>
    public void Discard()
    {
        Unprepare();
        Forget();
        _pageCount = Line.Head.PageCount;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Discard();
        Settle();
        _changed.Dispose();
        _published.Dispose();
        _body.Dispose();
        _store.Release(_branch);
    }

    [SkipLocalsInit]
    private void AddFrame(uint number)
    {
        Span<byte> spilled = stackalloc byte[PageFormat.PageSize];
        ReadOnlySpan<byte> page = _changed.TryGet(number, out var there) ? there : spilled;
        if (there is null) _changed.TryRead(number, 0, spilled);
        var room = _body.Room(FrameHeader.Bytes + PageFormat.PageSize);
        var former = number <= Line.Head.PageCount && _store.TryFind(Line, number, Lsn, out var place) ? place : Place.None;
        var (length, depth, basis) = Encode(former, page, room[FrameHeader.Bytes..]);

        // SQLite writes pages back that it has undone.
        if (length == 0) return;
        var isKept = !former.IsNone || length < PageFormat.PageSize;
        _frames.Add(new PreparedFrame(number, _body.Length, depth, former, isKept));
        new FrameHeader(number, depth, (ushort)length, basis).Write(room);
        _body.Keep(FrameHeader.Bytes + length);
    }

    [SkipLocalsInit]
    private (int Length, byte Depth, Place Base) Encode(Place former, ReadOnlySpan<byte> page, Span<byte> to)
    {
        if (!former.IsNone)
        {
            Span<byte> old = stackalloc byte[PageFormat.PageSize];
            var depth = _store.Frames.Read(former, 0, old) + 1;
            var length = PageDelta.Encode(old, page, to);
            if (length == 0) return default;
            if (length > 0 && depth <= PageDelta.MaxDepth) return (length, (byte)depth, former);
        }

        // A new page is empty but for its first rows.
        if (page.Count((byte)0) > PageFormat.PageSize / 2 && PageDelta.Encode(Zeros, page, to) is > 0 and var sparse) return (sparse, 0, Place.None);
        page.CopyTo(to);
        return (PageFormat.PageSize, 0, Place.None);
    }

    // What was settled before is empty.
    private void LeaveToSettle(Place body)
    {
        lock (_settling)
        {
            (_changed, _published) = (_published, _changed);
            (_frames, _publishedFrames) = (_publishedFrames, _frames);
            _publishedBody = body;
        }
    }

    private void Unprepare()
    {
        if (_reserved > 0)
        {
            lock (_store.Lock) _store.Tail.Release(_reserved);
            _reserved = 0;
        }

        _frames.Clear();
        _body.Clear();
    }

    private void Forget()
    {
        _changed.Clear();
        _frames.Clear();
        _body.Clear();
    }

    /// <summary>A frame of the commit.</summary>
    /// <param name="PageNumber">The page.</param>
    /// <param name="Offset">Where it is in the body.</param>
    /// <param name="Depth">How many differences lead to it.</param>
    /// <param name="Former">The version before.</param>
    /// <param name="IsKept">Whether the cache takes the page: not if it is new and full, for memory is better spent on what is read, or changed again.</param>
    private readonly record struct PreparedFrame(uint PageNumber, long Offset, byte Depth, Place Former, bool IsKept);
}
