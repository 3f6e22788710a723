namespace Shale.Vitess;

/// <summary>
/// A statement needs the writer of a shard that comes before one it holds, and another has it: waiting for it could be waiting for one another. It never reaches a client: the
/// statement is undone and runs again, with the writers it needs taken in order of the ring.
/// </summary>
internal sealed class OutOfTurnException(ITablet[] keyspace, IReadOnlyList<int> shards) : Exception("the writers of several shards were not to be had in order of the ring")
{
    /// <summary>The tablets of the keyspace.</summary>
    public ITablet[] Keyspace => keyspace;

    /// <summary>The shards to take at first, in order of the ring.</summary>
    public IReadOnlyList<int> Shards => shards;

    /// <summary>The same, but for all shards: what a statement needs may change from one run to the next.</summary>
    public OutOfTurnException OfAll() => new(keyspace, [.. Enumerable.Range(0, keyspace.Length)]);
}
