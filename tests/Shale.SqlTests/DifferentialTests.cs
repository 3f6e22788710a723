using System.Globalization;
using Shale.Sql;
using Xunit.Abstractions;

namespace Shale.SqlTests;

/// <summary>N shards answer exactly as one database: random schemas of placement, data, queries and writes. SHALE_SEED replays, SHALE_STATEMENTS lengthens.</summary>
public class DifferentialTests(ITestOutputHelper output)
{
    [Theory]
    [Trait("Rule", "S1.3")]
    [Trait("Rule", "S3.2")]
    [Trait("Rule", "S3.3")]
    [Trait("Rule", "S3.4")]
    [Trait("Rule", "S3.5")]
    [InlineData(SqlDialect.Sqlite)]
    [InlineData(SqlDialect.Postgres)]
    public async Task Random_Statements_AnswerAsOneDatabase(SqlDialect dialect)
    {
        var seed = Number("SHALE_SEED") ?? Random.Shared.Next();
        var statements = Number("SHALE_STATEMENTS") ?? 2_000;
        output.WriteLine($"seed {seed}");
        await using var run = new DifferentialRun(dialect, seed);
        await run.OpenAsync();
        await run.RunAsync(statements);
        output.WriteLine($"{statements} statements, {run.Refused} refused by both, {run.NotOffered} not offered over shards; {string.Join(", ", run.Tiers)}");
        Assert.True(run.Tiers.GetValueOrDefault("T0") > 0 && run.Tiers.GetValueOrDefault("T1") > 0 && run.Tiers.GetValueOrDefault("T2") > 0);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}
