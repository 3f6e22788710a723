using System.Globalization;
using Shale.Sql;
using Shale.Vitess.Tests;
using Xunit.Abstractions;

namespace Shale.SqlTests;

/// <summary>N shards answer exactly as one database: random placements, data, queries, writes and transactions. The seed is the same in every run unless SHALE_SEED gives another (./test --random draws one), SHALE_STATEMENTS lengthens or shortens.</summary>
public abstract class DifferentialTests(SqlDialect dialect, ITestOutputHelper output)
{
    private const int Statements = 50_000;
    private const int SerialisedStatements = 1_000;

    [Fact]
    [Trait("Category", "Slow")]
    [Trait("Category", "Random")]
    [Trait("Rule", "S1.3")]
    [Trait("Rule", "S2.8")]
    [Trait("Rule", "S3.2")]
    [Trait("Rule", "S3.3")]
    [Trait("Rule", "S3.4")]
    [Trait("Rule", "S3.5")]
    public async Task Random_Statements_AnswerAsOneDatabase()
    {
        await using var run = new DifferentialRun(dialect, Seed(), SchemaVariant.Sharded);
        await run.OpenAsync();
        var statements = Number("SHALE_STATEMENTS") ?? Statements;
        await run.RunAsync(statements);
        output.WriteLine($"{statements} statements, refused by all: {string.Join(", ", run.Refused)}, {run.NotOffered} times not offered over shards, {run.Transactions} transactions; {string.Join(", ", run.Tiers)}");
        if (statements < 1_000) return;
        Assert.True(run.Tiers.GetValueOrDefault("T0") > 0 && run.Tiers.GetValueOrDefault("T1") > 0 && run.Tiers.GetValueOrDefault("T2") > 0);
    }

    [Fact]
    [Trait("Category", "Random")]
    [Trait("Rule", "S1.3")]
    public async Task Random_StatementsWithEveryMessageSerialised_AnswerAsOneDatabase()
    {
        await using var run = new DifferentialRun(dialect, Seed(), SchemaVariant.Sharded);
        await run.OpenAsync(tablet => new SerializingTablet(tablet));
        await run.RunAsync(Number("SHALE_STATEMENTS") ?? SerialisedStatements);
    }

    private int Seed()
    {
        var seed = Number("SHALE_SEED") ?? (dialect == SqlDialect.Postgres ? 1335370863 : 1799687288);
        output.WriteLine($"seed {seed}");
        return seed;
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>Dialect sqlite, also against plain SQLite.</summary>
public class SqliteDifferentialTests(ITestOutputHelper output) : DifferentialTests(SqlDialect.Sqlite, output);

/// <summary>Dialect postgres.</summary>
public class PostgresDifferentialTests(ITestOutputHelper output) : DifferentialTests(SqlDialect.Postgres, output);
