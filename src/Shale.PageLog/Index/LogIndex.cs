using System.Diagnostics.CodeAnalysis;

namespace Shale.PageLog;

/// <summary>
/// What the log says, so that it can be asked: lines, branches, snapshots, commits, and where each page of each version is. Built by the same calls when a log is opened and while it grows.
/// Guarded by the store's lock.
/// </summary>
internal sealed class LogIndex
{
    private readonly VersionPool _versions = new();
    private readonly List<Line> _lines = [];
    private readonly Dictionary<string, Branch> _branches = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Snapshot> _snapshots = new(StringComparer.Ordinal);
    private readonly HashSet<Line> _undurable = [];

    /// <summary>An empty log: the branch main, without a commit.</summary>
    public LogIndex()
    {
        var line = AddLine(1, null, default, default);
        _branches.Add(PageFormat.MainBranch, new Branch(PageFormat.MainBranch, line, default, null));
    }

    /// <summary>The commits.</summary>
    public CommitIndex Commits { get; } = new();

    /// <summary>The lines, by number less one.</summary>
    public IReadOnlyList<Line> Lines => _lines;

    /// <summary>The number of the next line.</summary>
    public int NextLine => _lines.Count + 1;

    /// <summary>The branches, in no order.</summary>
    public IReadOnlyCollection<Branch> Branches => _branches.Values;

    /// <summary>The named snapshots, by name.</summary>
    public IReadOnlyCollection<Snapshot> Snapshots => _snapshots.Values;

    /// <summary>A line by its number. Errors: SHARD_ERROR (XX001).</summary>
    public Line Line(int id) => id >= 1 && id <= _lines.Count ? _lines[id - 1] : throw Damage.Found("a record names a line that is not there");

    /// <summary>A branch that the log must have. Errors: SHARD_ERROR (XX001).</summary>
    public Branch Branch(string name) => _branches.TryGetValue(name, out var branch) ? branch : throw Damage.Found($"a record names the branch {name}, which is not there");

    /// <summary>A branch by its name.</summary>
    public bool TryGetBranch(string name, [MaybeNullWhen(false)] out Branch branch) => _branches.TryGetValue(name, out branch);

    /// <summary>A snapshot by its name.</summary>
    public bool TryGetSnapshot(string name, [MaybeNullWhen(false)] out Snapshot snapshot) => _snapshots.TryGetValue(name, out snapshot);

    /// <summary>Adds a commit of a line; its pages follow by <see cref="AddPage"/>.</summary>
    public void AddCommit(Line line, in RecordHeader header, Place record) => AddCommit(line, header, record, line.Head.Version + 1, line.Head.Lsn);

    /// <summary>Adds a page of a line's newest commit.</summary>
    public void AddPage(Line line, uint pageNumber, Place frame) => line.Pages.Set(pageNumber, line.Head.Lsn, frame, _versions);

    /// <summary>Begins a branch at a version of a line of another one.</summary>
    public void AddBranch(string name, int id, Branch from, Line parent, Lsn fork)
    {
        var line = AddLine(id, parent, fork, StateAt(parent, fork));
        _branches.Add(name, new Branch(name, line, fork, from));
    }

    /// <summary>Drops a branch; its line stays for those that left it.</summary>
    public void DropBranch(string name) => _branches.Remove(name);

    /// <summary>Names a version.</summary>
    public void AddSnapshot(Snapshot snapshot) => _snapshots.Add(snapshot.Name, snapshot);

    /// <summary>Forgets a name.</summary>
    public void DropSnapshot(string name) => _snapshots.Remove(name);

    /// <summary>Gives a branch an earlier version as its head: a line of its own begins there, with this commit.</summary>
    public void Restore(Branch branch, in RecordHeader header, Place record, Line parent, Lsn fork)
    {
        var before = branch.Line.Head;
        var line = AddLine(header.Line, parent, fork, StateAt(parent, fork));
        AddCommit(line, header, record, before.Version + 1, fork);
        branch.MoveTo(line, header.Lsn);
    }

    /// <summary>Where a page was at a version of a line; false if it had not been written.</summary>
    public bool TryFind(Line line, uint pageNumber, Lsn at, out Place place)
    {
        for (var next = line; next is not null; next = next.Parent)
        {
            if (next.Pages.TryGet(pageNumber, out var newest))
            {
                place = newest.Place;
                if (newest.From <= at || _versions.TryFind(newest.Older, at, out _, out place)) return true;
            }

            if (next.Fork < at) at = next.Fork;
        }

        place = default;
        return false;
    }

    /// <summary>The newest state of a line at or before an LSN; that of its parent before its fork.</summary>
    public LineState StateAt(Line line, Lsn at)
    {
        if (line.Head.Lsn <= at) return line.Head;
        while (line.Parent is not null && at <= line.Fork) line = line.Parent;
        if (line.Head.Lsn <= at) return line.Head;
        var lsn = FirstSampleAfter(line, at);
        while (lsn > at)
        {
            ref readonly var entry = ref Commits[lsn];
            if (entry.Before <= line.Fork && entry.Before <= at) return line.Parent is null ? default : StateAt(line.Parent, line.Fork);
            lsn = entry.Before;
        }

        ref readonly var found = ref Commits[lsn];
        return new LineState(lsn, found.Version, found.PageCount);
    }

    /// <summary>Learns how far the log is durable.</summary>
    public void Advance(Lsn durable) => _undurable.RemoveWhere(line => line.Advance(durable));

    private void AddCommit(Line line, in RecordHeader header, Place record, long version, Lsn before)
    {
        Commits.Add(new CommitEntry(record, header.Time, version, before, header.RowCount, line.Id, header.PageCount));
        line.Add(new LineState(header.Lsn, version, header.PageCount));
        _undurable.Add(line);
    }

    private Line AddLine(int id, Line? parent, Lsn fork, LineState state)
    {
        if (id != NextLine) throw Damage.Found("the lines of the log are not in order");
        var line = new Line(id, parent, fork);
        line.Start(state);
        _lines.Add(line);
        return line;
    }

    // A commit of the line after an LSN, near it.
    private static Lsn FirstSampleAfter(Line line, Lsn at)
    {
        int low = 0, high = line.Samples.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (line.Samples[middle].Lsn > at) high = middle;
            else low = middle + 1;
        }

        return low < line.Samples.Count ? line.Samples[low].Lsn : line.Head.Lsn;
    }
}
