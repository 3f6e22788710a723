using Shale.Engines;

namespace Shale.Cli.Output;

/// <summary>A bar for each shard on its way from a plain file into a page log. Used by one thread.</summary>
internal sealed class MigrationBar : IProgress<ShardMigration>, IAsyncDisposable
{
    private readonly ByteBars _bars = new();

    /// <inheritdoc/>
    public void Report(ShardMigration value)
    {
        var name = $"{value.Keyspace}/{value.Shard}";
        _bars.Report(name, value.IsVerifying ? $"checking {name}" : $"{name} onto the page log", value.DoneBytes, value.AllBytes, value.IsVerifying);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _bars.DisposeAsync();
}
