using System.Text;
using Xunit.Abstractions;

namespace Shale.Sql.Tests;

/// <summary>Broken texts of all kinds: nothing but a VitessException may come out, and what parses must survive printing.</summary>
[Trait("Category", "Random")]
public class FuzzTests
{
    internal static readonly string[] Pieces =
    [
        "SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "INSERT INTO", "VALUES", "UPDATE", "SET", "DELETE", "CREATE TABLE", "WITH", "AS", "JOIN",
        "LEFT", "ON", "USING", "(", ")", ",", ";", ".", "*", "a", "b", "t", "\"q\"", "1", "2.5", "'s'", "$1", "?", ":n", "@n", "=", "<", "+", "-", "||", "->",
        "::", ":", "[", "]", "NOT", "NULL", "IS", "IN", "BETWEEN", "AND", "OR", "LIKE", "CASE", "WHEN", "THEN", "END", "CAST", "int", "EXISTS", "ALL", "ANY",
        "ARRAY", "ROW", "INTERVAL", "DAY", "OVER", "PARTITION BY", "ROWS", "UNION", "EXCEPT", "LATERAL", "RETURNING", "CONFLICT", "DO", "NOTHING", "x'00'",
        "E'\\n'", "$$d$$", "--c\n", "/*c*/", "count", "DISTINCT", "FOR", "PRIMARY KEY", "DEFAULT", "CHECK", "REFERENCES", "ALTER VSCHEMA", "SHOW", "USE",
        "EXPLAIN", "VEXPLAIN", "PRAGMA", "BEGIN", "COMMIT", "ROLLBACK", "VACUUM", "CREATE TRIGGER", "DATE", "TIMESTAMP", "COLLATE", "ESCAPE", "FILTER",
        "GROUPING SETS", "OFFSET", "FETCH FIRST", "e", "U&'x'", "\u00e9", "'", "\"", "$", "#", "\\", "\0", "0x1F", "1e5", "WITHIN GROUP", "NATURAL", "FULL",
        "AS OF", "of", "FOR SYSTEM_TIME", "LSN", "SNAPSHOT", "BRANCH", "VERSION", "CURRENT", "AT", "TO", "CONTAINED IN", "RESTORE DATABASE", "CALL",
    ];

    private static readonly int Rounds = Seeds.Rounds(10_000);

    private readonly List<string> _failures = [];
    private readonly int _seed;

    public FuzzTests(ITestOutputHelper output) => _seed = Seeds.Print(output);

    [Fact]
    public void Parse_SoupOfTokens_OnlySyntaxErrors()
    {
        var random = new Random(_seed);
        for (var i = 0; i < Rounds; i++)
        {
            var sql = new StringBuilder(random.Next(3) == 0 ? "SELECT " : "");
            for (var n = random.Next(1, 25); n > 0; n--) sql.Append(Pieces[random.Next(Pieces.Length)]).Append(random.Next(5) == 0 ? "" : " ");
            Try(sql.ToString(), (SqlDialect)random.Next(2));
        }

        Report();
    }

    [Fact]
    public void Parse_MutatedCorpus_OnlySyntaxErrors()
    {
        var random = new Random(_seed);
        var corpus = Corpora.All.ToList();
        for (var i = 0; i < Rounds; i++)
        {
            var (sql, dialect) = corpus[random.Next(corpus.Count)];
            for (var n = random.Next(1, 4); n > 0; n--) sql = Mutate(sql, corpus[random.Next(corpus.Count)].Sql, random);
            Try(sql, random.Next(10) == 0 ? (SqlDialect)random.Next(2) : dialect);
        }

        Report();
    }

    [Fact]
    public void Parse_EveryTruncation_OnlySyntaxErrors()
    {
        foreach (var (sql, dialect) in Corpora.All)
        {
            for (var length = 0; length < sql.Length; length += 1 + (length / 60)) Try(sql[..length], dialect);
        }

        Report();
    }

    internal static string Mutate(string sql, string other, Random random)
    {
        if (sql.Length == 0) return other;
        var at = random.Next(sql.Length);
        var length = Math.Min(random.Next(1, 12), sql.Length - at);
        var from = random.Next(other.Length);
        return random.Next(6) switch
        {
            0 => sql.Remove(at, length),
            1 => sql.Insert(at, Pieces[random.Next(Pieces.Length)]),
            2 => sql.Insert(at, " " + Pieces[random.Next(Pieces.Length)] + " "),
            3 => sql.Insert(at, sql.Substring(at, length)),
            4 => sql[..at] + other[from..],
            _ => sql.Remove(at, 1).Insert(at, ((char)random.Next(1, 0x250)).ToString()),
        };
    }

    /// <summary>Parses, normalises, prints; notes what must not happen.</summary>
    private void Try(string sql, SqlDialect dialect)
    {
        var printed = "";
        var parsed = false;
        try
        {
            SqlSplitter.TakeComplete(sql, dialect, out _);
            var normalizer = new SqlNormalizer();
            var normalized = normalizer.TryNormalize(sql, dialect);
            var tree = SqlParser.Parse(sql, dialect);
            parsed = true;
            if (normalized) SqlParser.Parse(normalizer.Text.ToString(), dialect);
            printed = SqlPrinter.Print(tree, dialect);
            var again = SqlParser.Parse(printed, dialect);
            if (!tree.Equals(again)) Fail("another tree: " + SqlPrinter.Print(again, dialect));
            if (SqlPrinter.Print(again, dialect) != printed) Fail("not stable: " + SqlPrinter.Print(again, dialect));
        }
        catch (VitessException) when (!parsed)
        {
            // A clear refusal is what broken text should get.
        }
        catch (Exception e)
        {
            Fail($"{e.GetType().Name} {e.Message} {(e is VitessException ? "" : e.StackTrace)}");
        }

        void Fail(string what)
        {
            _failures.Add($"{dialect}: {what}\n    {sql}\n -> {printed}");
            if (_failures.Count == 20) Report();
        }
    }

    private void Report() => Assert.True(_failures.Count == 0, string.Join('\n', _failures));
}
