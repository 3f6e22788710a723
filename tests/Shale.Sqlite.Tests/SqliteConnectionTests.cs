using Shale.Sqlite;

namespace Shale.Sqlite.Tests;

public sealed class SqliteConnectionTests : IDisposable
{
    private const string Endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    private readonly SqliteConnection _connection = SqliteConnection.Open(":memory:", SqliteOpenMode.Create, cachedStatements: 3);

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void Version_OfTheSystemLibrary_IsNewEnough() => Assert.True(SqliteLibrary.Version >= SqliteLibrary.MinimumVersion);

    public static TheoryData<SqlValue> Values =>
    [
        SqlValue.Null, SqlValue.Integer(0), SqlValue.Integer(long.MinValue), SqlValue.Integer(long.MaxValue),
        SqlValue.Real(0.1), SqlValue.Real(-0.0), SqlValue.Real(double.MaxValue), SqlValue.Real(double.PositiveInfinity),
        SqlValue.Text(""), SqlValue.Text("plain"), SqlValue.Text("with \0 inside"), SqlValue.Text("äöü 漢字 🪨"), SqlValue.Text(new string('ß', 100_000)),
        SqlValue.Blob([]), SqlValue.Blob([0, 1, 255]), SqlValue.Blob(new byte[3_000_000]),
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void Column_OfABoundValue_IsThatValue(SqlValue value) => Assert.Equal(value, One("SELECT ?", value));

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void Bind_Boolean_IsZeroOrOne(bool value, long expected) => Assert.Equal(SqlValue.Integer(expected), One("SELECT ?", SqlValue.Boolean(value)));

    [Fact]
    public void Column_RealNaN_IsNull() => Assert.True(One("SELECT ?", SqlValue.Real(double.NaN)).IsNull);

    [Theory]
    [InlineData(0xd800)]
    [InlineData(0xdc00)]
    public void Bind_LoneSurrogate_IsTypeError(int half) =>
        Expect("TYPE_ERROR", "22021", () => One("SELECT ?", SqlValue.Text("half " + (char)half + " pair")));

    [Fact]
    public void Column_InvalidUtf8_IsTypeError() => Expect("TYPE_ERROR", "22021", () => One("SELECT CAST(x'C328' AS TEXT)"));

    [Theory]
    [InlineData("", "SYNTAX_ERROR", "42601")]
    [InlineData("  -- nothing\n /* at all */ ;", "SYNTAX_ERROR", "42601")]
    [InlineData("SELECT 1; SELECT 2", "SYNTAX_ERROR", "42601")]
    [InlineData("SELECT 1\0", "SYNTAX_ERROR", "42601")]
    [InlineData("SELECT 'open", "SYNTAX_ERROR", "42601")]
    [InlineData("SELECT (", "SYNTAX_ERROR", "42601")]
    public void Rent_NotExactlyOneStatement_IsSyntaxError(string sql, string code, string state) => Expect(code, state, () => _connection.Rent(sql));

    [Theory]
    [InlineData("SELECT 1;")]
    [InlineData("SELECT 1 ; ; -- done")]
    [InlineData("SELECT 1 /* done */")]
    [InlineData("/* first */ SELECT 1 /* open end")]
    public void Rent_BlankTail_IsAccepted(string sql) => Assert.Equal(SqlValue.Integer(1), One(sql));

    [Fact]
    public void Rent_ErrorInTheMiddle_TellsThePositionInCharacters()
    {
        var failure = Assert.Throws<VitessException>(() => _connection.Rent("SELECT 'äö', nope"));
        Assert.Equal(14, failure.Position);
    }

    [Fact]
    public void Rent_SecondStatement_TellsWhereItBegins()
    {
        var failure = Assert.Throws<VitessException>(() => _connection.Rent("SELECT 'ä'; SELECT 2"));
        Assert.Equal(12, failure.Position);
    }

    [Fact]
    public void Rent_SameText_ReusesTheStatement()
    {
        var first = _connection.Rent("SELECT 1");
        _connection.Return(first);
        var again = _connection.Rent("SELECT 1");
        Assert.Same(first, again);

        var meanwhile = _connection.Rent("SELECT 1");
        Assert.NotSame(first, meanwhile);
        _connection.Return(meanwhile);
        _connection.Return(again);
    }

    [Fact]
    public void Return_MoreTextsThanFit_DropsTheLeastRecentlyUsed()
    {
        var kept = Use("SELECT 1");
        var dropped = Use("SELECT 2");
        Use("SELECT 3");
        Assert.Same(kept, Use("SELECT 1"));
        Use("SELECT 4");
        Assert.Same(kept, Use("SELECT 1"));
        Assert.NotSame(dropped, Use("SELECT 2"));
    }

    [Fact]
    public void Return_Statement_ForgetsItsParameters()
    {
        One("SELECT ?", SqlValue.Integer(7));
        var statement = _connection.Rent("SELECT ?");
        Assert.True(statement.Step());
        Assert.True(statement.Column(0).IsNull);
        _connection.Return(statement);
    }

    [Fact]
    public void Step_AfterSchemaChange_CountsTheRecompilation()
    {
        Run("CREATE TABLE t(a)");
        var statement = Use("SELECT * FROM t");
        Run("ALTER TABLE t ADD COLUMN b");
        Assert.Same(statement, Use("SELECT * FROM t"));
        Assert.Equal(1, statement.Recompilations);
        statement.RefreshColumnCount();
        Assert.Equal(2, statement.ColumnCount);
    }

    [Theory]
    [InlineData("SELECT * FROM t JOIN u USING (c)")]
    [InlineData("SELECT * FROM t UNION SELECT 1, 2, 3")]
    public void Rent_AfterAnotherConnectionChangedTheSchema_KnowsIt(string sql)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var one = SqliteConnection.Open(path, SqliteOpenMode.Create);
            using var other = SqliteConnection.Open(path, SqliteOpenMode.Create);
            one.ExecuteTrusted("CREATE TABLE t (a, b)");
            one.ExecuteTrusted("CREATE TABLE u (a, b)");
            Assert.True(other.QueryTrusted("SELECT count(*) FROM t, u") == SqlValue.Integer(0));
            Assert.Throws<VitessException>(() => other.Rent(sql));
            one.ExecuteTrusted("ALTER TABLE t ADD COLUMN c");
            one.ExecuteTrusted("ALTER TABLE u ADD COLUMN c");
            other.Return(other.Rent(sql));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void TryGetOrigin_ThroughACommonTableThatRecurs_IsNone()
    {
        Run("CREATE TABLE t(a INTEGER PRIMARY KEY, b INT)");
        var statement = _connection.Rent("WITH RECURSIVE r (n, v) AS (SELECT a, b FROM t UNION ALL SELECT n + 1, v FROM r WHERE n < 3) SELECT v, n FROM r");
        Assert.False(statement.TryGetOrigin(0, out _, out _, out _));
        Assert.False(statement.TryGetOrigin(1, out _, out _, out _));
        _connection.Return(statement);
    }

    [Fact]
    public void TryGetOrigin_ThroughASubquery_NamesTheTableColumn()
    {
        Run("CREATE TABLE t(a INTEGER PRIMARY KEY, b VARCHAR(3))");
        var statement = _connection.Rent("SELECT x, 1 + 1 FROM (SELECT b AS x FROM t)");
        Assert.True(statement.TryGetOrigin(0, out var database, out var table, out var column));
        Assert.Equal(("main", "t", "b"), (database, table, column));
        Assert.Equal("VARCHAR(3)", statement.ColumnDeclaredType(0));
        Assert.False(statement.TryGetOrigin(1, out _, out _, out _));
        Assert.Null(statement.ColumnDeclaredType(1));
        _connection.Return(statement);
    }

    [Fact]
    public async Task Interrupt_FromAnotherThread_StopsTheStatement()
    {
        using var started = new ManualResetEventSlim();
        _connection.Register(new ScalarDefinition("started", 0, SqliteFunctionFlags.None, _ =>
        {
            started.Set();
            return SqlValue.Null;
        }));
        var running = Task.Run(() => One("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE started() IS NULL) SELECT count(*) FROM n"));
        started.Wait();
        _connection.Interrupt();
        var failure = await Assert.ThrowsAsync<VitessException>(() => running);
        Assert.Equal(("TIMEOUT", "57014"), (failure.Code, failure.SqlState));
        Assert.Equal(SqlValue.Integer(1), One("SELECT 1"));
    }

    [Fact]
    public void Stop_BeforeTheStatementBegins_StopsIt_UntilItMayGoOn()
    {
        var statement = _connection.Rent(Endless);
        _connection.Stop();
        Assert.Equal("57014", Assert.Throws<VitessException>(() => statement.Step()).SqlState);
        Assert.Equal(1, _connection.QueryTrusted("SELECT 1").AsInteger());
        _connection.GoOn();
        _connection.Return(statement);
        var one = _connection.Rent("SELECT 1");
        Assert.True(one.Step());
        _connection.Return(one);
    }

    [Fact]
    public async Task Token_CancelledAtAnyMoment_StopsTheStatement()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 7;
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            using var cancellation = new CancellationTokenSource();
            using var begins = new ManualResetEventSlim();
            var spins = random.Next(1000);
            var running = Task.Run(() =>
            {
                var statement = _connection.Rent(Endless);
                begins.Set();
                using var stop = _connection.StopWhen(cancellation.Token);
                try
                {
                    return Assert.Throws<VitessException>(() => statement.Step()).SqlState;
                }
                finally
                {
                    _connection.Return(statement);
                }
            });
            begins.Wait();
            Thread.SpinWait(spins);
            await cancellation.CancelAsync();
            Assert.True(await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(30))) == running, $"SHALE_SEED={seed} ./test Sqlite --filter {nameof(Token_CancelledAtAnyMoment_StopsTheStatement)}: round {round}");
            Assert.Equal("57014", await running);
        }
    }

    [Fact]
    public void Interrupt_WhenNothingRunsOrClosed_DoesNothing()
    {
        _connection.Interrupt();
        Assert.Equal(SqlValue.Integer(1), One("SELECT 1"));
        _connection.Dispose();
        _connection.Interrupt();
    }

    [Fact]
    public void ExecuteTrusted_TextThatTheAuthorizerDenies_StaysDeniedForOthers()
    {
        _connection.SetAuthorizer((in AuthorizerRequest request) => request.Action == SqliteAction.Transaction ? "no transactions" : null);
        _connection.ExecuteTrusted("BEGIN");
        _connection.ExecuteTrusted("ROLLBACK");
        var failure = Assert.Throws<VitessException>(() => _connection.Rent("BEGIN"));
        Assert.Equal(("QUERY_ERROR", "42501", "no transactions"), (failure.Code, failure.SqlState, failure.Message));
    }

    [Fact]
    public void SetAuthorizer_ThatThrows_GivesItsOwnFailure()
    {
        _connection.SetAuthorizer((in AuthorizerRequest _) => throw new VitessException(ErrorCodes.Unauthorized, "not you"));
        Assert.Equal("UNAUTHORIZED", Assert.Throws<VitessException>(() => _connection.Rent("SELECT 1")).Code);
    }

    [Fact]
    public void Open_DirectoryThatIsNone_IsShardError() =>
        Expect("SHARD_ERROR", "58030", () => SqliteConnection.Open("/nowhere/at/all.db", SqliteOpenMode.Create));

    [Fact]
    public void Dispose_WithAStatementInUse_IsHarmless()
    {
        var statement = _connection.Rent("SELECT 1");
        _connection.Dispose();
        _connection.Return(statement);
        _connection.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _connection.Rent("SELECT 1"));
    }

    [Fact]
    public void Step_BindColumn_AllocateNothing()
    {
        Run("CREATE TABLE t(id INTEGER PRIMARY KEY, a REAL)");
        Run("INSERT INTO t VALUES (1, 2.5)");
        var parameter = SqlValue.Integer(1);
        long Measure(int runs)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < runs; i++)
            {
                var statement = _connection.Rent("SELECT id, a FROM t WHERE id = ?");
                statement.Bind(1, parameter);
                Assert.True(statement.Step());
                _ = statement.Column(0);
                _ = statement.Column(1);
                _connection.Return(statement);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Measure(100);
        Assert.Equal(0, Measure(100));
    }

    private SqliteStatement Use(string sql)
    {
        var statement = _connection.Rent(sql);
        statement.Step();
        _connection.Return(statement);
        return statement;
    }

    private void Run(string sql) => Use(sql);

    private SqlValue One(string sql, params ReadOnlySpan<SqlValue> parameters)
    {
        var statement = _connection.Rent(sql);
        try
        {
            for (var i = 0; i < parameters.Length; i++) statement.Bind(i + 1, parameters[i]);
            return statement.Step() ? statement.Column(0) : throw new InvalidOperationException("no row");
        }
        finally
        {
            _connection.Return(statement);
        }
    }

    private static void Expect(string code, string state, Func<object> action)
    {
        var failure = Assert.Throws<VitessException>(action);
        Assert.Equal((code, state), (failure.Code, failure.SqlState));
    }
}
