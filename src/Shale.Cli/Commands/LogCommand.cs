using System.CommandLine;
using Shale.Cli.Config;
using Shale.Cli.Log;
using Shale.Cli.Output;
using Shale.PageLog;

namespace Shale.Cli.Commands;

/// <summary>`shale log`: looks into a page log that nobody has open.</summary>
internal static class LogCommand
{
    private const int Failed = 1;

    private const string More = """
        DIR is the directory that holds a log's segment files: each shard on a page log has one. Nothing in it is changed. The server that has the log must be
        stopped, or the directory copied while it is: a log that is open is refused, because what is read could be removed meanwhile.

        Examples:
          shale log stats data/main/-80.log
          shale log verify data/main/-80.log
          shale log dump data/main/-80.log --from 100 --to 120
        """;

    private const string DumpMore = """
        Each record is a line: LSN, time, kind, branch, rows, pages of the database, bytes, and where it is (file:offset). Below it are its pages, whole or as
        the difference from an earlier version (how many differences lead to it in parentheses), its changed rows, and its message. A branch of which nothing
        is known any more is shown by the number of its line. Records that were compacted are gone; what is still read of them are pages without a record.
        Exit code: 1 if the log is damaged; `shale log verify` says where.

        Examples:
          shale log dump data/main/-80.log --brief
          shale log dump data/main/-80.log --branch main --from 1000 --to 1010
          shale log dump data/main/-80.log --json | jq 'select(.kind == "restore")'
        """;

    private const string VerifyMore = """
        Reads everything: each segment's header and chain of records, the checksum of each record and page, whether the differences of each page lead to a
        whole one, compacted files, and whether checkpoint, history and index of commits say what the records say. What a crash has left unfinished at the
        end is no damage: the next start cuts it off, and nobody was told that it was kept.
        Exit code: 0 if all is well, 1 with what is damaged (file, offset, LSN).

        Examples:
          shale log verify data/main/-80.log
        """;

    private const string StatsMore = """
        Live bytes are pages that the newest versions of branches need, history those that only earlier versions in the window need or that a snapshot or a
        branch keeps, garbage the rest: compaction removes it. The retention is no part of the log: say the server's with --retention if it is not 30 days.

        Examples:
          shale log stats data/main/-80.log
          shale log stats data/main/-80.log --retention 7
        """;

    /// <summary>The command.</summary>
    public static Command Create() => new ShaleCommand("log", "Look into a page log: print it, check it, measure it.", More) { Dump(), Verify(), Stats() };

    private static ShaleCommand Dump()
    {
        var directory = Directory();
        var from = NumberOption.Of("--from", "an LSN", 0, long.MaxValue);
        var to = NumberOption.Of("--to", "an LSN", 0, long.MaxValue);
        (from.Description, from.HelpName) = ("The first LSN.", "LSN");
        (to.Description, to.HelpName) = ("The last LSN.", "LSN");
        var branch = new Option<string?>("--branch") { Description = "Only records of this branch.", HelpName = "NAME" };
        var brief = new Option<bool>("--brief") { Description = "One line for each record: without pages and rows." };
        var json = new Option<bool>("--json") { Description = "One JSON object for each record." };
        var dump = new ShaleCommand("dump", "Print the records of a log.", DumpMore) { directory, from, to, branch, brief, json };
        dump.SetAction((parsed, _) => RunAsync(parsed.GetValue(directory)!, (log, stop) =>
        {
            var filter = new LogFilter(new Lsn(parsed.GetValue(from) ?? 0), new Lsn(parsed.GetValue(to) ?? long.MaxValue), parsed.GetValue(branch));
            var writer = parsed.GetValue(json) ? (ILogRecordWriter)new LogJsonWriter(Console.Out) : new LogTextWriter(Console.Out, parsed.GetValue(brief));
            LogDump.Write(log, filter, writer, stop);
            return Task.FromResult(0);
        }));
        return dump;
    }

    private static ShaleCommand Verify()
    {
        var directory = Directory();
        var verify = new ShaleCommand("verify", "Read all of a log and say what is damaged.", VerifyMore) { directory };
        verify.SetAction((parsed, _) => RunAsync(parsed.GetValue(directory)!, async (log, stop) =>
        {
            LogVerification result;
            await using (var bars = new ByteBars()) result = log.Verify((done, all) => bars.Report("reading", "reading", done, all), stop);
            LogReport.Write(Console.Out, result);
            return result.Damages.Count == 0 ? 0 : Failed;
        }));
        return verify;
    }

    private static ShaleCommand Stats()
    {
        var directory = Directory();
        var retention = NumberOption.Of<double>("--retention", "days from 0 to 36500", 0, ConfigFile.MostRetentionDays);
        (retention.Description, retention.HelpName, retention.DefaultValueFactory) = ("The window in days.", "DAYS", _ => new PageStoreOptions().Retention.TotalDays);
        var stats = new ShaleCommand("stats", "Say what a log takes, and how far back it goes.", StatsMore) { directory, retention };
        stats.SetAction((parsed, _) => RunAsync(parsed.GetValue(directory)!, (log, _) =>
        {
            var days = parsed.GetValue(retention)!.Value;
            LogReport.Write(Console.Out, log.Statistics(DateTimeOffset.UtcNow - TimeSpan.FromDays(days)), days);
            return Task.FromResult(0);
        }));
        return stats;
    }

    private static Argument<string> Directory() => new("DIR") { Description = "The log's directory." };

    private static Task<int> RunAsync(string directory, Func<LogInspector, CancellationToken, Task<int>> act) => CommandRun.RunAsync(async stop =>
    {
        using var log = LogDirectory.Open(directory);
        return await act(log, stop);
    });
}
