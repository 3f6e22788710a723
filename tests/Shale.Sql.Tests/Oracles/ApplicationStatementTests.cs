namespace Shale.Sql.Tests.Oracles;

/// <summary>The statements that the benchmark of the parser counts are ones that PostgreSQL takes and that we understand, and they are not all alike.</summary>
public class ApplicationStatementTests
{
    private const int Count = 457;
    private const int Shapes = 400;

    [Fact]
    public void Statements_All_AreDistinct() => Assert.Equal(Count, Corpora.Applications.Distinct(StringComparer.Ordinal).Count());

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
}
