using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Shale.Vitess;

/// <summary>
/// A ring of virtual nodes: each shard has many, spread by hash, and a key belongs to the first node at or behind its own hash. A shard is known by the start of its
/// key range, so that splitting one adds one shard to the ring: keys move to the new shard only, and to nowhere else. Immutable and thread-safe.
/// </summary>
internal sealed class HashRing
{
    // Rings of many shards are large, and plans that use one are many. The shards' array is shared by all versions of a keyspace.
    private static readonly ConditionalWeakTable<KeyRange[], ConcurrentDictionary<int, HashRing>> Known = [];

    private readonly ulong[] _points;
    private readonly KeyspaceId[] _owners;

    private HashRing(ImmutableArray<KeyRange> shards, int nodes)
    {
        var ring = new List<(ulong Point, KeyspaceId Owner)>(shards.Length * nodes);
        foreach (var shard in shards)
        {
            for (var i = 0; i < nodes; i++) ring.Add((PointOf(shard.Start, i), shard.Start));
        }

        // Nodes that meet in one point belong to the lower shard, whichever shards there are.
        ring.Sort();
        _points = [.. ring.Select(node => node.Point)];
        _owners = [.. ring.Select(node => node.Owner)];
    }

    /// <summary>The ring over these shards.</summary>
    /// <param name="shards">At least one.</param>
    /// <param name="nodes">Virtual nodes of each.</param>
    public static HashRing Of(ImmutableArray<KeyRange> shards, int nodes) =>
        Known.GetOrCreateValue(ImmutableCollectionsMarshal.AsArray(shards)!).GetOrAdd(nodes, static (count, of) => new HashRing(of, count), shards);

    /// <summary>The start of the shard that holds a hash.</summary>
    public KeyspaceId OwnerOf(ulong hash)
    {
        int low = 0, high = _points.Length;
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) / 2);
            if (_points[middle] < hash) low = middle + 1;
            else high = middle;
        }

        return _owners[low == _points.Length ? 0 : low];
    }

    private static ulong PointOf(KeyspaceId shard, int node) =>
        XxHash64.Of(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{shard}:{node}")));
}
