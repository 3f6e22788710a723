using System.Globalization;
using Shale.Sql;
using Xunit.Abstractions;

namespace Shale.SqlTests;

/// <summary>N shards on PostgreSQL answer as one of them does, and as one PostgreSQL database: random placements, data, queries, writes and transactions. SHALE_SEED and SHALE_STATEMENTS as in <see cref="DifferentialTests"/>.</summary>
public sealed class PostgresShardDifferentialTests(ITestOutputHelper output)
{
    private const int Seed = 736220514;

    [Fact]
    [Trait("Category", "Random")]
    [Trait("Rule", "S1.3")]
    public Task Random_Statements_AnswerAsOneDatabase() => RunAsync(400);

    [Fact]
    [Trait("Category", "Slow")]
    [Trait("Category", "Random")]
    [Trait("Rule", "S1.3")]
    [Trait("Rule", "S3.3")]
    public Task Random_ManyStatements_AnswerAsOneDatabase() => RunAsync(5_000);

    private async Task RunAsync(int statements)
    {
        var seed = Number("SHALE_SEED") ?? Seed;
        output.WriteLine($"seed {seed}");
        await using var run = new DifferentialRun(SqlDialect.Postgres, seed, SchemaVariant.Sharded, onPostgres: true);
        await run.OpenAsync();
        await run.RunAsync(Number("SHALE_STATEMENTS") ?? statements);
        output.WriteLine($"refused by all: {string.Join(", ", run.Refused)}, {run.NotOffered} times not offered over shards, {run.Transactions} transactions; {string.Join(", ", run.Tiers)}");
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}
