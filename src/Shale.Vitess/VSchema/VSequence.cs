namespace Shale.Vitess;

/// <summary>A sequence: lives in the topology, outside transactions (SEMANTICS S2.6).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Start">The first value.</param>
/// <param name="Increment">The distance between two values; not 0.</param>
/// <param name="Cache">How many values are reserved at once at least; 0 for the allocator's own measure.</param>
public sealed record VSequence(string Name, long Start = 1, long Increment = 1, long Cache = 0)
{
    /// <summary>The keyspace whose sequence of this name it is: a branch takes its numbers where its parent does. Null for one that counts by itself.</summary>
    public string? SharedWith { get; init; }
}
