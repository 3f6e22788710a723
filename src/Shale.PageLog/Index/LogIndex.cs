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

    /// <summary>An index of nothing: not even the branch main.</summary>
    public LogIndex(IDisk disk) => Commits = new CommitIndex(disk);

    /// <summary>The commits.</summary>
    public CommitIndex Commits { get; }

    /// <summary>Versions that were superseded before the last checkpoint.</summary>
    public History History { get; set; } = History.Empty;

    /// <summary>The lines, by number less one.</summary>
    public IReadOnlyList<Line> Lines => _lines;

    /// <summary>The number of the next line.</summary>
    public int NextLine => _lines.Count + 1;

    /// <summary>The branches, in no order.</summary>
    public IReadOnlyCollection<Branch> Branches => _branches.Values;

    /// <summary>The named snapshots, by name.</summary>
    public IReadOnlyCollection<Snapshot> Snapshots => _snapshots.Values;

    /// <summary>Begins a log: the branch main, without a commit.</summary>
    public void Begin() => LoadBranch(new Branch(PageFormat.MainBranch, LoadLine(1, null, default), default, null));

    /// <summary>Takes a line from a checkpoint.</summary>
    public Line LoadLine(int id, Line? parent, Lsn fork)
    {
        if (id != NextLine) throw Damage.Found("the lines of the log are not in order");
        var line = new Line(id, parent, fork);
        _lines.Add(line);
        return line;
    }

    /// <summary>Takes a branch from a checkpoint.</summary>
    public void LoadBranch(Branch branch) => _branches.Add(branch.Name, branch);

    /// <summary>A line by its number. Errors: SHARD_ERROR (XX001).</summary>
    public Line Line(int id) => id >= 1 && id <= _lines.Count ? _lines[id - 1] : throw Damage.Found("a record names a line that is not there");

    /// <summary>A branch that the log must have. Errors: SHARD_ERROR (XX001).</summary>
    public Branch Branch(string name) => _branches.TryGetValue(name, out var branch) ? branch : throw Damage.Found($"a record names the branch {name}, which is not there");

    /// <summary>A branch by its name.</summary>
    public bool TryGetBranch(string name, [MaybeNullWhen(false)] out Branch branch) => _branches.TryGetValue(name, out branch);

    /// <summary>Whether a branch is there still, and not another one of its name.</summary>
    public bool IsLive(Branch branch) => _branches.TryGetValue(branch.Name, out var found) && found == branch;

    /// <summary>A snapshot by its name.</summary>
    public bool TryGetSnapshot(string name, [MaybeNullWhen(false)] out Snapshot snapshot) => _snapshots.TryGetValue(name, out snapshot);

    /// <summary>Adds a commit of a line; its pages follow by <see cref="AddPage"/>.</summary>
    public void AddCommit(Line line, in RecordHeader header, Place record) => AddCommit(line, header, record, line.Head.Version + 1, line.Head.Lsn);

    /// <summary>Adds a page of a line's newest commit.</summary>
    public void AddPage(Line line, uint pageNumber, Place frame) => line.Pages.Set(pageNumber, line.Head.Lsn, frame, _versions);

    /// <summary>Begins a branch at a version of a line of another one.</summary>
    public void AddBranch(string name, int id, Branch from, Line parent, Lsn fork)
    {
        var line = AddLine(id, parent, fork);
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
        var line = AddLine(header.Line, parent, fork);
        AddCommit(line, header, record, before.Version + 1, fork);
        branch.MoveTo(line, header.Lsn);
    }

    // As far as it is in memory. False where the history must be asked for the line, which is then that of an ancestor with the LSN of the fork, or where there is no line left.
    private bool TryFind(ref Line? line, uint pageNumber, ref Lsn at, out Place place)
    {
        for (; line is not null; Leave(ref line, ref at))
        {
            if (!line.Pages.TryGet(pageNumber, out var newest)) continue;
            place = newest.Place;
            return newest.From <= at || _versions.TryFind(newest.Older, at, out place);
        }

        place = default;
        return false;
    }

    /// <summary>Where a page of a line was at an LSN, in memory or on disk; false if it had none. Not under the lock that guards the index: it takes it.</summary>
    public bool Locate(Lock guard, Line? line, uint pageNumber, Lsn at, out Place place)
    {
        while (true)
        {
            History history;
            lock (guard)
            {
                if (TryFind(ref line, pageNumber, ref at, out place)) return true;
                history = History;
            }

            // Not under the lock: it may read from the disk.
            if (line is null) return false;
            if (history.TryFind(line.Id, pageNumber, at, out place)) return true;
            Leave(ref line, ref at);
        }
    }

    // Goes on to a line's parent, and to what it sees of it.
    private static void Leave(ref Line? line, ref Lsn at)
    {
        if (line!.Fork < at) at = line.Fork;
        line = line.Parent;
    }

    /// <summary>What it is now, for a checkpoint.</summary>
    public FrozenIndex Freeze(LogPosition position) => new()
    {
        Position = position,
        FirstCommit = Commits.First,
        UnsavedCommits = Commits.CopyUnsaved(position.Lsn),
        PoolEnd = _versions.End,
        Lines = [.. _lines.Select(line => new FrozenLine(line, line.Head, [.. line.Samples], line.Pages.Freeze()))],
        Branches = FreezeBranches(),
        Snapshots = [.. _snapshots.Values],
    };

    /// <summary>The superseded versions that are in the pool, as a run wants them. Under no lock: the pool's entries before the end of a freeze do not change.</summary>
    public IEnumerable<HistoryEntry> Superseded(FrozenIndex frozen)
    {
        var entries = new Stack<HistoryEntry>();
        foreach (var line in frozen.Lines)
        {
            foreach (var (pageNumber, newest) in line.Pages.All())
            {
                var to = newest.From;
                for (var number = newest.Older; number >= _versions.Start; number = _versions[number].Older)
                {
                    var version = _versions[number];
                    entries.Push(new HistoryEntry(line.Line.Id, pageNumber, to, version.From, version.Place));
                    to = version.From;
                }

                while (entries.TryPop(out var entry)) yield return entry;
            }
        }
    }

    /// <summary>
    /// What must stay readable beside the newest versions: lines that a branch, a snapshot, a reader, or a line that left them still needs, each with the LSNs at which it is read.
    /// </summary>
    public Pins Pins(IEnumerable<(Line Line, Lsn Lsn)> readers, Lsn oldest)
    {
        var pins = new Pins(_lines.Count);
        foreach (var branch in _branches.Values) Pin(branch);
        foreach (var snapshot in _snapshots.Values) pins.Add(snapshot.Line, snapshot.State.Lsn);
        foreach (var (line, lsn) in readers) pins.Add(line, lsn);
        return pins;

        void Pin(Branch branch)
        {
            for (var i = 0; i < branch.Heads.Count; i++)
            {
                if (i == branch.Heads.Count - 1 || branch.Heads[i + 1].Since > oldest) pins.Add(branch.Heads[i].Line, branch.Heads[i].Line.Head.Lsn);
            }

            if (branch.Parent is { } parent && branch.Since > oldest) Pin(parent);
        }
    }

    /// <summary>Forgets what is known only of the time before an LSN, and of lines that nobody needs. Returns the names of files that hold nothing else.</summary>
    public IReadOnlyList<string> Forget(Lsn before, Pins pins)
    {
        foreach (var line in _lines)
        {
            if (!pins.Has(line)) line.Pages.Clear();
            else if (line.Head.Lsn > before) line.ForgetSamples(StateAt(line, before));
        }

        return Commits.Forget(before);
    }

    /// <summary>Closes its files.</summary>
    public void Close()
    {
        Commits.Dispose();
        foreach (var run in History.Runs) run.Dispose();
    }

    /// <summary>Lets go of what a checkpoint has taken to disk.</summary>
    public void Unload(FrozenIndex saved, History history)
    {
        History = history;
        _versions.DropBefore(saved.PoolEnd);
        Commits.MarkSaved(saved.Position.Lsn);
    }

    /// <summary>The newest state of a line at or before an LSN; that of its parent before its fork.</summary>
    public LineState StateAt(Line line, Lsn at)
    {
        if (line.Head.Lsn <= at) return line.Head;
        while (line.Parent is not null && at <= line.Fork) line = line.Parent;
        if (line.Head.Lsn <= at) return line.Head;
        if (at >= Commits.First && Commits[at] is var exact && exact.Line == line.Id) return new LineState(at, exact.Version, exact.PageCount);
        var sampled = line.FirstSampleAfter(at);
        var lsn = sampled < line.Samples.Count ? line.Samples[sampled].Lsn : line.Head.Lsn;
        while (lsn > at)
        {
            var entry = Commits[lsn];
            if (entry.Before <= line.Fork && entry.Before <= at) return line.Base;
            lsn = entry.Before;
        }

        if (line.SampleOf(lsn) is { } sample) return sample;
        var found = Commits[lsn];
        return new LineState(lsn, found.Version, found.PageCount);
    }

    /// <summary>When a commit was made; 0 before the first, and where its version is kept but no more is known of it.</summary>
    public HlcTimestamp TimeOf(Lsn lsn) => lsn == Lsn.Zero || lsn < Commits.First ? default : Commits[lsn].Time;

    /// <summary>Learns how far the log is durable.</summary>
    public void Advance(Lsn durable) => _undurable.RemoveWhere(line => line.Advance(durable));

    private List<FrozenBranch> FreezeBranches()
    {
        var frozen = new List<FrozenBranch>();
        var seen = new HashSet<Branch>();
        foreach (var branch in _branches.Values) Freeze(branch);
        return frozen;

        void Freeze(Branch branch)
        {
            if (!seen.Add(branch)) return;
            if (branch.Parent is { } parent) Freeze(parent);
            frozen.Add(new FrozenBranch(branch, !IsLive(branch), [.. branch.Heads]));
        }
    }

    private void AddCommit(Line line, in RecordHeader header, Place record, long version, Lsn before)
    {
        Commits.Add(new CommitEntry(record, header.Time, version, before, header.RowCount, line.Id, header.PageCount));
        line.Add(new LineState(header.Lsn, version, header.PageCount));
        _undurable.Add(line);
    }

    private Line AddLine(int id, Line parent, Lsn fork)
    {
        var state = StateAt(parent, fork);
        var line = LoadLine(id, parent, fork);
        line.Start(state);
        return line;
    }
}
