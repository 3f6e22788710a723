using System.Text.RegularExpressions;

namespace Shale.Sql.Tests.Oracles;

/// <summary>The statements that the benchmark of the parser counts are ones that PostgreSQL takes and that we understand, and they are not all alike.</summary>
public partial class ApplicationStatementTests
{
    private const int Count = 1000;
    private const int Shapes = 700;

    [Fact]
    public void Statements_All_AreDistinct()
    {
        Assert.Equal(Count, Corpora.Applications.Count);
        Assert.Equal(Count, Corpora.Applications.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Statements_AsOneScript_SplitIntoAsMany() =>
        Assert.Equal(Count, SqlSplitter.Split(string.Join('\n', Corpora.Applications), SqlDialect.Postgres).Count);

    [Fact]
    public void Statements_Lengths_AreThoseOfApplications()
    {
        var lengths = Corpora.Applications.Select(sql => sql.Length).Order().ToArray();
        Assert.InRange(lengths[Count / 2], 150, 250);
        Assert.InRange(lengths[^1], 2000, 4000);
    }

    [PgQueryFact]
    public void Statements_All_AcceptedByPostgresAndByUs() => CheckEach(sql =>
    {
        if (PgQuery.Check(sql) is { } refusal) return "PostgreSQL says " + refusal;
        return SqlParser.Parse(sql, SqlDialect.Postgres) is RawStatement ? "we know it as text only" : null;
    });

    [Fact]
    public void Statements_Printed_ParseToTheSameTree() => CheckEach(sql =>
    {
        var tree = SqlParser.Parse(sql, SqlDialect.Postgres);
        var printed = SqlPrinter.Print(tree, SqlDialect.Postgres);
        return tree.Equals(SqlParser.Parse(printed, SqlDialect.Postgres)) ? null : "another tree: " + printed;
    });

    /// <summary>What we print means to PostgreSQL's parser what was written; ASC is the default and not kept.</summary>
    [PgQueryFact]
    public void Statements_Printed_SameTreeToPostgres() => CheckEach(sql =>
    {
        if (Deviations.IsRewritten(sql.ToUpperInvariant())) return null;
        var printed = SqlPrinter.Print(SqlParser.Parse(sql, SqlDialect.Postgres), SqlDialect.Postgres);
        return PgQuery.Fingerprint(Ascending().Replace(sql, "")) == PgQuery.Fingerprint(printed) ? null : "another tree to PostgreSQL: " + printed;
    });

    [PgQueryFact]
    public void Statements_Fingerprints_AreOfManyShapes()
    {
        var shapes = Corpora.Applications.Select(PgQuery.Fingerprint).Distinct().Count();
        Assert.True(shapes >= Shapes, $"{shapes} shapes");
    }

    [Fact]
    public void Statements_Kinds_AreMixedAsApplicationsMixThem()
    {
        var kinds = Corpora.Applications.Select(sql => SqlParser.Parse(sql, SqlDialect.Postgres)).ToLookup(tree => tree.GetType());
        Assert.InRange(Percent(kinds[typeof(SelectStatement)]), 55, 70);
        Assert.InRange(Percent(kinds[typeof(InsertStatement)]), 9, 15);
        Assert.InRange(Percent(kinds[typeof(UpdateStatement)]), 7, 13);
        Assert.InRange(Percent(kinds[typeof(DeleteStatement)]), 3, 8);

        static double Percent(IEnumerable<Statement> statements) => 100.0 * statements.Count() / Count;
    }

    private static void CheckEach(Func<string, string?> check)
    {
        var failures = new List<string>();
        foreach (var sql in Corpora.Applications)
        {
            try
            {
                if (check(sql) is { } failure) failures.Add($"{failure}: {sql}");
            }
            catch (VitessException e)
            {
                failures.Add($"we say {e.Message}: {sql}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [GeneratedRegex(@"\sasc\b", RegexOptions.IgnoreCase)]
    private static partial Regex Ascending();
}
