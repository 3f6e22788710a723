using Shale.Engines;
using Spectre.Console;

namespace Shale.Cli.Output;

/// <summary>A bar for each shard on its way from a plain file into a page log, from the first that is told of until it is disposed; where nobody watches, nothing. Used by one thread.</summary>
internal sealed class MigrationBar : IProgress<ShardMigration>, IAsyncDisposable
{
    private readonly Dictionary<(string Keyspace, string Shard), ProgressTask> _bars = [];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ProgressContext? _context;
    private Task _shown = Task.CompletedTask;

    private static bool IsWatched => !Console.IsOutputRedirected && !Console.IsErrorRedirected;

    /// <inheritdoc/>
    public void Report(ShardMigration value)
    {
        if (!IsWatched) return;
        _context ??= Show();
        var name = $"{value.Keyspace}/{value.Shard}";
        if (!_bars.TryGetValue((value.Keyspace, value.Shard), out var bar)) _bars.Add((value.Keyspace, value.Shard), bar = _context.AddTask(name));
        bar.Description = value.IsVerifying ? $"checking {name}" : $"{name} onto the page log";
        bar.MaxValue = Math.Max(1, value.AllBytes);
        bar.Value = value.DoneBytes;

        // Only the last one is still at work.
        foreach (var other in _bars.Values) other.IsIndeterminate = other == bar && value.IsVerifying;
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
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                begun.SetResult(context);
                return _done.Task;
            }));
        return begun.Task.GetAwaiter().GetResult();
    }
}
