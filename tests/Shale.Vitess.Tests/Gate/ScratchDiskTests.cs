using System.Runtime.CompilerServices;
using Shale.Contracts;
using Shale.Engine.Specification;
using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>What clients are told where the disk of the gate's temporary files fails.</summary>
public class ScratchDiskTests
{
    [Theory]
    [InlineData("53100", true, true)]
    [InlineData("53100", false, true)]
    [InlineData("58030", true, false)]
    [InlineData("58030", false, false)]
    public async Task Statement_TemporaryFileFails_SaysThatItIsTheGates(string state, bool whileFilling, bool transient)
    {
        var keyspace = VKeyspace.Create("main", KeyRange.Split(2));
        using var topology = new MemoryTopology(VSchema.Empty.WithKeyspace(keyspace));
        await using var engine = SqliteEngine.InMemory();
        await using var gate = new VTGate(new VTGateOptions
        {
            Topology = topology,
            Tablets = [.. keyspace.Shards.Select(shard => new VTTablet(new VTTabletOptions { Keyspace = "main", Shard = shard.ToString(), Engine = SqliteEngine.InMemory() }))],
            Scratch = new Dictionary<StorageEngineType, IScratchSource> { [StorageEngineType.Sqlite] = new BrokenScratch(engine, state, whileFilling) },
        });
        await gate.ExecuteAsync(new GateRequest("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", []));
        await gate.ExecuteAsync(new GateRequest("INSERT INTO t SELECT g, g FROM generate_series(1, 9) AS g", []));
        foreach (var sql in (string[])["SELECT count(*) FROM t a JOIN t b ON a.v = b.id + 1", "SELECT v % 3, count(*) FROM t GROUP BY v % 3"])
        {
            var failure = await Assert.ThrowsAsync<VitessException>(async () => await gate.ExecuteAsync(new GateRequest(sql, [])));
            Assert.Equal(("RESOURCE_EXHAUSTED", state, transient, null), (failure.Code, failure.SqlState, failure.IsTransient, failure.Shard));
            Assert.Contains("tempDirectory", failure.Hint!, StringComparison.Ordinal);
        }

        Assert.Equal(0, gate.Memory.Used);
    }

    private sealed class BrokenScratch(IScratchSource inner, string state, bool whileFilling) : IScratchSource
    {
        public async ValueTask<IScratchDatabase> OpenScratchAsync(CancellationToken cancellationToken) =>
            new Broken(await inner.OpenScratchAsync(cancellationToken), state, whileFilling);
    }

    private sealed class Broken(IScratchDatabase inner, string state, bool whileFilling) : ForwardingConnection(inner), IScratchDatabase
    {
        public ValueTask KeepInMemoryAsync(long bytes) => inner.KeepInMemoryAsync(bytes);

        public override async IAsyncEnumerable<RowSet> StreamAsync(string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (!whileFilling) throw Failure();
            await foreach (var chunk in base.StreamAsync(sql, parameters, chunkBytes, cancellationToken)) yield return chunk;
        }

        public override ValueTask InsertRowsAsync(string table, RowSet rows, CancellationToken cancellationToken) =>
            whileFilling ? ValueTask.FromException(Failure()) : base.InsertRowsAsync(table, rows, cancellationToken);

        private VitessException Failure() => new(ErrorCodes.ShardError, "disk", sqlState: state);
    }
}
