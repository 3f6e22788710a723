using Shale.Contracts;

namespace Shale.Engine.Specification;

/// <summary>Statements: values, counts, many rows, chunks, parameters.</summary>
public abstract class StatementSpecification : EngineSpecification
{
    private const string Table = "CREATE TABLE t(id BIGINT PRIMARY KEY, name TEXT)";

    [Fact]
    public async Task Execute_Values_ComeBackAsTheyWent()
    {
        await RunAsync(Writer, "CREATE TABLE v(id BIGINT PRIMARY KEY, i BIGINT, r DOUBLE PRECISION, t TEXT, b BOOLEAN)");
        SqlValue[] row = [SqlValue.Integer(1), SqlValue.Integer(long.MinValue), SqlValue.Real(0.1), SqlValue.Text("Grüße, 漢字 🪨"), SqlValue.Boolean(true)];
        await ExecuteAsync(Writer, "INSERT INTO v VALUES ($1, $2, $3, $4, $5)", row);
        await ExecuteAsync(Writer, "INSERT INTO v VALUES ($1, $2, $3, $4, $5)", SqlValue.Integer(2), default, default, default, default);
        var rows = (await ExecuteAsync(Writer, "SELECT * FROM v ORDER BY id")).Rows;
        Assert.Equal(row, rows[0].ToArray());
        Assert.Equal([SqlValue.Integer(2), default, default, default, default], rows[1].ToArray());
        Assert.Equal("id:int8 i:int8 r:float8 t:text b:bool", Types(rows));
    }

    [Fact]
    public async Task Execute_BigValue_ComesBackWhole()
    {
        await RunAsync(Writer, Table);
        var big = new string('漢', 4_000_000);
        await ExecuteAsync(Writer, "INSERT INTO t VALUES ($1, $2)", SqlValue.Integer(1), SqlValue.Text(big));
        Assert.Equal(big, (await OneAsync(Writer, "SELECT name FROM t")).AsText());
    }

    [Fact]
    public async Task Execute_LoneSurrogate_IsRefused() =>
        await FailsAsync("TYPE_ERROR", "22021", () => ExecuteAsync(Writer, "SELECT CAST($1 AS TEXT)", SqlValue.Text("a" + (char)0xd801)));

    [Fact]
    public async Task Execute_Writes_CountTheirRows()
    {
        await RunAsync(Writer, Table);
        Assert.Equal(3, (await ExecuteAsync(Writer, "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')")).Affected);
        Assert.Equal(2, (await ExecuteAsync(Writer, "UPDATE t SET name = 'x' WHERE id > 1")).Affected);
        Assert.Equal(0, (await ExecuteAsync(Writer, "UPDATE t SET name = 'x' WHERE id > 9")).Affected);
        Assert.Equal(0, (await ExecuteAsync(Writer, "SELECT * FROM t")).Affected);
        Assert.Equal(3, (await ExecuteAsync(Writer, "DELETE FROM t")).Affected);
        Assert.Equal(0, (await ExecuteAsync(Writer, "CREATE TABLE u(a INTEGER)")).Affected);
    }

    [Fact]
    public async Task Execute_Returning_GivesTheRowsAndTheCount()
    {
        await RunAsync(Writer, Table);
        var result = await ExecuteAsync(Writer, "INSERT INTO t VALUES (1, 'a'), (2, 'b') RETURNING id, name");
        Assert.Equal("1,a 2,b", Text(result.Rows));
        Assert.Equal(2, result.Affected);
        Assert.Equal("name:text", Types((await ExecuteAsync(Writer, "DELETE FROM t RETURNING name")).Rows));
    }

    [Fact]
    public async Task Execute_NoRows_StillHasFields() =>
        Assert.Equal("one:int8", Types((await ExecuteAsync(Writer, "SELECT id AS one FROM (SELECT CAST(1 AS BIGINT) AS id) q LIMIT 1")).Rows));

    [Fact]
    public async Task Execute_WithoutRows_HasNoFields()
    {
        var result = await ExecuteAsync(Writer, Table);
        Assert.Empty(result.Rows.Fields);
        Assert.Equal(0, result.Rows.RowCount);
    }

    [Theory]
    [InlineData("SELECT CAST($1 AS TEXT)", 0)]
    [InlineData("SELECT CAST($1 AS TEXT)", 2)]
    [InlineData("SELECT 1", 1)]
    public async Task Execute_WrongParameterCount_IsQueryError(string sql, int count) =>
        await FailsAsync("QUERY_ERROR", "08P01", () => ExecuteAsync(Writer, sql, new SqlValue[count]));

