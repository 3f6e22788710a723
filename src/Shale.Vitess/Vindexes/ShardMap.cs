using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>The shards of a keyspace in order of the ring, found by binary search. Immutable and thread-safe.</summary>
public sealed class ShardMap
{
    private readonly ulong[] _starts;

    /// <summary>A map over shards that cover the ring without gaps and overlaps; INVALID_SHARD_RANGE for others.</summary>
    /// <param name="shards">In any order. One shard alone takes everything, whatever its range.</param>
    public ShardMap(IEnumerable<KeyRange> shards)
    {
        Shards = [.. shards.OrderBy(range => range.Start)];
        if (Check(Shards) is { } problem) throw new VitessException(ErrorCodes.InvalidShardRange, problem);
        Names = [.. Shards.Select(range => range.ToString())];
        _starts = [.. Shards.Select(range => range.Start.Value)];
    }

    /// <summary>The shards, in order of the ring; places in this list are what the other members speak of.</summary>
    public ImmutableArray<KeyRange> Shards { get; }

    /// <summary>The shards' names, in the same order.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>How many shards there are.</summary>
    public int Count => _starts.Length;

    /// <summary>What is wrong with a set of shards; null if they cover the ring without gaps and overlaps.</summary>
    public static string? Check(IReadOnlyList<KeyRange> shards)
    {
        if (shards.Count == 0) return "a keyspace needs at least one shard";
        if (shards.Count == 1) return null;
        var sorted = shards.OrderBy(range => range.Start).ToList();
        if (sorted[0].Start.Value != 0) return $"no shard takes the keys below {sorted[0].Start}: the first is \"{sorted[0]}\"";
        for (var i = 1; i < sorted.Count; i++)
        {
            if (sorted[i - 1].End is not { } end || end > sorted[i].Start) return $"the shards \"{sorted[i - 1]}\" and \"{sorted[i]}\" overlap";
            if (end < sorted[i].Start) return $"no shard takes the keys between \"{sorted[i - 1]}\" and \"{sorted[i]}\"";
        }

        return sorted[^1].End is { } last ? $"no shard takes the keys from {last} on: the last is \"{sorted[^1]}\"" : null;
    }

    /// <summary>The place of the shard that holds an id.</summary>
    public int IndexOf(KeyspaceId id)
    {
        if (_starts.Length == 1) return 0;
        var found = Array.BinarySearch(_starts, id.Value);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>The place of the shard of that name, written in any way that means the same range, or as <c>shard-N</c>; -1 for none.</summary>
    public int IndexOf(string name)
    {
        if (KeyRange.TryParse(name, out var range)) return Shards.IndexOf(range);
        return ShardAlias.TryParse(name, out var index) && index < Count ? index : -1;
    }

    /// <summary>Adds the places of all shards that hold ids of an interval.</summary>
    public void AddShards(KeyspaceInterval interval, ISet<int> into)
    {
        for (var i = IndexOf(interval.First); i <= IndexOf(interval.Last); i++) into.Add(i);
    }
}
