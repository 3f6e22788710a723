using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Shale.Vitess;

/// <summary>
/// region: the first column names a region, whose rows live on the region's shards only; inside the region the hash of the further columns, or of the value itself if
/// there are none, spreads them. Values that name no region belong to the default one, or without one nowhere.
/// </summary>
internal sealed class RegionVindex : IVindex, INamesShards
{
    private readonly HashVindex _hash;
    private readonly FrozenDictionary<string, Region> _regions;
    private readonly Region? _default;

    public RegionVindex(VindexDefinition definition)
    {
        Name = definition.Name;
        _hash = new HashVindex(definition.Name);
        _regions = Read(definition.Params.GetValueOrDefault("regions") ?? throw Invalid("""it has no regions, such as {"eu": "-80", "us": "80-"}"""));
        if (!definition.Params.TryGetValue("default", out var name)) return;
        _default = _regions.GetValueOrDefault(name) ?? throw Invalid($"its default \"{name}\" is none of its regions");
    }

    public string Name { get; }

    public string Type => "region";

    public int MaxColumns => _hash.MaxColumns;

    public IEnumerable<KeyRange> Named => _regions.Values.SelectMany(region => region.Shards);

    public bool TryMap(ReadOnlySpan<SqlValue> canonicalKey, out KeyspaceId id)
    {
        id = default;
        if (canonicalKey.IsEmpty || canonicalKey[0].IsNull || Find(canonicalKey[0]) is not { } region) return false;
        if (!_hash.TryMap(canonicalKey.Length > 1 ? canonicalKey[1..] : canonicalKey, out var hash)) return false;
        id = region.Place(hash);
        return true;
    }

    public bool TryMapInterval(SqlValue? low, SqlValue? high, ICollection<KeyspaceInterval> into) => false;

    public bool TryMapPrefix(ReadOnlySpan<SqlValue> first, ICollection<KeyspaceInterval> into)
    {
        if (first.IsEmpty) return false;
        if (first[0].IsNull || Find(first[0]) is not { } region) return true;
        foreach (var shard in region.Shards) into.Add(new KeyspaceInterval(shard.Start, LastOf(shard)));
        return true;
    }

    private Region? Find(in SqlValue value) => _regions.GetValueOrDefault(value.ToString()) ?? _default;

    private FrozenDictionary<string, Region> Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw Invalid("regions is not an object");
            var regions = document.RootElement.EnumerateObject().ToFrozenDictionary(entry => entry.Name, entry => new Region(ReadShards(entry)));
            return regions.Count > 0 ? regions : throw Invalid("regions is empty");
        }
        catch (JsonException broken)
        {
            throw Invalid($"regions is not JSON: {broken.Message}");
        }
    }

    private ImmutableArray<KeyRange> ReadShards(JsonProperty region)
    {
        IEnumerable<JsonElement> names = region.Value.ValueKind == JsonValueKind.Array ? region.Value.EnumerateArray() : [region.Value];
        var shards = names.Select(name => name.ValueKind == JsonValueKind.String && KeyRange.TryParse(name.GetString(), out var range)
            ? range : throw Invalid($"region \"{region.Name}\" names the shard {name.GetRawText()}, which is not a key range such as -80")).OrderBy(range => range.Start).ToImmutableArray();
        if (shards.IsEmpty) throw Invalid($"region \"{region.Name}\" has no shards");
        for (var i = 1; i < shards.Length; i++)
        {
            if (shards[i - 1].End is not { } end || end > shards[i].Start) throw Invalid($"the shards {shards[i - 1]} and {shards[i]} of region \"{region.Name}\" overlap");
        }

        return shards;
    }

    private VitessException Invalid(string problem) => new(ErrorCodes.InvalidVSchema, string.Create(CultureInfo.InvariantCulture, $"vindex \"{Name}\": {problem}"));

    private static KeyspaceId LastOf(KeyRange shard) => new(shard.End is { } end ? end.Value - 1 : ulong.MaxValue);

    /// <summary>The shards of a region, in order of the ring.</summary>
    private sealed class Region(ImmutableArray<KeyRange> shards)
    {
        private readonly UInt128 _size = shards.Aggregate(UInt128.Zero, (sum, shard) => sum + SizeOf(shard));

        public ImmutableArray<KeyRange> Shards => shards;

        /// <summary>Stretches the whole ring over the region: a shard that is split later hands over its upper part, as with hash.</summary>
        public KeyspaceId Place(KeyspaceId hash)
        {
            // The size may be the whole ring, 2^64, which times the hash still fits.
            var offset = (UInt128)hash.Value * _size >> 64;
            foreach (var shard in shards)
            {
                var size = SizeOf(shard);
                if (offset < size) return new KeyspaceId(shard.Start.Value + (ulong)offset);
                offset -= size;
            }

            throw new InvalidOperationException("a hash lies behind its region");
        }

        private static UInt128 SizeOf(KeyRange shard) => (UInt128)LastOf(shard).Value - shard.Start.Value + 1;
    }
}
