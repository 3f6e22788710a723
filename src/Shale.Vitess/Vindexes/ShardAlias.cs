using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Shale.Vitess;

/// <summary>Seed 003's names of shards: <c>shard-0</c>, <c>shard-1</c>, …, in order of the ring.</summary>
internal static class ShardAlias
{
    private const string Prefix = "shard-";

    /// <summary>Reads the number.</summary>
    public static bool TryParse(string name, out int index)
    {
        index = -1;
        return name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }

    /// <summary>Parameters of a vindex with key ranges in place of aliases, which would mean other shards after the keyspace is split.</summary>
    public static ImmutableSortedDictionary<string, string> Resolve(ImmutableSortedDictionary<string, string> parameters, ImmutableArray<KeyRange> shards)
    {
        foreach (var name in (ReadOnlySpan<string>)["ranges", "regions"])
        {
            if (!parameters.TryGetValue(name, out var json) || !json.Contains(Prefix, StringComparison.OrdinalIgnoreCase)) continue;
            try
            {
                if (JsonNode.Parse(json) is { } tree) parameters = parameters.SetItem(name, Resolve(tree, shards).ToJsonString());
            }
            catch (JsonException)
            {
                // The vindex itself says what is wrong with it.
            }
        }

        return parameters;
    }

    /// <summary>Names of shards stand under "shard" in ranges, and as or in a region's value: any text but a bound.</summary>
    private static JsonNode Resolve(JsonNode node, ImmutableArray<KeyRange> shards)
    {
        switch (node)
        {
            case JsonArray list:
                for (var i = 0; i < list.Count; i++) list[i] = list[i] is { } item ? Resolve(item, shards).DeepClone() : null;
                return list;
            case JsonObject entry:
                foreach (var (key, value) in entry.ToList())
                {
                    if (value is not null && key is not ("from" or "to")) entry[key] = Resolve(value, shards).DeepClone();
                }

                return entry;
            case JsonValue value when value.TryGetValue<string>(out var name) && TryParse(name, out var index) && index < shards.Length:
                return JsonValue.Create(shards[index].ToString());
            default:
                return node;
        }
    }
}
