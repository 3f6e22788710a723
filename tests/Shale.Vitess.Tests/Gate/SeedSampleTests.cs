using Shale.Contracts;
using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>The samples of seed 001, "Server Components", in C# form.</summary>
public class SeedSampleTests
{
    [Fact]
    public async Task VTGate_Sample_RoutesPlansAndExecutes()
    {
        var vschema = new VSchemaBuilder()
            .AddKeyspace("main", sharded: true)
            .SetShards("main", ["-80", "80-"])
            .Build();
        await using var engine80 = SqliteEngine.InMemory();
        await using var engineFf = SqliteEngine.InMemory();
        await using var gate = new VTGate(new VTGateOptions
        {
            Topology = new MemoryTopology(vschema),
            Tablets =
            [
                new VTTablet(new VTTabletOptions { Keyspace = "main", Shard = "-80", Engine = engine80 }),
                new VTTablet(new VTTabletOptions { Keyspace = "main", Shard = "80-", Engine = engineFf }),
            ],
            Scratch = new Dictionary<StorageEngineType, IScratchSource> { [StorageEngineType.Sqlite] = engine80 },
            DefaultKeyspace = "main",
        });
        await gate.ExecuteAsync(new GateRequest("CREATE TABLE users (id BIGINT PRIMARY KEY, tenant_id INT, name TEXT)", []));
        await gate.ExecuteAsync(new GateRequest("INSERT INTO users VALUES (123, 7, 'Alice'), (456, 7, 'Bob')", []));

        var route = gate.Route("SELECT * FROM users WHERE id = $1", [SqlValue.Integer(123)]);
        Assert.Equal(["-80"], route.Shards);
        Assert.False(route.Scatter);

        Assert.Equal("scatter_aggregate", gate.Plan("SELECT COUNT(*) FROM users").Type);

        var result = await gate.ExecuteAsync(new GateRequest("SELECT * FROM users WHERE tenant_id = $1", [SqlValue.Integer(7)]));
        Assert.Equal(2, result.Rows.RowCount);
    }

    [Fact]
    public async Task VTTablet_Sample_QueriesAndCommits()
    {
        await using var tablet = new VTTablet(new VTTabletOptions { Shard = "-80", Keyspace = "main", Engine = SqliteEngine.InMemory(), MaxTransactions = 100 });
        await tablet.ExecuteAsync("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)");
        await tablet.ExecuteAsync("INSERT INTO users VALUES (?, ?)", SqlValue.Integer(123), SqlValue.Text("Bob"));

        await using (var tx = await tablet.BeginTransactionAsync())
        {
            await tx.ExecuteAsync("UPDATE users SET name = ? WHERE id = ?", SqlValue.Text("Alice"), SqlValue.Integer(123));
            await tx.CommitAsync();
        }

        var result = await tablet.QueryAsync("SELECT * FROM users WHERE id = ?", SqlValue.Integer(123));
        Assert.Equal("Alice", result.Rows[0][1].AsText());
        await tablet.CloseAsync();
        var failure = await Assert.ThrowsAsync<VitessException>(async () => await tablet.QueryAsync("SELECT 1"));
        Assert.Equal("SHARD_ERROR", failure.Code);
    }
}
