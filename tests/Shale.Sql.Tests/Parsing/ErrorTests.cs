namespace Shale.Sql.Tests.Parsing;

public class ErrorTests
{
    [Theory]
    [InlineData("SELEC 1", "syntax error at or near \"SELEC\" (line 1, column 1): expected a statement", 1)]
    [InlineData("SELECT a FROM", "syntax error at end of input (line 1, column 14): expected a table", 14)]
    [InlineData("SELECT a\nFROM t\n  WHERE", "syntax error at end of input (line 3, column 8): expected an expression", 24)]
    [InlineData("SELECT (1 + 2", "syntax error at end of input (line 1, column 14): expected \")\"", 14)]
    [InlineData("SELECT a FROM t WHERE a = ORDER BY b", "syntax error at or near \"ORDER\" (line 1, column 27): expected an expression", 27)]
    [InlineData("UPDATE t WHERE a = 1", "syntax error at or near \"WHERE\" (line 1, column 10): expected SET", 10)]
    [InlineData("INSERT INTO t (a, b)", "syntax error at end of input (line 1, column 21): expected VALUES, SELECT, WITH or DEFAULT VALUES", 21)]
    [InlineData("SELECT 'abc", "unterminated quoted string at or near \"'abc\" (line 1, column 8)", 8)]
    [InlineData("SELECT \"abc", "unterminated quoted identifier at or near \"\"abc\" (line 1, column 8)", 8)]
    [InlineData("SELECT 1 /* x", "unterminated comment at or near \"/*\" (line 1, column 10)", 10)]
    [InlineData("SELECT $$x", "unterminated dollar-quoted string at or near \"$$\" (line 1, column 8)", 8)]
    [InlineData("SELECT 1a", "trailing junk after number at or near \"1a\" (line 1, column 8)", 8)]
    [InlineData("SELECT 1; SELECT 2", "syntax error at or near \"SELECT\" (line 1, column 11): expected one statement only", 11)]
    [InlineData("SELECT 1 2", "syntax error at or near \"2\" (line 1, column 10): expected the end of the statement", 10)]
    [InlineData("", "syntax error at end of input (line 1, column 1): expected a statement", 1)]
    [InlineData("SELECT a = b = c", "syntax error at or near \"=\" (line 1, column 14): expected parentheses around one of two comparisons in a row", 14)]
    [InlineData("SELECT * FROM a JOIN b", "syntax error at end of input (line 1, column 23): expected ON or USING", 23)]
    [InlineData("CREATE TABLE t (a)", "syntax error at end of input (line 1, column 19): expected AS, or a type for each column", 19)]
    public void Parse_BadPostgres_SaysWhatWhereAndWhy(string sql, string message, int position)
    {
        var error = Assert.Throws<VitessException>(() => SqlParser.Parse(sql, SqlDialect.Postgres));
        Assert.Equal(message, error.Message);
        Assert.Equal(position, error.Position);
        Assert.Equal("SYNTAX_ERROR", error.Code);
        Assert.Equal("42601", error.SqlState);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public void Parse_SecondStatement_HintsAtBatch() =>
        Assert.Contains("batch", Assert.Throws<VitessException>(() => SqlParser.Parse("SELECT 1; SELECT 2;", SqlDialect.Sqlite)).Hint, StringComparison.Ordinal);

    [Theory]
    [Trait("Rule", "S1.5")]
    [InlineData("SELECT $1, ?")]
    [InlineData("SELECT ?, ?1")]
    [InlineData("SELECT ?1, $1")]
    [InlineData("SELECT $1, :a")]
    [InlineData("SELECT :a, ?2")]
    public void Parse_MixedPlaceholders_Refused(string sql)
    {
        foreach (var dialect in Enum.GetValues<SqlDialect>())
        {
            var error = Assert.Throws<VitessException>(() => SqlParser.Parse(sql, dialect));
            Assert.Equal("SYNTAX_ERROR", error.Code);
            Assert.Contains("mixed", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("SELECT $0")]
    [InlineData("SELECT ?70000")]
    [InlineData("SELECT $99999999999")]
    public void Parse_NoSuchParameter_Refused(string sql) =>
        Assert.Equal("42P02", Assert.Throws<VitessException>(() => SqlParser.Parse(sql, SqlDialect.Postgres)).SqlState);

    [Theory]
    [InlineData("SELECT * INTO u FROM t")]
    [InlineData("SELECT * FROM t TABLESAMPLE system (1)")]
    [InlineData("CREATE TABLE t (a int, EXCLUDE USING gist (a WITH =))")]
    [InlineData("CREATE TABLE t (a int UNIQUE NULLS NOT DISTINCT)")]
    [InlineData("UPDATE t SET a[1] = 2")]
    [InlineData("CREATE VIEW v AS SELECT 1 WITH CHECK OPTION")]
    public void Parse_GoodSqlWithoutMeaningHere_NotSupportedNamingIt(string sql)
    {
        var error = Assert.Throws<VitessException>(() => SqlParser.Parse(sql, SqlDialect.Postgres));
        Assert.Equal("0A000", error.SqlState);
        Assert.Contains("is not supported", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT a::int")]
    [InlineData("SELECT a FROM t FOR UPDATE")]
    [InlineData("SELECT ARRAY[1] + 2")]
    [InlineData("SELECT a ILIKE 'x'")]
    [InlineData("(SELECT 1) UNION (SELECT 2)")]
    [InlineData("SELECT x'abc'")]
    [InlineData("TRUNCATE t")]
    [InlineData("VALUES (1) ORDER BY 1")]
    [InlineData("SELECT t.* + 1 FROM t")]
    public void Parse_PostgresInSqlite_SyntaxError(string sql) =>
        Assert.Equal("42601", Assert.Throws<VitessException>(() => SqlParser.Parse(sql, SqlDialect.Sqlite)).SqlState);
}
