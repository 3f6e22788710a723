using Shale.Contracts;
using Shale.Postgres;
using Shale.Vitess;

namespace Shale.Engine.Specification.Postgres;

/// <summary>Transactions that have failed, sessions that nothing leaks from, connections that are lost.</summary>
public sealed class PostgresSessionTests : EngineSpecification
{
    protected override IStorageEngine Create() => TestPostgres.EngineAsync().Result;

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Commit_AfterAStatementFailed_RollsBackAndSaysSo()
    {
        await CreateAsync();
        await Writer.BeginAsync(IsolationLevel.ReadCommitted, false, default);
        await RunAsync(Writer, "INSERT INTO t VALUES (2)");
        await FailsAsync("CONSTRAINT_VIOLATION", "23505", () => ExecuteAsync(Writer, "INSERT INTO t VALUES (1)"));
        await FailsAsync("TRANSACTION_ERROR", "25P02", () => ExecuteAsync(Writer, "SELECT 1"));
        await FailsAsync("TRANSACTION_ERROR", "25P02", () => Writer.CheckDeferredAsync(default).AsTask());
        Assert.True(Writer.InTransaction);
        await FailsAsync("TRANSACTION_ERROR", "25P02", () => Writer.CommitAsync(default).AsTask());
        Assert.False(Writer.InTransaction);
        Assert.Equal(SqlValue.Integer(1), await OneAsync(Writer, "SELECT count(*) FROM t"));
    }

