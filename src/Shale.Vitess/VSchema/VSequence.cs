namespace Shale.Vitess;

/// <summary>A sequence: lives in the topology, outside transactions (SEMANTICS S2.6).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Start">The first value.</param>
/// <param name="Increment">The distance between two values; not 0.</param>
/// <param name="Cache">How many values are reserved at once at least; 0 for the allocator's own measure.</param>
public sealed record VSequence(string Name, long Start = 1, long Increment = 1, long Cache = 0)
{
    /// <summary>The keyspace whose sequence of this <see cref="Counter"/> it is: a branch takes its numbers where its parent does. Null for one that counts by itself.</summary>
    public string? SharedWith { get; init; }

    /// <summary>The name that the topology keeps its numbers by: the one that it was made with. It stays when the sequence gets another name, so that a rename moves no numbers, and can be taken back.</summary>
    public string Counter
    {
        get => _counter ?? Name;
        init => _counter = value == Name ? null : value;
    }

    private readonly string? _counter;

    /// <summary>The sequence under another name.</summary>
    public VSequence Renamed(string name) => this with { Name = name, Counter = Counter };
}
