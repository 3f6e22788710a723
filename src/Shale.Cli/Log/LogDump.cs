using Shale.PageLog;

namespace Shale.Cli.Log;

/// <summary>Which records are wanted.</summary>
/// <param name="From">The first LSN.</param>
/// <param name="To">The last LSN.</param>
/// <param name="Branch">The branch; null for all.</param>
internal sealed record LogFilter(Lsn From, Lsn To, string? Branch);

/// <summary>Writes records in some form.</summary>
internal interface ILogRecordWriter
{
    /// <summary>Writes one.</summary>
    void Write(LogRecord record);
}

/// <summary>Prints the records that are wanted.</summary>
internal static class LogDump
{
    /// <summary>Does it. Errors: SHARD_ERROR (XX001) where the log is damaged; TT_BRANCH_NOT_FOUND for a branch that is none and of which there are no records.</summary>
    public static void Write(LogInspector log, LogFilter filter, ILogRecordWriter writer, CancellationToken cancellationToken)
    {
        var hasAny = false;
        foreach (var record in log.Records(filter.From))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (record.Lsn > filter.To) break;
            if (filter.Branch is not null && record.Branch != filter.Branch && (record.Kind != RecordKind.CreateBranch || record.Text != filter.Branch)) continue;
            writer.Write(record);
            hasAny = true;
        }

        if (hasAny || filter.Branch is not { } branch || log.BranchNames() is var names && names.Contains(branch)) return;
        throw new VitessException(ErrorCodes.BranchNotFound, $"the log has no branch \"{branch}\"", hint: $"It has {string.Join(", ", names)}.");
    }

    /// <summary>A record's kind in words.</summary>
    public static string KindOf(LogRecord record) => record.Kind switch
    {
        RecordKind.Commit => "commit",
        RecordKind.CreateBranch => "create branch",
        RecordKind.DropBranch => "drop branch",
        RecordKind.CreateSnapshot => "create snapshot",
        RecordKind.DropSnapshot => "drop snapshot",
        RecordKind.Restore => "restore",
        RecordKind.Promise => "promise",
        _ => record.Kind.ToString(),
    };

    /// <summary>A record's branch, or the number of its line where the branch is no longer known; a promise has none.</summary>
    public static string BranchOf(LogRecord record) => record.Kind == RecordKind.Promise ? "-" : record.Branch ?? FormattableString.Invariant($"(line {record.Line})");

    /// <summary>A time in UTC, to the microsecond.</summary>
    public static string TimeOf(HlcTimestamp time) => time.ToMoment().ToString("yyyy-MM-dd HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
