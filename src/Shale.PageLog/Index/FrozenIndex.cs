namespace Shale.PageLog;

/// <summary>What a <see cref="LogIndex"/> was at one position; it stays so while the index goes on.</summary>
internal sealed record FrozenIndex
{
    /// <summary>The position.</summary>
    public required LogPosition Position { get; init; }

    /// <summary>The first commit that is known.</summary>
    public required Lsn FirstCommit { get; init; }

    /// <summary>The commits that are in no file yet.</summary>
    public required CommitEntry[] UnsavedCommits { get; init; }

    /// <summary>The number that the next entry of the pool will have.</summary>
    public required long PoolEnd { get; init; }

    /// <summary>The lines.</summary>
    public required IReadOnlyList<FrozenLine> Lines { get; init; }

    /// <summary>The branches, and those that others left before they were dropped; parents first.</summary>
    public required IReadOnlyList<FrozenBranch> Branches { get; init; }

    /// <summary>The snapshots.</summary>
    public required IReadOnlyList<Snapshot> Snapshots { get; init; }
}
