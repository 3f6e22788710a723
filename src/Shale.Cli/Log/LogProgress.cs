using Spectre.Console;

namespace Shale.Cli.Log;

/// <summary>A bar while a log is read; where nobody watches, nothing.</summary>
internal static class LogProgress
{
    /// <summary>Runs work that tells how many bytes of how many are done.</summary>
    public static T Run<T>(string what, Func<Action<long, long>, T> work)
    {
        if (Console.IsOutputRedirected || Console.IsErrorRedirected) return work((_, _) => { });
        return AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var bar = context.AddTask(what);
                return work((done, all) =>
                {
                    bar.MaxValue = Math.Max(1, all);
                    bar.Value = done;
                });
            });
    }
}
