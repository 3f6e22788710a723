using System.Globalization;

namespace Shale.PageLog;

/// <summary>
/// A file of versions that were superseded in one stretch of the log, sorted, in blocks of 4096 bytes with a checksum each; the first entry of each block is kept in memory. A version is wanted by
/// the commit that superseded it: the first entry of its page that was superseded after the LSN. Never changes; thread-safe.
/// </summary>
internal sealed class HistoryRun : IDisposable
{
    private const int BlockBytes = 4096, CrcBytes = 4;
    private const int BlockEntries = (BlockBytes - CrcBytes) / HistoryEntry.Bytes;
    private const string Prefix = "history-", Suffix = ".idx";
    private readonly IDiskFile _file;
    private readonly HistoryEntry[] _firsts;

    private HistoryRun(IDiskFile file, in HistoryRunInfo info, HistoryEntry[] firsts) => (_file, Info, _firsts) = (file, info, firsts);

    /// <summary>Which it is, and what it covers.</summary>
    public HistoryRunInfo Info { get; }

    /// <summary>The name of a file.</summary>
    public static string NameOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D8}{Suffix}");

    /// <summary>Whether a file is one.</summary>
    public static bool IsName(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>Writes a run, durably but for its name.</summary>
    /// <param name="disk">Where.</param>
    /// <param name="number">Its number.</param>
    /// <param name="level">How often its entries were merged.</param>
    /// <param name="sorted">The entries in order.</param>
    /// <returns>What was written; null, and no file, if there are no entries.</returns>
    public static HistoryRunInfo? Write(IDisk disk, long number, int level, IEnumerable<HistoryEntry> sorted)
    {
        IDiskFile? file = null;
        try
        {
            var block = new byte[BlockBytes];
            long count = 0;
            Lsn first = new(long.MaxValue), last = default;
            foreach (var entry in sorted)
            {
                file ??= disk.Create(NameOf(number));
                var slot = (int)(count++ % BlockEntries);
                entry.Write(block.AsSpan(slot * HistoryEntry.Bytes));
                if (entry.To < first) first = entry.To;
                if (entry.To > last) last = entry.To;
                if (slot == BlockEntries - 1) WriteBlock(file, (count / BlockEntries) - 1, block);
            }

            if (file is null) return null;
            if (count % BlockEntries != 0) WriteBlock(file, count / BlockEntries, block);
            file.Sync();
            return new HistoryRunInfo(number, level, count, first, last);
        }
        catch
        {
            disk.Delete(NameOf(number));
            throw;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Opens a run. Errors: SHARD_ERROR (XX001).</summary>
    public static HistoryRun Open(IDisk disk, in HistoryRunInfo info)
    {
        var file = disk.Open(NameOf(info.Number));
        var blocks = (info.Count + BlockEntries - 1) / BlockEntries;
        var firsts = new HistoryEntry[blocks];
        Span<byte> entry = stackalloc byte[HistoryEntry.Bytes];
        for (var i = 0; i < blocks; i++)
        {
            if (file.Read((long)i * BlockBytes, entry) < entry.Length) throw Damage.Found($"{NameOf(info.Number)} is too short");
            firsts[i] = HistoryEntry.Read(entry);
        }

        return new HistoryRun(file, info, firsts);
    }

    /// <summary>The first version of a page that was superseded after an LSN.</summary>
    public bool TryFind(int line, uint pageNumber, Lsn at, out HistoryEntry found)
    {
        var wanted = new HistoryEntry(line, pageNumber, at.Next, default, default);
        var block = Array.BinarySearch(_firsts, wanted);
        if (block < 0) block = Math.Max(0, ~block - 1);
        Span<byte> bytes = stackalloc byte[BlockBytes];
        for (; block < _firsts.Length; block++)
        {
            var entries = ReadBlock(block, bytes);
            var offset = LowerBound(entries, wanted);
            if (offset == entries.Length) continue;
            found = HistoryEntry.Read(entries[offset..]);
            return found.Line == line && found.PageNumber == pageNumber;
        }

        found = default;
        return false;
    }

    /// <summary>All entries, in order.</summary>
    public IEnumerable<HistoryEntry> All()
    {
        var bytes = new byte[BlockBytes];
        for (var block = 0; block < _firsts.Length; block++)
        {
            var length = ReadBlock(block, bytes).Length;
            for (var offset = 0; offset < length; offset += HistoryEntry.Bytes) yield return HistoryEntry.Read(bytes.AsSpan(offset));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void WriteBlock(IDiskFile file, long number, byte[] block)
    {
        BitConverter.TryWriteBytes(block.AsSpan(BlockBytes - CrcBytes), Crc32C.Of(block.AsSpan(0, BlockBytes - CrcBytes)));
        file.Write(number * BlockBytes, block);
    }

    // The offset of the first entry that is not before the one wanted.
    private static int LowerBound(ReadOnlySpan<byte> entries, in HistoryEntry wanted)
    {
        int low = 0, high = entries.Length / HistoryEntry.Bytes;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (HistoryEntry.Read(entries[(middle * HistoryEntry.Bytes)..]).CompareTo(wanted) < 0) low = middle + 1;
            else high = middle;
        }

        return low * HistoryEntry.Bytes;
    }

    // The bytes of a block's entries.
    private ReadOnlySpan<byte> ReadBlock(int number, Span<byte> block)
    {
        if (_file.Read((long)number * BlockBytes, block) < BlockBytes || BitConverter.ToUInt32(block[(BlockBytes - CrcBytes)..]) != Crc32C.Of(block[..(BlockBytes - CrcBytes)]))
        {
            throw Damage.Found($"block {number} of {NameOf(Info.Number)} is damaged");
        }

        return block[..(int)(Math.Min(BlockEntries, Info.Count - ((long)number * BlockEntries)) * HistoryEntry.Bytes)];
    }
}
