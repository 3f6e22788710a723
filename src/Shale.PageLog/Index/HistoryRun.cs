using System.Globalization;

namespace Shale.PageLog;

/// <summary>
/// A file of versions that were superseded in one stretch of the log, sorted. A version is wanted by the commit that superseded it: the first entry of its page that was superseded after the LSN.
/// Never changes; thread-safe.
/// </summary>
internal sealed class HistoryRun : IDisposable
{
    private const string Prefix = "history-", Suffix = ".idx";
    private readonly IDiskFile _file;
    private readonly BlockTable<HistoryEntry> _table;

    private HistoryRun(IDiskFile file, in HistoryRunInfo info)
    {
        (_file, Info) = (file, info);
        _table = new BlockTable<HistoryEntry>(file, NameOf(info.Number), 0, info.Count);
    }

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
        var range = new StretchOfEntries(sorted);
        try
        {
            using var file = disk.Create(NameOf(number));
            var count = BlockTable<HistoryEntry>.Write(file, 0, range);
            if (count > 0)
            {
                file.Sync();
                return new HistoryRunInfo(number, level, count, range.First, range.Last);
            }
        }
        catch
        {
            disk.Delete(NameOf(number));
            throw;
        }

        disk.Delete(NameOf(number));
        return null;
    }

    /// <summary>Opens a run. Errors: SHARD_ERROR (XX001).</summary>
    public static HistoryRun Open(IDisk disk, in HistoryRunInfo info) => new(disk.Open(NameOf(info.Number)), info);

    /// <summary>The first version of a page that was superseded after an LSN.</summary>
    public bool TryFind(int line, uint pageNumber, Lsn at, out HistoryEntry found) =>
        _table.TryFind(new HistoryEntry(line, pageNumber, at.Next, default, default), out found) && found.Line == line && found.PageNumber == pageNumber;

    /// <summary>All entries, in order.</summary>
    public IEnumerable<HistoryEntry> All() => _table.All();

    /// <summary>Reads all of it: each block has its checksum, and the entries are those that it says it has, in their order. Errors: SHARD_ERROR (XX001).</summary>
    public void Verify(CancellationToken cancellationToken)
    {
        HistoryEntry? before = null;
        foreach (var entry in All())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (before is { } last && last.CompareTo(entry) >= 0) throw Damage.Found($"{NameOf(Info.Number)} is not in order at page {entry.PageNumber}");
            if (entry.To < Info.First || entry.To > Info.Last) throw Damage.Found($"{NameOf(Info.Number)} has a version that LSN {entry.To} ended, and covers {Info.First} to {Info.Last}");
            before = entry;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // Passes entries on and sees which stretch they cover.
    private sealed class StretchOfEntries(IEnumerable<HistoryEntry> entries) : IEnumerable<HistoryEntry>
    {
        public Lsn First { get; private set; } = new(long.MaxValue);

        public Lsn Last { get; private set; }

        public IEnumerator<HistoryEntry> GetEnumerator()
        {
            foreach (var entry in entries)
            {
                if (entry.To < First) First = entry.To;
                if (entry.To > Last) Last = entry.To;
                yield return entry;
            }
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
