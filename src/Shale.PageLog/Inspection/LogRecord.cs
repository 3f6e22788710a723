namespace Shale.PageLog;

/// <summary>A record of the log, as <see cref="LogInspector.Records"/> reads it.</summary>
public sealed record LogRecord
{
    /// <summary>What it says.</summary>
    public required RecordKind Kind { get; init; }

    /// <summary>The name of its file.</summary>
    public required string File { get; init; }

    /// <summary>Where in the file it begins.</summary>
    public required long Offset { get; init; }

    /// <summary>Its length in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Its LSN; of a record that takes none, that of the commit before.</summary>
    public required Lsn Lsn { get; init; }

    /// <summary>Its time.</summary>
    public required HlcTimestamp Time { get; init; }

    /// <summary>The line that it belongs to.</summary>
    public required int Line { get; init; }

    /// <summary>The branch that it concerns; null if that is no longer known.</summary>
    public required string? Branch { get; init; }

    /// <summary>Pages of the database after it.</summary>
    public required uint PageCount { get; init; }

    /// <summary>Rows changed.</summary>
    public required long RowCount { get; init; }

    /// <summary>The pages it has.</summary>
    public IReadOnlyList<LogFrame> Frames { get; init; } = [];

    /// <summary>Bytes of changed rows.</summary>
    public long RowChangeBytes { get; init; }

    /// <summary>The changed rows, as the connection has encoded them; empty if they are more than 64 MB.</summary>
    public ReadOnlyMemory<byte> RowChanges { get; init; }

    /// <summary>Of a commit its message; of a branch or a snapshot its name; null for nothing.</summary>
    public string? Text { get; init; }

    /// <summary>Where a branch or a restore begins, or which version a snapshot names; 0 for other kinds.</summary>
    public Lsn At { get; init; }
}

/// <summary>A page in a commit.</summary>
/// <param name="PageNumber">From 1 on.</param>
/// <param name="Depth">How many differences lead to it; 0 for a whole page.</param>
/// <param name="Bytes">Bytes of its content in the log.</param>
public readonly record struct LogFrame(uint PageNumber, int Depth, int Bytes);
