using Xunit.Abstractions;

namespace Shale.Sql.Tests.Oracles;

/// <summary>
/// Random chains of operators: we accept exactly those that the engine accepts, and group them as it does. For PostgreSQL the printed text must
/// have the fingerprint of the written one; for SQLite the value must be that of the text with every operation in parentheses.
/// </summary>
[Trait("Category", "Random")]
public class GroupingFuzzTests
{
    private static readonly string[] Prefixes = ["", "", "", "", "-", "NOT ", "@ ", "+", "~ ", "("];

    private static readonly string[] PostgresOperators =
    [
        "+", "-", "*", "/", "%", "^", "||", "=", "<", "<>", ">=", "AND", "OR", "->", "->>", "&", "|", "<<", "@>", "~", "LIKE", "NOT LIKE",
        "IS DISTINCT FROM", "AT TIME ZONE", "IN (1, 2) +", "BETWEEN a AND", "NOT BETWEEN b AND", "IS NULL =", "IS NOT NULL AND", "::int +",
        "COLLATE \"C\" ||", "ILIKE", "SIMILAR TO", "= ANY (c) OR", "NOTNULL AND", "IS TRUE OR", "#>>", "<->", "!~",
    ];

    private static readonly string[] PostgresOperands =
        ["a", "b", "1", "'x'", "f(a)", "a[1]", "(a).b", "CASE WHEN a THEN b END", "(SELECT a)", "ARRAY[1]", "(a + b)", "(NOT a)", "(a = b)"];

    private static readonly string[] SqliteOperators =
    [
        "+", "-", "*", "/", "%", "||", "=", "<", "<>", ">=", "AND", "OR", "&", "|", "<<", ">>", "LIKE", "NOT LIKE", "IS", "IS NOT", "IN (1, 2) +",
        "BETWEEN 3 AND", "NOT BETWEEN 0 AND", "IS NULL =", "NOT NULL AND", "ISNULL <", "COLLATE nocase ||", "GLOB", "NOTNULL AND", "IS TRUE OR", "==",
        ">", "<=", "IS DISTINCT FROM",
    ];

    private static readonly string[] SqliteOperands =
        ["1", "2", "0", "NULL", "'x'", "3.5", "(1 + 2)", "'1'", "-1", "10", "(NOT 1)", "CASE WHEN 1 THEN 2 END", "7"];

    private readonly List<string> _failures = [];
    private readonly Random _random;

    public GroupingFuzzTests(ITestOutputHelper output) => _random = new Random(Seeds.Print(output));

    [PgQueryFact]
    public void Postgres_ChainsOfOperators_GroupedAlike()
    {
        for (var i = Seeds.Rounds(5_000); i > 0 && _failures.Count < 20; i--)
        {
            var sql = $"SELECT {Chain(PostgresOperands, PostgresOperators)} AS x";
            var theirs = PgQuery.Fingerprint(sql);
            var tree = TryParse(sql, SqlDialect.Postgres, PgQuery.Check(sql));
            if (tree is null || theirs is null) continue;
            var printed = SqlPrinter.Print(tree, SqlDialect.Postgres);
            if (PgQuery.Fingerprint(printed) != theirs) _failures.Add($"{sql}\n -> {printed}");
        }

        Assert.True(_failures.Count == 0, string.Join('\n', _failures));
    }

    [SqliteFact]
    public void Sqlite_ChainsOfOperators_GroupedAlike()
    {
        for (var i = Seeds.Rounds(5_000); i > 0 && _failures.Count < 20; i--)
        {
            var sql = $"SELECT {Chain(SqliteOperands, SqliteOperators)}";
            if (TryParse(sql, SqlDialect.Sqlite, SqlitePrepare.Check(sql)) is not SelectStatement { Body: SelectCore core } tree) continue;
            var value = SqlitePrepare.Value(sql);
            var bracketed = "SELECT " + Bracketed(core.Items[0].Value);
            if (value != SqlitePrepare.Value(bracketed)) _failures.Add($"{sql} is {value}\n -> {bracketed} is {SqlitePrepare.Value(bracketed)}");
            var printed = SqlPrinter.Print(tree, SqlDialect.Sqlite);
            if (value != SqlitePrepare.Value(printed)) _failures.Add($"{sql} is {value}\n -> {printed} is {SqlitePrepare.Value(printed)}");
        }

        Assert.True(_failures.Count == 0, string.Join('\n', _failures));
    }

    private Statement? TryParse(string sql, SqlDialect dialect, string? refusal)
    {
        try
        {
            var tree = SqlParser.Parse(sql, dialect);
            if (refusal is not null) _failures.Add($"we accept, the engine says {refusal}: {sql}");
            return tree;
        }
        catch (VitessException e)
        {
            if (refusal is null) _failures.Add($"the engine accepts, we say {e.Message}: {sql}");
            return null;
        }
    }

    private string Chain(string[] operands, string[] operators)
    {
        var open = 0;
        var sql = "";
        for (var n = _random.Next(2, 6); n > 0; n--)
        {
            var prefix = Prefixes[_random.Next(Prefixes.Length)];
            if (prefix == "(") open++;
            if (prefix == "@ " && operands == SqliteOperands) prefix = "- ";
            sql += prefix + operands[_random.Next(operands.Length)];
            if (open > 0 && _random.Next(2) == 0)
            {
                sql += ")";
                open--;
            }

            if (n > 1) sql += " " + operators[_random.Next(operators.Length)] + " ";
        }

        return sql + new string(')', open);
    }

    private static string Bracketed(Expr expression) => expression switch
    {
        Unary unary => $"({unary.Op} {Bracketed(unary.Operand)})",
        Binary binary => $"({Bracketed(binary.Left)} {binary.Op} {Bracketed(binary.Right)})",
        IsNull test => $"({Bracketed(test.Operand)} {(test.Not ? "NOTNULL" : "ISNULL")})",
        Between between =>
            $"({Bracketed(between.Operand)} {(between.Not ? "NOT " : "")}BETWEEN {Bracketed(between.Low)} AND {Bracketed(between.High)})",
        InList list => $"({Bracketed(list.Operand)} {(list.Not ? "NOT " : "")}IN ({string.Join(", ", list.Items.Select(Bracketed))}))",
        Like like => $"({Bracketed(like.Operand)} {(like.Not ? "NOT " : "")}{like.Kind.ToString().ToUpperInvariant()} {Bracketed(like.Pattern)})",
        Collate collate => $"({Bracketed(collate.Operand)} COLLATE nocase)",
        _ => SqlPrinter.Print(expression, SqlDialect.Sqlite),
    };
}
