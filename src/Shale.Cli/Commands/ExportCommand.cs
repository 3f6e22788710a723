using System.CommandLine;
using System.Globalization;
using Shale.Cli.Output;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Cli.Commands;

/// <summary>`shale export`: writes a keyspace to plain SQLite files.</summary>
internal static class ExportCommand
{
    private const string More = """
        From --data, the data directory of a server that is stopped, or from --backup, a backup of one that runs or ran: then --to says of which moment. One
        file holds each row once, with the tables, indexes, views and triggers of the keyspace; --per-shard writes each shard as it is, to NAME.SHARD.db. A
        file is there when it is whole: rows are counted, foreign keys and SQLite's own check are run. --backup needs room for a copy beside FILE meanwhile.

        Examples:
          shale export app.db --data ./data
          shale export app.db --data ./data --per-shard
          shale backup /backups/main && shale export yesterday.db --backup /backups/main --to '2026-03-01 18:00:00'
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The SQLite file to make." };
        var data = new Option<string?>("--data") { Description = "The data directory of a server that is stopped. ./data without it.", HelpName = "DIR" };
        var backup = new Option<string?>("--backup") { Description = "A directory that `shale backup` has written to.", HelpName = "DIR" };
        var to = RestoreCommand.Point();
        var keyspace = new Option<string>("--keyspace", "-k") { Description = "The keyspace.", HelpName = "NAME", DefaultValueFactory = _ => ClusterStart.DefaultKeyspace };
        var perShard = new Option<bool>("--per-shard") { Description = "A file for each shard." };
        var export = new ShaleCommand("export", "Write a keyspace to a plain SQLite file.", More) { file, data, backup, to, keyspace, perShard };
        export.Validators.Add(result =>
        {
            if (result.GetValue(data) is not null && result.GetValue(backup) is not null) result.AddError("give --data or --backup, not both");
            if (result.GetValue(to) is not null && result.GetValue(backup) is null) result.AddError("--to goes with --backup");
        });
        export.SetAction((parsed, _) => CommandRun.RunAsync(async stop =>
        {
            var path = Path.GetFullPath(parsed.GetValue(file)!);
            if (parsed.GetValue(backup) is not { } from) return await WriteAsync(parsed.GetValue(data) ?? DataDirectory.Default, parsed.GetValue(keyspace)!, path, parsed.GetValue(perShard), stop);
            var restored = path + ".restored";
            if (Path.Exists(restored)) throw new VitessException(ErrorCodes.QueryError, $"{restored} is in the way", sqlState: "58P02", hint: "An export that was interrupted may have left it: remove it.");
            try
            {
                using (var opened = KeyspaceBackup.Open(from))
                {
                    await using var bars = new BackupBars("restoring");
                    opened.Restore(restored, parsed.GetValue(to) is { } text ? RestoreCommand.PointOf(text) : null, bars, stop);
                }

                return await WriteAsync(restored, parsed.GetValue(keyspace)!, path, parsed.GetValue(perShard), stop);
            }
            finally
            {
                if (Directory.Exists(restored)) Directory.Delete(restored, recursive: true);
            }
        }));
        return export;
    }

    private static async Task<int> WriteAsync(string data, string keyspace, string path, bool perShard, CancellationToken stop)
    {
        DataDirectory.Require(data);
        await using var cluster = await DataDirectory.OpenAsync(DataDirectory.OfStoppedServer(data, keyspace), stop);
        IReadOnlyList<ExportedFile> files;
        await using (var bars = new ExportBars()) files = perShard ? PlainExport.WriteShards(cluster, keyspace, path, bars, stop) : [await PlainExport.MergeAsync(cluster, keyspace, path, bars, stop)];
        foreach (var file in files)
        {
            Console.WriteLine(perShard ? $"Wrote {file.Path}." : string.Create(CultureInfo.InvariantCulture, $"Wrote {file.Path}: {file.Rows:N0} rows."));
            foreach (var left in file.LeftOut) Console.WriteLine($"NOTICE: left out: {left}");
        }

        return 0;
    }
}
