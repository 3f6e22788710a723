namespace Shale.PageLog;

/// <summary>A reader of a branch: see <see cref="IPageReader"/>.</summary>
internal sealed class PinnedReader : IPageReader
{
    private readonly PageStore _store;
    private readonly Branch? _branch;
    private readonly Line _line;
    private bool _pinned;

    /// <summary>A reader of a branch's newest durable version at each pin.</summary>
    public PinnedReader(PageStore store, Branch branch)
    {
        _store = store;
        _branch = branch;
        _line = branch.NewestAt(store.Tail.Durable);
    }

    /// <summary>A reader of one version; it is pinned until disposed.</summary>
    public PinnedReader(PageStore store, Line line, LineState state)
    {
        _store = store;
        (_line, Lsn, PageCount) = (line, state.Lsn, state.PageCount);
        _pinned = true;
    }

    /// <inheritdoc/>
    public bool IsImmutable => _branch is null;

    /// <inheritdoc/>
    public Lsn Lsn { get; private set; }

    /// <inheritdoc/>
    public uint PageCount { get; private set; }

    /// <summary>What it keeps from being removed; null for nothing. Read under the store's lock.</summary>
    public (Line Line, Lsn Lsn)? Pinned => _pinned ? (_line, Lsn) : null;

    /// <inheritdoc/>
    public void Pin()
    {
        if (_branch is null) return;
        lock (_store.Lock)
        {
            if (!_store.Index.IsLive(_branch)) throw new VitessException(ErrorCodes.BranchNotFound, $"the branch {_branch.Name} was dropped");
            if (_branch.NewestAt(_store.Tail.Durable) != _line)
            {
                throw new VitessException(ErrorCodes.SerializationFailure, $"the branch {_branch.Name} was restored to an earlier version", hint: "Run the statement again on a new connection.");
            }

            var state = _line.Durable;
            (Lsn, PageCount, _pinned) = (state.Lsn, state.PageCount, true);
        }
    }

    /// <inheritdoc/>
    public void Unpin()
    {
        if (_branch is not null) _pinned = false;
    }

    /// <inheritdoc/>
    public void Read(uint pageNumber, int offset, Span<byte> destination)
    {
        if (pageNumber > PageCount || !_store.TryFind(_line, pageNumber, Lsn, out var place)) destination.Clear();
        else _store.Frames.Read(place, offset, destination);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pinned = false;
        _store.Forget(this);
    }
}
