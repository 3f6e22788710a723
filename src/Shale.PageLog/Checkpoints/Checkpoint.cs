using System.Globalization;

namespace Shale.PageLog;

/// <summary>
/// What the log says up to a position, in a file, so that opening reads only what follows. The newest whole one counts; the log does not need any.
/// </summary>
internal static class Checkpoint
{
    private const ulong Magic = 0x544B4843454C4853; // SHLECHKT
    private const uint Version = 1;
    private const string Prefix = "checkpoint-", Suffix = ".idx";

    /// <summary>The name of a file.</summary>
    public static string NameOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D8}{Suffix}");

    /// <summary>The number in a file's name; false for other files.</summary>
    public static bool TryParse(string name, out long number)
    {
        number = 0;
        return name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(Prefix.Length, name.Length - Prefix.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Writes one, durably, and returns its length in bytes.</summary>
    public static long Write(IDisk disk, long number, FrozenIndex index, IReadOnlyList<HistoryRunInfo> runs)
    {
        try
        {
            using var file = disk.Create(NameOf(number));
            var length = Write(file, index, runs);
            disk.SyncDirectory();
            return length;
        }
        catch
        {
            disk.Delete(NameOf(number));
            throw;
        }
    }

    /// <summary>Reads one; false if it is not whole, or damaged. Errors: SHARD_ERROR (0A000) for another format.</summary>
    public static bool TryRead(IDisk disk, long number, LogIndex index, out LogPosition position, out IReadOnlyList<HistoryRunInfo> runs)
    {
        (position, runs) = (default, []);
        byte[] bytes;
        using (var file = disk.Open(NameOf(number)))
        {
            bytes = new byte[file.Length];
            if (file.Read(0, bytes) < bytes.Length) return false;
        }

        if (!ChecksummedReader.TryOpen(bytes, out var reader) || (ulong)reader.Int64() != Magic ) return false;
        Damage.RequireFormat(NameOf(number), reader.UInt32(), Version);
        position = new LogPosition(new Place(reader.Int64()), reader.Lsn(), new HlcTimestamp(reader.Int64()), reader.UInt32());
        index.Commits.Load(reader.Lsn(), position.Lsn);
        runs = ReadRuns(ref reader);
        ReadLines(ref reader, index);
        ReadBranches(ref reader, index);
        ReadSnapshots(ref reader, index);
        return reader.IsAtEnd;
    }

    private static long Write(IDiskFile file, FrozenIndex index, IReadOnlyList<HistoryRunInfo> runs)
    {
        var writer = new ChecksummedWriter(file);
        writer.Add((long)Magic);
        writer.Add(Version);
        writer.Add(index.Position.End.Value);
        writer.Add(index.Position.Lsn.Value);
        writer.Add(index.Position.Time.Value);
        writer.Add(index.Position.Chain);
        writer.Add(index.FirstCommit.Value);
        WriteRuns(writer, runs);
        WriteLines(writer, index.Lines);
        WriteBranches(writer, index.Branches);
        WriteSnapshots(writer, index.Snapshots);
        return writer.Finish();
    }

    private static void WriteRuns(ChecksummedWriter writer, IReadOnlyList<HistoryRunInfo> runs)
    {
        writer.Add(runs.Count);
        foreach (var run in runs)
        {
            writer.Add(run.Number);
            writer.Add(run.Level);
            writer.Add(run.Count);
            writer.Add(run.First.Value);
            writer.Add(run.Last.Value);
        }
    }

    private static List<HistoryRunInfo> ReadRuns(ref ChecksummedReader reader)
    {
        var runs = new List<HistoryRunInfo>();
        for (var count = reader.Int32(); count > 0; count--) runs.Add(new HistoryRunInfo(reader.Int64(), reader.Int32(), reader.Int64(), reader.Lsn(), reader.Lsn()));
        return runs;
    }

    private static void WriteLines(ChecksummedWriter writer, IReadOnlyList<FrozenLine> lines)
    {
        writer.Add(lines.Count);
        foreach (var line in lines)
        {
            writer.Add(line.Line.Parent?.Id ?? 0);
            writer.Add(line.Line.Fork.Value);
            writer.Add(line.Line.Base);
            writer.Add(line.Head);
            writer.Add(line.Samples.Length);
            foreach (var sample in line.Samples) writer.Add(sample);
            writer.Add(line.Pages.Count);
            foreach (var (pageNumber, entry) in line.Pages.All())
            {
                writer.Add(pageNumber);
                writer.Add(entry.From.Value);
                writer.Add(entry.Place.Value);
            }
        }
    }

    private static void ReadLines(ref ChecksummedReader reader, LogIndex index)
    {
        var count = reader.Int32();
        for (var id = 1; id <= count; id++)
        {
            var parent = reader.Int32();
            var line = index.LoadLine(id, parent == 0 ? null : index.Line(parent), reader.Lsn());
            line.Start(reader.State());
            line.Load(reader.State());
            for (var samples = reader.Int32(); samples > 0; samples--) line.Samples.Add(reader.State());
            for (var pages = reader.Int32(); pages > 0; pages--) line.Pages.Load(reader.UInt32(), reader.Lsn(), new Place(reader.Int64()));
        }
    }

    // Parents first; those that were dropped are there for those that left them.
    private static void WriteBranches(ChecksummedWriter writer, IReadOnlyList<FrozenBranch> branches)
    {
        var numbers = new Dictionary<Branch, int>();
        writer.Add(branches.Count);
        foreach (var branch in branches)
        {
            numbers.Add(branch.Branch, numbers.Count);
            writer.Add(branch.Branch.Name);
            writer.Add(branch.IsDropped ? 1 : 0);
            writer.Add(branch.Branch.Parent is { } parent ? numbers[parent] : -1);
            writer.Add(branch.Heads.Length);
            foreach (var (since, line) in branch.Heads)
            {
                writer.Add(since.Value);
                writer.Add(line.Id);
            }
        }
    }

    private static void ReadBranches(ref ChecksummedReader reader, LogIndex index)
    {
        var branches = new List<Branch>();
        for (var count = reader.Int32(); count > 0; count--)
        {
            var name = reader.Text();
            var isDropped = reader.Int32() == 1;
            var parent = reader.Int32();
            var heads = reader.Int32();
            var since = reader.Lsn();
            var branch = new Branch(name, index.Line(reader.Int32()), since, parent < 0 ? null : branches[parent]);
            for (; heads > 1; heads--)
            {
                since = reader.Lsn();
                branch.MoveTo(index.Line(reader.Int32()), since);
            }

            branches.Add(branch);
            if (!isDropped) index.LoadBranch(branch);
        }
    }

    private static void WriteSnapshots(ChecksummedWriter writer, IReadOnlyList<Snapshot> snapshots)
    {
        writer.Add(snapshots.Count);
        foreach (var snapshot in snapshots)
        {
            writer.Add(snapshot.Name);
            writer.Add(snapshot.Branch);
            writer.Add(snapshot.Line.Id);
            writer.Add(snapshot.State);
        }
    }

    private static void ReadSnapshots(ref ChecksummedReader reader, LogIndex index)
    {
        for (var count = reader.Int32(); count > 0; count--)
        {
            var (name, branch) = (reader.Text(), reader.Text());
            index.AddSnapshot(new Snapshot(name, branch, index.Line(reader.Int32()), reader.State()));
        }
    }
}
