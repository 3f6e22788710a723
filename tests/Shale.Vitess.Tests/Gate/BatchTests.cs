using Shale.Contracts;

namespace Shale.Vitess.Tests;

/// <summary>Batches that are all or nothing, and whose callers go away.</summary>
[Trait("Rule", "S4.5")]
public sealed class BatchTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("k")]
    public async Task Atomic_CallerGoesAwayBeforeTheCommit_IsUndoneAtOnce(string? key)
    {
        var hooks = new Hooks();
        using var caller = new CancellationTokenSource();
        await using var cluster = await Cluster.OpenAsync(2, configure: options => options with { WrapTablet = hooks.Around });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, n INT)", "INSERT INTO t VALUES (1, 0), (2, 0), (3, 0), (4, 0)");
        hooks.After = (_, sql) => sql.Contains("id =", StringComparison.Ordinal) ? caller.CancelAsync() : Task.CompletedTask;
        var batch = new GateBatchRequest([new GateRequest("UPDATE t SET n = 1", []), new GateRequest("SELECT n FROM t WHERE id = 1", [])]) { Atomic = true, IdempotencyKey = key };
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            var result = await cluster.Gate.BatchAsync(batch, caller.Token);
            if (result.Error is { } failure) throw failure;
        });

        Assert.Single(await cluster.RowsAsync("SHOW PROCESSLIST"));
        Assert.Equal(["0"], await cluster.RowsAsync("SELECT sum(n) FROM t"));
        await cluster.RunAsync("UPDATE t SET n = 2");
    }
}
