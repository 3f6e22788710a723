using Shale.Vitess;

namespace Shale.Cli.Output;

/// <summary>A bar for each shard that is copied or read. Used by one thread at a time.</summary>
/// <param name="what">What is done, in front of the shard.</param>
internal sealed class BackupBars(string what) : IProgress<BackupProgress>, IAsyncDisposable
{
    private readonly ByteBars _bars = new();

    /// <summary>Whether anybody sees them.</summary>
    public static bool AreWatched => ByteBars.IsWatched;

    /// <inheritdoc/>
    public void Report(BackupProgress value) => _bars.Report(value.Shard, $"{what} {value.Shard}", value.DoneBytes, value.AllBytes);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _bars.DisposeAsync();
}
