using System.Buffers.Binary;
using System.Globalization;

namespace Shale.PageLog;

/// <summary>
/// A file that stands for some adjacent segments: of the versions in them those that are still wanted, each a whole page, known by the places where they were first written. Never changes;
/// thread-safe. docs/formats/page-log.md.
/// </summary>
internal sealed class CompactedSegment : IDisposable
{
    private const ulong Magic = 0x54504D43454C4853; // SHLECMPT
    private const uint Version = 1;
    private const int HeaderBytes = 64, CrcOffset = 60;
    private const string Prefix = "compacted-", Suffix = ".log";
    private readonly IDiskFile _file;
    private readonly BlockTable<CompactedEntry> _table;
    private readonly long _tableStart;

    private CompactedSegment(IDiskFile file, int first, int last, Lsn lastLsn, long count, long tableStart)
    {
        (_file, First, Last, LastLsn, Count) = (file, first, last, lastLsn, count);
        _tableStart = tableStart;
        _table = new BlockTable<CompactedEntry>(file, NameOf(first, last), tableStart, count);
    }

    /// <summary>The first segment that it stands for.</summary>
    public int First { get; }

    /// <summary>The last segment that it stands for.</summary>
    public int Last { get; }

    /// <summary>The last commit of those segments.</summary>
    public Lsn LastLsn { get; }

    /// <summary>How many frames it has.</summary>
    public long Count { get; }

    /// <summary>Its length in bytes.</summary>
    public long Length => _file.Length;

    /// <summary>Its file.</summary>
    public IDiskFile File => _file;

    /// <summary>The name of a file.</summary>
    public static string NameOf(int first, int last) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{first:D8}-{last:D8}{Suffix}");

    /// <summary>About how many bytes one takes that has so many frames.</summary>
    public static long BytesOf(long count) => HeaderBytes + (count * (FrameHeader.Bytes + PageFormat.PageSize + IBlockEntry<CompactedEntry>.Bytes));

    /// <summary>The segments in a file's name; false for other files.</summary>
    public static bool TryParse(string name, out int first, out int last)
    {
        first = last = 0;
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) || !name.EndsWith(Suffix, StringComparison.Ordinal)) return false;
        var numbers = name[Prefix.Length..^Suffix.Length].Split('-');
        return numbers.Length == 2 && int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out first)
            && int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out last);
    }

    /// <summary>Writes one, durably but for its header: until <see cref="Begin"/> it stands for nothing, and an opening removes it.</summary>
    /// <param name="disk">Where.</param>
    /// <param name="range">What it is to stand for.</param>
    /// <param name="kept">The versions, by place; their offsets are filled in here.</param>
    /// <param name="read">Reads the whole page at a place.</param>
    /// <param name="cancellationToken">Leaves no file.</param>
    public static CompactedSegment Write(IDisk disk, CompactionRange range, CompactedEntry[] kept, Action<Place, Memory<byte>> read, CancellationToken cancellationToken)
    {
        var name = NameOf(range.First, range.Last);
        var file = disk.Create(name);
        try
        {
            var table = WriteFrames(file, kept, read, cancellationToken);
            BlockTable<CompactedEntry>.Write(file, table, kept);
            file.Sync();
            disk.SyncDirectory();
            return new CompactedSegment(file, range.First, range.Last, range.LastLsn, kept.Length, table);
        }
        catch
        {
            file.Dispose();
            disk.Delete(name);
            throw;
        }
    }

    /// <summary>Writes the header, not durably: from here on the file stands for its segments, also for an opening.</summary>
    public void Begin() => _file.Write(0, HeaderOf(First, Last, LastLsn, Count, _tableStart));

    /// <summary>Opens one; null if it was not finished. Errors: SHARD_ERROR (XX001) for damage, (0A000) for another format.</summary>
    public static CompactedSegment? TryOpen(IDisk disk, string name)
    {
        var file = disk.Open(name);
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (file.Read(0, header) < HeaderBytes || !header.ContainsAnyExcept((byte)0))
        {
            file.Dispose();
            return null;
        }

        // What it stands for is gone: nothing but a header that was never written says that it can go.
        if (BinaryPrimitives.ReadUInt64LittleEndian(header) != Magic || BinaryPrimitives.ReadUInt32LittleEndian(header[CrcOffset..]) != Crc32C.Of(header[..CrcOffset]))
        {
            file.Dispose();
            throw Damage.Found($"the header of {name} is damaged");
        }

        Damage.RequireFormat(name, BinaryPrimitives.ReadUInt32LittleEndian(header[8..]), Version);
        return new CompactedSegment(
            file,
            BinaryPrimitives.ReadInt32LittleEndian(header[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[16..]),
            new Lsn(BinaryPrimitives.ReadInt64LittleEndian(header[24..])),
            BinaryPrimitives.ReadInt64LittleEndian(header[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[40..]));
    }

    /// <summary>Where a frame is. Errors: SHARD_ERROR (XX001) if it was not kept.</summary>
    public long OffsetOf(Place place) => _table.TryFind(new CompactedEntry(place, 0, default, 0, 0), out var found) && found.Place == place
        ? found.Offset
        : throw Damage.Found($"the frame at {place} is not in {NameOf(First, Last)}");

    /// <summary>Its frames, by place.</summary>
    public IEnumerable<CompactedEntry> Entries() => _table.All();

    /// <summary>Reads the page of an entry into a frame. Errors: SHARD_ERROR (XX001) if it is not what it should be.</summary>
    public void Verify(in CompactedEntry entry, byte[] frame)
    {
        if (_file.Read(entry.Offset, frame) < frame.Length) throw Damage.Found("a page is cut off");
        var header = FrameHeader.Read(frame);
        FrameHeader.Verify(frame);
        if (header.Depth != 0 || header.PageNumber != entry.PageNumber) throw Damage.Found($"page {header.PageNumber} is where page {entry.PageNumber} should be");
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // Returns where the last one ends.
    private static long WriteFrames(IDiskFile file, CompactedEntry[] kept, Action<Place, Memory<byte>> read, CancellationToken cancellationToken)
    {
        var frame = new byte[FrameHeader.Bytes + PageFormat.PageSize];
        long offset = HeaderBytes;
        for (var i = 0; i < kept.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            kept[i] = kept[i] with { Offset = offset };
            read(kept[i].Place, frame.AsMemory(FrameHeader.Bytes));
            new FrameHeader(kept[i].PageNumber, 0, PageFormat.PageSize, Place.None).Write(frame);
            file.Write(offset, frame);
            offset += frame.Length;
        }

        return offset;
    }

    private static byte[] HeaderOf(int first, int last, Lsn lastLsn, long count, long tableStart)
    {
        var header = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), first);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), last);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), lastLsn.Value);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), count);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(40), tableStart);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(CrcOffset), Crc32C.Of(header.AsSpan(0, CrcOffset)));
        return header;
    }
}
