using System.Collections.Immutable;
using System.Globalization;

namespace Shale.Vitess;

/// <summary>
/// consistent_hash: the hash of the key (see <see cref="HashVindex"/>) is looked up on a <see cref="HashRing"/> of the shards. Unlike hash it spreads keys evenly
/// over shards of unequal key ranges. <c>vnodes</c> says how many virtual nodes a shard has.
/// </summary>
internal sealed class ConsistentHashVindex : IVindex
{
    /// <summary>Shards of one ring differ by about one part in the square root of this: 3 %.</summary>
    private const int DefaultNodes = 1024;
    private const int MaxNodes = 8192;
    private readonly HashVindex _hash;
    private readonly HashRing? _ring;

    public ConsistentHashVindex(VindexDefinition definition, ImmutableArray<KeyRange> shards)
    {
        Name = definition.Name;
        _hash = new HashVindex(definition.Name);
        var nodes = DefaultNodes;
        if (definition.Params.TryGetValue("vnodes", out var text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out nodes) || nodes is < 1 or > MaxNodes))
        {
            throw new VitessException(ErrorCodes.InvalidVSchema, $"vindex \"{Name}\": vnodes is \"{text}\", not a number from 1 to {MaxNodes}");
        }

        _ring = shards.IsEmpty ? null : HashRing.Of(shards, nodes);
    }

    public string Name { get; }

    public string Type => "consistent_hash";

    public int MaxColumns => _hash.MaxColumns;

    public bool TryMap(ReadOnlySpan<SqlValue> canonicalKey, out KeyspaceId id)
    {
        if (!_hash.TryMap(canonicalKey, out id)) return false;
        if (_ring is null) throw new InvalidOperationException("a ring without shards has no places");
        id = _ring.OwnerOf(id.Value);
        return true;
    }

    public bool TryMapInterval(SqlValue? low, SqlValue? high, ICollection<KeyspaceInterval> into) => false;
}
