using System.CommandLine;
using System.Globalization;
using Shale.Cli.Output;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Cli.Commands;

/// <summary>`shale restore`: makes a data directory of a backup.</summary>
internal static class RestoreCommand
{
    private const string More = """
        The data directory must be new or empty; `shale serve --data NEWDIR` opens it. Everything is verified on the way, and a restore that fails or is stopped
        leaves nothing that a server would open. With --to the database is as it was at that moment: at or before the backup, and in the retention of the
        server that it was taken from. What came after it is still in its history. Sequences go on where they were: no id is given out twice.

        Examples:
          shale restore /backups/main --data /var/lib/shale-new
          shale restore /backups/main --data ./yesterday --to '2026-03-01 18:00:00'
          shale restore /backups/main --data ./one-shard --to 1234        (an LSN: keyspaces of one shard)
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "Where the backup is." };
        var data = new Option<string>("--data") { Description = "The data directory to make.", HelpName = "NEWDIR", Required = true };
        var to = Point();
        var restore = new ShaleCommand("restore", "Make a data directory of a backup, as of its end or of an earlier moment.", More) { directory, data, to };
        restore.SetAction((parsed, _) => CommandRun.RunAsync(async stop =>
        {
            var target = Path.GetFullPath(parsed.GetValue(data)!);
            using var backup = KeyspaceBackup.Open(parsed.GetValue(directory)!);
            await using (var bars = new BackupBars("restoring")) backup.Restore(target, parsed.GetValue(to) is { } text ? PointOf(text) : null, bars, stop);
            Console.WriteLine($"Keyspace {backup.Keyspace} is restored to {target}{(backup.RestoredKeyspace == backup.Keyspace ? "" : $" as keyspace {backup.RestoredKeyspace}")}, as of {parsed.GetValue(to) ?? TimestampText.Write(backup.Time.ToMoment())}.");
            Console.WriteLine($"Start it with `shale serve --data {target}{(backup.RestoredKeyspace == ClusterStart.DefaultKeyspace ? "" : $" --keyspace {backup.RestoredKeyspace}")}`.");
            return 0;
        }));
        return restore;
    }

    /// <summary>--to.</summary>
    public static Option<string?> Point()
    {
        var to = new Option<string?>("--to") { Description = "The moment: a timestamp (UTC unless it says otherwise), or an LSN. The end of the backup without it.", HelpName = "TIMESTAMP|LSN" };
        to.Validators.Add(result =>
        {
            if (result.GetValue(to) is { } text && PointOf(text) is null) result.AddError($"--to wants a timestamp such as '2026-03-01 18:00:00', or an LSN, not \"{text}\"");
        });
        return to;
    }

    /// <summary>The point that a text names; null for none.</summary>
    public static RestorePoint? PointOf(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var lsn)) return RestorePoint.Of(new Lsn(lsn));
        return TimestampText.TryRead(text, out var moment) ? RestorePoint.Of(moment) : null;
    }
}
