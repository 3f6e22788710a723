using System.Globalization;

namespace Shale.PageLog;

/// <summary>
/// The commits by LSN, which is dense: the newest in memory, all up to the last checkpoint in files of <see cref="FileCommits"/> entries each (docs/formats/page-log.md). Guarded by the store's lock.
/// </summary>
internal sealed class CommitIndex(IDisk disk) : IDisposable
{
    /// <summary>Commits of a file.</summary>
    public const int FileCommits = 1 << 16;

    // A chunk is what is read at once, and kept or let go.
    private const int ChunkBits = 12, ChunkSize = 1 << ChunkBits;
    private const int KeptChunks = 16;
    private const string Prefix = "commits-", Suffix = ".idx";

    private readonly Dictionary<long, CommitEntry[]> _chunks = [];
    private readonly Dictionary<long, IDiskFile> _files = [];
    private readonly Queue<long> _loaded = new();

    /// <summary>The last commit.</summary>
    public Lsn Last { get; private set; }

    /// <summary>The last commit that is in a file.</summary>
    public Lsn Saved { get; private set; }

    /// <summary>The first commit that is still known.</summary>
    public Lsn First { get; private set; } = new(1);

    /// <summary>A commit's entry. Errors: TT_LSN_NOT_AVAILABLE if it is no longer known; SHARD_ERROR (XX001).</summary>
    public CommitEntry this[Lsn lsn] => Chunk((lsn.Value - 1) >> ChunkBits)[(int)(lsn.Value - 1) & (ChunkSize - 1)];

    /// <summary>Adds the next commit.</summary>
    public void Add(in CommitEntry entry)
    {
        var index = Last.Value;
        Last = Last.Next;
        var chunk = index >> ChunkBits;
        if ((index & (ChunkSize - 1)) == 0) _chunks[chunk] = new CommitEntry[ChunkSize];
        Chunk(chunk)[index & (ChunkSize - 1)] = entry;
    }

    /// <summary>The last commit at or before a time; 0 if there is none, or if it is no longer known.</summary>
    public Lsn LastAt(HlcTimestamp time)
    {
        long low = First.Value - 1, high = Last.Value;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (this[new Lsn(middle)].Time <= time) low = middle;
            else high = middle - 1;
        }

        return new Lsn(low < First.Value ? 0 : low);
    }

    /// <summary>Continues from a checkpoint.</summary>
    public void Load(Lsn first, Lsn saved) => (First, Saved, Last) = (first, saved, saved);

    /// <summary>Copies entries for <see cref="Save"/>, which runs without the lock.</summary>
    public CommitEntry[] CopyUnsaved(Lsn upTo)
    {
        var entries = new CommitEntry[upTo.Value - Saved.Value];
        for (var i = 0; i < entries.Length; i++) entries[i] = this[new Lsn(Saved.Value + 1 + i)];
        return entries;
    }

    /// <summary>Writes entries to their files, durably. Not under the lock; one thread at a time.</summary>
    /// <param name="target">Where.</param>
    /// <param name="after">The commit before the first of them.</param>
    /// <param name="entries">In order.</param>
    public static void Save(IDisk target, Lsn after, ReadOnlySpan<CommitEntry> entries)
    {
        while (entries.Length > 0)
        {
            var (file, at) = Math.DivRem(after.Value, FileCommits);
            var count = (int)Math.Min(entries.Length, FileCommits - at);
            var bytes = new byte[count * CommitEntry.Bytes];
            for (var i = 0; i < count; i++) entries[i].Write(bytes.AsSpan(i * CommitEntry.Bytes));
            var name = NameOf(file);
            using (var opened = target.List().Contains(name) ? target.Open(name) : target.Create(name))
            {
                opened.Write(at * CommitEntry.Bytes, bytes);
                opened.Sync();
            }

            after = new Lsn(after.Value + count);
            entries = entries[count..];
        }

        target.SyncDirectory();
    }

    /// <summary>Learns what is in files now; entries that are not new go out of memory.</summary>
    public void MarkSaved(Lsn upTo)
    {
        Saved = upTo;
        foreach (var chunk in _chunks.Keys.Where(chunk => (chunk + 1) << ChunkBits <= upTo.Value && chunk < (Last.Value >> ChunkBits) - KeptChunks).ToList()) _chunks.Remove(chunk);
        foreach (var file in _files.Values) file.Dispose();
        _files.Clear();
        _loaded.Clear();
    }

    /// <summary>Forgets files whose commits are all before an LSN, and returns their names.</summary>
    public IReadOnlyList<string> Forget(Lsn before)
    {
        var names = new List<string>();
        var first = Math.Min(before.Value - 1, Saved.Value) / FileCommits;
        for (var file = (First.Value - 1) / FileCommits; file < first; file++)
        {
            names.Add(NameOf(file));
            if (_files.Remove(file, out var open)) open.Dispose();
        }

        if (names.Count > 0) First = new Lsn((first * FileCommits) + 1);
        return names;
    }

    /// <summary>Whether a file has only commits that are no longer known.</summary>
    public bool IsForgotten(string name) => TryParse(name, out var number) && number * FileCommits < First.Value;

    /// <summary>Whether a file is one of them.</summary>
    public static bool IsName(string name) => TryParse(name, out _);

    /// <summary>How many bytes of a file hold commits up to one.</summary>
    public static long BytesOf(string name, Lsn upTo) => TryParse(name, out var number) ? Math.Clamp(upTo.Value - ((number - 1) * FileCommits), 0, FileCommits) * CommitEntry.Bytes : 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files.Values) file.Dispose();
        _files.Clear();
    }

    private static bool TryParse(string name, out long number)
    {
        number = 0;
        return name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(Prefix.Length, name.Length - Prefix.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static string NameOf(long file) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{file + 1:D8}{Suffix}");

    private CommitEntry[] Chunk(long chunk)
    {
        if (_chunks.TryGetValue(chunk, out var entries)) return entries;
        if (chunk < 0 || ((chunk + 1) << ChunkBits) < First.Value || chunk << ChunkBits >= Last.Value)
        {
            throw new VitessException(ErrorCodes.LsnNotAvailable, $"the log no longer knows commits before LSN {First}");
        }

        entries = LoadChunk(chunk);
        _chunks.Add(chunk, entries);
        if ((chunk + 1) << ChunkBits > Saved.Value) return entries;
        _loaded.Enqueue(chunk);
        if (_loaded.Count > KeptChunks) _chunks.Remove(_loaded.Dequeue());
        return entries;
    }

    private CommitEntry[] LoadChunk(long chunk)
    {
        var (file, at) = Math.DivRem(chunk << ChunkBits, FileCommits);
        if (!_files.TryGetValue(file, out var open)) _files.Add(file, open = disk.Open(NameOf(file)));
        var count = (int)Math.Min(ChunkSize, Saved.Value - (chunk << ChunkBits));
        var bytes = new byte[count * CommitEntry.Bytes];
        if (open.Read(at * CommitEntry.Bytes, bytes) < bytes.Length) throw Damage.Found($"{NameOf(file)} is too short");
        var entries = new CommitEntry[ChunkSize];
        for (var i = 0; i < count; i++) entries[i] = CommitEntry.Read(bytes.AsSpan(i * CommitEntry.Bytes));
        return entries;
    }
}
