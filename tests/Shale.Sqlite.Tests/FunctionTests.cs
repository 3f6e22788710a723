using Shale.Sqlite;

namespace Shale.Sqlite.Tests;

public sealed class FunctionTests : IDisposable
{
    private readonly SqliteConnection _connection = SqliteConnection.Open(":memory:", SqliteOpenMode.Create);

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void Scalar_AnyArguments_SeesThemAll()
    {
        Add("concat_all", -1, args =>
        {
            var text = "";
            foreach (var arg in args) text += arg.Kind + ":" + arg + ";";
            return SqlValue.Text(text);
        });
        Assert.Equal(
            [SqlValue.Text("Integer:1;Real:2.5;Text:x;Blob:x'FF';Null:NULL;Text:;Blob:x'';")], Rows("SELECT concat_all(1, 2.5, 'x', x'ff', NULL, '', x'')"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("integer")]
    [InlineData("real")]
    [InlineData("text")]
    [InlineData("empty")]
    [InlineData("blob")]
    [InlineData("nothing")]
    public void Scalar_ResultOfEachKind_ComesBack(string kind)
    {
        var value = kind switch
        {
            "integer" => SqlValue.Integer(-5),
            "real" => SqlValue.Real(1.5),
            "text" => SqlValue.Text(new string('ä', 5000)),
            "empty" => SqlValue.Text(""),
            "blob" => SqlValue.Blob([1, 2]),
            "nothing" => SqlValue.Blob([]),
            _ => SqlValue.Null,
        };
        Add("give", 0, _ => value);
        Assert.Equal([value], Rows("SELECT give()"));
    }

    [Fact]
    public void Scalar_ThatThrows_BringsBackItsOwnException()
    {
        var thrown = new VitessException(ErrorCodes.TypeError, "division by zero", sqlState: "22012");
        Add("boom", 1, _ => throw thrown);
        Assert.Same(thrown, Assert.Throws<VitessException>(() => Rows("SELECT boom(1)")));
        Assert.Equal("no such table: nope", Assert.Throws<VitessException>(() => Rows("SELECT * FROM nope")).Message);
    }

    [Fact]
    public void Scalar_ThatOverflows_IsTypeError()
    {
        Add("add_checked", 2, args => SqlValue.Integer(checked(args[0].AsInteger() + args[1].AsInteger())));
        var failure = Assert.Throws<VitessException>(() => Rows("SELECT add_checked(9223372036854775807, 1)"));
        Assert.Equal(("TYPE_ERROR", "22003"), (failure.Code, failure.SqlState));
    }

    [Fact]
    public void Scalar_WithAnUnexpectedFailure_IsQueryErrorWithTheCause()
    {
        Add("boom", 0, _ => throw new InvalidOperationException("oops"));
        var failure = Assert.Throws<VitessException>(() => Rows("SELECT boom()"));
        Assert.Equal("QUERY_ERROR", failure.Code);
        Assert.IsType<InvalidOperationException>(failure.InnerException);
    }

    [Theory]
    [InlineData(SqliteFunctionFlags.Deterministic | SqliteFunctionFlags.Innocuous, true)]
    [InlineData(SqliteFunctionFlags.Innocuous, false)]
    public void Scalar_InAnIndex_OnlyIfDeterministic(SqliteFunctionFlags flags, bool allowed)
    {
        _connection.Register(new ScalarDefinition("f", 1, flags, args => args[0]));
        Rows("CREATE TABLE t(a)");
        var failure = Record.Exception(() => Rows("CREATE INDEX i ON t(f(a))"));
        Assert.Equal(allowed, failure is null);
    }

    [Fact]
    public void Scalar_DirectOnly_IsRefusedInAView()
    {
        _connection.Register(new ScalarDefinition("f", 0, SqliteFunctionFlags.DirectOnly, _ => SqlValue.Integer(1)));
        Rows("CREATE VIEW v AS SELECT f()");
        Assert.Equal("42501", Assert.Throws<VitessException>(() => Rows("SELECT * FROM v")).SqlState);
        Assert.Equal([SqlValue.Integer(1)], Rows("SELECT f()"));
    }

    [Fact]
    public void Scalar_WrongArgumentCount_IsNotFound()
    {
        Add("f", 1, args => args[0]);
        Assert.Equal(("NOT_FOUND", "42883"), Codes(() => Rows("SELECT f(1, 2)")));
    }

    [Fact]
    public void Aggregate_OverGroups_HasOneStateEach()
    {
        AddLongest();
        Assert.Equal(
            [SqlValue.Text("ccc"), SqlValue.Text("dd")],
            Rows("SELECT longest(t) FROM (SELECT 1 g, 'a' t UNION ALL SELECT 2,'dd' UNION ALL SELECT 1,'ccc' UNION ALL SELECT 2,'d') GROUP BY g ORDER BY g"));
    }

    [Fact]
    public void Aggregate_OverNothing_GivesTheResultOfAnEmptyState()
    {
        AddLongest();
        Assert.Equal([SqlValue.Null], Rows("SELECT longest(1) WHERE 0"));
    }

    [Fact]
    public void Aggregate_AsWindowFunction_GivesARunningResult()
    {
        AddLongest();
        Assert.Equal(
            [SqlValue.Text("a"), SqlValue.Text("bbb"), SqlValue.Text("bbb")],
            Rows("SELECT longest(t) OVER (ORDER BY i) FROM (SELECT 1 i, 'a' t UNION ALL SELECT 2, 'bbb' UNION ALL SELECT 3, 'cc') ORDER BY i"));
    }

    [Fact]
    public void Aggregate_OverAMovingFrame_IsRefusedUnlessItCanStepBack()
    {
        AddLongest();
        Assert.Equal(
            ("QUERY_ERROR", "0A000"),
            Codes(() => Rows("SELECT longest(value) OVER (ORDER BY value ROWS 1 PRECEDING) FROM (SELECT 1 value UNION SELECT 2 UNION SELECT 3)")));
    }

    [Fact]
    public void Aggregate_ThatThrows_BringsBackItsOwnException()
    {
        AddLongest();
        Assert.Equal(("TYPE_ERROR", "42804"), Codes(() => Rows("SELECT longest(x'00')")));
    }

    [Fact]
    public void Collation_OfOurs_Orders()
    {
        _connection.Register(new CollationDefinition("by_length", (left, right) => left.Length.CompareTo(right.Length)));
        Assert.Equal(
            [SqlValue.Text("c"), SqlValue.Text("bb"), SqlValue.Text("aaa")],
            Rows("SELECT t FROM (SELECT 'aaa' t UNION ALL SELECT 'bb' UNION ALL SELECT 'c') ORDER BY t COLLATE by_length"));
    }

    [Theory]
    [InlineData("generate_series(1, 4)", "1 2 3 4")]
    [InlineData("generate_series(1, 10, 4)", "1 5 9")]
    [InlineData("generate_series(5, 1)", "")]
    [InlineData("generate_series(5, 1, -2)", "5 3 1")]
    [InlineData("generate_series(NULL, 1)", "")]
    [InlineData("generate_series(0, 0.3, 0.1)", "0 0.1 0.2 0.30000000000000004")]
    [InlineData("generate_series(9223372036854775806, 9223372036854775807)", "9223372036854775806 9223372036854775807")]
    [InlineData("generate_series(-9223372036854775807 - 1, -9223372036854775807)", "-9223372036854775808 -9223372036854775807")]
    [InlineData("generate_series(-9223372036854775807 - 1, 9223372036854775807, 9223372036854775807)", "-9223372036854775808 -1 9223372036854775806")]
    public void Series_OfNumbers_HasPostgresMeaning(string series, string expected)
    {
        _connection.RegisterSeries();
        Assert.Equal(expected, string.Join(' ', Rows($"SELECT value FROM {series}")));
    }

    [Theory]
    [InlineData("generate_series(1, 2, 0)", "22023")]
    [InlineData("generate_series(1)", "42883")]
    [InlineData("generate_series('a', 'b')", "42883")]
    public void Series_OfNonsense_IsRefused(string series, string state)
    {
        _connection.RegisterSeries();
        Assert.Equal(("QUERY_ERROR", state), Codes(() => Rows($"SELECT value FROM {series}")));
    }

    [Fact]
    public void Series_JoinedToATable_TakesItsColumns()
    {
        _connection.RegisterSeries();
        Rows("CREATE TABLE t(a)");
        Rows("INSERT INTO t VALUES (1), (3)");
        Assert.Equal("1 1 2 3", string.Join(' ', Rows("SELECT s.value FROM t, generate_series(1, t.a) s ORDER BY t.a, s.value")));
    }

    private void Add(string name, int args, ScalarFunction body) => _connection.Register(new ScalarDefinition(name, args, SqliteFunctionFlags.None, body));

    private void AddLongest() => _connection.Register(new AggregateDefinition("longest", 1, SqliteFunctionFlags.None, () => new Longest()));

    private List<SqlValue> Rows(string sql)
    {
        var statement = _connection.Rent(sql);
        try
        {
            var rows = new List<SqlValue>();
            while (statement.Step()) rows.Add(statement.Column(0));
            return rows;
        }
        finally
        {
            _connection.Return(statement);
        }
    }

    private static (string Code, string? State) Codes(Action action)
    {
        var failure = Assert.Throws<VitessException>(action);
        return (failure.Code, failure.SqlState);
    }

    private sealed class Longest : AggregateState
    {
        private string? _text;

        public override void Step(ReadOnlySpan<SqlValue> args)
        {
            if (args[0].Kind == SqlValueKind.Blob) throw new VitessException(ErrorCodes.TypeError, "no blobs", sqlState: "42804");
            var text = args[0].ToString();
            if (_text is null || text.Length > _text.Length) _text = text;
        }

        public override SqlValue Result() => SqlValue.Text(_text);
    }
}
