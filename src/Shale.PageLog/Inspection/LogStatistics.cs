namespace Shale.PageLog;

/// <summary>What a log takes, and for what.</summary>
public sealed record LogStatistics
{
    /// <summary>Files and bytes by kind, in the order of the format's description.</summary>
    public required IReadOnlyList<LogFileKind> Files { get; init; }

    /// <summary>Bytes of pages that the newest versions of branches need.</summary>
    public required long LiveBytes { get; init; }

    /// <summary>Bytes of pages that only earlier versions need, inside the window or pinned.</summary>
    public required long HistoryBytes { get; init; }

    /// <summary>Bytes of pages that nobody needs: the next compactions remove them.</summary>
    public required long GarbageBytes { get; init; }

    /// <summary>Bytes of row changes.</summary>
    public required long RowChangeBytes { get; init; }

    /// <summary>Commits whose records are there.</summary>
    public required long Commits { get; init; }

    /// <summary>Bytes of the records of those.</summary>
    public required long CommitBytes { get; init; }

    /// <summary>The oldest version that can be read.</summary>
    public required Lsn Oldest { get; init; }

    /// <summary>When that was committed; null before the first commit.</summary>
    public required HlcTimestamp? OldestTime { get; init; }

    /// <summary>The newest commit.</summary>
    public required Lsn Last { get; init; }

    /// <summary>Its time; null before the first commit.</summary>
    public required HlcTimestamp? LastTime { get; init; }

    /// <summary>The branches, by name.</summary>
    public required IReadOnlyList<BranchInfo> Branches { get; init; }

    /// <summary>The named snapshots, by name.</summary>
    public required IReadOnlyList<SnapshotInfo> Snapshots { get; init; }
}

/// <summary>Files of one kind.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Count">How many.</param>
/// <param name="Bytes">Their length together.</param>
public sealed record LogFileKind(string Kind, int Count, long Bytes);
