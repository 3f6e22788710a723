using System.Diagnostics.CodeAnalysis;

namespace Shale.Vitess;

/// <summary>The writing connections of an engine with a concurrency of its own (PostgreSQL): a pool, in which nobody waits for another but for the number of connections. Thread-safe.</summary>
internal sealed class ManyWriters(IStorageEngine engine, VTTabletOptions options) : TabletWriter(engine, options)
{
    private readonly ConnectionPool _pool = new(engine, options, EngineAccess.Write, options.MaxWriters);

    /// <inheritdoc/>
    public override bool IsOne => false;

    /// <inheritdoc/>
    public override bool TryTake([NotNullWhen(true)] out IEngineConnection? connection) => _pool.TryTake(null, out connection);

    /// <summary>Takes a connection. Errors: RESOURCE_EXHAUSTED (53300).</summary>
    /// <param name="wait">Not used: there is no other whose end could be waited for.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public override ValueTask<IEngineConnection> TakeAsync(bool wait, CancellationToken cancellationToken) => _pool.TakeAsync(null, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask ReleaseAsync(IEngineConnection connection, bool isSound) => _pool.Return(connection, isSound && await TryRollbackAsync(connection));

    /// <inheritdoc/>
    public override ValueTask CloseAsync(TimeSpan patience) => _pool.CloseAsync(patience);
}
