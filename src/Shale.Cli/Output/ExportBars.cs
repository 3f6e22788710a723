using Shale.Engines;

namespace Shale.Cli.Output;

/// <summary>A bar for each table, or shard, that goes out or comes in. Used by one thread at a time.</summary>
internal sealed class ExportBars : IProgress<ExportProgress>, IAsyncDisposable
{
    private readonly ByteBars _bars = new(countsRows: true);

    /// <inheritdoc/>
    public void Report(ExportProgress value) => _bars.Report(value.What, value.What, value.Done, value.All);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _bars.DisposeAsync();
}
