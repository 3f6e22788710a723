namespace Shale.PageLog;

/// <summary>
/// The memory of a cache, handed out in blocks of pages. Beyond a few MB it comes from large pieces for which the system is asked to use large pages of its own: reads go all over the cache, and where
/// the system's pages are small, most of them have to look up first where one is. What is written to for the first time has to be found by the system, which can take longer than a commit: a thread of
/// the pool asks for it a little ahead of whoever takes blocks. More than that is not resident. Thread-safe.
/// </summary>
internal sealed class PageBlocks : IThreadPoolWorkItem
{
    /// <summary>Pages of a block.</summary>
    public const int BlockPages = 32;

    private const int BlockBytes = BlockPages * PageFormat.PageSize, SmallBytes = 4 << 20, PieceBytes = 16 << 20, AheadBytes = 4 << 20;
    private readonly Lock _lock = new();
    private byte[] _piece = [];
    private byte[]? _next;
    private int _used;
    private int _resident;
    private bool _fetches;
    private long _taken;

    /// <summary>Memory for at most <see cref="BlockPages"/> pages, with whatever is in it.</summary>
    public Block Take(int pages)
    {
        lock (_lock)
        {
            _taken += pages * PageFormat.PageSize;
            if (_taken <= SmallBytes || pages < BlockPages) return new Block(GC.AllocateUninitializedArray<byte>(pages * PageFormat.PageSize), 0);
            if (_piece.Length - _used < BlockBytes) Advance();
            _used += BlockBytes;
            if (!_fetches && _resident - _used < AheadBytes)
            {
                _fetches = true;
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }

            return new Block(_piece, _used - BlockBytes);
        }
    }

    /// <summary>Makes memory resident that is taken soon, in this piece or in the next one.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        byte[] piece;
        int start;
        lock (_lock)
        {
            start = Math.Max(_resident, _used);
            piece = start < PieceBytes ? _piece : _next ??= NewPiece();
            start %= PieceBytes;
        }

        var end = Math.Min(start + AheadBytes, PieceBytes);
        Libc.MakeResident(piece, start, end - start);
        lock (_lock)
        {
            if (piece == _piece) _resident = end;
            else if (piece == _next) _resident = PieceBytes + end;
            _fetches = false;
        }
    }

    private void Advance()
    {
        _resident = _next is null ? 0 : Math.Max(0, _resident - PieceBytes);
        _piece = _next ?? NewPiece();
        _next = null;
        _used = 0;
    }

    private static byte[] NewPiece()
    {
        var piece = GC.AllocateUninitializedArray<byte>(PieceBytes, pinned: true);
        Libc.AdviseLargePages(piece);
        return piece;
    }

    /// <summary>A block.</summary>
    /// <param name="Bytes">The array it is in.</param>
    /// <param name="Offset">Where it begins.</param>
    internal readonly record struct Block(byte[] Bytes, int Offset)
    {
        /// <summary>One of its pages.</summary>
        public Span<byte> this[int page] => Bytes.AsSpan(Offset + (page * PageFormat.PageSize), PageFormat.PageSize);
    }
}
