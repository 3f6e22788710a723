namespace Shale.PageLog;

/// <summary>Points in time: which commit a time or a version is, and what is known of commits.</summary>
public sealed partial class PageStore
{
    private const int HistoryChunk = 256;

    /// <summary>The time of the clock, or of the last commit if that is later: no commit so far is after it.</summary>
    public HlcTimestamp Now
    {
        get
        {
            var now = HlcTimestamp.FirstOf(_options.Clock.GetUtcNow());
            lock (Lock) return Tail.Last.Time > now ? Tail.Last.Time : now;
        }
    }

    /// <summary>
    /// The last commit of the log at or before a moment; 0 if there is none. It is durable when this returns, and no later commit will have a time at or before the moment: asked again,
    /// the answer is the same, until the log is closed; <see cref="Promise"/> promises it for good. Errors: TT_FUTURE_POINT; SHARD_ERROR.
    /// </summary>
    public Lsn FindByTime(HlcTimestamp time)
    {
        Lsn found;
        lock (Lock)
        {
            RequirePast(time);
            if (time > _promised) _promised = time;
            found = Index.Commits.LastAt(time);
        }

        WaitDurable(found);
        return found;
    }

    /// <summary>The durable commit that is a version of a branch, counted through its ancestors and through restores; 0 for version 0. Errors: TT_BRANCH_NOT_FOUND, TT_POINT_NOT_FOUND.</summary>
    public Lsn FindByVersion(string branch, long version)
    {
        lock (Lock)
        {
            var found = GetBranch(branch);
            if (version == 0) return Lsn.Zero;
            return FindVersion(found, Tail.Durable, version) ?? throw new VitessException(
                ErrorCodes.PointNotFound, $"the branch {branch} has no version {version}: its newest is {found.LineAt(Tail.Durable).Durable.Version}");
        }
    }

    /// <summary>The LSN of a branch's newest durable commit at or before an LSN; 0 before the first. Errors: TT_BRANCH_NOT_FOUND, TT_LSN_NOT_AVAILABLE.</summary>
    public Lsn FindLsn(string branch, Lsn at)
    {
        lock (Lock)
        {
            var found = GetBranch(branch);
            RequireReadable(found, at);
            return Index.StateAt(found.LineAt(at), at).Lsn;
        }
    }

    /// <summary>
    /// The newest durable commit of a branch at or before an LSN; null before the first, and where its version is kept but no more is known of it. Errors: TT_BRANCH_NOT_FOUND, TT_LSN_NOT_AVAILABLE.
    /// </summary>
    public CommitInfo? FindCommit(string branch, Lsn at)
    {
        lock (Lock)
        {
            var found = GetBranch(branch);
            RequireReadable(found, at);
            return Step(found, at).Commit;
        }
    }

    /// <summary>How many commits of a branch there are at or before an LSN, ancestors included; also where no more is known of them. Errors: TT_BRANCH_NOT_FOUND, TT_LSN_NOT_AVAILABLE.</summary>
    public long FindVersion(string branch, Lsn at)
    {
        lock (Lock)
        {
            var found = GetBranch(branch);
            RequireReadable(found, at);
            return Index.StateAt(found.LineAt(at), at).Version;
        }
    }

    /// <summary>The durable commits of a branch, newest first, then those of the branch it left, as far back as they are known. Errors: TT_BRANCH_NOT_FOUND.</summary>
    /// <param name="branch">Its name.</param>
    /// <param name="at">Where to begin; null for the newest.</param>
    public IEnumerable<CommitInfo> CommitsOf(string branch, Lsn? at = null)
    {
        Branch? current;
        Lsn next;
        lock (Lock) (current, next) = (GetBranch(branch), at is { } from && from < Tail.Durable ? from : Tail.Durable);
        var chunk = new List<CommitInfo>(HistoryChunk);
        while (current is not null)
        {
            lock (Lock)
            {
                while (chunk.Count < HistoryChunk && next >= Index.Commits.First && Step(current, next) is ({ } commit, var owner))
                {
                    // Before a restore the branch was where it had been, not where it went: no version is left out.
                    var isRestore = owner.Heads.Skip(1).Any(head => head.Since == commit.Lsn);
                    chunk.Add(isRestore ? commit with { IsRestore = true } : commit);
                    (current, next) = (owner, isRestore ? new Lsn(commit.Lsn.Value - 1) : Index.Commits[commit.Lsn].Before);
                }

                if (chunk.Count < HistoryChunk) current = null;
            }

            foreach (var commit in chunk) yield return commit;
            chunk.Clear();
        }
    }

    // The newest commit of a branch at or before an LSN, and the branch it was made on. Under the store's lock.
    private (CommitInfo? Commit, Branch Branch) Step(Branch branch, Lsn at)
    {
        while (branch.Parent is { } parent && at <= branch.Since) branch = parent;
        var line = branch.LineAt(at);
        var lsn = Index.StateAt(line, at).Lsn;
        if (lsn == Lsn.Zero || lsn < Index.Commits.First) return (null, branch);
        while (branch.Parent is { } parent && lsn <= branch.Since) branch = parent;
        var entry = Index.Commits[lsn];
        return (new CommitInfo(lsn, entry.Version, branch.Name, entry.Time, entry.Rows), branch);
    }

    // Under the store's lock.
    private Lsn? FindVersion(Branch branch, Lsn until, long version)
    {
        while (branch.Parent is { } parent && until <= branch.Since) branch = parent;
        for (var i = branch.Heads.Count - 1; i >= 0; i--)
        {
            var (since, line) = branch.Heads[i];
            if (i > 0 && since > until) continue;
            var newest = Index.StateAt(line, until);
            if (version > newest.Version) return null;
            var first = since < Index.Commits.First ? 0 : i > 0 ? Index.Commits[since].Version : branch.Parent is null ? 1 : Index.StateAt(line, since).Version + 1;
            if (version >= first) return FindVersion(line, newest, version);
            until = i > 0 ? new Lsn(since.Value - 1) : since;
        }

        return branch.Parent is null ? null : FindVersion(branch.Parent, until, version);
    }

    private Lsn FindVersion(Line line, LineState newest, long version)
    {
        var at = newest.Lsn;
        int low = 0, high = line.Samples.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (line.Samples[middle].Version >= version) high = middle;
            else low = middle + 1;
        }

        if (low < line.Samples.Count && line.Samples[low].Lsn < at) at = line.Samples[low].Lsn;
        while (Index.Commits[at].Version > version) at = Index.Commits[at].Before;
        Invariant.Require(Index.Commits[at].Version == version, "the versions of a line are not dense");
        return at;
    }
}