    [Theory]
    [InlineData("SELEC 1", "SYNTAX_ERROR", "42601")]
    [InlineData("SELECT (", "SYNTAX_ERROR", "42601")]
    [InlineData("SELECT 1; SELECT 2", "SYNTAX_ERROR", "42601")]
    [InlineData("", "SYNTAX_ERROR", "42601")]
    [InlineData("SELECT * FROM nope", "NOT_FOUND", "42P01")]
    [InlineData("SELECT nope FROM t", "NOT_FOUND", "42703")]
    [InlineData("UPDATE t SET nope = 1", "NOT_FOUND", "42703")]
    [InlineData("INSERT INTO t(nope) VALUES (1)", "NOT_FOUND", "42703")]
    [InlineData("SELECT nope(1)", "NOT_FOUND", "42883")]
    [InlineData("SELECT id FROM t a, t b", "QUERY_ERROR", "42702")]
    [InlineData("CREATE TABLE t(a INTEGER)", "QUERY_ERROR", "42P07")]
    [InlineData("INSERT INTO t VALUES (1, 'a', 2)", "SYNTAX_ERROR", "42601")]
    [InlineData("SELECT sum(count(*)) FROM t", "QUERY_ERROR", "42803")]
    [InlineData("SELECT 1 UNION SELECT 1, 2", "SYNTAX_ERROR", "42601")]
    [InlineData("ROLLBACK TO SAVEPOINT s", "TRANSACTION_ERROR", "25P01")]
    public async Task Execute_Nonsense_HasCodeAndState(string sql, string code, string state)
    {
        await RunAsync(Writer, Table);
        await FailsAsync(code, state, () => ExecuteAsync(Writer, sql));
        Assert.Equal(SqlValue.Integer(0), await OneAsync(Writer, "SELECT count(*) FROM t"));
    }

    [Theory]
    [InlineData("INSERT INTO c VALUES (1, 1, 1, 5)", "23505")]
    [InlineData("INSERT INTO c VALUES (2, 1, 1, 5)", "23505")]
    [InlineData("INSERT INTO c VALUES (2, NULL, 1, 5)", "23502")]
    [InlineData("INSERT INTO c VALUES (2, 2, 9, 5)", "23503")]
    [InlineData("INSERT INTO c VALUES (2, 2, 1, 0)", "23514")]
    [InlineData("DELETE FROM p", "23503")]
    [Trait("Rule", "S2.8")]
    public async Task Execute_AgainstAConstraint_IsConstraintViolation(string sql, string state)
    {
        await RunAsync(Writer,
            "CREATE TABLE p(id INTEGER PRIMARY KEY)",
            "CREATE TABLE c(id INTEGER PRIMARY KEY, u INTEGER NOT NULL UNIQUE, p INTEGER REFERENCES p(id), k INTEGER CHECK (k > 0))",
            "INSERT INTO p VALUES (1)",
            "INSERT INTO c VALUES (1, 1, 1, 5)");
        await FailsAsync("CONSTRAINT_VIOLATION", state, () => ExecuteAsync(Writer, sql));
        Assert.Equal(SqlValue.Integer(1), await OneAsync(Writer, "SELECT count(*) FROM c"));
    }

    [Fact]
    public async Task Execute_AfterASchemaChange_SeesTheNewColumns()
    {
        await RunAsync(Writer, Table, "INSERT INTO t VALUES (1, 'a')");
        var reader = await OpenAsync(Vitess.EngineAccess.Read);
        Assert.Equal("id:int8 name:text", Types((await ExecuteAsync(reader, "SELECT * FROM t")).Rows));
        await RunAsync(Writer, "ALTER TABLE t ADD COLUMN flag BOOLEAN DEFAULT TRUE");
        var rows = (await ExecuteAsync(reader, "SELECT * FROM t")).Rows;
        Assert.Equal("id:int8 name:text flag:bool", Types(rows));
        Assert.Equal("1,a,true", Text(rows));
    }

