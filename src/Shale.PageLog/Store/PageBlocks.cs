namespace Shale.PageLog;

/// <summary>
/// The memory of a cache, handed out in blocks of pages. Beyond a few MB it comes from large pieces for which the system is asked to use large pages of its own: reads go all over the cache, and where
/// the system's pages are small, most of them have to look up first where one is. Only what was written to is resident, to within such a page. Thread-safe.
/// </summary>
internal sealed class PageBlocks
{
    /// <summary>Pages of a block.</summary>
    public const int BlockPages = 32;

    private const int BlockBytes = BlockPages * PageFormat.PageSize, SmallBytes = 4 << 20, PieceBytes = 16 << 20;
    private readonly Lock _lock = new();
    private byte[] _piece = [];
    private int _used;
    private long _taken;

    /// <summary>Memory for at most <see cref="BlockPages"/> pages, with whatever is in it.</summary>
    public Block Take(int pages)
    {
        lock (_lock)
        {
            _taken += pages * PageFormat.PageSize;
            if (_taken <= SmallBytes || pages < BlockPages) return new Block(GC.AllocateUninitializedArray<byte>(pages * PageFormat.PageSize), 0);
            if (_piece.Length - _used < BlockBytes)
            {
                _piece = GC.AllocateUninitializedArray<byte>(PieceBytes, pinned: true);
                _used = 0;
                Libc.AdviseLargePages(_piece);
            }

            _used += BlockBytes;
            return new Block(_piece, _used - BlockBytes);
        }
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
