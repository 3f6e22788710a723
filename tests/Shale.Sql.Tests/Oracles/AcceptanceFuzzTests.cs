using Xunit.Abstractions;

namespace Shale.Sql.Tests.Oracles;

/// <summary>
/// Mutated statements that an engine's own parser accepts must not be a syntax error to us. The seed is fixed unless SHALE_SEED asks for
/// another: what the engines take is without end, and <see cref="Deviations"/> lists only what has been met.
/// </summary>
[Trait("Category", "Random")]
public class AcceptanceFuzzTests
{
    private static readonly int Rounds = Seeds.Rounds(5_000);

    private readonly int _seed;

    public AcceptanceFuzzTests(ITestOutputHelper output) => _seed = Seeds.Print(output, fixedSeed: 1);

    [PgQueryFact]
    public void Postgres_MutatedCorpus_WhatPostgresAcceptsWeParse() => Check(Corpora.Postgres, SqlDialect.Postgres, sql => PgQuery.Check(sql) is null);

    [SqliteFact]
    public void Sqlite_MutatedCorpus_WhatSqliteAcceptsWeParse() => Check(Corpora.Sqlite, SqlDialect.Sqlite, SqlitePrepare.AcceptsWhole);

    private void Check(IReadOnlyList<string> corpus, SqlDialect dialect, Func<string, bool> oracle)
    {
        var random = new Random(_seed);
        var failures = new List<string>();
        for (var i = 0; i < Rounds && failures.Count < 20; i++)
        {
            var sql = corpus[random.Next(corpus.Count)];
            for (var n = random.Next(1, 3); n > 0; n--) sql = FuzzTests.Mutate(sql, corpus[random.Next(corpus.Count)], random);
            if (sql.Contains('\0') || !oracle(sql)) continue;
            try
            {
                SqlParser.Parse(sql, dialect);
            }
            catch (VitessException e)
            {
                if (!Deviations.IsKnown(sql, e)) failures.Add($"{e.Message}: {sql}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }
}
