namespace Shale.Vitess;

/// <summary>
/// A shard on its way to another engine; nobody writes it meanwhile. States: begun; copied and verified, which nobody sees; committed; complete, where the tablet serves from the other engine. Disposed before
/// that, the tablet stays where it was, and what was copied is removed. One thread at a time.
/// </summary>
/// <param name="tablet">The tablet, which nobody writes.</param>
internal sealed class EngineSwitch(VTTablet tablet) : IAsyncDisposable
{
    private IStorageEngine? _target;
    private ShardCopy? _copy;
    private bool _isOver;

    /// <summary>How many rows were copied, where they were counted.</summary>
    public long Rows => _copy?.Rows ?? 0;

    /// <summary>Copies everything, and verifies it. Errors: as <see cref="VTTablet.SwitchEngineAsync(IStorageEngine, VKeyspace, CancellationToken)"/>.</summary>
    public async ValueTask CopyAsync(IStorageEngine target, VKeyspace? keyspace, CancellationToken cancellationToken) =>
        (_copy, _target) = (await tablet.CopyToAsync(target, keyspace, cancellationToken), target);

    /// <summary>Makes the copy durable. Errors: what the engine finds at commit.</summary>
    public ValueTask CommitAsync(CancellationToken cancellationToken) => _copy is null ? ValueTask.CompletedTask : tablet.TranslatedAsync(() => _copy.CommitAsync(cancellationToken));

    /// <summary>See <see cref="VTTablet.TurnAway"/>.</summary>
    public void TurnAway() => tablet.TurnAway();

    /// <summary>See <see cref="VTTablet.HoldBackAsync"/>.</summary>
    public ValueTask HoldBackAsync(CancellationToken cancellationToken) => tablet.HoldBackAsync(cancellationToken);

    /// <summary>Lets the tablet serve from the other engine. It cannot fail.</summary>
    /// <param name="connections">How many connections to the other engine there may be for reading, and as many for writing; null for as many as now.</param>
    public async ValueTask CompleteAsync(int? connections)
    {
        _isOver = true;
        if (_copy is not null) await _copy.CloseAsync();
        await tablet.EndSwitchAsync(_target!, connections);
    }

    /// <summary>Leaves the tablet where it was, unless it has gone over.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isOver) return;
        _isOver = true;
        if (_copy is not null) await _copy.UndoAsync();
        await tablet.CancelSwitchAsync();
    }
}
