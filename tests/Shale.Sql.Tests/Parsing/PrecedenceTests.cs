namespace Shale.Sql.Tests.Parsing;

/// <summary>How operators group, shown with every operation in brackets.</summary>
public class PrecedenceTests
{
    [Theory]
    [InlineData("a + b * c", "[a + [b * c]]")]
    [InlineData("a - b - c", "[[a - b] - c]")]
    [InlineData("a ^ b ^ c", "[[a ^ b] ^ c]")]
    [InlineData("-a ^ b", "[[-a] ^ b]")]
    [InlineData("-a::int", "[-[a::int]]")]
    [InlineData("a || b + c", "[a || [b + c]]")]
    [InlineData("a || b = c", "[[a || b] = c]")]
    [InlineData("a -> b -> c", "[[a -> b] -> c]")]
    [InlineData("a -> b + c", "[a -> [b + c]]")]
    [InlineData("NOT a = b", "[NOT [a = b]]")]
    [InlineData("NOT a IS NULL", "[NOT [a IS NULL]]")]
    [InlineData("a = b IS NULL", "[[a = b] IS NULL]")]
    [InlineData("a LIKE b = c", "[[a LIKE b] = c]")]
    [InlineData("a = b LIKE c", "[a = [b LIKE c]]")]
    [InlineData("a AND b OR c AND d", "[[a AND b] OR [c AND d]]")]
    [InlineData("a OR b AND NOT c", "[a OR [b AND [NOT c]]]")]
    [InlineData("a < b + c AT TIME ZONE d", "[a < [b + [c AT TIME ZONE d]]]")]
    [InlineData("a + b COLLATE c", "[a + [b COLLATE c]]")]
    [InlineData("-a COLLATE c", "[[-a] COLLATE c]")]
    [InlineData("@ a + b", "[@[a + b]]")]
    [InlineData("a * @ b + c", "[a * [@[b + c]]]")]
    [InlineData("a BETWEEN b AND c AND d", "[[a BETWEEN b AND c] AND d]")]
    [InlineData("a = b IN (c)", "[a = [b IN (c)]]")]
    [InlineData("a IS DISTINCT FROM b + c", "[a IS DISTINCT FROM [b + c]]")]
    [InlineData("a = NOT b", "[a = [NOT b]]")]
    [InlineData("a & b | c", "[[a & b] | c]")]
    [InlineData("a % b / c * d", "[[[a % b] / c] * d]")]
    public void ParseExpression_Postgres_GroupsAsPostgresDoes(string sql, string expected) =>
        Assert.Equal(expected, Show(SqlParser.ParseExpression(sql, SqlDialect.Postgres)));

    [Theory]
    [InlineData("a + b * c", "[a + [b * c]]")]
    [InlineData("a || b * c", "[[a || b] * c]")]
    [InlineData("a || b || c", "[[a || b] || c]")]
    [InlineData("a -> b || c", "[[a -> b] || c]")]
    [InlineData("-a || b", "[[-a] || b]")]
    [InlineData("-a COLLATE c", "[[-a] COLLATE c]")]
    [InlineData("a || b COLLATE c", "[a || [b COLLATE c]]")]
    [InlineData("a & b + c", "[a & [b + c]]")]
    [InlineData("a & b | c << d", "[[[a & b] | c] << d]")]
    [InlineData("a < b = c", "[[a < b] = c]")]
    [InlineData("a = b < c", "[a = [b < c]]")]
    [InlineData("a = b = c", "[[a = b] = c]")]
    [InlineData("a = b LIKE c", "[[a = b] LIKE c]")]
    [InlineData("a LIKE b = c", "[[a LIKE b] = c]")]
    [InlineData("a IS b < c", "[a IS [b < c]]")]
    [InlineData("a IS NULL = b", "[[a IS NULL] = b]")]
    [InlineData("a = b IS NULL", "[[a = b] IS NULL]")]
    [InlineData("a BETWEEN b AND c = d", "[[a BETWEEN b AND c] = d]")]
    [InlineData("a BETWEEN b = c AND d", "[a BETWEEN [b = c] AND d]")]
    [InlineData("a = b IN (c)", "[[a = b] IN (c)]")]
    [InlineData("NOT a = b", "[NOT [a = b]]")]
    [InlineData("NOT a AND b", "[[NOT a] AND b]")]
    [InlineData("~a + b", "[[~a] + b]")]
    public void ParseExpression_Sqlite_GroupsAsSqliteDoes(string sql, string expected) =>
        Assert.Equal(expected, Show(SqlParser.ParseExpression(sql, SqlDialect.Sqlite)));

    [Theory]
    [InlineData(SqlDialect.Postgres, "SELECT 1 UNION SELECT 2 INTERSECT SELECT 3", SetOperator.Union)]
    [InlineData(SqlDialect.Sqlite, "SELECT 1 UNION SELECT 2 INTERSECT SELECT 3", SetOperator.Intersect)]
    [InlineData(SqlDialect.Postgres, "SELECT 1 INTERSECT SELECT 2 UNION SELECT 3", SetOperator.Union)]
    [InlineData(SqlDialect.Postgres, "SELECT 1 UNION SELECT 2 EXCEPT SELECT 3", SetOperator.Except)]
    public void Parse_SetOperations_LastOfTheLoosestIsOnTop(SqlDialect dialect, string sql, SetOperator top) =>
        Assert.Equal(top, ((SetOperation)((SelectStatement)SqlParser.Parse(sql, dialect)).Body).Operator);

    private static string Show(Expr expression) => expression switch
    {
        ColumnRef column => column.Column.Name,
        Unary { Op: "NOT" } unary => $"[NOT {Show(unary.Operand)}]",
        Unary unary => $"[{unary.Op}{Show(unary.Operand)}]",
        Binary binary => $"[{Show(binary.Left)} {binary.Op} {Show(binary.Right)}]",
        IsNull test => $"[{Show(test.Operand)} IS NULL]",
        Like like => $"[{Show(like.Operand)} LIKE {Show(like.Pattern)}]",
        Between between => $"[{Show(between.Operand)} BETWEEN {Show(between.Low)} AND {Show(between.High)}]",
        InList list => $"[{Show(list.Operand)} IN ({string.Join(", ", list.Items.Select(Show))})]",
        Collate collate => $"[{Show(collate.Operand)} COLLATE {collate.Collation.Name.Name}]",
        Cast cast => $"[{Show(cast.Operand)}::{cast.Type.Name}]",
        _ => throw new NotSupportedException(expression.GetType().Name),
    };
}
