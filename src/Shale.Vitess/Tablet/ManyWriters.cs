using System.Diagnostics.CodeAnalysis;

namespace Shale.Vitess;

/// <summary>The writing connections of an engine with a concurrency of its own (PostgreSQL): a pool, in which nobody waits for another but for the number of connections. Thread-safe.</summary>
internal sealed class ManyWriters(IStorageEngine engine, VTTabletOptions options) : TabletWriter(engine, options)
{
    private volatile bool _isClosed;
    private readonly ConnectionPool _pool = new(engine, options, EngineAccess.Write, options.MaxWriters);

    /// <inheritdoc/>
    public override bool IsOne => false;

    /// <inheritdoc/>
    public override bool TryTake([NotNullWhen(true)] out IEngineConnection? connection)
    {
        connection = null;
        return !TurnsAway && Successor is null && _pool.TryTake(null, out connection);
    }

    /// <summary>Takes a connection. Errors: RESOURCE_EXHAUSTED (53300); LOCK_TIMEOUT (55P03) while nobody may write.</summary>
    /// <param name="wait">Not used: there is no other whose end could be waited for.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public override async ValueTask<IEngineConnection> TakeAsync(bool wait, CancellationToken cancellationToken)
    {
        try
        {
            var connection = TurnsAway ? throw Leaves() : await _pool.TakeAsync(null, cancellationToken);
            if (!TurnsAway && Successor is null) return connection;
            _pool.Return(connection, isSound: false);
            if (TurnsAway) throw Leaves();
        }
        catch (VitessException) when (Successor is not null && !TurnsAway)
        {
            // The engine was closed under the opening.
        }
        catch (VitessException failure) when (_isClosed && failure.Code == ErrorCodes.ResourceExhausted.Code)
        {
            throw new VitessException(ErrorCodes.LockTimeout, "the shard goes over to another engine, and was not to be written within lock_timeout", hint: "Try again.");
        }

        return await Successor!.TakeAsync(wait, cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask ReleaseAsync(IEngineConnection connection, bool isSound) => _pool.Return(connection, isSound && await TryRollbackAsync(connection));

    /// <inheritdoc/>
    public override async ValueTask CloseForAllAsync(CancellationToken cancellationToken)
    {
        _isClosed = true;
        if (await _pool.TryDrainAsync(cancellationToken)) return;
        _isClosed = false;
        throw new VitessException(ErrorCodes.LockTimeout, "transactions that began before this have not ended within lock_timeout", hint: "Try again when there is less to do, and keep transactions short.");
    }

    /// <inheritdoc/>
    public override ValueTask OpenAsync()
    {
        _isClosed = false;
        if (!TurnsAway) _pool.Refill();
        TurnsAway = false;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override void TurnAway()
    {
        TurnsAway = true;
        _pool.Refill();
    }

    /// <inheritdoc/>
    public override async ValueTask HoldBackAsync(CancellationToken cancellationToken)
    {
        await CloseForAllAsync(cancellationToken);
        TurnsAway = false;
    }

    /// <inheritdoc/>
    public override async ValueTask GiveWayAsync()
    {
        await _pool.CloseIdleAsync();
        if (!TurnsAway) _pool.Refill();
    }

    /// <inheritdoc/>
    public override ValueTask CloseAsync(TimeSpan patience) => _pool.CloseAsync(patience);
}
