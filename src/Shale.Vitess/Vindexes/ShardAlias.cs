using System.Globalization;

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
}
