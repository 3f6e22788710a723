using System.Diagnostics;
using System.Globalization;

namespace Shale.DoSql.Tests;

/// <summary>A process with 64 writers is killed in the midst of them, again and again: nothing that it had acknowledged is missing.</summary>
public sealed class CrashTests
{
    private const int Writers = 64;

    [Fact]
    [Trait("Rule", "S5.8")]
    public Task Kill_UnderManyWriters_LosesNothingAcknowledged() => KillAsync(rounds: 4);

    [Fact]
    [Trait("Category", "Slow")]
    public Task Kill_UnderManyWritersFiftyTimes_LosesNothingAcknowledged() => KillAsync(rounds: 50);

    /// <summary>What the process that is killed does: each writer adds his numbers one after another, and says so once they are durable.</summary>
    internal static async Task WriteAsync(string directory)
    {
        EndWithWhoStartedThis();
        await using var db = await DoSqlDatabase.OpenAsync(directory);
        await db.RunAsync("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, writer INT, n INT, UNIQUE (writer, n))");
        var output = TextWriter.Synchronized(Console.Out);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var n = await db.QueryOneAsync<int>("SELECT coalesce(max(n), 0) FROM t WHERE writer = ?", [writer]);
            while (true)
            {
                n++;
                var lsn = writer % 8 == 0
                    ? await db.TransactionAsync(transaction => transaction.RunAsync("INSERT INTO t (writer, n) VALUES (?, ?)", [writer, n]), DoSqlTransactionMode.Immediate)
                    : await db.RunAsync("INSERT INTO t (writer, n) VALUES (?, ?)", [writer, n]);
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{writer} {n} {lsn.Lsn}"));
            }
        })));
    }

    // Whoever kills this may be killed before.
    private static void EndWithWhoStartedThis() => new Thread(() =>
    {
        Console.In.ReadToEnd();
        Environment.Exit(0);
    }) { IsBackground = true }.Start();

    private static async Task KillAsync(int rounds)
    {
        var directory = new TempDirectory();
        var acknowledged = new int[Writers];
        for (var round = 0; round < rounds; round++)
        {
            await RunAndKillAsync(directory.Path, 200 + (round * 37), acknowledged);
            await using var db = await DoSqlDatabase.OpenAsync(directory.Path);
            Assert.Equal("ok", await db.QueryOneAsync<string>("PRAGMA integrity_check"));
            foreach (var (writer, count, last) in await db.QueryAsync<(int, int, int)>("SELECT writer, count(*), max(n) FROM t GROUP BY writer"))
            {
                Assert.True(last >= acknowledged[writer], $"round {round}: writer {writer} was told of {acknowledged[writer]}, there is {last}");
                Assert.Equal(last, count);
                acknowledged[writer] = last;
            }

            Assert.Equal(acknowledged.Sum(), await db.QueryOneAsync<int>("SELECT count(*) FROM t"));
        }

        directory.Remove();
    }

    private static async Task RunAndKillAsync(string directory, int after, int[] acknowledged)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(CrashTests).Assembly.Location, "write", directory]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        try
        {
            for (var lines = 0; await process.StandardOutput.ReadLineAsync() is { } line; lines++)
            {
                if (lines == after) process.Kill();

                // A line that the kill has cut has not been told.
                if (line.Split(' ') is not [var writer, var n, { Length: > 0 }]) continue;
                acknowledged[int.Parse(writer, CultureInfo.InvariantCulture)] = int.Parse(n, CultureInfo.InvariantCulture);
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }
}
