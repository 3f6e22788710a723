using System.Runtime.CompilerServices;

namespace Shale.PageLog;

/// <summary>
/// A sorted table in a file: blocks of 4096 bytes, each 127 entries of 32 bytes and a checksum; the first entry of each block that a search has
/// come to is kept in memory. Never changes; thread-safe.
/// </summary>
/// <param name="file">The file; its owner is who made the table.</param>
/// <param name="name">The file's name, for errors.</param>
/// <param name="start">The offset of the first block.</param>
/// <param name="count">How many entries there are.</param>
internal sealed class BlockTable<T>(IDiskFile file, string name, long start, long count)
    where T : struct, IBlockEntry<T>
{
    private const int BlockBytes = 4096, CrcBytes = 4;
    private const int BlockEntries = (BlockBytes - CrcBytes) / IBlockEntry<T>.Bytes;
    private readonly StrongBox<T>?[] _firsts = new StrongBox<T>?[(count + BlockEntries - 1) / BlockEntries];

    /// <summary>Writes entries that come in order, not durably, and returns how many there were.</summary>
    public static long Write(IDiskFile file, long start, IEnumerable<T> sorted)
    {
        var block = new byte[BlockBytes];
        long count = 0;
        foreach (var entry in sorted)
        {
            var slot = (int)(count++ % BlockEntries);
            entry.Write(block.AsSpan(slot * IBlockEntry<T>.Bytes));
            if (slot == BlockEntries - 1) WriteBlock(file, start + (((count / BlockEntries) - 1) * BlockBytes), block);
        }

        if (count % BlockEntries != 0) WriteBlock(file, start + (count / BlockEntries * BlockBytes), block);
        return count;
    }

    /// <summary>The first entry that is not before the one wanted. Errors: SHARD_ERROR (XX001).</summary>
    public bool TryFind(in T wanted, out T found)
    {
        Span<byte> bytes = stackalloc byte[BlockBytes];
        for (var block = LastBlockNotAfter(wanted, bytes); block < _firsts.Length; block++)
        {
            var entries = ReadBlock(block, bytes);
            var offset = LowerBound(entries, wanted);
            if (offset == entries.Length) continue;
            found = T.Read(entries[offset..]);
            return true;
        }

        found = default;
        return false;
    }

    /// <summary>All entries, in order. Errors: SHARD_ERROR (XX001).</summary>
    public IEnumerable<T> All()
    {
        var bytes = new byte[BlockBytes];
        for (var block = 0; block < _firsts.Length; block++)
        {
            var length = ReadBlock(block, bytes).Length;
            for (var offset = 0; offset < length; offset += IBlockEntry<T>.Bytes) yield return T.Read(bytes.AsSpan(offset));
        }
    }

    // The last block whose first entry is not after the one wanted; the first one if there is none.
    private int LastBlockNotAfter(in T wanted, Span<byte> bytes)
    {
        int low = 0, high = _firsts.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (First(middle, bytes).CompareTo(wanted) <= 0) low = middle;
            else high = middle - 1;
        }

        return low;
    }

    private T First(int block, Span<byte> bytes) => (_firsts[block] ??= new StrongBox<T>(T.Read(ReadBlock(block, bytes)))).Value;

    private static void WriteBlock(IDiskFile file, long offset, byte[] block)
    {
        BitConverter.TryWriteBytes(block.AsSpan(BlockBytes - CrcBytes), Crc32C.Of(block.AsSpan(0, BlockBytes - CrcBytes)));
        file.Write(offset, block);
    }

    // The offset of the first entry that is not before the one wanted.
    private static int LowerBound(ReadOnlySpan<byte> entries, in T wanted)
    {
        int low = 0, high = entries.Length / IBlockEntry<T>.Bytes;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (T.Read(entries[(middle * IBlockEntry<T>.Bytes)..]).CompareTo(wanted) < 0) low = middle + 1;
            else high = middle;
        }

        return low * IBlockEntry<T>.Bytes;
    }

    // The bytes of a block's entries.
    private ReadOnlySpan<byte> ReadBlock(int number, Span<byte> block)
    {
        if (file.Read(start + ((long)number * BlockBytes), block) < BlockBytes
            || BitConverter.ToUInt32(block[(BlockBytes - CrcBytes)..]) != Crc32C.Of(block[..(BlockBytes - CrcBytes)]))
        {
            throw Damage.Found($"block {number} of {name} is damaged");
        }

        return block[..(int)(Math.Min(BlockEntries, count - ((long)number * BlockEntries)) * IBlockEntry<T>.Bytes)];
    }
}
