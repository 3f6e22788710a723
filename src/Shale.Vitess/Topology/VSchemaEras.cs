using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>The eras of a topology: which there are is held in memory, their VSchemas in files where there are some. Thread-safe by one lock.</summary>
/// <param name="files">Where they are kept; null for memory alone.</param>
internal sealed class VSchemaEras(EraFiles? files) : IVSchemaEras
{
    private const int MostLoaded = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Keyspace, long Version), VKeyspace> _loaded = [];
    private ImmutableDictionary<string, ImmutableList<VSchemaEra>> _eras = (files?.List() ?? []).GroupBy(era => era.Keyspace, VSchemaNames.Comparer)
        .ToImmutableDictionary(group => group.Key, group => group.OrderBy(era => era.Version).ToImmutableList(), StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IReadOnlyList<VSchemaEra> Of(string keyspace)
    {
        lock (_lock) return ListOf(keyspace);
    }

    /// <inheritdoc/>
    public VKeyspace Load(VSchemaEra era)
    {
        lock (_lock)
        {
            if (_loaded.TryGetValue((era.Keyspace, era.Version), out var known)) return known;
            var current = ListOf(era.Keyspace).Find(each => each.Version == era.Version);
            var read = current is not null && files is not null ? files.Read(current) : throw new InvalidOperationException($"there is no era {era.Version} of keyspace {era.Keyspace}");
            Keep(era, read);
            return read;
        }
    }

    /// <inheritdoc/>
    public void Add(VSchemaEra era, VKeyspace schema)
    {
        lock (_lock)
        {
            var known = ListOf(era.Keyspace);
            files?.Write(era, schema);
            if (known.Find(each => each.Version == era.Version) is { } other && other != era) files?.Delete(other);
            Keep(era, schema);
            _eras = _eras.SetItem(era.Keyspace, known.RemoveAll(each => each.Version == era.Version).Add(era));
        }
    }

    /// <inheritdoc/>
    public void End(VSchemaEra era, HlcTimestamp since)
    {
        lock (_lock)
        {
            var eras = ListOf(era.Keyspace);
            var place = eras.FindIndex(each => each.Version == era.Version);
            if (place < 0) return;
            var ended = eras[place] with { Since = since };
            files?.Rename(eras[place], ended);
            _eras = _eras.SetItem(era.Keyspace, eras.SetItem(place, ended));
        }
    }

    /// <inheritdoc/>
    public void Remove(VSchemaEra era)
    {
        lock (_lock)
        {
            var eras = ListOf(era.Keyspace);
            if (eras.Find(each => each.Version == era.Version) is not { } known) return;
            files?.Delete(known);
            _loaded.Remove((era.Keyspace, era.Version));
            _eras = _eras.SetItem(era.Keyspace, eras.Remove(known));
        }
    }

    private ImmutableList<VSchemaEra> ListOf(string keyspace) => _eras.GetValueOrDefault(keyspace, []);

    // What has no file must stay; what has one is read again when it is needed.
    private void Keep(VSchemaEra era, VKeyspace schema)
    {
        if (files is not null && _loaded.Count >= MostLoaded) _loaded.Clear();
        _loaded[(era.Keyspace, era.Version)] = schema;
    }
}
