namespace Shale.Vitess;

/// <summary>What statements may take at the gate while they run: memory, temporary files, shards at once.</summary>
/// <param name="Memory">The memory of all.</param>
/// <param name="StatementBytes">How many bytes of its rows one statement keeps in memory; the others go to a temporary file.</param>
/// <param name="TotalBytes">How many bytes one statement may bring together at all.</param>
/// <param name="ShardsAtOnce">How many shards work for one statement that reads, at a time.</param>
/// <param name="SemiJoinKeys">How many values a table is asked for by IN instead of all its rows.</param>
internal sealed record GateSpace(GateMemory Memory, long StatementBytes, long TotalBytes, int ShardsAtOnce, int SemiJoinKeys)
{
    /// <summary>That of a gate. Refuses what cannot be meant: <see cref="ArgumentException"/>.</summary>
    public static GateSpace Of(VTGateOptions options)
    {
        if (options.MemoryBytes < 1) throw new ArgumentException("MemoryBytes must be at least 1");
        if (options.StatementMemoryBytes < 1) throw new ArgumentException("StatementMemoryBytes must be at least 1");
        if (options.MemoryWait < TimeSpan.Zero) throw new ArgumentException("MemoryWait must be at least 0");
        if (options.ShardsAtOnce < 1) throw new ArgumentException("ShardsAtOnce must be at least 1");
        if (options.SemiJoinKeys is < 0 or > 10_000) throw new ArgumentException("SemiJoinKeys must be from 0 to 10000");
        return new GateSpace(new GateMemory(options.MemoryBytes, options.MemoryWait, options.Clock), Math.Min(options.StatementMemoryBytes, options.MemoryBytes), options.AssemblyBytes,
            options.ShardsAtOnce ?? Math.Clamp(2 * Environment.ProcessorCount, 4, 16), options.SemiJoinKeys);
    }
}
