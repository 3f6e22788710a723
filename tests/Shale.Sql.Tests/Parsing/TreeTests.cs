namespace Shale.Sql.Tests.Parsing;

/// <summary>The canonical forms that the tree's documentation promises.</summary>
public class TreeTests
{
    [Fact]
    public void Parse_EveryNode_SpanLiesInsideItsParentAndNamesItsText()
    {
        foreach (var (sql, dialect) in Corpora.All)
        {
            var tree = SqlParser.Parse(sql, dialect);
            foreach (var node in SqlTree.All<SqlNode>(tree))
            {
                Assert.True(node.Span.Start >= 0 && node.Span.End <= sql.Length, $"{node.GetType().Name} in {sql}");
                if (node is ColumnRef { Table: null } column && !column.Column.Quoted)
                    Assert.Equal(column.Column.Name, node.Span.Of(sql), ignoreCase: true);
            }
        }
    }

    [Fact]
    public void Parse_Expressions_SpansHoldWholeExpression()
    {
        const string Sql = "SELECT a + b * 2 AS x, f(c, 'd') FROM t WHERE (a = 1 AND b IN (2, 3))";
        var core = (SelectCore)((SelectStatement)SqlParser.Parse(Sql, SqlDialect.Postgres)).Body;
        Assert.Equal("a + b * 2", core.Items[0].Value.Span.Of(Sql));
        Assert.Equal("a + b * 2 AS x", core.Items[0].Span.Of(Sql));
        Assert.Equal("f(c, 'd')", core.Items[1].Span.Of(Sql));
        Assert.Equal("b IN (2, 3)", ((Binary)core.Where!).Right.Span.Of(Sql));
        Assert.Equal("t", core.From[0].Span.Of(Sql));
    }

    [Theory]
    [InlineData("SUBSTRING(a FROM 2 FOR 3)", "substring(a, 2, 3)")]
    [InlineData("SUBSTRING(a FOR 3)", "substring(a, 1, 3)")]
    [InlineData("TRIM(LEADING 'x' FROM a)", "ltrim(a, 'x')")]
    [InlineData("TRIM(a)", "btrim(a)")]
    [InlineData("POSITION('x' IN a)", "POSITION('x' IN a)")]
    [InlineData("OVERLAY(a PLACING b FROM 1)", "overlay(a, b, 1)")]
    [InlineData("a::int", "CAST(a AS int)")]
    [InlineData("a != b", "a <> b")]
    [InlineData("a ISNULL", "a IS NULL")]
    [InlineData("a IS UNKNOWN", "a IS NULL")]
    [InlineData("a OPERATOR(pg_catalog.+) b", "a + b")]
    [InlineData("(a, b) OVERLAPS (c, d)", "overlaps(a, b, c, d)")]
    [InlineData("Current_Timestamp", "current_timestamp")]
    [InlineData("COALESCE(A, \"B\")", "coalesce(a, \"B\")")]
    [InlineData("INTERVAL '1' day to second(3)", "interval '1' day to second(3)")]
    [InlineData("INTERVAL $1 DAYS", "INTERVAL $1 DAY")]
    [InlineData("timestamp(3) with time zone 'x'", "timestamp(3) with time zone 'x'")]
    [InlineData("U&'\\0041' || E'\\x42' || $$C$$", "'A' || 'B' || 'C'")]
    [InlineData("x'1F'", "b'00011111'")]
    public void ParseExpression_SpecialSyntax_IsCanonical(string sql, string expected)
    {
        var tree = SqlParser.ParseExpression(sql, SqlDialect.Postgres);
        Assert.Equal(expected, SqlPrinter.Print(tree, SqlDialect.Postgres));
    }

    [Fact]
    public void Parse_Identifiers_FoldAsTheDialectDoes()
    {
        Assert.Equal("CREATE TABLE abc (\"DeF\" int, \"Ü\" int)",
            SqlPrinter.Print(SqlParser.Parse("CREATE TABLE ABC (\"DeF\" INT, Ü INT)", SqlDialect.Postgres), SqlDialect.Postgres));
        var column = (ColumnRef)SqlParser.ParseExpression("[Abc]", SqlDialect.Sqlite);
        Assert.True(column.Column is { Name: "Abc", Quoted: true });
        Assert.Equal("AbC", ((ColumnRef)SqlParser.ParseExpression("AbC", SqlDialect.Sqlite)).Column.Name);
    }

    [Fact]
    [Trait("Rule", "S1.5")]
    public void ParseWithParameters_NamesAndIndexes_InOrderOfFirstAppearance()
    {
        var parsed = SqlParser.ParseWithParameters("SELECT :b, @a, :b, $b, ?", SqlDialect.Sqlite);
        Assert.Equal(["b", "a", "b", null], parsed.ParameterNames);
        Assert.Equal([1, 2, 1, 3, 4], SqlTree.All<Parameter>(parsed.Statement).Select(parameter => parameter.Index));
        Assert.Equal(4, parsed.ParameterCount);
        Assert.Equal(3, SqlParser.ParseWithParameters("SELECT $3, $1", SqlDialect.Postgres).ParameterCount);
    }

