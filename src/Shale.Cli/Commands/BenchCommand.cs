using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Shale.Cli.Bench;
using Shale.Cli.Bench.Gate;
using Shale.Cli.Bench.Log;
using Shale.Cli.Bench.Pg;
using Shale.Cli.Demo;
using Shale.Cli.Output;

namespace Shale.Cli.Commands;

/// <summary>`shale bench`: measures the bars that Shale has set itself.</summary>
internal static class BenchCommand
{
    private const int Failed = 1;
    private const int Stopped = 130;

    private const string More = """
        Everything is a ratio of two things measured in turns in one run, and the median of several turns: docs/benchmarks.md says what and how.
        The exit code is 0 also when a bar does not hold, and 1 when something could not be measured.

        Examples:
          shale bench
          shale bench main --json bench.json
          shale bench gate
          shale bench log --part rows
          shale bench pg
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "What to measure: main (loading, points, HTTP), gate (parsing, routing, merges, many clients), log (committing, reading, the past, changed rows) or pg (PostgreSQL shards beside PostgreSQL, PgBouncer and pgpool-II).", DefaultValueFactory = _ => "main" };
        name.AcceptOnlyFromAmong("main", "gate", "log", "pg");
        var part = new Option<string[]>("--part") { Description = $"Only this part of gate: {string.Join(", ", GateBench.Parts)}; of log: {string.Join(", ", LogBench.Parts)}; of pg: {string.Join(", ", PostgresBench.Parts)}. May be given again.", HelpName = "PART" };
        part.AcceptOnlyFromAmong([.. GateBench.Parts.Concat(LogBench.Parts).Concat(PostgresBench.Parts).Distinct()]);
        var full = new Option<bool>("--full") { Description = "Of log: also what takes minutes, and 50 GB of disk. Of pg: more turns." };
        var json = new Option<string?>("--json") { Description = "Also write the figures to this file.", HelpName = "FILE" };
        var bench = new ShaleCommand("bench", "Measure what Shale costs, beside what it is made of.", More) { name, part, full, json };
        bench.SetAction((parsed, _) => RunAsync(parsed.GetValue(name)!, parsed.GetValue(part) ?? [], parsed.GetValue(full), parsed.GetValue(json)));
        return bench;
    }

    private static async Task<int> RunAsync(string name, string[] parts, bool full, string? json)
    {
        using var signals = new StopSignals();
        try
        {
            var figures = name switch
            {
                "gate" => await GateBench.RunAsync(parts, Tell, signals.Token),
                "log" => await LogBench.RunAsync(parts, full, Tell, signals.Token),
                "pg" => await PostgresBench.RunAsync(parts, full, Tell, signals.Token),
                _ => await MainBench.RunAsync(await DebianPackage.EnsureWordNetAsync(Console.Error, signals.Token), Tell, signals.Token),
            };
            if (figures.Count == 0) throw new InvalidOperationException($"{name} has no part {string.Join(", ", parts)}");
            Write(figures, Console.Out);
            if (json is not null) await File.WriteAllTextAsync(json, JsonSerializer.Serialize(figures, BenchJsonContext.Default.IReadOnlyListBenchFigure) + "\n", signals.Token);
            return 0;
        }
        catch (Exception) when (signals.Token.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return Stopped;
        }
        catch (VitessException failure)
        {
            ErrorText.Write(Console.Error, failure);
            return Failed;
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            await Console.Error.WriteLineAsync("ERROR: " + failure.Message);
            return Failed;
        }
    }

    private static void Tell(string text) => Console.Error.WriteLine($"  {text} ...");

    private static void Write(IReadOnlyList<BenchFigure> figures, TextWriter output)
    {
        var width = figures.Max(figure => figure.Name.Length);
        output.WriteLine($"{"figure".PadRight(width)}  {"measured",9}  {"goal",-13} holds");
        output.WriteLine(new string('-', width + 32));
        foreach (var figure in figures)
        {
            var goal = string.Create(CultureInfo.InvariantCulture, $"{figure.Direction} {figure.Goal}");
            var holds = figure.Goal is null ? "" : figure.Holds ? "yes" : "NO";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure.Name.PadRight(width)}  {figure.Measured,9:0.000}  {goal,-13} {holds}").TrimEnd());
        }

        var missed = figures.Count(figure => !figure.Holds);
        if (missed > 0) output.WriteLine($"\n{missed} OF {figures.Count(figure => figure.Goal is not null)} BARS DO NOT HOLD.");
    }
}
