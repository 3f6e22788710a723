namespace Shale.Vitess;

/// <summary>
/// A shard whose rows are all on another engine, too, and verified; nobody writes it meanwhile. States: prepared, where the copy is seen by nobody; committed; complete, where the tablet serves from it.
/// Disposed before that, the tablet stays where it was, and what was copied is removed. One thread at a time.
/// </summary>
internal sealed class EngineSwitch : IAsyncDisposable
{
    private readonly VTTablet _tablet;
    private readonly IStorageEngine _target;
    private readonly ShardCopy? _copy;
    private readonly int? _connections;
    private bool _isOver;

    /// <summary>Of a tablet that nobody writes.</summary>
    /// <param name="tablet">The tablet.</param>
    /// <param name="target">The engine that has the rows.</param>
    /// <param name="copy">The copy, which is not committed yet; null where it is durable already.</param>
    /// <param name="connections">See <see cref="VTTablet.PrepareSwitchAsync"/>.</param>
    internal EngineSwitch(VTTablet tablet, IStorageEngine target, ShardCopy? copy, int? connections) => (_tablet, _target, _copy, _connections) = (tablet, target, copy, connections);

    /// <summary>Makes the copy durable. Errors: what the engine finds at commit.</summary>
    public ValueTask CommitAsync(CancellationToken cancellationToken) => _copy is null ? ValueTask.CompletedTask : _tablet.TranslatedAsync(() => _copy.CommitAsync(cancellationToken));

    /// <summary>Lets the tablet serve from the other engine. It cannot fail.</summary>
    public async ValueTask CompleteAsync()
    {
        _isOver = true;
        if (_copy is not null) await _copy.CloseAsync();
        await _tablet.EndSwitchAsync(_target, _connections);
    }

    /// <summary>Leaves the tablet where it was, unless it has gone over.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isOver) return;
        _isOver = true;
        if (_copy is not null) await _copy.UndoAsync();
        await _tablet.CancelSwitchAsync();
    }
}