    [Theory]
    [Trait("Rule", "S1.5")]
    [InlineData("a ? b", 0)]
    [InlineData("a = ?", 1)]
    [InlineData("a ? ?", 1)]
    [InlineData("a ?| ?", 1)]
    [InlineData("?||?", 2)]
    [InlineData("a @> :b", 1)]
    [InlineData("a=@b", 1)]
    [InlineData("a <@ b", 0)]
    [InlineData("a[1:b]", 0)]
    [InlineData("a[:b]", 0)]
    [InlineData("a[?]", 1)]
    [InlineData("a::text = $1", 1)]
    public void ParseExpression_PostgresSigns_PlaceholderOnlyWhereNoOperatorCanStand(string sql, int parameters) =>
        Assert.Equal(parameters, SqlTree.All<Parameter>(SqlParser.ParseExpression(sql, SqlDialect.Postgres)).Count);

    [Fact]
    public void Print_ParameterStyle_NumbersByIndex()
    {
        var tree = SqlParser.Parse("SELECT $2, $1, $2", SqlDialect.Postgres);
        Assert.Equal("SELECT ?2, ?1, ?2", SqlPrinter.Print(tree, SqlDialect.Sqlite, new PrintOptions { ParameterStyle = ParameterStyle.QuestionNumber }));
        var named = SqlParser.Parse("SELECT :b, :a, :b", SqlDialect.Sqlite);
        Assert.Equal("SELECT $1, $2, $1", SqlPrinter.Print(named, SqlDialect.Postgres, new PrintOptions { ParameterStyle = ParameterStyle.Dollar }));
    }

    [Fact]
    public void Parse_SqliteCommaAndJoin_JoinsEverythingInFront()
    {
        var core = (SelectCore)((SelectStatement)SqlParser.Parse("SELECT * FROM a, b LEFT JOIN c ON a.x = c.x", SqlDialect.Sqlite)).Body;
        var join = Assert.IsType<Join>(Assert.Single(core.From));
        Assert.Equal(JoinKind.Left, join.Kind);
        Assert.IsType<Join>(join.Left);
        var postgres = (SelectCore)((SelectStatement)SqlParser.Parse("SELECT * FROM a, b LEFT JOIN c ON b.x = c.x", SqlDialect.Postgres)).Body;
        Assert.Equal(2, postgres.From.Count);
    }

    [Theory]
    [InlineData("SELECT 1; SELECT ';' -- x;\n; ;", SqlDialect.Postgres, new[] { "SELECT 1", "SELECT ';'" })]
    [InlineData("CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; SELECT CASE WHEN 1 THEN 2 END; END; SELECT 2", SqlDialect.Sqlite,
        new[] { "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; SELECT CASE WHEN 1 THEN 2 END; END", "SELECT 2" })]
    [InlineData("BEGIN; SELECT 1; END; SELECT 2", SqlDialect.Sqlite, new[] { "BEGIN", "SELECT 1", "END", "SELECT 2" })]
    [InlineData("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$; SELECT 2", SqlDialect.Postgres,
        new[] { "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$", "SELECT 2" })]
    [InlineData("USE main:-80; SELECT 1", SqlDialect.Postgres, new[] { "USE main:-80", "SELECT 1" })]
    [InlineData("", SqlDialect.Sqlite, new string[0])]
    public void Split_Script_GivesItsStatements(string script, SqlDialect dialect, string[] expected) =>
        Assert.Equal(expected, SqlSplitter.Split(script, dialect));

    [Theory]
    [InlineData("SELECT 1;", true)]
    [InlineData("SELECT 1", false)]
    [InlineData("SELECT 'a;", false)]
    [InlineData("SELECT 1; SELECT 2", false)]
    [InlineData("SELECT 1; -- done", true)]
    [InlineData("/* open ; ", false)]
    public void TakeComplete_Script_LeavesNothingBehindItsLastSemicolon(string script, bool expected)
    {
        SqlSplitter.TakeComplete(script, SqlDialect.Postgres, out var rest);
        Assert.Equal(expected, rest.Length == 0);
    }

    [Fact]
    public void Parse_DropIndexConcurrently_IsADropThatKeepsTheWord()
    {
        var drop = Assert.IsType<DropStatement>(SqlParser.Parse("DROP INDEX CONCURRENTLY IF EXISTS i", SqlDialect.Postgres));
        Assert.True(drop is { Kind: "index", Concurrently: true, IfExists: true });
        Assert.Equal("DROP INDEX CONCURRENTLY IF EXISTS i", SqlPrinter.Print(drop, SqlDialect.Postgres));
    }

    [Theory]
    [InlineData("VACUUM FULL t", "VACUUM")]
    [InlineData("CREATE OR REPLACE FUNCTION f() RETURNS int AS $$x$$", "CREATE FUNCTION")]
    [InlineData("CREATE EXTENSION x", "CREATE EXTENSION")]
    [InlineData("ALTER TABLE t OWNER TO x", "ALTER TABLE")]
    [InlineData("REFRESH MATERIALIZED VIEW v", "REFRESH MATERIALIZED")]
    public void Parse_KnownOnlyByFirstWords_StaysText(string sql, string keyword)
    {
        var raw = Assert.IsType<RawStatement>(SqlParser.Parse(sql + " ;", SqlDialect.Postgres));
        Assert.Equal(keyword, raw.Keyword);
        Assert.Equal(sql, raw.Text);
    }
}
