using System.Text.Json;

namespace Shale.Vitess;

/// <summary>What the shapes share: vindexes and auto-increment entries.</summary>
internal static class VindexEntries
{
    /// <summary>Parameters that may stand beside the type too.</summary>
    public static IReadOnlyList<string> Parameters { get; } = ["ranges", "regions", "default"];

    public static RawVindex Read(string name, JsonEntry entry)
    {
        if (entry.Find("type") is not { } type) throw entry.Invalid("has no type");
        var values = new Dictionary<string, string>(VSchemaNames.Comparer);
        if (entry.Find("params") is { } parameters)
        {
            foreach (var (key, value) in parameters.Properties()) values[key] = AsText(value);
        }

        foreach (var parameter in Parameters)
        {
            if (entry.Find(parameter) is { } given) values[parameter] = AsText(given);
        }

        var table = entry.Find("lookupTable", "table")?.Text() ?? values.GetValueOrDefault("table");
        return new RawVindex(name, type.Text()) { Params = values, LookupTable = table, Owner = entry.Find("owner")?.Text() };
    }

    public static AutoIncrement? ReadAutoIncrement(JsonEntry table)
    {
        if (table.Find("auto_increment", "autoIncrement") is not { } entry) return null;
        var column = entry.Find("column")?.Text() ?? throw entry.Invalid("has no column");
        return new AutoIncrement(column, entry.Find("sequence")?.Text() ?? throw entry.Invalid("has no sequence")) { IsOwned = entry.Find("owned")?.Flag() };
    }

    public static bool IsNull(string type) => VSchemaNames.Comparer.Equals(type, "null");

    public static bool IsLookup(string type) => LookupTypes.IsOne(type);

    public static bool SameParams(Dictionary<string, string> left, Dictionary<string, string> right) =>
        left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out var value) && value == pair.Value);

    public static string AsText(JsonEntry entry) => entry.IsString ? entry.Value.GetString()! : JsonSerializer.Serialize(entry.Value);
}
