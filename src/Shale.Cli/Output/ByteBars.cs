using Spectre.Console;

namespace Shale.Cli.Output;

/// <summary>Bars for what is copied or read one after another, from the first that is told of until it is disposed; where nobody watches, nothing. Used by one thread at a time.</summary>
/// <param name="countsRows">Whether rows are counted, not bytes.</param>
internal sealed class ByteBars(bool countsRows = false) : IAsyncDisposable
{
    private readonly Dictionary<string, ProgressTask> _bars = [];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ProgressContext? _context;
    private Task _shown = Task.CompletedTask;

    /// <summary>Whether they are at a terminal.</summary>
    public static bool IsWatched => !Console.IsOutputRedirected && !Console.IsErrorRedirected;

    /// <summary>Tells how far something is; only the last one told of is at work.</summary>
    /// <param name="name">What it is known by.</param>
    /// <param name="description">What stands in front of the bar.</param>
    /// <param name="done">Bytes, or whatever is counted, that are done.</param>
    /// <param name="all">Of how many.</param>
    /// <param name="isIndeterminate">Whether nobody knows how far it is.</param>
    public void Report(string name, string description, long done, long all, bool isIndeterminate = false)
    {
        if (!IsWatched) return;
        _context ??= Show();
        if (!_bars.TryGetValue(name, out var bar)) _bars.Add(name, bar = _context.AddTask(name));
        bar.Description = description;
        bar.MaxValue = Math.Max(1, all);
        bar.Value = done;
        foreach (var other in _bars.Values) other.IsIndeterminate = other == bar && isIndeterminate;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _done.TrySetResult();
        await _shown;
    }

    private ProgressContext Show()
    {
        var begun = new TaskCompletionSource<ProgressContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        _shown = Task.Run(() => AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(countsRows
                ? [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RowRateColumn(), new RemainingTimeColumn()]
                : [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn()])
            .StartAsync(context =>
            {
                begun.SetResult(context);
                return _done.Task;
            }));
        return begun.Task.GetAwaiter().GetResult();
    }
}
