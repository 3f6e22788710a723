using System.Diagnostics;
using Shale.Cli.Demo;
using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Cli.Bench.Log;

/// <summary>Opening a log of a gigabyte of commits of one row each, as it was closed and as a crash leaves it, beside reading all its records once.</summary>
internal static class LogOpenBench
{
    private const int Runs = 3;
    private const int Rows = 200_000;
    private const int CommitsOfALook = 1_000;
    private const long LogBytes = 1L << 30;
    private const double MostOfReading = 0.1;
    private static readonly PageStoreOptions Options = new() { Durable = false };

    /// <summary>Measures.</summary>
    public static IReadOnlyList<BenchFigure> Run(CancellationToken cancellationToken)
    {
        using var directory = DemoDirectory.Create(null);
        var closed = Path.Combine(directory.Shards, "closed");
        var crashed = Path.Combine(directory.Shards, "crashed");
        Fill(closed, crashed, cancellationToken);
        return
        [
            Of("opening a 1 GB log: time over reading it through once", Ratios(() => closed, cancellationToken)),
            Of("opening a 1 GB log after a crash: time over reading it through once", Ratios(() => Copied(crashed, Path.Combine(directory.Shards, "copy")), cancellationToken)),
        ];
    }

    private static BenchFigure Of(string name, List<double> ratios) => BenchFigure.Of(name, ratios, MostOfReading, BenchFigure.AtMost, "log");

    // What a crash leaves is what the files are like while the log is open, at worst just before the next checkpoint.
    private static void Fill(string directory, string crashed, CancellationToken cancellationToken)
    {
        using var store = PageStore.Open(new LocalDisk(directory), Options with { MaintainsItself = false });
        using var database = new PagedDatabase(store);
        using var writer = database.OpenWriter(PageFormat.MainBranch);
        LogBenchData.Fill(writer, Rows);
        while (BytesOf(directory) < LogBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Change(writer, store);
            store.Maintain(cancellationToken);
        }

        while (store.BytesSinceCheckpoint < Options.CheckpointBytes) Change(writer, store);
        Copied(directory, crashed);
    }

    private static void Change(SqliteConnection writer, PageStore store)
    {
        for (var i = 0; i < CommitsOfALook; i++) LogBenchData.Change(writer, (int)(writer.Commits!.Last.Value * 7_919 % Rows));
        store.WaitDurable(writer.Commits!.Last);
    }

    private static long BytesOf(string directory) => Directory.EnumerateFiles(directory).Sum(file => new FileInfo(file).Length);

    private static string Copied(string from, string to)
    {
        if (Directory.Exists(to)) Directory.Delete(to, recursive: true);
        Directory.CreateDirectory(to);

        // All but the lock.
        foreach (var file in Directory.EnumerateFiles(from, "*-*")) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));

        return to;
    }

    // Opening a log after a crash mends it: each run has its own.
    private static List<double> Ratios(Func<string> next, CancellationToken cancellationToken)
    {
        List<double> ratios = [];
        for (var run = 0; run < Runs; run++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var directory = next();
            var clock = Stopwatch.StartNew();
            ReadThrough(directory);
            var reading = clock.Elapsed;
            clock.Restart();
            using var store = PageStore.Open(new LocalDisk(directory), Options);
            ratios.Add(clock.Elapsed / reading);
        }

        return ratios;
    }

    // All records, with their checksums.
    private static void ReadThrough(string directory)
    {
        using var log = LogInspector.Open(new LocalDisk(directory));
        if (log.Records().Count() < Rows) throw new InvalidOperationException("commits are missing");
    }
}
