using System.Collections.Immutable;
using Shale.PageLog;

namespace Shale.Simulation;

/// <summary>What a log should say: whole databases by branch and LSN, without any cleverness.</summary>
internal sealed class ShadowLog
{
    private readonly Dictionary<string, History> _branches = new() { [PageFormat.MainBranch] = new History(null, Lsn.Zero) };

    public Lsn Last { get; private set; }

    public Dictionary<string, ImmutableSortedDictionary<uint, byte[]>> Snapshots { get; } = [];

    public IReadOnlyCollection<string> Branches => _branches.Keys;

    public ImmutableSortedDictionary<uint, byte[]> Head(string branch) => _branches[branch].At(Last);

    public ImmutableSortedDictionary<uint, byte[]> At(string branch, Lsn lsn) => _branches[branch].At(lsn);

    public void Commit(string branch, Lsn lsn, ImmutableSortedDictionary<uint, byte[]> pages)
    {
        Assert.Equal(Last.Next, lsn);
        Last = lsn;
        _branches[branch].Commits.Add((lsn, pages));
    }

    public void Branch(string name, string from, Lsn at) => _branches.Add(name, new History(_branches[from], at));

    public void DropBranch(string name) => _branches.Remove(name);

    /// <summary>The same as it is now.</summary>
    public ShadowLog Copy()
    {
        var copy = new ShadowLog { Last = Last };
        var histories = new Dictionary<History, History>();
        foreach (var (name, history) in _branches) copy._branches[name] = history.Copy(histories);
        foreach (var (name, pages) in Snapshots) copy.Snapshots.Add(name, pages);
        return copy;
    }

    /// <summary>Forgets what did not survive.</summary>
    public void CutBack(Lsn last)
    {
        Last = last;
        foreach (var history in _branches.Values) history.Commits.RemoveAll(commit => commit.Lsn > last);
    }

    private sealed class History(History? parent, Lsn fork)
    {
        public List<(Lsn Lsn, ImmutableSortedDictionary<uint, byte[]> Pages)> Commits { get; } = [];

        public History Copy(Dictionary<History, History> done)
        {
            if (done.TryGetValue(this, out var copy)) return copy;
            done.Add(this, copy = new History(parent?.Copy(done), fork));
            copy.Commits.AddRange(Commits);
            return copy;
        }

        public ImmutableSortedDictionary<uint, byte[]> At(Lsn lsn)
        {
            var index = Commits.FindLastIndex(commit => commit.Lsn <= lsn);
            if (index >= 0) return Commits[index].Pages;
            return parent?.At(lsn < fork ? lsn : fork) ?? ImmutableSortedDictionary<uint, byte[]>.Empty;
        }
    }
}
