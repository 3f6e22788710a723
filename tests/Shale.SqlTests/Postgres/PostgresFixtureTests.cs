using Shale.Sql;

namespace Shale.SqlTests;

/// <summary>Every text fixture of dialect postgres on PostgreSQL shards: over 2, 3 and 4 of them it answers as over one, and as one PostgreSQL database.</summary>
public sealed class PostgresFixtureTests
{
    public static TheoryData<string> Fixtures()
    {
        var data = new TheoryData<string>();
        foreach (var fixture in FixtureTests.Fixtures().Where(each => (SqlDialect)each[1] == SqlDialect.Postgres)) data.Add((string)fixture[0]);
        return data;
    }

    [Theory]
    [Trait("Category", "Slow")]
    [Trait("Rule", "S1.3")]
    [MemberData(nameof(Fixtures))]
    public async Task Fixture_OnPostgresShards_AnswersAsOneDatabase(string name)
    {
        var fixture = FixtureTests.Load(name);
        await using var run = new FixtureRun(fixture, SqlDialect.Postgres, onPostgres: true);
        await run.RunAsync();
        Assert.True(!run.Differences.Any(), $"{run.Differences.Count()} differences\n{string.Join('\n', run.Differences)}");
    }
}
