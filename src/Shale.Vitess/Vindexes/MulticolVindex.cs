using System.Collections.Immutable;
using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Vitess' multicol and region_experimental: each column gives some bytes of the keyspace id, by a function of its own, first columns first. So rows that share the first columns
/// lie next to one another on the ring, and the first columns alone narrow to that part of it.
/// </summary>
internal sealed class MulticolVindex : IVindex
{
    private const int IdBytes = 8;
    private readonly ImmutableArray<Part> _parts;

    private MulticolVindex(VindexDefinition definition, ImmutableArray<Part> parts)
    {
        (Name, Type) = (definition.Name, definition.Type.ToLowerInvariant());
        _parts = parts;
    }

    public string Name { get; }

    public string Type { get; }

    public int MaxColumns => _parts.Length;

    /// <summary>multicol: <c>column_count</c>, and for each column its <c>column_vindex</c> (hash) and <c>column_bytes</c>; those that are not given share the bytes that are left, first ones more.</summary>
    public static MulticolVindex Multicol(VindexDefinition definition)
    {
        if (!definition.Params.TryGetValue("column_count", out var number) || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > IdBytes)
        {
            throw Invalid(definition, "column_count is not a number from 1 to 8", "Say how many columns a key has: \"params\": {\"column_count\": \"2\"}.");
        }

        var functions = List(definition, "column_vindex", count);
        var bytes = BytesOf(definition, List(definition, "column_bytes", count));
        return new MulticolVindex(definition, [.. functions.Select((name, i) => new Part(FunctionOf(definition, name.Length == 0 ? "hash" : name), bytes[i], IsLow: false))]);
    }

    /// <summary>region_experimental: the lowest <c>region_bytes</c> (1 or 2) of the first column, a number; then the hash of the second.</summary>
    public static MulticolVindex Region(VindexDefinition definition)
    {
        var bytes = definition.Params.GetValueOrDefault("region_bytes") switch
        {
            "1" => 1,
            "2" => 2,
            _ => throw Invalid(definition, "region_bytes is neither 1 nor 2", "Say how many bytes a region's number has: \"params\": {\"region_bytes\": \"1\"}."),
        };
        return new MulticolVindex(definition, [new Part(new NumberVindex(definition, number => new KeyspaceId(number)), bytes, IsLow: true), new Part(new HashVindex(definition.Name), IdBytes - bytes, IsLow: false)]);
    }

    public bool TryMap(ReadOnlySpan<SqlValue> canonicalKey, out KeyspaceId id) => TryMap(canonicalKey, out id, out _) && !canonicalKey.IsEmpty;

    public bool TryMapInterval(SqlValue? low, SqlValue? high, ICollection<KeyspaceInterval> into) => false;

    public bool TryMapPrefix(ReadOnlySpan<SqlValue> first, ICollection<KeyspaceInterval> into)
    {
        if (first.IsEmpty) return false;
        if (TryMap(first, out var id, out var bits)) into.Add(new KeyspaceInterval(id, new KeyspaceId(bits == 64 ? id.Value : id.Value | (ulong.MaxValue >> bits))));
        return true;
    }

    /// <summary>What no column of the key could be; what only one of them cannot be is told by the rows (23514).</summary>
    public string? Objection(ColumnSchema column)
    {
        string? objection = null;
        foreach (var part in _parts)
        {
            if (part.Function.Objection(column) is not { } why) return null;
            objection = why;
        }

        return objection;
    }

    private bool TryMap(ReadOnlySpan<SqlValue> key, out KeyspaceId id, out int bits)
    {
        (id, bits) = (default, 0);
        for (var i = 0; i < key.Length; i++)
        {
            if (!_parts[i].Function.TryMap(key.Slice(i, 1), out var part)) return false;
            var width = _parts[i].Bytes * 8;
            var taken = _parts[i].IsLow ? part.Value & (ulong.MaxValue >> (64 - width)) : part.Value >> (64 - width);
            bits += width;
            id = new KeyspaceId(id.Value | (taken << (64 - bits)));
        }

        return true;
    }

    private static string[] List(VindexDefinition definition, string parameter, int count)
    {
        var given = definition.Params.GetValueOrDefault(parameter)?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        if (given.Length > count) throw Invalid(definition, $"{parameter} speaks of more columns than column_count", $"Name at most {count}.");
        return [.. given, .. Enumerable.Repeat("", count - given.Length)];
    }

    private static int[] BytesOf(VindexDefinition definition, string[] given)
    {
        var bytes = new int[given.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (given[i].Length == 0) continue;
            if (int.TryParse(given[i], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]) && bytes[i] is >= 1 and <= IdBytes) continue;
            throw Invalid(definition, $"column_bytes has \"{given[i]}\"", "Give each column 1 to 8 bytes, all together at most 8.");
        }

        var left = IdBytes - bytes.Sum();
        var open = bytes.Count(each => each == 0);
        if (open > left) throw Invalid(definition, "its columns need more than the 8 bytes of a keyspace id", "Give them fewer: column_bytes.");
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] > 0) continue;
            bytes[i] = (left + open - 1) / open;
            left -= bytes[i];
            open--;
        }

        return bytes;
    }

    private static IVindex FunctionOf(VindexDefinition definition, string type)
    {
        var function = VindexRegistry.BuiltIn.Create(VindexDefinition.Plain(type));
        return function is HashVindex or BytesVindex or NumberVindex or RangeVindex ? function
            : throw Invalid(definition, $"its column_vindex \"{type}\" is no function of one value", "Use hash, numeric, binary, xxhash or another function of one column.");
    }

    private static VitessException Invalid(VindexDefinition definition, string problem, string hint) =>
        new(ErrorCodes.InvalidVSchema, $"vindex \"{definition.Name}\": {problem}", hint: hint);

    /// <summary>What one column gives.</summary>
    /// <param name="Function">The place of its value.</param>
    /// <param name="Bytes">How many bytes of that are taken.</param>
    /// <param name="IsLow">Whether they are the lowest ones.</param>
    private sealed record Part(IVindex Function, int Bytes, bool IsLow);
}
