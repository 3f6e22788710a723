using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Engine.Specification;

/// <summary>What SQLite does and PostgreSQL does not: a statement that fails in a transaction is undone alone, tables are made anew, scratch tables may refer to what is not there.</summary>
public abstract class LenientSpecification : EngineSpecification
{
    private Task CreateAsync() => RunAsync(Writer, "CREATE TABLE t(id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)");

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task ExecuteMany_OneRowFailsInATransaction_UndoesAllOfThemAlone()
    {
        await CreateAsync();
        await BeginAsync(Writer);
        await RunAsync(Writer, "INSERT INTO t VALUES (9)");
        var rows = new IReadOnlyList<SqlValue>[] { [SqlValue.Integer(2)], [SqlValue.Integer(1)] };
        await FailsAsync("CONSTRAINT_VIOLATION", "23505", () => Writer.ExecuteManyAsync("INSERT INTO t VALUES ($1)", rows, default).AsTask());
        Assert.True(Writer.InTransaction);
        await Writer.CommitAsync(default);
        Assert.Equal("1 9", Text((await ExecuteAsync(Writer, "SELECT id FROM t ORDER BY id")).Rows));
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Execute_FailingInATransaction_IsUndoneAlone()
    {
        await CreateAsync();
        await BeginAsync(Writer);
        await RunAsync(Writer, "INSERT INTO t VALUES (2)");
        await FailsAsync("CONSTRAINT_VIOLATION", "23505", () => ExecuteAsync(Writer, "INSERT INTO t VALUES (7), (8), (1)"));
        await Writer.CommitAsync(default);
        Assert.Equal("1 2", Text((await ExecuteAsync(Writer, "SELECT id FROM t ORDER BY id")).Rows));
    }

    [Fact]
    public async Task Savepoint_ThatIsUnknown_LeavesTheTransactionAsItWas()
    {
        await CreateAsync();
        await BeginAsync(Writer);
        await RunAsync(Writer, "INSERT INTO t VALUES (3)");
        await FailsAsync("TRANSACTION_ERROR", "3B001", () => ExecuteAsync(Writer, "RELEASE SAVEPOINT nope"));
        await Writer.CommitAsync(default);
        Assert.Equal("1 3", Text((await ExecuteAsync(Writer, "SELECT id FROM t ORDER BY id")).Rows));
    }

    [Fact]
    public async Task Rebuild_OfAReferencedTable_LeavesItsChildrenAlone()
    {
        await CreateFamilyAsync();
        await Writer.BeginRebuildAsync(default);
        await RunAsync(Writer, "DROP TABLE parent", "CREATE TABLE parent(id INTEGER PRIMARY KEY, note TEXT)", "INSERT INTO parent VALUES (1, 'new'), (2, 'new')");
        await Writer.CheckDeferredAsync(default);
        await Writer.CommitAsync(default);

        Assert.Equal(SqlValue.Integer(2), await OneAsync(Writer, "SELECT count(*) FROM child"));
        var refused = await Assert.ThrowsAsync<VitessException>(() => RunAsync(Writer, "INSERT INTO child VALUES (9)"));
        Assert.Equal("23503", refused.SqlState);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rebuild_ThatLosesAParent_CannotCommit(bool check)
    {
        await CreateFamilyAsync();
        await Writer.BeginRebuildAsync(default);
        await RunAsync(Writer, "DROP TABLE parent", "CREATE TABLE parent(id INTEGER PRIMARY KEY)", "INSERT INTO parent VALUES (1)");

        var failure = await Assert.ThrowsAsync<VitessException>(async () => await (check ? Writer.CheckDeferredAsync(default) : Writer.CommitAsync(default)));

        Assert.Equal("23503", failure.SqlState);
        await Writer.RollbackAsync(default);
        Assert.Equal(SqlValue.Integer(2), await OneAsync(Writer, "SELECT count(*) FROM parent"));
        await Assert.ThrowsAsync<VitessException>(() => RunAsync(Writer, "INSERT INTO child VALUES (9)"));
    }

    private Task CreateFamilyAsync() => RunAsync(Writer, "CREATE TABLE parent(id INTEGER PRIMARY KEY)",
        "CREATE TABLE child(pid INTEGER REFERENCES parent(id) ON DELETE CASCADE)", "INSERT INTO parent VALUES (1), (2)", "INSERT INTO child VALUES (1), (2)");

    [Fact]
    public async Task Scratch_ForeignKeys_AreNotChecked()
    {
        var scratch = await ScratchAsync();
        await RunAsync(scratch, "CREATE TABLE c(id INTEGER PRIMARY KEY, p INTEGER REFERENCES nowhere(id))", "INSERT INTO c VALUES (1, 5)");
    }

    private static Task BeginAsync(IEngineConnection connection) => connection.BeginAsync(IsolationLevel.RepeatableRead, false, default).AsTask();
}
