using Shale.Cli.Output;

namespace Shale.Cli.Commands;

/// <summary>How a command that does one long thing ends: on SIGTERM and Ctrl-C, and with a failure in words.</summary>
internal static class CommandRun
{
    private const int Failed = 1, NoConnection = 2, Stopped = 130;

    /// <summary>Runs it. Exit code: its own; 1 for a failure, 2 if no server answers, 130 if it was stopped.</summary>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<int>> work)
    {
        using var signals = new StopSignals();
        try
        {
            return await work(signals.Token);
        }
        catch (Exception) when (signals.Token.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return Stopped;
        }
        catch (VitessException failure)
        {
            ErrorText.Write(Console.Error, failure);
            return failure.Code == ErrorCodes.ConnectionError.Code ? NoConnection : Failed;
        }
    }
}
