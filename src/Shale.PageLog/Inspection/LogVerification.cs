namespace Shale.PageLog;

/// <summary>What was found when a log was read from end to end.</summary>
public sealed record LogVerification
{
    /// <summary>What is damaged; empty for a log that is well.</summary>
    public required IReadOnlyList<LogDamage> Damages { get; init; }

    /// <summary>Whether there was more damage than is listed.</summary>
    public required bool HasMore { get; init; }

    /// <summary>Bytes of files that were read.</summary>
    public required long Bytes { get; init; }

    /// <summary>Records that were read.</summary>
    public required long Records { get; init; }

    /// <summary>Pages in records, and in compacted files.</summary>
    public required long Frames { get; init; }

    /// <summary>The last commit that was found.</summary>
    public required Lsn Last { get; init; }
}

/// <summary>A place where a log is not as it was written.</summary>
/// <param name="File">The name of the file.</param>
/// <param name="Offset">Where in it; null for all of it.</param>
/// <param name="Lsn">The commit that is concerned, or after which it is; null if that is not known.</param>
/// <param name="What">What is wrong.</param>
public sealed record LogDamage(string File, long? Offset, Lsn? Lsn, string What);
