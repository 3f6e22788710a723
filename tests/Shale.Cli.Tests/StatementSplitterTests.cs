using Shale.Cli.Sql;
using Shale.Sql;

namespace Shale.Cli.Tests;

public class StatementSplitterTests
{
    [Theory]
    [InlineData("SELECT 1; SELECT 2;", "SELECT 1|SELECT 2")]
    [InlineData("SELECT ';'; SELECT 'a''b;c';", "SELECT ';'|SELECT 'a''b;c'")]
    [InlineData("SELECT \"a;b\" ; ;; -- c;\n SELECT 2;", "SELECT \"a;b\"|SELECT 2")]
    [InlineData("SELECT 1 -- x;\n; /* ; /* ; */ ; */ SELECT 2;", "SELECT 1|SELECT 2")]
    [InlineData("SELECT $$a;b$$, $t$;$$;$t$, $1; x;", "SELECT $$a;b$$, $t$;$$;$t$, $1|x")]
    [InlineData("SELECT E'a\\';b', e'\\\\'; x;", "SELECT E'a\\';b', e'\\\\'|x")]
    [InlineData("SELECT 'a\\'; x;", "SELECT 'a\\'|x")]
    [InlineData("SELECT 1abc, 'x'; y;", "SELECT 1abc, 'x'|y")]
    [InlineData("SELECT \u0001 'a;b'; y;", "SELECT \u0001 'a;b'|y")]
    [InlineData("SELECT \"\", X'zz', $1x; y;", "SELECT \"\", X'zz', $1x|y")]
    [InlineData("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; x;", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END|x")]
    [InlineData("SELECT a[1;2]; x;", "SELECT a[1|2]|x")]
    public void Feed_Postgres_CutsWhereStatementsEnd(string text, string expected) =>
        Assert.Equal(expected.Split('|'), new StatementSplitter().Feed(text));

    [Theory]
    [InlineData("SELECT [a;b], `c;d`; x;", "SELECT [a;b], `c;d`|x")]
    [InlineData("/* /* */ SELECT 1; x;", "SELECT 1|x")]
    [InlineData("SELECT $a; x;", "SELECT $a|x")]
    [InlineData("CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = 1; DELETE FROM d; END; x;",
        "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = 1; DELETE FROM d; END|x")]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = CASE WHEN 1 THEN 2 END; DELETE FROM d; END; x;",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = CASE WHEN 1 THEN 2 END; DELETE FROM d; END|x")]
    [InlineData("USE main:-80; x;", "USE main:-80|x")]
    public void Feed_Sqlite_CutsWhereStatementsEnd(string text, string expected) =>
        Assert.Equal(expected.Split('|'), new StatementSplitter { Dialect = SqlDialect.Sqlite }.Feed(text));

    [Fact]
    public void Feed_LineByLine_WaitsForTheEnd()
    {
        var splitter = new StatementSplitter();
        Assert.False(splitter.IsPending);
        Assert.Empty(splitter.Feed("SELECT 'a\n"));
        Assert.True(splitter.IsPending);
        Assert.Empty(splitter.Feed("b; c\n"));
        Assert.Equal(["SELECT 'a\nb; c\n'"], splitter.Feed("';\n"));
        Assert.False(splitter.IsPending);
        Assert.Empty(splitter.Feed("-- a comment only\n"));
        Assert.False(splitter.IsPending);
        Assert.Null(splitter.Finish());
        splitter.Feed("SELECT 3\n");
        Assert.Equal("SELECT 3", splitter.Finish());
        Assert.Null(splitter.Finish());
    }

    [Theory]
    [InlineData("/*")]
    [InlineData("/")]
    [InlineData("--")]
    [InlineData("'")]
    [InlineData("$")]
    [InlineData("$$")]
    [InlineData("E'\\")]
    [InlineData("")]
    public void Feed_AnyUnfinishedText_NeitherThrowsNorHangs(string text)
    {
        var splitter = new StatementSplitter();
        Assert.Empty(splitter.Feed(text));
        _ = splitter.IsPending;
        splitter.Feed(text + ";");
        splitter.Finish();
    }
}
