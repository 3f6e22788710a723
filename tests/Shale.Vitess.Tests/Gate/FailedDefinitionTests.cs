namespace Shale.Vitess.Tests;

/// <summary>A definition that a shard cannot commit leaves what it would have removed.</summary>
public sealed class FailedDefinitionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "S2.6")]
    [Trait("Rule", "S4.1")]
    public async Task Drop_ThatAShardCannotCommit_LeavesItsSequenceWhereItWas(bool hasHistory)
    {
        var hooks = new Hooks();
        await using var cluster = await Cluster.OpenAsync(2, configure: options => options with { WrapTablet = tablet => hooks.Around(hasHistory ? tablet : new TabletWithoutHistory(tablet)) });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGSERIAL PRIMARY KEY, v TEXT)", "INSERT INTO t (v) SELECT 'a' FROM generate_series(1, 50)");
        hooks.Before = (_, what) => what == "commit" ? throw new VitessException(ErrorCodes.ShardError, "no") : Task.CompletedTask;

        await cluster.FailsAsync("DROP TABLE t");
        hooks.Before = null;
        for (var i = 0; i < 3; i++) await cluster.RunAsync("INSERT INTO t (v) SELECT 'b' FROM generate_series(1, 700)");

        Assert.Equal(["2150|2150"], await cluster.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t"));
        await cluster.RunAllAsync("DROP TABLE t", "CREATE TABLE t (id BIGSERIAL PRIMARY KEY, v TEXT)", "INSERT INTO t (v) VALUES ('anew')");
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT id FROM t"));
    }
}
