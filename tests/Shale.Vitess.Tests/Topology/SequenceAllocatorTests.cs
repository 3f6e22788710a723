namespace Shale.Vitess.Tests;

public sealed class SequenceAllocatorTests
{
    private static readonly VSequence Plain = new("s");

    [Fact, Trait("Rule", "S2.6")]
    public async Task NextAsync_ManyAtOnce_NeverGivesAValueTwice()
    {
        var topology = new MemoryTopology(TopologyTests.Sample());
        var allocators = new[] { new SequenceAllocator(topology), new SequenceAllocator(topology) };
        var taken = new System.Collections.Concurrent.ConcurrentDictionary<long, bool>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), async (i, token) =>
        {
            var first = await allocators[i % 2].NextAsync("main", "s", 3, token);
            for (var value = first; value < first + 3; value++) Assert.True(taken.TryAdd(value, true));
        });
        Assert.Equal(6000, taken.Count);
    }

    [Fact, Trait("Rule", "S2.6")]
    public async Task NextAsync_AfterRestart_GoesOnBehindTheReservedBlock()
    {
        var topology = new MemoryTopology(TopologyTests.Sample());
        Assert.Equal(1, await Next(new SequenceAllocator(topology), Plain));
        Assert.Equal(1001, await Next(new SequenceAllocator(topology), Plain));
    }

    [Fact]
    public async Task NextAsync_OneAllocator_GivesValuesWithoutGaps()
    {
        var counter = new CountingTopology();
        var allocator = new SequenceAllocator(counter);
        for (var expected = 1L; expected <= 20_000; expected++) Assert.Equal(expected, await Next(allocator, Plain));
        Assert.InRange(counter.Reservations, 2, 6);
        Assert.Equal(20_001, await allocator.NextAsync("main", Plain, 200_000, default));
        Assert.Equal(220_001, await Next(allocator, Plain));
    }

    [Fact, Trait("Rule", "S2.6")]
    public async Task RaiseToAsync_HigherValue_IsPassed()
    {
        var allocator = new SequenceAllocator(new MemoryTopology(TopologyTests.Sample()));
        await allocator.RaiseToAsync("main", "s", 10, default);
        Assert.Equal(11, await Next(allocator, Plain));
        await allocator.RaiseToAsync("main", "s", 5, default);
        Assert.Equal(12, await Next(allocator, Plain));
        await allocator.RaiseToAsync("main", "s", 1_000_000, default);
        Assert.Equal(1_000_001, await Next(allocator, Plain));
    }

    [Fact]
    public async Task RaiseToAsync_LastValueThereIs_LeavesNone()
    {
        var allocator = new SequenceAllocator(new MemoryTopology(TopologyTests.Sample()));
        await allocator.RaiseToAsync("main", "s", long.MaxValue, default);
        Assert.Equal("2200H", (await Assert.ThrowsAsync<VitessException>(async () => await Next(allocator, Plain))).SqlState);
    }

    [Fact]
    public async Task NextAsync_LastValues_EndWithAnError()
    {
        var allocator = new SequenceAllocator(new MemoryTopology(TopologyTests.Sample()));
        var late = new VSequence("late", long.MaxValue - 1);
        Assert.Equal(long.MaxValue - 1, await Next(allocator, late));
        Assert.Equal(long.MaxValue, await Next(allocator, late));
        Assert.Equal("2200H", (await Assert.ThrowsAsync<VitessException>(async () => await Next(allocator, late))).SqlState);
    }

    [Fact]
    public async Task NextAsync_IncrementAndDirection_AreKept()
    {
        var allocator = new SequenceAllocator(new MemoryTopology(TopologyTests.Sample()));
        var tens = new VSequence("tens", 10, 10);
        Assert.Equal(10, await allocator.NextAsync("main", tens, 3, default));
        Assert.Equal(40, await Next(allocator, tens));
        await allocator.RaiseToAsync("main", tens, 55, default);
        Assert.Equal(60, await Next(allocator, tens));
        var down = new VSequence("down", -1, -1);
        Assert.Equal(-1, await Next(allocator, down));
        await allocator.RaiseToAsync("main", down, -5000, default);
        Assert.Equal(-5001, await Next(allocator, down));
    }

    [Fact]
    public async Task RestartAsync_LowerValue_GoesOnFromThere()
    {
        var allocator = new SequenceAllocator(new MemoryTopology(TopologyTests.Sample()));
        await Next(allocator, Plain);
        await allocator.RestartAsync("main", "s", 1, isCalled: false, default);
        Assert.Equal(1, await Next(allocator, Plain));
    }

    [Fact]
    public async Task PositionOf_TellsWhatWasGiven()
    {
        var topology = new MemoryTopology(TopologyTests.Sample());
        var allocator = new SequenceAllocator(topology);
        Assert.Equal(new SequencePosition(1, 0, false), allocator.PositionOf("main", Plain));
        await Next(allocator, Plain);
        Assert.Equal(new SequencePosition(1, 999, true), allocator.PositionOf("main", Plain));
        await allocator.RaiseToAsync("main", Plain, 5, default);
        Assert.Equal(new SequencePosition(5, 995, true), allocator.PositionOf("main", Plain));

        // The next process begins behind the block.
        Assert.Equal(new SequencePosition(1000, 0, true), new SequenceAllocator(topology).PositionOf("main", Plain));
        await allocator.RestartAsync("main", "s", 1, isCalled: false, default);
        Assert.Equal(new SequencePosition(1, 0, false), allocator.PositionOf("main", Plain));
        Assert.Equal(new SequencePosition(1, 0, false), new SequenceAllocator(topology).PositionOf("main", Plain));
        await allocator.RestartAsync("main", "s", 1, isCalled: true, default);
        Assert.Equal(new SequencePosition(0, 0, true), allocator.PositionOf("main", Plain));

        var late = new VSequence("late", long.MaxValue);
        await Next(allocator, late);
        Assert.Equal(new SequencePosition(long.MaxValue, 0, true), allocator.PositionOf("main", late));
        Assert.Equal(new SequencePosition(long.MaxValue, 0, true), new SequenceAllocator(topology).PositionOf("main", late));
    }

    [Fact]
    public async Task NextAsync_UnknownSequence_IsNotFound()
    {
        var allocator = new SequenceAllocator(new MemoryTopology(TopologyTests.Sample()));
        Assert.Equal("NOT_FOUND", (await Assert.ThrowsAsync<VitessException>(async () => await allocator.NextAsync("main", "none", 1, default))).Code);
    }

    private static ValueTask<long> Next(SequenceAllocator allocator, VSequence sequence) => allocator.NextAsync("main", sequence, 1, default);

    private sealed class CountingTopology : ITopology
    {
        private readonly MemoryTopology _inner = new(TopologyTests.Sample());

        public int Reservations { get; private set; }

        public VSchema Load() => _inner.Load();

        public void Save(long expectedVersion, VSchema schema, IReadOnlyDictionary<string, string>? applied = null, KeyspaceRestore? restore = null) => _inner.Save(expectedVersion, schema, applied, restore);

        public IReadOnlyList<KeyspaceRestore> Restores => _inner.Restores;

        public IReadOnlyDictionary<string, HlcTimestamp> Snapshots(string keyspace) => _inner.Snapshots(keyspace);

        public void SaveSnapshot(string keyspace, string name, HlcTimestamp time) => _inner.SaveSnapshot(keyspace, name, time);

        public void DropSnapshot(string keyspace, string name) => _inner.DropSnapshot(keyspace, name);

        public void EndRestore(string keyspace) => _inner.EndRestore(keyspace);

        public string? AppliedHash(string keyspace) => _inner.AppliedHash(keyspace);

        public IVSchemaEras Eras => _inner.Eras;

        public SequenceBlock Reserve(string keyspace, VSequence sequence, long count, long? notBefore = null)
        {
            Reservations++;
            return _inner.Reserve(keyspace, sequence, count, notBefore);
        }

        public Int128? NextValue(string keyspace, string sequence) => _inner.NextValue(keyspace, sequence);

        public void Restart(string keyspace, string sequence, long next) => _inner.Restart(keyspace, sequence, next);

        public void Dispose() => _inner.Dispose();
    }
}
