using System.Runtime.CompilerServices;
using Shale.Sql;

namespace Shale.SqlTests;

/// <summary>Every text fixture answers over 2, 3 and 4 shards, however its tables are placed, as in one database.</summary>
public class FixtureTests
{
    private static readonly string Folder = Path.Combine(SourceFolder(), "Fixtures");

    public static TheoryData<string, SqlDialect> Fixtures()
    {
        var data = new TheoryData<string, SqlDialect>();
        foreach (var path in Directory.GetFiles(Folder, "*.sqltest").Order(StringComparer.Ordinal))
        {
            foreach (var dialect in Fixture.Load(path).Dialects) data.Add(Path.GetFileNameWithoutExtension(path), dialect);
        }

        return data;
    }

    [Theory]
    [Trait("Rule", "S1.3")]
    [MemberData(nameof(Fixtures))]
    public async Task Fixture_AnyPlacement_AnswersAsOneDatabase(string name, SqlDialect dialect)
    {
        var fixture = Load(name);
        Assert.NotEmpty(fixture.Statements);
        await using var run = new FixtureRun(fixture, dialect);
        await run.RunAsync();
        Assert.True(!run.Differences.Any(), $"{run.Differences.Count()} differences\n{string.Join('\n', run.Differences)}");
    }

    internal static Fixture Load(string name) => Fixture.Load(Path.Combine(Folder, name + ".sqltest"));

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
