using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>UPDATE and DELETE that no shard can make alone.</summary>
public class RowChangeTests
{
    [Fact]
    public async Task Update_AtAShardByRowsOfAnotherKeyspace_ChangesThatShardOnly()
    {
        var vschema = VSchema.Empty.WithKeyspace(VKeyspace.Create("main", KeyRange.Split(4))).WithKeyspace(VKeyspace.Create("lookup", KeyRange.Split(1)));
        await using var cluster = await Cluster.OpenAsync(4, configure: options => options with { VSchema = vschema });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t SELECT g, 0 FROM generate_series(1, 40) g");
        await cluster.Gate.ExecuteAsync(new GateRequest("CREATE TABLE allowed (id BIGINT PRIMARY KEY)", []) { Target = "lookup" });
        await cluster.Gate.ExecuteAsync(new GateRequest("INSERT INTO allowed SELECT g FROM generate_series(1, 20) g", []) { Target = "lookup" });
        const string Target = "main:80-c0";
        var there = await cluster.Gate.ExecuteAsync(new GateRequest("SELECT COUNT(*) FROM t WHERE id <= 20", []) { Target = Target });

        var result = await cluster.Gate.ExecuteAsync(new GateRequest("UPDATE t SET v = 1 WHERE id IN (SELECT id FROM lookup.allowed)", []) { Target = Target });

        Assert.Equal(result.Affected, there.Rows[0][0].AsInteger());
        Assert.True(result.Affected > 0);
        Assert.Equal([$"{result.Affected}"], await cluster.RowsAsync("SELECT COUNT(*) FROM t WHERE v = 1"));
        var moves = await Assert.ThrowsAsync<VitessException>(async () =>
            await cluster.Gate.ExecuteAsync(new GateRequest("UPDATE t SET id = id + 1000", []) { Target = Target }));
        Assert.Equal("0A000", moves.SqlState);
    }

    [Theory]
    [InlineData(SqlDialect.Postgres, 3)]
    [InlineData(SqlDialect.Sqlite, 0)]
    public async Task CreateTableAs_CountsItsRowsAsTheDialectDoes(SqlDialect dialect, long affected)
    {
        await using var cluster = await Cluster.OpenAsync(2, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");

        Assert.Equal(affected, (await cluster.RunAsync("CREATE TABLE copy AS SELECT * FROM t")).Affected);
        Assert.Equal(["3"], await cluster.RowsAsync("SELECT COUNT(*) FROM copy"));
    }
}
