namespace Shale.Vitess;

/// <summary>
/// The commits under way that change entries of lookup vindexes, so that a statement which reads entries on one shard and rows on another knows whether both tell of one state.
/// The shards of such a transaction commit one after another: a row never lacks its entry, unless it is in doubt meanwhile (<see cref="EntryChanges"/>). Thread-safe, lock-free.
/// </summary>
internal sealed class EntryCommits
{
    private readonly Counter _all = new();
    private readonly Counter _added = new();
    private readonly Counter _removed = new();
    private readonly Counter _inDoubt = new();

    /// <summary>A transaction begins to commit; null if it has changed no entries. What is in doubt stays so until the result is disposed of.</summary>
    /// <param name="changes">What it has done to entries.</param>
    /// <param name="inDoubt">Whether rows may lack their entries until it has ended.</param>
    public Commit? Begin(EntryChanges changes, bool inDoubt)
    {
        if (changes.Count == 0) return null;
        _all.Begin();
        var (adds, removes) = (changes.Any(added: true), changes.Any(added: false));
        if (adds) _added.Begin();
        if (removes) _removed.Begin();
        if (inDoubt) _inDoubt.Begin();
        return new Commit(this, adds, removes, inDoubt);
    }

    /// <summary>What there has been up to now.</summary>
    public Moment Now => new(_all.Now, _added.Now, _removed.Now, _inDoubt.Now);

    /// <summary>Whether entries read since a moment, from one snapshot of one shard, name every row that had the values then: no row was in doubt.</summary>
    public bool AreTrue(in Moment since) => _inDoubt.IsQuietSince(since.InDoubt);

    /// <summary>
    /// Whether entries read since a moment on several shards tell of one state: a row that comes to other values gets its new entry before it loses the old one, so that it is missed
    /// only by who reads for the new one too early and for the old one too late. Where entries were only added, or only removed, no row can have been missed.
    /// </summary>
    public bool AreOfOneState(in Moment since) => AreTrue(since) && (_added.IsQuietSince(since.Added) || _removed.IsQuietSince(since.Removed));

    /// <summary>Whether nothing has changed since a moment, and nothing was changing then.</summary>
    /// <param name="since">Its number of all commits.</param>
    public bool AreUnchanged(long since) => _all.IsQuietSince(since);

    /// <summary>A moment: for each kind of commit the number of those that had begun, -1 if some had not ended.</summary>
    internal readonly record struct Moment(long All, long Added, long Removed, long InDoubt);

    /// <summary>A commit under way.</summary>
    internal sealed class Commit(EntryCommits commits, bool adds, bool removes, bool inDoubt) : IDisposable
    {
        private bool _stays;

        /// <summary>What is in doubt could not be settled: it stays so.</summary>
        public void StaysInDoubt() => _stays = true;

        /// <inheritdoc/>
        public void Dispose()
        {
            if (inDoubt && !_stays) commits._inDoubt.End();
            if (removes) commits._removed.End();
            if (adds) commits._added.End();
            commits._all.End();
        }
    }

    private sealed class Counter
    {
        private long _begun;
        private long _ended;

        public long Now
        {
            get
            {
                // In this order: equal numbers mean that at the first look all that had begun had ended.
                var ended = Volatile.Read(ref _ended);
                return ended == Volatile.Read(ref _begun) ? ended : -1;
            }
        }

        public void Begin() => Interlocked.Increment(ref _begun);

        public void End() => Interlocked.Increment(ref _ended);

        public bool IsQuietSince(long begun) => begun == Volatile.Read(ref _begun);
    }
}
