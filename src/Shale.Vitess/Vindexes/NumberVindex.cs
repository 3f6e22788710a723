using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Vitess' functions of one integer: reverse_bits and numeric_static_map. Negative numbers count in two's complement.</summary>
internal sealed class NumberVindex(VindexDefinition definition, Func<ulong, KeyspaceId> place) : IVindex
{
    public string Name => definition.Name;

    public string Type => definition.Type.ToLowerInvariant();

    public int MaxColumns => 1;

    /// <summary>reverse_bits: numbers that follow one another lie far apart.</summary>
    public static KeyspaceId ReverseBits(ulong number)
    {
        // Halves, quarters, … of the word change places.
        number = (number >> 32) | (number << 32);
        number = ((number >> 16) & 0x0000FFFF0000FFFF) | ((number & 0x0000FFFF0000FFFF) << 16);
        number = ((number >> 8) & 0x00FF00FF00FF00FF) | ((number & 0x00FF00FF00FF00FF) << 8);
        number = ((number >> 4) & 0x0F0F0F0F0F0F0F0F) | ((number & 0x0F0F0F0F0F0F0F0F) << 4);
        number = ((number >> 2) & 0x3333333333333333) | ((number & 0x3333333333333333) << 2);
        return new KeyspaceId(((number >> 1) & 0x5555555555555555) | ((number & 0x5555555555555555) << 1));
    }

    /// <summary>numeric_static_map: some numbers have a place of their own (<c>json</c>); others are their own place, or that of the <c>fallback_type</c>.</summary>
    public static NumberVindex StaticMap(VindexDefinition definition)
    {
        if (definition.Params.ContainsKey("json_path"))
        {
            throw Invalid(definition, "json_path names a file, which no other gate has", "Write the map into the VSchema: \"params\": {\"json\": {\"1\": 2}}.");
        }

        var map = ReadMap(definition);
        if (!definition.Params.TryGetValue("fallback_type", out var type)) return new NumberVindex(definition, number => new KeyspaceId(map.GetValueOrDefault(number, number)));
        var fallback = VindexRegistry.BuiltIn.Create(VindexDefinition.Plain(type));
        if (fallback is not (HashVindex or BytesVindex or NumberVindex)) throw Invalid(definition, $"its fallback_type \"{type}\" is no function of a number", "Use xxhash.");
        return new NumberVindex(definition, number => map.TryGetValue(number, out var place) ? new KeyspaceId(place) : Map(fallback, number));
    }

    public bool TryMap(ReadOnlySpan<SqlValue> canonicalKey, out KeyspaceId id)
    {
        id = default;
        if (canonicalKey is not [{ Kind: SqlValueKind.Integer } number]) return false;
        id = place(unchecked((ulong)number.AsInteger()));
        return true;
    }

    public bool TryMapInterval(SqlValue? low, SqlValue? high, ICollection<KeyspaceInterval> into) => false;

    public string? Objection(ColumnSchema column) => IsInteger(column) ? null : $"is not of an integer type, which {Type} needs";

    /// <summary>Whether a column holds integers.</summary>
    public static bool IsInteger(ColumnSchema column) => column.Type.Kind is SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8;

    private static KeyspaceId Map(IVindex vindex, ulong number)
    {
        var key = SqlValue.Integer(unchecked((long)number));
        return vindex.TryMap(new ReadOnlySpan<SqlValue>(in key), out var id) ? id : throw new InvalidOperationException($"{vindex.Type} has no place for {number}");
    }

    private static FrozenDictionary<ulong, ulong> ReadMap(VindexDefinition definition)
    {
        var json = definition.Params.GetValueOrDefault("json") ?? throw Invalid(definition, "it has no map", "Give it one: \"params\": {\"json\": {\"1\": 2}}.");
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.EnumerateObject().ToFrozenDictionary(entry => ulong.Parse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture), entry => entry.Value.GetUInt64());
        }
        catch (Exception broken) when (broken is JsonException or FormatException or InvalidOperationException or OverflowException or ArgumentException)
        {
            throw Invalid(definition, "json is not an object of whole numbers from 0 to 2^64-1", "Write {\"1\": 2, \"3\": 4}.");
        }
    }

    private static VitessException Invalid(VindexDefinition definition, string problem, string hint) =>
        new(ErrorCodes.InvalidVSchema, $"vindex \"{definition.Name}\": {problem}", hint: hint);
}
