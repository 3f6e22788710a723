using Shale.Sql.Tests.Oracles;

namespace Shale.Sql.Tests.Printing;

public class RoundTripTests
{
    [Fact]
    public void Print_WholeCorpus_ParsesToTheSameTree()
    {
        var failures = new List<string>();
        foreach (var (sql, dialect) in Corpora.All)
        {
            var printed = "";
            try
            {
                var tree = SqlParser.Parse(sql, dialect);
                printed = SqlPrinter.Print(tree, dialect);
                var again = SqlParser.Parse(printed, dialect);
                if (!tree.Equals(again)) failures.Add($"another tree: {sql}\n  -> {printed}\n  -> {SqlPrinter.Print(again, dialect)}");
                if (SqlPrinter.Print(again, dialect) != printed) failures.Add($"not stable: {printed}");
            }
            catch (Exception e) when (e is VitessException or InvalidOperationException)
            {
                failures.Add($"{e.Message}: {sql}\n  -> {printed}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [PgQueryFact]
    public void Print_CorpusOfPostgres_AcceptedByPostgres() => Check(Corpora.Postgres, SqlDialect.Postgres, PgQuery.Check);

    /// <summary>That we group operators, joins and set operations as PostgreSQL does: the printed text means the same to PostgreSQL's parser.</summary>
    [PgQueryFact]
    public void Print_CorpusOfPostgres_SameTreeToPostgres()
    {
        var failures = new List<string>();
        foreach (var sql in Corpora.Postgres)
        {
            var printed = SqlPrinter.Print(SqlParser.Parse(sql, SqlDialect.Postgres), SqlDialect.Postgres);
            if (!Deviations.IsRewritten(sql) && PgQuery.Fingerprint(sql) != PgQuery.Fingerprint(printed)) failures.Add($"{sql}\n  -> {printed}");
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [SqliteFact]
    public void Print_CorpusOfSqlite_AcceptedBySqlite() => Check(Corpora.Sqlite, SqlDialect.Sqlite, SqlitePrepare.Check);

    private static void Check(IReadOnlyList<string> corpus, SqlDialect dialect, Func<string, string?> oracle)
    {
        var failures = new List<string>();
        foreach (var sql in corpus)
        {
            var printed = SqlPrinter.Print(SqlParser.Parse(sql, dialect), dialect);
            if (oracle(printed) is { } refusal) failures.Add($"{refusal}: {sql}\n  -> {printed}");
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }
}
