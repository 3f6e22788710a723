using System.Globalization;
using Shale.Cli.Output;
using Shale.PageLog;

namespace Shale.Cli.Log;

/// <summary>What was found in a log, for people.</summary>
internal static class LogReport
{
    /// <summary>What verifying has found.</summary>
    public static void Write(TextWriter output, LogVerification found)
    {
        var counts = string.Create(CultureInfo.InvariantCulture, $"{found.Records:N0} records, {found.Frames:N0} pages, {found.Bytes:N0} bytes, up to LSN {found.Last}");
        if (found.Damages.Count == 0)
        {
            output.WriteLine($"The log is well: {counts}.");
            return;
        }

        output.WriteLine($"THE LOG IS DAMAGED. Read: {counts}.");
        output.WriteLine();
        WriteTable(output, ["file", "offset", "LSN", "what"], [1, 2], [.. found.Damages.Select(damage => new[]
        {
            damage.File,
            damage.Offset?.ToString(CultureInfo.InvariantCulture) ?? "-",
            damage.Lsn?.ToString() ?? "-",
            damage.What,
        })]);
        if (found.HasMore) output.WriteLine("... and more.");
        output.WriteLine();
        output.WriteLine("Copy the directory before anything else, then make a new one of the newest backup: shale restore DIR --data NEWDIR.");
    }

    /// <summary>What a log takes.</summary>
    public static void Write(TextWriter output, LogStatistics log, double retentionDays)
    {
        WriteTable(output, ["files", "count", "bytes"], [1, 2], [
            .. log.Files.Select(kind => new[] { kind.Kind, Number(kind.Count), Number(kind.Bytes) }),
            ["all", Number(log.Files.Sum(kind => kind.Count)), Number(log.Files.Sum(kind => kind.Bytes))]]);
        output.WriteLine();
        WriteTable(output, ["pages", "bytes"], [1], [["live", Number(log.LiveBytes)], ["history", Number(log.HistoryBytes)], ["garbage", Number(log.GarbageBytes)]]);
        output.WriteLine();
        WriteTable(output, ["log", ""], [], [
            ["commits", Number(log.Commits)],
            ["bytes per commit", log.Commits == 0 ? "-" : Number(log.CommitBytes / log.Commits)],
            ["of these row changes", log.Commits == 0 ? "-" : Number(log.RowChangeBytes / log.Commits)],
            ["newest commit", Point(log.Last, log.LastTime)],
            ["oldest restorable point", Point(log.Oldest, log.OldestTime)],
            ["retention", string.Create(CultureInfo.InvariantCulture, $"{retentionDays:0.###} days (--retention)")]]);
        output.WriteLine();
        WriteTable(output, ["branch", "LSN", "version", "left", "at LSN"], [1, 2, 4], [
            .. log.Branches.Select(branch => new[] { branch.Name, branch.Head.ToString(), Number(branch.Version), branch.Parent ?? "-", branch.Parent is null ? "-" : branch.Since.ToString() })]);
        if (log.Snapshots.Count == 0) return;
        output.WriteLine();
        WriteTable(output, ["snapshot", "branch", "LSN", "version"], [2, 3], [
            .. log.Snapshots.Select(snapshot => new[] { snapshot.Name, snapshot.Branch, snapshot.Lsn.ToString(), Number(snapshot.Version) })]);
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Point(Lsn lsn, HlcTimestamp? time) => time is { } known ? $"LSN {lsn}, {LogDump.TimeOf(known)}" : $"LSN {lsn}";

    // Columns are as wide as they must be; the numbers of those to the right are given.
    private static void WriteTable(TextWriter output, string[] titles, int[] right, IReadOnlyList<string[]> rows)
    {
        var widths = titles.Select((title, column) => Math.Max(CellText.Width(title), rows.Select(row => CellText.Width(row[column])).DefaultIfEmpty().Max())).ToArray();
        foreach (var row in rows.Prepend(titles))
        {
            var cells = row.Select((cell, column) => right.Contains(column) ? new string(' ', widths[column] - CellText.Width(cell)) + cell : cell + new string(' ', widths[column] - CellText.Width(cell)));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
