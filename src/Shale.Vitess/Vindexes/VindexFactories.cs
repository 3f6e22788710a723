using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Shale.Vitess;

/// <summary>The kinds of vindexes that Shale has.</summary>
internal static class VindexFactories
{
    public static IReadOnlyList<IVindexFactory> All { get; } =
    [
        new Factory("hash", (definition, _) => new HashVindex(definition.Name)),
        new Factory("consistent_hash", (definition, shards) => new ConsistentHashVindex(definition, shards), "vnodes"),
        new Factory("range", (definition, _) => new RangeVindex(definition), "ranges"),
        new Factory("multicol", (definition, _) => MulticolVindex.Multicol(definition), "column_count", "column_vindex", "column_bytes"),
        new Factory("region_experimental", (definition, _) => MulticolVindex.Region(definition), "region_bytes"),
        new Factory("region", (definition, _) => new RegionVindex(definition), "regions", "default"),
        new Factory("null", (definition, _) => new NullVindex(definition.Name)),
        new Factory("reverse_bits", (definition, _) => new NumberVindex(definition, NumberVindex.ReverseBits)),
        new Factory("numeric_static_map", (definition, _) => NumberVindex.StaticMap(definition), "json", "json_path", "fallback_type"),
        new Factory("binary", (definition, _) => new BytesVindex(definition, FirstEight)),
        new Factory("binary_md5", (definition, _) => new BytesVindex(definition, Md5)),
        new Factory("xxhash", (definition, _) => new BytesVindex(definition, Xx)),
        new Factory("unicode_loose_md5", (definition, _) => new BytesVindex(definition, Md5, isLoose: true)),
        new Factory("unicode_loose_xxhash", (definition, _) => new BytesVindex(definition, Xx, isLoose: true)),
    ];

    private static KeyspaceId FirstEight(ReadOnlySpan<byte> bytes)
    {
        Span<byte> id = stackalloc byte[8];
        id.Clear();
        bytes[..Math.Min(bytes.Length, id.Length)].CopyTo(id);
        return new KeyspaceId(BinaryPrimitives.ReadUInt64BigEndian(id));
    }

    [SuppressMessage("Security", "CA5351", Justification = "Spreads keys as Vitess does; nothing is protected by it.")]
    private static KeyspaceId Md5(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(bytes, digest);
        return FirstEight(digest);
    }

    // Vitess writes the number with its lowest byte first.
    private static KeyspaceId Xx(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReverseEndianness(XxHash64.Of(bytes)));

    /// <summary>A kind of Shale's own.</summary>
    internal sealed class Factory(string type, Func<VindexDefinition, ImmutableArray<KeyRange>, IVindex> create, params string[] parameters) : IVindexFactory
    {
        public string Type => type;

        /// <summary>The parameters it knows.</summary>
        public IReadOnlyList<string> Parameters => parameters;

        public IVindex Create(VindexDefinition definition, ImmutableArray<KeyRange> shards) => create(definition, shards);
    }
}
