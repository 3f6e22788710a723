namespace Shale.DoSql.Tests;

/// <summary>Many callers at once.</summary>
public sealed class WriteQueueTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Rule", "S5.5")]
    public async Task Run_ManyCallers_EachGetsItsOutcome(bool batches)
    {
        var directory = new TempDirectory();
        await using (var db = await DoSqlDatabase.OpenAsync(directory.Path, new DoSqlOptions { BatchCommits = batches }))
        {
            await db.RunScriptAsync("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, caller INT, n INT UNIQUE, p REFERENCES p DEFERRABLE INITIALLY DEFERRED); INSERT INTO t VALUES (1, 0, -3, NULL)");
            var lsns = new List<Lsn>();
            var failed = 0;
            await Task.WhenAll(Enumerable.Range(0, 32).Select(caller => Task.Run(async () =>
            {
                for (var i = 0; i < 50; i++)
                {
                    var n = (caller * 1000) + i;
                    var (wrong, state) = (i % 10) switch { 3 => ("VALUES (?, -3, NULL)", "23505"), 7 => ("VALUES (?, ?, 99)", "23503"), _ => (null, "") };
                    if (wrong is not null)
                    {
                        var failure = await Assert.ThrowsAsync<VitessException>(() => db.RunAsync("INSERT INTO t (caller, n, p) " + wrong, state == "23503" ? [caller, n] : [caller]));
                        Assert.Equal(state, failure.SqlState);
                        Interlocked.Increment(ref failed);
                        continue;
                    }

                    var result = await db.RunAsync("INSERT INTO t (caller, n) VALUES (?, ?)", [caller, n]);
                    Assert.Equal(1, result.Affected);
                    Assert.Equal(n, await db.QueryOneAsync<int>("SELECT n FROM t WHERE id = ?", [result.LastInsertId]));
                    lock (lsns) lsns.Add(result.Lsn);
                }
            })));

            var succeeded = (32 * 50) - (32 * 10);
            Assert.Equal(succeeded, lsns.Count);
            Assert.Equal(succeeded + 1, await db.QueryOneAsync<int>("SELECT count(*) FROM t"));
            Assert.Equal(32 * 10, failed);
            if (batches) Assert.True(lsns.Distinct().Count() < succeeded);
            else Assert.Equal(succeeded, lsns.Distinct().Count());
        }

        directory.Remove();
    }

    [Fact]
    public async Task Run_MoreThanMayWait_IsRefused()
    {
        var directory = new TempDirectory();
        await using (var db = await DoSqlDatabase.OpenAsync(directory.Path, new DoSqlOptions { WaitingWrites = 2 }))
        {
            await db.RunAsync("CREATE TABLE t (v)");
            await using var transaction = await db.BeginAsync(DoSqlTransactionMode.Immediate);
            var waiting = new[] { db.RunAsync("INSERT INTO t VALUES (1)"), db.RunAsync("INSERT INTO t VALUES (2)") };
            var failure = await Assert.ThrowsAsync<VitessException>(() => db.RunAsync("INSERT INTO t VALUES (3)"));
            Assert.Equal(("53000", true), (failure.SqlState, failure.IsTransient));
            await transaction.RollbackAsync();
            await Task.WhenAll(waiting);
            Assert.Equal(2, await db.QueryOneAsync<int>("SELECT count(*) FROM t"));
        }

        directory.Remove();
    }
}
