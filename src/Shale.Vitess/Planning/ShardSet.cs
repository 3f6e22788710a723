using System.Collections;

namespace Shale.Vitess;

/// <summary>A set of shards of one keyspace, by their place on the ring. Not thread-safe.</summary>
internal sealed class ShardSet(int shardCount) : IEnumerable<int>
{
    private readonly bool[] _members = new bool[shardCount];

    /// <summary>How many are in it.</summary>
    public int Count { get; private set; }

    /// <summary>Whether all shards are in it.</summary>
    public bool IsAll => Count == _members.Length;

    /// <summary>Those that are in both; one of the others where that is none, for an answer must come from somewhere.</summary>
    public ShardSet And(ShardSet others)
    {
        var both = new ShardSet(_members.Length);
        foreach (var shard in others)
        {
            if (_members[shard]) both.Add(shard);
        }

        if (both.Count == 0) both.Add(others.First());
        return both;
    }

    /// <summary>Puts one in.</summary>
    public void Add(int shard)
    {
        if (_members[shard]) return;
        _members[shard] = true;
        Count++;
    }

    /// <summary>Puts all in.</summary>
    public void AddAll()
    {
        for (var i = 0; i < _members.Length; i++) Add(i);
    }

    /// <summary>Whether all its members are in the other too.</summary>
    public bool IsWithin(ShardSet other)
    {
        for (var i = 0; i < _members.Length; i++)
        {
            if (_members[i] && !other._members[i]) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator()
    {
        for (var i = 0; i < _members.Length; i++)
        {
            if (_members[i]) yield return i;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
