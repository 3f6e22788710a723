namespace Shale.Engine.Specification;

/// <summary>Scratch databases.</summary>
public abstract class ScratchSpecification : EngineSpecification
{
    [Fact]
    public async Task Open_TwoScratches_AreApartAndEmpty()
    {
        var one = await ScratchAsync();
        var two = await ScratchAsync();
        await RunAsync(one, "CREATE TABLE t(a INTEGER)");
        await RunAsync(two, "CREATE TABLE t(a INTEGER)", "INSERT INTO t VALUES (1)");
        Assert.Equal(SqlValue.Integer(0), await OneAsync(one, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Dispose_AUsedScratch_LeavesNothingForTheNext()
    {
        for (var i = 0; i < 20; i++)
        {
            await using var scratch = await Engine.OpenScratchAsync(default);
            Assert.Empty(await scratch.SchemaAsync(default));
            await RunAsync(scratch, "CREATE TABLE t(id INTEGER PRIMARY KEY)", "CREATE INDEX i ON t(id)", "CREATE VIEW v AS SELECT * FROM t", "INSERT INTO t VALUES (1)");
            await FailsAsync("CONSTRAINT_VIOLATION", "23505", () => ExecuteAsync(scratch, "INSERT INTO t VALUES (2), (1)"));
            Assert.Equal(SqlValue.Integer(1), await OneAsync(scratch, "SELECT count(*) FROM t"));
        }
    }

    [Fact]
    public async Task Dispose_AfterAnInterruptedStatement_LeavesNothingForTheNext()
    {
        await using (var scratch = await Engine.OpenScratchAsync(default))
        {
            await RunAsync(scratch, "CREATE TABLE t(a INTEGER)");
            using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
            const string Endless = "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
            await FailsAsync("TIMEOUT", "57014", () => scratch.ExecuteAsync(Endless, [], source.Token).AsTask());
        }

        Assert.Empty(await (await ScratchAsync()).SchemaAsync(default));
    }

    [Fact]
    public async Task Rollback_AScratch_EmptiesIt()
    {
        var scratch = await ScratchAsync();
        await RunAsync(scratch, "CREATE TABLE t(a INTEGER)");
        await scratch.RollbackAsync(default);
        Assert.Empty(await scratch.SchemaAsync(default));
    }

    [Fact]
    public async Task InsertRows_OfAllKinds_ArriveByPosition()
    {
        var scratch = await ScratchAsync();
        await RunAsync(scratch, "CREATE TABLE \"odd \"\" name\"(a BIGINT, b DOUBLE PRECISION, c TEXT, d BOOLEAN)");
        var rows = new RowSet([new("x", "int8"), new("y", "float8"), new("z", "text"), new("w", "bool")]);
        rows.Add([SqlValue.Integer(1), SqlValue.Real(1.5), SqlValue.Text("t"), SqlValue.Boolean(true)]);
        rows.Add([SqlValue.Null, SqlValue.Null, SqlValue.Null, SqlValue.Null]);
        await scratch.InsertRowsAsync("odd \" name", rows, default);
        var read = (await ExecuteAsync(scratch, "SELECT * FROM \"odd \"\" name\" ORDER BY a IS NULL")).Rows;
        Assert.Equal(rows[0].ToArray(), read[0].ToArray());
        Assert.Equal(rows[1].ToArray(), read[1].ToArray());
    }

    [Fact]
    public async Task InsertRows_IntoAnUnknownTable_IsNotFound()
    {
        var rows = new RowSet([new("x", "int8")]);
        rows.Add([SqlValue.Integer(1)]);
        var scratch = await ScratchAsync();
        await FailsAsync("NOT_FOUND", "42P01", () => scratch.InsertRowsAsync("nope", rows, default).AsTask());
    }

    [Fact]
    public async Task InsertRows_None_DoesNothing() =>
        await (await ScratchAsync()).InsertRowsAsync("nope", new RowSet([new("x", "int8")]), default);
}
