namespace Shale.Vitess;

/// <summary>A topology that lives and dies with the process: for tests, and for clusters in temporary directories. Thread-safe by one lock.</summary>
public class MemoryTopology : ITopology
{
    private readonly Lock _lock = new();
    private TopologyState _state;

    /// <summary>A topology that starts with a VSchema.</summary>
    public MemoryTopology(VSchema? schema = null)
        : this(TopologyState.Empty with { Schema = schema ?? VSchema.Empty })
    {
    }

    private protected MemoryTopology(TopologyState state, EraFiles? eras = null) => (_state, Eras) = (state, new VSchemaEras(eras));

    /// <inheritdoc/>
    public IVSchemaEras Eras { get; }

    /// <summary>What it keeps of one keyspace.</summary>
    internal TopologyState StateOf(string keyspace)
    {
        lock (_lock)
        {
            return new TopologyState(
                VSchema.Empty.WithKeyspace(_state.Schema.Get(keyspace)) with { Version = _state.Schema.Version },
                _state.Applied.RemoveRange(_state.Applied.Keys.Where(name => !VSchemaNames.Comparer.Equals(name, keyspace))),
                _state.NextValues.RemoveRange(_state.NextValues.Keys.Where(name => !VSchemaNames.Comparer.Equals(name.Keyspace, keyspace))))
            {
                Former = _state.Former.RemoveRange(_state.Former.Keys.Where(name => !VSchemaNames.Comparer.Equals(name.Keyspace, keyspace))),
                Snapshots = _state.Snapshots.RemoveRange(_state.Snapshots.Keys.Where(name => !VSchemaNames.Comparer.Equals(name, keyspace))),
            };
        }
    }

    /// <inheritdoc/>
    public VSchema Load()
    {
        lock (_lock) return _state.Schema;
    }

    /// <inheritdoc/>
    public string? AppliedHash(string keyspace)
    {
        lock (_lock) return _state.Applied.GetValueOrDefault(keyspace);
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyspaceRestore> Restores
    {
        get
        {
            lock (_lock) return [.. _state.Restores.Values];
        }
    }

    /// <inheritdoc/>
    public void Save(long expectedVersion, VSchema schema, IReadOnlyDictionary<string, string>? applied = null, KeyspaceRestore? restore = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(schema.Version, expectedVersion);
        lock (_lock)
        {
            if (_state.Schema.Version != expectedVersion)
            {
                throw new VitessException(ErrorCodes.SerializationFailure, $"the VSchema is at version {_state.Schema.Version}, not {expectedVersion}: another change came first");
            }

            ReplaceLocked(_state.With(schema, applied, restore, keyspace => Eras.Of(keyspace) is [var oldest, ..] ? oldest.Version : null));
        }
    }

    /// <inheritdoc/>
    public void EndRestore(string keyspace)
    {
        lock (_lock) ReplaceLocked(_state with { Restores = _state.Restores.Remove(keyspace) });
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, HlcTimestamp> Snapshots(string keyspace)
    {
        lock (_lock) return _state.Snapshots.GetValueOrDefault(keyspace, TopologyState.NoSnapshots);
    }

    /// <inheritdoc/>
    public void SaveSnapshot(string keyspace, string name, HlcTimestamp time)
    {
        lock (_lock) ReplaceLocked(_state with { Snapshots = _state.Snapshots.SetItem(keyspace, _state.Snapshots.GetValueOrDefault(keyspace, TopologyState.NoSnapshots).SetItem(name, time)) });
    }

    /// <inheritdoc/>
    public void DropSnapshot(string keyspace, string name)
    {
        lock (_lock)
        {
            if (!_state.Snapshots.TryGetValue(keyspace, out var known)) return;
            known = known.Remove(name);
            ReplaceLocked(_state with { Snapshots = known.IsEmpty ? _state.Snapshots.Remove(keyspace) : _state.Snapshots.SetItem(keyspace, known) });
        }
    }

    /// <inheritdoc/>
    public SequenceBlock Reserve(string keyspace, VSequence sequence, long count, long? notBefore = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (_lock)
        {
            var (state, block) = _state.Reserve(keyspace, sequence, count, notBefore);
            ReplaceLocked(state);
            return block;
        }
    }

    /// <inheritdoc/>
    public Int128? NextValue(string keyspace, string sequence)
    {
        lock (_lock) return _state.NextValues.TryGetValue((keyspace, sequence), out var next) ? next : null;
    }

    /// <inheritdoc/>
    public void Restart(string keyspace, string sequence, long next)
    {
        lock (_lock) ReplaceLocked(_state.Restart(keyspace, sequence, next));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes a state durable before anyone can see it; throws if that fails.</summary>
    private protected virtual void Store(TopologyState state)
    {
    }

    /// <summary>Lets go of what the topology holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    private void ReplaceLocked(TopologyState state)
    {
        Store(state);
        _state = state;
    }
}
