using System.CommandLine;
using Shale.Cli.Demo;
using Shale.Cli.Output;

namespace Shale.Cli.Commands;

/// <summary>`shale demo`: real data into 4 shards, questions of every kind, and the answers compared with one plain database.</summary>
internal static class DemoCommand
{
    private const int Failed = 1;
    private const int Stopped = 130;

    private const string More = """
        The data is WordNet 3.0 from the Debian package wordnet-base, which is installed if it is missing (as root, or with sudo).
        Exit code: 0 if all answers are those of one database, else 1.

        Examples:
          shale demo
          shale demo --keep /tmp/wordnet && shale serve --data /tmp/wordnet
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var keep = new Option<string?>("--keep") { Description = "Keep the shards in this directory, new or empty.", HelpName = "DIR" };
        var demo = new ShaleCommand("demo", "See it work: real data into 4 shards, questions of every kind, answers checked.", More) { keep };
        demo.SetAction((parsed, _) => RunAsync(parsed.GetValue(keep)));
        return demo;
    }

    private static async Task<int> RunAsync(string? keep)
    {
        using var signals = new StopSignals();
        try
        {
            using var directory = DemoDirectory.Create(keep);
            var files = await DebianPackage.EnsureWordNetAsync(Console.Out, signals.Token);
            return await new DemoRun(new DemoConsole(DemoConsole.ForThisProcess()), directory).RunAsync(files, signals.Token) ? 0 : Failed;
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
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            await Console.Error.WriteLineAsync("ERROR: " + failure.Message);
            return Failed;
        }
    }
}
