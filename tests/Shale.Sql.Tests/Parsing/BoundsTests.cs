using System.Text;

namespace Shale.Sql.Tests.Parsing;

public class BoundsTests
{
    public static TheoryData<string, string, string> Nests => new()
    {
        { "(", "1", ")" },
        { "(SELECT ", "1", ")" },
        { "NOT ", "TRUE", "" },
        { "- ", "1", "" },
        { "f(", "1", ")" },
        { "CASE WHEN 1 = 1 THEN ", "1", " END" },
        { "CAST(", "1", " AS int)" },
        { "1 IN (", "1", ")" },
        { "EXISTS (SELECT ", "1", ")" },
        { "1 + (", "1", ")" },
        { "a BETWEEN 1 AND (", "1", ")" },
        { "((SELECT 1 FROM (SELECT ", "1", ") s))" },
    };

    public static TheoryData<string, string> Chains => new()
    {
        { "1", " + 1" },
        { "a = 1", " OR a = 1" },
        { "a = 1", " AND a = 1" },
        { "a", " || 'x'" },
        { "1", " UNION ALL SELECT 1" },
        { "a", " IS NULL" },
        { "a", " COLLATE c" },
        { "1 FROM t", " CROSS JOIN t" },
        { "a", " ->> 'x'" },
    };

    [Theory]
    [MemberData(nameof(Nests))]
    public void Parse_TenThousandLevels_RefusedCleanly(string open, string inner, string close)
    {
        foreach (var dialect in Enum.GetValues<SqlDialect>())
        {
            var sql = "SELECT " + Repeat(open, 10_000) + inner + Repeat(close, 10_000);
            var error = Assert.Throws<VitessException>(() => SqlParser.Parse(sql, dialect));
            Assert.Equal("SYNTAX_ERROR", error.Code);
            Assert.Equal("54001", error.SqlState);
        }
    }

    [Theory]
    [MemberData(nameof(Nests))]
    public void Parse_HundredLevels_SurvivesAllWalks(string open, string inner, string close) =>
        Walk("SELECT " + Repeat(open, 100) + inner + Repeat(close, 100));

    [Theory]
    [MemberData(nameof(Chains))]
    public void Parse_LongChain_SurvivesAllWalks(string first, string link) => Walk("SELECT " + first + Repeat(link, 4_900));

    [Theory]
    [MemberData(nameof(Chains))]
    public void Parse_FiftyThousandTerms_RefusedCleanly(string first, string link)
    {
        var error = Assert.Throws<VitessException>(() => SqlParser.Parse("SELECT " + first + Repeat(link, 50_000), SqlDialect.Postgres));
        Assert.Equal("54001", error.SqlState);
    }

    [Fact]
    public void Parse_ChainsInsideChains_NeverOverflowTheStack()
    {
        var sql = new StringBuilder("1");
        for (var i = 0; i < 900; i++) sql.Insert(0, '(').Append(')').Append(Repeat(" + 1", 100));
        try
        {
            var tree = SqlParser.ParseExpression(sql.ToString(), SqlDialect.Postgres);
            SqlPrinter.Print(tree, SqlDialect.Postgres);
            SqlTree.All<Literal>(tree);
        }
        catch (VitessException e)
        {
            Assert.Equal("54001", e.SqlState);
        }
    }

    [Fact]
    public void Parse_DeepOnASmallStack_RefusedCleanly()
    {
        Exception? caught = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    SqlParser.Parse("SELECT " + Repeat("(", 10_000) + "1" + Repeat(")", 10_000), SqlDialect.Postgres);
                }
                catch (VitessException e)
                {
                    caught = e;
                }
            },
            256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Equal("54001", Assert.IsType<VitessException>(caught).SqlState);
    }

    [Fact]
    public void Parse_HundredMegabytes_RefusedAtOnce()
    {
        var sql = "SELECT '" + new string('x', 100_000_000) + "'";
        var error = Assert.Throws<VitessException>(() => SqlParser.Parse(sql, SqlDialect.Postgres));
        Assert.Equal("54000", error.SqlState);
        Assert.Throws<VitessException>(() => SqlSplitter.Split(sql, SqlDialect.Sqlite));
        Assert.False(new SqlNormalizer().TryNormalize(sql, SqlDialect.Postgres));
    }

    [Fact]
    public void Parse_ManyRowsAndItems_IsNoChain()
    {
        var insert = (InsertStatement)SqlParser.Parse("INSERT INTO t VALUES (1, 'x')" + Repeat(", (1, 'x')", 20_000), SqlDialect.Sqlite);
        Assert.Equal(20_001, ((ValuesBody)insert.Source!.Body).Rows.Count);
        Walk("SELECT a FROM t WHERE a IN (1" + Repeat(", 2", 20_000) + ")");
    }

    private static void Walk(string sql)
    {
        var tree = SqlParser.Parse(sql, SqlDialect.Postgres);
        var printed = SqlPrinter.Print(tree, SqlDialect.Postgres);
        var again = SqlParser.Parse(printed, SqlDialect.Postgres);
        Assert.True(tree.Equals(again));
        Assert.Equal(tree.GetHashCode(), again.GetHashCode());
        Assert.NotEmpty(SqlTree.All<Expr>(tree));
        Assert.Same(tree, SqlTree.Rewrite(tree, _ => null));
    }

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
