using Shale.Sql.Tests.Oracles;
using Xunit.Abstractions;

namespace Shale.Sql.Tests.Parsing;

/// <summary>
/// Random queries over tables with points in time, in every spelling: they are read as they are meant, printed and normalised without a loss, and
/// without their points they are what the engine's own parser accepts.
/// </summary>
[Trait("Category", "Random")]
public class TimeTravelFuzzTests
{
    private static readonly string[] Aliases = ["of", "at", "for", "version", "lsn", "branch", "x", "snapshot", "ts"];
    private static readonly string[] Words = ["LSN", "VERSION"];
    private static readonly string[] Names = ["SNAPSHOT", "BOOKMARK", "BRANCH"];

    private readonly Random _random;
    private SqlDialect _dialect;
    private int _count;
    private int _parameter;

    public TimeTravelFuzzTests(ITestOutputHelper output) => _random = new Random(Seeds.Print(output));

    [Fact]
    public void Parse_RandomSpellings_SameTreePrintedAndNormalised()
    {
        var failures = new List<string>();
        var normalizer = new SqlNormalizer();
        var normalized = 0;
        for (var i = Seeds.Rounds(3_000); i > 0 && failures.Count < 10; i--)
        {
            (_dialect, _count, _parameter) = ((SqlDialect)_random.Next(2), 0, 0);
            var sql = Query(2);
            try
            {
                var tree = SqlParser.Parse(sql, _dialect);
                var found = SqlTree.All<SystemTime>(tree);
                if (found.Count != _count) failures.Add($"{_count} points, {found.Count} found: {sql}");
                var printed = SqlPrinter.Print(tree, _dialect);
                if (!tree.Equals(SqlParser.Parse(printed, _dialect))) failures.Add($"another tree: {sql}\n -> {printed}");
                if (Refusal(SqlPrinter.Print(Present(tree), _dialect)) is { } refusal) failures.Add($"the engine says {refusal} to the present of: {sql}");
                if (!normalizer.TryNormalize(sql, _dialect)) continue;
                normalized++;
                var again = SqlTree.All<SystemTime>(SqlParser.Parse(normalizer.Text.ToString(), _dialect));
                if (!found.Select(Shape).SequenceEqual(again.Select(Shape))) failures.Add($"other points: {sql}\n -> {normalizer.Text}");
            }
            catch (VitessException e)
            {
                failures.Add($"{_dialect}: {e.Message}: {sql}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.True(normalized > 0, "none was normalised");
    }

    private string? Refusal(string sql) => _dialect == SqlDialect.Postgres
        ? PgQuery.IsAvailable ? PgQuery.Check(sql) : null
        : SqlitePrepare.IsAvailable ? SqlitePrepare.Check(sql) : null;

    private static Statement Present(Statement tree) => SqlTree.Rewrite(tree, node => node is TableRef { Time: not null } table ? table with { Time = null } : null);

    // Parameters get other numbers when a text is normalised.
    private static SqlNode Shape(SystemTime time) => SqlTree.Rewrite(time, node => node is Parameter ? new Parameter(ParameterStyle.Dollar, 1) : null);

    private string Query(int depth)
    {
        var sql = $"SELECT * FROM {From(depth)} WHERE a = {_random.Next(9)}";
        if (_random.Next(4) == 0) sql += $" UNION SELECT * FROM {From(depth)}";
        return _random.Next(4) == 0 ? $"WITH c AS (SELECT b FROM {Table(0)}) {sql}" : sql;
    }

    private string From(int depth)
    {
        var from = Item(depth);
        for (var n = _random.Next(3); n > 0; n--)
        {
            from += _random.Next(4) switch
            {
                0 => $", {Item(depth)}",
                1 => $" LEFT JOIN {Item(depth)} ON b = {_random.Next(9)}",
                2 => $" NATURAL JOIN {Item(depth)}",
                _ => $" JOIN {Item(depth)} USING (id)",
            };
        }

        return from;
    }

    private string Item(int depth) => depth > 0 && _random.Next(4) == 0 ? $"({Query(depth - 1)}) AS q{_random.Next(99)}" : Table(_random.Next(4));

    /// <summary>A table, its point behind the name or the alias.</summary>
    private string Table(int kind)
    {
        var alias = Aliases[_random.Next(Aliases.Length)];
        alias = alias == "for" && _dialect == SqlDialect.Postgres ? " AS \"for\"" : (alias is "of" or "for" ? " AS " : Pick("", "AS ") is var word ? " " + word : "") + alias;
        if (_random.Next(4) == 0) return "t" + alias;
        _count++;
        var clause = " " + Clause();
        return kind switch { 0 => "t" + clause, 1 => "t" + clause + alias, _ => "t" + alias + clause };
    }

    private string Clause() => _random.Next(6) switch
    {
        0 => $"FOR SYSTEM_TIME BETWEEN {Bound()} AND {Bound()}",
        1 => $"for system_time FROM {Bound()} TO {Bound()}",
        2 => Pick($"FOR SYSTEM_TIME CONTAINED IN ({Bound()}, {Bound()})", "FOR SYSTEM_TIME ALL"),
        3 => $"FOR SYSTEM_TIME AS OF {Point()}",
        _ => $"AS OF {Point()}",
    };

    private string Point() => _random.Next(3) == 0
        ? $"BRANCH {Text()}{(_random.Next(2) == 0 ? "" : $" AT {Pick(Moment(), $"{Words[_random.Next(2)]} {Number()}")}")}"
        : Bound();

    private string Bound() => _random.Next(4) switch
    {
        0 => $"{Words[_random.Next(2)]} {Number()}",
        1 => $"VERSION CURRENT{Pick("", $" - {Number()}")}",
        2 => $"{Names[_random.Next(2)]} {Text()}",
        _ => Moment(),
    };

    private string Moment() => Pick("", "TIMESTAMP ") + Pick(Text(), "CURRENT_TIMESTAMP");

    private string Number() => Pick("5", Parameter());

    private string Text() => Pick("'2024-01-01'", Parameter());

    private string Parameter() => $"$p{_random.Next(3)}" is var named && _dialect == SqlDialect.Sqlite ? named : $"${++_parameter}";

    private string Pick(string first, string second) => _random.Next(2) == 0 ? first : second;
}
