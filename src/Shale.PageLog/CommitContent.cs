namespace Shale.PageLog;

/// <summary>What a commit carries beside its pages. The log keeps the bytes as they are.</summary>
public readonly ref struct CommitContent
{
    /// <summary>The changed rows, as the connection has encoded them.</summary>
    public ReadOnlySpan<byte> RowChanges { get; init; }

    /// <summary>How many rows were changed.</summary>
    public long RowCount { get; init; }

    /// <summary>What the user says of the commit; null for nothing.</summary>
    public string? Message { get; init; }
}
