namespace Shale.Sql.Tests.Oracles;

public class OracleTests
{
    [PgQueryFact]
    public void Postgres_CorpusOfPostgres_AcceptedByPostgresAndByUs() => CheckBoth(Corpora.Postgres, SqlDialect.Postgres, PgQuery.Check);

    [SqliteFact]
    public void Sqlite_CorpusOfSqlite_AcceptedBySqliteAndByUs() => CheckBoth(Corpora.Sqlite, SqlDialect.Sqlite, SqlitePrepare.Check);

    private static void CheckBoth(IReadOnlyList<string> corpus, SqlDialect dialect, Func<string, string?> oracle)
    {
        var failures = new List<string>();
        foreach (var sql in corpus)
        {
            if (oracle(sql) is { } refusal) failures.Add($"the oracle says {refusal}: {sql}");
            try
            {
                SqlParser.Parse(sql, dialect);
            }
            catch (VitessException e)
            {
                failures.Add($"we say {e.Message}: {sql}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.True(corpus.Count > 100);
    }
}