    [Theory]
    [Trait("Rule", "S3.7")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Statement_PreparedBeforeTheTableChanged_RunsInATransaction(bool isCommitted)
    {
        await CreateAsync();
        var other = await OpenAsync(EngineAccess.Write);
        foreach (var each in new[] { Writer, other }) Assert.Single((await ExecuteAsync(each, "SELECT * FROM t")).Rows.Fields);
        await Writer.BeginAsync(IsolationLevel.ReadCommitted, false, default);
        await RunAsync(Writer, "ALTER TABLE t ADD COLUMN v int");
        Assert.Equal(2, (await ExecuteAsync(Writer, "SELECT * FROM t")).Rows.Fields.Count);
        if (isCommitted) await Writer.CommitAsync(default);
        else await Writer.RollbackAsync(default);
        foreach (var each in new[] { other, Writer })
        {
            await each.BeginAsync(IsolationLevel.RepeatableRead, true, default);
            Assert.Equal(isCommitted ? 2 : 1, (await ExecuteAsync(each, "SELECT * FROM t")).Rows.Fields.Count);
            await each.CommitAsync(default);
        }
    }

    [Fact]
    public async Task Savepoint_BeforeAFailure_IsTheWayBack()
    {
        await CreateAsync();
        await Writer.BeginAsync(IsolationLevel.ReadCommitted, false, default);
        await RunAsync(Writer, "INSERT INTO t VALUES (2)", "SAVEPOINT a");
        await FailsAsync("CONSTRAINT_VIOLATION", "23505", () => ExecuteAsync(Writer, "INSERT INTO t VALUES (1)"));
        await RunAsync(Writer, "ROLLBACK TO a");
        await Writer.CommitAsync(default);
        Assert.Equal(SqlValue.Integer(2), await OneAsync(Writer, "SELECT count(*) FROM t"));
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Write_AfterAnotherCommit_FailsWhereTheSnapshotIsPinned()
    {
        await CreateAsync();
        var other = await OpenAsync(EngineAccess.Write);
        await Writer.BeginAsync(IsolationLevel.RepeatableRead, false, default);
        await RunAsync(other, "UPDATE t SET id = 5");
        var failure = await FailsAsync("SERIALIZATION_FAILURE", "40001", () => ExecuteAsync(Writer, "UPDATE t SET id = id + 1"));
        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task Lock_ThatAnotherHas_IsWaitedForNoLongerThanLockTimeout()
    {
        await using var hasty = new PostgresEngine(new PostgresEngineOptions { ConnectionString = ((PostgresEngine)Engine).Options.ConnectionString, LockTimeout = TimeSpan.FromMilliseconds(50) });
        await CreateAsync();
        await Writer.BeginAsync(IsolationLevel.ReadCommitted, false, default);
        await RunAsync(Writer, "UPDATE t SET id = 5");
        await using var other = await hasty.OpenAsync(EngineAccess.Write, default);
        await FailsAsync("LOCK_TIMEOUT", "55P03", () => ExecuteAsync(other, "UPDATE t SET id = 6"));
    }

    [Fact]
    public async Task Statement_PreparedBeforeSomebodyElseChangedTheTable_FailsTransientlyInATransactionAndRunsAgain()
    {
        await CreateAsync();
        var other = await OpenAsync(EngineAccess.Write);
        await RunAsync(other, "SELECT * FROM t");
        await using (var elsewhere = new PostgresEngine(new PostgresEngineOptions { ConnectionString = ((PostgresEngine)Engine).Options.ConnectionString }))
        await using (var changing = await elsewhere.OpenAsync(EngineAccess.Write, default))
        {
            await RunAsync(changing, "ALTER TABLE t ADD COLUMN more text");
        }

        await other.BeginAsync(IsolationLevel.ReadCommitted, false, default);
        Assert.True((await FailsAsync("SERIALIZATION_FAILURE", "40001", () => ExecuteAsync(other, "SELECT * FROM t"))).IsTransient);
        await other.RollbackAsync(default);
        Assert.Equal("id:int4 more:text", Types((await ExecuteAsync(other, "SELECT * FROM t")).Rows));
    }

    [Theory]
    [InlineData("SET timezone = 'CET'")]
    [InlineData("RESET ALL")]
    [InlineData("BEGIN")]
    [InlineData("COMMIT")]
    [InlineData("ROLLBACK")]
    [InlineData("LISTEN x")]
    [InlineData("PREPARE p AS SELECT 1")]
    [InlineData("DECLARE c CURSOR WITH HOLD FOR SELECT 1")]
    [InlineData("COPY t TO STDOUT")]
    [InlineData("DISCARD ALL")]
    [InlineData("CREATE TEMP TABLE x(a int)")]
    [InlineData("CREATE TABLE pg_temp.x(a int)")]
    [InlineData("SELECT 1 AS a INTO TEMP x")]
    [InlineData("CREATE OR REPLACE TEMP VIEW x AS SELECT 1")]
    [InlineData("SELECT set_config('timezone', 'CET', false)")]
    [InlineData("SELECT pg_advisory_lock(1)")]
    [Trait("Rule", "S7")]
    public async Task Execute_WhatWouldOutliveTheStatement_IsRefused(string sql) => await FailsAsync("QUERY_ERROR", "0A000", () => ExecuteAsync(Writer, sql));

    [Fact]
    [Trait("Rule", "S7")]
    public async Task Execute_CodeThatChangesTheSession_LeavesNothing()
    {
        await RunAsync(Writer, "DO $$ BEGIN PERFORM set_config('timezone', 'CET', false); PERFORM pg_advisory_lock(7); CREATE TEMP TABLE left_over(a int); END $$");
        Assert.Equal("UTC,0,", Text((await ExecuteAsync(Writer, "SELECT current_setting('timezone'), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'), coalesce(to_regclass('left_over')::text, '')")).Rows));
        await RunAsync(Writer, "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END");
        Assert.Equal(SqlValue.Integer(2), await OneAsync(Writer, "SELECT f()"));
    }

    [Fact]
    public async Task Connection_ThatIsLost_FailsTransientlyAndIsNotUsedAgain()
    {
        await CreateAsync();
        var other = await OpenAsync(EngineAccess.Write);
        await Writer.BeginAsync(IsolationLevel.ReadCommitted, false, default);
        await RunAsync(Writer, "INSERT INTO t VALUES (2)");
        await RunAsync(other, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        var failure = await Assert.ThrowsAsync<VitessException>(() => ExecuteAsync(Writer, "SELECT 1"));
        Assert.Equal(("SHARD_ERROR", true), (failure.Code, failure.IsTransient));
        Assert.False(Writer.InTransaction);
        Assert.False(Writer.IsUsable);
        Assert.False(other.IsUsable);
        await Writer.RollbackAsync(default);
        await FailsAsync("SHARD_ERROR", "08006", () => ExecuteAsync(Writer, "SELECT 1"));
        Assert.Equal(SqlValue.Integer(1), await OneAsync(await OpenAsync(EngineAccess.Write), "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Open_WithoutAServer_IsShardError()
    {
        await using var nowhere = new PostgresEngine(new PostgresEngineOptions { ConnectionString = "Host=/nowhere;Username=x;Database=x" });
        Assert.True((await FailsAsync("SHARD_ERROR", "08006", () => nowhere.OpenAsync(EngineAccess.Read, default).AsTask())).IsTransient);
        await using var other = new PostgresEngine(new PostgresEngineOptions { ConnectionString = ((PostgresEngine)Engine).Options.ConnectionString + ";Database=nope" });
        await FailsAsync("SHARD_ERROR", "3D000", () => other.OpenAsync(EngineAccess.Read, default).AsTask());
        Assert.Equal("SHARD_ERROR", Assert.Throws<VitessException>(() => new PostgresEngine(new PostgresEngineOptions { ConnectionString = "Hast=x" })).Code);
    }

    [Fact]
    public async Task Interrupt_FromAnotherThread_StopsTheServersWork()
    {
        var running = Writer.ExecuteAsync("SELECT pg_sleep(600)", [], default).AsTask();
        while (!running.IsCompleted)
        {
            Writer.Interrupt();
            await Task.Yield();
        }

        await FailsAsync("TIMEOUT", "57014", () => running);
        Assert.Equal(SqlValue.Integer(1), await OneAsync(Writer, "SELECT 1"));
    }

    [Fact]
    [Trait("Rule", "S5.4")]
    public async Task Versions_OnPostgres_AreNotSupported()
    {
        Assert.Null(Engine.History);
        var failure = await Assert.ThrowsAsync<VitessException>(async () => await Engine.OpenAsync(new ShardVersion("main", new Lsn(1)), default));
        Assert.Equal("TT_NOT_SUPPORTED", failure.Code);
        Assert.Equal("TT_NOT_SUPPORTED", Assert.Throws<VitessException>(() => Engine.OpenBranch("x")).Code);
    }

    private Task CreateAsync() => RunAsync(Writer, "CREATE TABLE t(id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)");
}