    [Fact]
    public async Task ExecuteMany_Rows_AddUp()
    {
        await RunAsync(Writer, Table);
        var rows = new IReadOnlyList<SqlValue>[] { Row(1, "a"), Row(2, "b"), Row(3, "c") };
        var result = await Writer.ExecuteManyAsync("INSERT INTO t VALUES ($1, $2) RETURNING name", rows, default);
        Assert.Equal(3, result.Affected);
        Assert.Equal("a b c", Text(result.Rows));
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task ExecuteMany_OneRowFails_UndoesAllOfThem()
    {
        await RunAsync(Writer, Table);
        var rows = new IReadOnlyList<SqlValue>[] { Row(1, "a"), Row(2, "b"), Row(1, "again") };
        await FailsAsync("CONSTRAINT_VIOLATION", "23505", () => Writer.ExecuteManyAsync("INSERT INTO t VALUES ($1, $2)", rows, default).AsTask());
        Assert.False(Writer.InTransaction);
        Assert.Equal("", Text((await ExecuteAsync(Writer, "SELECT * FROM t")).Rows));
    }

    [Fact]
    public async Task ExecuteMany_NoRows_DoesNothing()
    {
        await RunAsync(Writer, Table);
        Assert.Equal(0, (await Writer.ExecuteManyAsync("INSERT INTO t VALUES ($1, $2)", [], default)).Affected);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task Stream_Rows_AreThoseOfExecuteInChunks(int count)
    {
        await RunAsync(Writer, Table);
        var rows = Enumerable.Range(1, count).Select(i => Row(i, $"name {i}")).ToList();
        await Writer.ExecuteManyAsync("INSERT INTO t VALUES ($1, $2)", rows, default);
        var chunks = new List<RowSet>();
        await foreach (var chunk in Writer.StreamAsync("SELECT id, name FROM t ORDER BY id", [], 4096, default)) chunks.Add(chunk);
        Assert.All(chunks, chunk => Assert.Equal("id:int8 name:text", Types(chunk)));
        Assert.Equal(count, chunks.Sum(chunk => chunk.RowCount));
        Assert.True(count < 1000 ? chunks.Count == 1 : chunks.Count > 5);
        Assert.All(chunks, chunk => Assert.True(chunk.SizeBytes < 8192));
    }

    [Fact]
    public async Task Stream_LeftEarly_LeavesTheConnectionUsable()
    {
        await RunAsync(Writer, Table, "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
        await foreach (var _ in Writer.StreamAsync("SELECT * FROM t", [], 1, default)) break;
        await RunAsync(Writer, "DROP TABLE t");
    }

    [Fact]
    public async Task Stream_Failing_ThrowsWhenRead()
    {
        var stream = Writer.StreamAsync("SELECT * FROM nope", [], 1, default).GetAsyncEnumerator();
        await FailsAsync("NOT_FOUND", "42P01", () => stream.MoveNextAsync().AsTask());
        await stream.DisposeAsync();
    }

    [Fact]
    public async Task Schema_OfADatabase_ListsItsObjects()
    {
        await RunAsync(Writer, "CREATE TABLE a(id INTEGER PRIMARY KEY, b INTEGER)", "CREATE INDEX i ON a(b)", "CREATE VIEW v AS SELECT b FROM a");
        var objects = await Writer.SchemaAsync(default);
        Assert.Equal(["index i a", "table a a", "view v v"], objects.Select(o => $"{o.Type} {o.Name} {o.Table}").Order());
        Assert.All(objects, o => Assert.StartsWith("CREATE ", o.Sql));
    }

    [Fact]
    public async Task Cancel_ARunningRead_StopsItAndLeavesTheConnectionUsable()
    {
        const string Endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
        await FailsAsync("TIMEOUT", "57014", () => Writer.ExecuteAsync(Endless, [], source.Token).AsTask());
        Assert.Equal(SqlValue.Integer(1), await OneAsync(Writer, "SELECT 1"));
    }

    [Fact]
    public async Task Cancel_ARunningWrite_UndoesIt()
    {
        await RunAsync(Writer, Table);
        const string Endless = """
            INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, 'x' FROM n
            """;
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
        await FailsAsync("TIMEOUT", "57014", () => Writer.ExecuteAsync(Endless, [], source.Token).AsTask());
        Assert.Equal(SqlValue.Integer(0), await OneAsync(Writer, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Cancel_BeforeTheStart_RunsNothing()
    {
        await RunAsync(Writer, Table);
        await FailsAsync("TIMEOUT", "57014", () => Writer.ExecuteAsync("INSERT INTO t VALUES (1, 'a')", [], new CancellationToken(true)).AsTask());
        Assert.Equal(SqlValue.Integer(0), await OneAsync(Writer, "SELECT count(*) FROM t"));
    }

    private static IReadOnlyList<SqlValue> Row(long id, string name) => [SqlValue.Integer(id), SqlValue.Text(name)];
}
