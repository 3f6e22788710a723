using System.CommandLine;
using System.Globalization;
using Shale.Cli.Output;
using Shale.Client;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Cli.Commands;

/// <summary>`shale backup`: copies a keyspace to a directory, or verifies such a copy.</summary>
internal static class BackupCommand
{
    private const int Damaged = 1;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private const string More = """
        Without --data a running server takes the backup: it must be on this machine, and DIR is a directory of this machine. With --data the data directory of
        a server that is stopped is read. All shards are copied as they were at one moment, and with them tables, views and sequences; commits go on meanwhile.
        DIR is for backups of this keyspace alone: the first one copies everything, later ones what is new, and each makes the one before it unnecessary. A
        backup restores to any moment of the server's retention before it. One that is interrupted changes nothing: the one before it stays whole.
        Exit code: 0 if all is well; 1 for a failure, or damage that --verify has found; 2 if no server answers.

        Examples:
          shale backup /backups/main
          shale backup /backups/main --data /var/lib/shale
          shale backup /backups/main --verify
          shale backup /backups/dev --keyspace main/dev            (the branch dev alone: it is restored as keyspace main)
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "Where the backups are." };
        var data = new Option<string?>("--data") { Description = "The data directory of a server that is stopped.", HelpName = "DIR" };
        var endpoint = ClientOptions.Endpoint();
        var token = ClientOptions.Token();
        var keyspace = new Option<string?>("--keyspace", "-k") { Description = "The keyspace, or a branch of one. The server's default without it; main with --data.", HelpName = "NAME" };
        var verify = new Option<bool>("--verify") { Description = "Read the newest backup from end to end instead of taking one." };
        var backup = new ShaleCommand("backup", "Copy a keyspace to a directory, as it is at one moment; or verify the copy.", More) { directory, data, endpoint, token, keyspace, verify };
        backup.SetAction((parsed, _) => CommandRun.RunAsync(async stop =>
        {
            var target = Path.GetFullPath(parsed.GetValue(directory)!);
            if (parsed.GetValue(verify)) return await VerifyAsync(target, stop);
            if (parsed.GetValue(data) is { } source) return await CopyAsync(source, parsed.GetValue(keyspace) ?? ClusterStart.DefaultKeyspace, target, stop);
            if (!await ClientOptions.IsUrlAsync(parsed.GetValue(endpoint)!)) return Damaged;
            var config = new VitessConfig { Endpoint = parsed.GetValue(endpoint)!, Token = ClientOptions.TokenOf(parsed.GetValue(token)), Keyspace = parsed.GetValue(keyspace), Timeout = Timeout.InfiniteTimeSpan };
            return await AskAsync(config, target, stop);
        }));
        return backup;
    }

    private static async Task<int> CopyAsync(string data, string keyspace, string target, CancellationToken stop)
    {
        DataDirectory.Require(data);
        await using var cluster = await DataDirectory.OpenAsync(DataDirectory.OfStoppedServer(data, keyspace.Split('/')[0]), stop);
        KeyspaceBackupInfo taken;
        await using (var bars = new BackupBars("copying")) taken = await cluster.Gate.BackupAsync(keyspace, target, bars, stop);
        Tell(taken.Number, taken.Keyspace, TimestampText.Write(taken.Time.ToMoment()), taken.Shards.Count, taken.Shards.Sum(shard => shard.Bytes), taken.Shards.Sum(shard => shard.NewBytes));
        foreach (var notice in BackupStatements.NoticesOf(taken.Keyspace, cluster.Gate.VSchema)) await Console.Error.WriteLineAsync("NOTICE: " + notice);
        return 0;
    }

    private static async Task<int> AskAsync(VitessConfig config, string target, CancellationToken stop)
    {
        await using var client = VitessClient.Create(config);
        var keyspace = (await client.StatusAsync(stop)).Keyspace;
        var sql = $"BACKUP KEYSPACE \"{keyspace.Replace("\"", "\"\"", StringComparison.Ordinal)}\" TO '{target.Replace("'", "''", StringComparison.Ordinal)}'";
        Contracts.QueryResult taken;
        await using (var bars = new BackupBars("copying")) taken = await WatchedAsync(client, client.QueryRowsAsync(sql, cancellationToken: stop), sql, bars, stop);
        var rows = taken.Rows;
        long bytes = 0, added = 0;
        for (var row = 0; row < rows.RowCount; row++) (bytes, added) = (bytes + rows[row][2].AsInteger(), added + rows[row][3].AsInteger());
        Tell(rows[0][4].AsInteger(), keyspace, rows[0][5].AsText(), rows.RowCount, bytes, added);
        foreach (var notice in taken.Notices ?? []) await Console.Error.WriteLineAsync("NOTICE: " + notice);
        return 0;
    }

    // How far it is says the server's list of what it does.
    private static async Task<Contracts.QueryResult> WatchedAsync(VitessClient client, Task<Contracts.QueryResult> backup, string sql, BackupBars bars, CancellationToken stop)
    {
        while (BackupBars.AreWatched && await Task.WhenAny(backup, Task.Delay(LookEvery, stop)) != backup)
        {
            try
            {
                var running = (await client.QueryRowsAsync("SHOW PROCESSLIST", cancellationToken: stop)).Rows;
                for (var i = 0; i < running.RowCount; i++)
                {
                    if (running[i][^1].ToString() == sql && BackupProgress.TryRead(running[i][4].ToString(), out var progress)) bars.Report(progress);
                }
            }
            catch (VitessException)
            {
                // The backup goes on, and says itself what has become of it.
            }
        }

        return await backup;
    }

    private static void Tell(long number, string keyspace, string time, int shards, long bytes, long added) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"Backup {number} of keyspace {keyspace}: {shards} {(shards == 1 ? "shard" : "shards")} as of {time}, {bytes:N0} bytes, {added:N0} of them new."));

    private static async Task<int> VerifyAsync(string directory, CancellationToken stop)
    {
        using var backup = KeyspaceBackup.Open(directory);
        IReadOnlyList<(string Shard, PageLog.LogVerification Found)> found;
        await using (var bars = new BackupBars("reading")) found = backup.Verify(bars, stop);
        if (found.All(shard => shard.Found.Damages.Count == 0))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"Backup {backup.Number} of keyspace {backup.Keyspace}, as of {TimestampText.Write(backup.Time.ToMoment())}, is well: {found.Count} shards, {found.Sum(shard => shard.Found.Records):N0} records, {found.Sum(shard => shard.Found.Bytes):N0} bytes."));
            return 0;
        }

        Console.WriteLine($"BACKUP {backup.Number} OF KEYSPACE {backup.Keyspace} IS DAMAGED:");
        foreach (var (shard, verification) in found)
        {
            foreach (var damage in verification.Damages) Console.WriteLine($"  shard {shard}, {damage.File}: {damage.What}");
        }

        Console.WriteLine("Use another copy of it; take a new one to an empty directory.");
        return Damaged;
    }
}
