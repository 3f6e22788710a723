using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Engine.Specification;

/// <summary>Transactions and snapshots of single connections.</summary>
public abstract class TransactionSpecification : EngineSpecification
{
    private const string Count = "SELECT count(*) FROM t";

    private Task CreateAsync() => RunAsync(Writer, "CREATE TABLE t(id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)");

    [Fact]
    public async Task Commit_Changes_AreSeenByOthers()
    {
        await CreateAsync();
        var reader = await OpenAsync(EngineAccess.Read);
        await BeginAsync(Writer);
        Assert.True(Writer.InTransaction);
        await RunAsync(Writer, "INSERT INTO t VALUES (2)");
        Assert.Equal(SqlValue.Integer(2), await OneAsync(Writer, Count));
        Assert.Equal(SqlValue.Integer(1), await OneAsync(reader, Count));
        await Writer.CommitAsync(default);
        Assert.False(Writer.InTransaction);
        Assert.Equal(SqlValue.Integer(2), await OneAsync(reader, Count));
    }

    [Fact]
    public async Task Rollback_Changes_AreGone()
    {
        await CreateAsync();
        await BeginAsync(Writer);
        await RunAsync(Writer, "INSERT INTO t VALUES (2)", "CREATE TABLE u(a INTEGER)");
        await Writer.RollbackAsync(default);
        await Writer.RollbackAsync(default);
        Assert.Equal(SqlValue.Integer(1), await OneAsync(Writer, Count));
        Assert.Single(await Writer.SchemaAsync(default));
    }

    [Fact]
    public async Task Dispose_WithAnOpenTransaction_RollsBack()
    {
        await CreateAsync();
        await BeginAsync(Writer);
        await RunAsync(Writer, "INSERT INTO t VALUES (2)");
        await Writer.DisposeAsync();
        Assert.Equal(SqlValue.Integer(1), await OneAsync(await OpenAsync(EngineAccess.Read), Count));
    }

    [Fact]
    [Trait("Rule", "S4.2")]
    public async Task Begin_OnAReader_PinsTheSnapshotAtOnce()
    {
        await CreateAsync();
        var reader = await OpenAsync(EngineAccess.Read);
        await BeginAsync(reader);
        await RunAsync(Writer, "INSERT INTO t VALUES (2)");
        Assert.Equal(SqlValue.Integer(1), await OneAsync(reader, Count));
        await reader.RollbackAsync(default);
        Assert.Equal(SqlValue.Integer(2), await OneAsync(reader, Count));
    }

    [Fact]
    [Trait("Rule", "S4.2")]
    public async Task Stream_WhileOthersWrite_ReadsOneSnapshot()
    {
        await CreateAsync();
        await RunAsync(Writer, "INSERT INTO t VALUES (2), (3)");
        var reader = await OpenAsync(EngineAccess.Read);
        var seen = 0;
        await foreach (var chunk in reader.StreamAsync("SELECT id FROM t ORDER BY id", [], 1, default))
        {
            seen += chunk.RowCount;
            await RunAsync(Writer, "DELETE FROM t WHERE id = 3");
        }

        Assert.Equal(3, seen);
        Assert.Equal(SqlValue.Integer(2), await OneAsync(reader, Count));
    }

    [Fact]
    public async Task Execute_WriteOnAReader_IsReadOnlyTransaction()
    {
        await CreateAsync();
        var reader = await OpenAsync(EngineAccess.Read);
        await FailsAsync("READ_ONLY_TRANSACTION", "25006", () => ExecuteAsync(reader, "INSERT INTO t VALUES (2)"));
        await FailsAsync("READ_ONLY_TRANSACTION", "25006", () => ExecuteAsync(reader, "CREATE TABLE u(a INTEGER)"));
        Assert.Equal(SqlValue.Integer(1), await OneAsync(reader, Count));
    }

    [Fact]
    public async Task Begin_ReadOnly_RefusesWritesUntilItsEnd()
    {
        await CreateAsync();
        await Writer.BeginAsync(IsolationLevel.Serializable, readOnly: true, default);
        await FailsAsync("READ_ONLY_TRANSACTION", "25006", () => ExecuteAsync(Writer, "INSERT INTO t VALUES (2)"));
        await Writer.RollbackAsync(default);
        await RunAsync(Writer, "INSERT INTO t VALUES (2)");
    }

    [Fact]
    public async Task Savepoint_InATransaction_UndoesItsPart()
    {
        await CreateAsync();
        await BeginAsync(Writer);
        await RunAsync(Writer, "SAVEPOINT a", "INSERT INTO t VALUES (2)", "ROLLBACK TO SAVEPOINT a", "INSERT INTO t VALUES (3)", "RELEASE SAVEPOINT a");
        await Writer.CommitAsync(default);
        Assert.Equal("1 3", Text((await ExecuteAsync(Writer, "SELECT id FROM t ORDER BY id")).Rows));
    }

    [Fact]
    public async Task Savepoint_ThatIsUnknown_IsTransactionError()
    {
        await BeginAsync(Writer);
        await FailsAsync("TRANSACTION_ERROR", "3B001", () => ExecuteAsync(Writer, "RELEASE SAVEPOINT nope"));
    }

    [Fact]
    public async Task Savepoint_OutsideATransaction_IsTransactionError()
    {
        await FailsAsync("TRANSACTION_ERROR", "25P01", () => ExecuteAsync(Writer, "SAVEPOINT a"));
        Assert.False(Writer.InTransaction);
    }

    [Fact]
    public async Task Commit_WithADeferredViolation_FailsAndRollsBack()
    {
        await CreateAsync();
        await RunAsync(Writer, "CREATE TABLE c(id INTEGER PRIMARY KEY, t INTEGER REFERENCES t(id) DEFERRABLE INITIALLY DEFERRED)");
        await BeginAsync(Writer);
        await RunAsync(Writer, "INSERT INTO c VALUES (1, 99)");
        await FailsAsync("CONSTRAINT_VIOLATION", "23503", () => Writer.CommitAsync(default).AsTask());
        Assert.False(Writer.InTransaction);
        Assert.Equal(SqlValue.Integer(0), await OneAsync(Writer, "SELECT count(*) FROM c"));
    }

    private static Task BeginAsync(IEngineConnection connection) => connection.BeginAsync(IsolationLevel.RepeatableRead, false, default).AsTask();
}
