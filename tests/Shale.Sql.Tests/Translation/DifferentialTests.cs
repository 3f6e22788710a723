using System.Reflection;
using Xunit.Abstractions;

namespace Shale.Sql.Tests.Translation;

/// <summary>Every statement of the case files means on SQLite what it means on PostgreSQL, or is refused where the file says so.</summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    public static TheoryData<string> Files()
    {
        var data = new TheoryData<string>();
        foreach (var name in Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.StartsWith("case-", StringComparison.Ordinal)).Order()) data.Add(name);
        return data;
    }

    [PostgresTheory]
    [MemberData(nameof(Files))]
    [Trait("Rule", "S1.2")]
    public async Task Translate_CasesOfTheFile_MeanWhatPostgresMeans(string file)
    {
        await using var both = new Differential();
        var allowed = 0;
        foreach (var statement in Statements(file, ref allowed)) await both.RunAsync(statement);
        output.WriteLine($"{file}: {both.Agreed} agreed, {both.Refused} refused, {both.Differences.Count} differ");
        foreach (var refusal in both.Refusals) output.WriteLine("refused: " + refusal);
        Assert.True(both.Differences.Count == 0, $"{both.Differences.Count} of {file} differ:\n" + string.Join("\n", both.Differences.Take(40)));
        Assert.True(both.Refused == allowed, $"{file} says that {allowed} statements are refused; {both.Refused} were:\n" + string.Join("\n", both.Refusals));
        Assert.True(both.Agreed > 0);
    }

    [PostgresTheory]
    [InlineData("case-typical.sql")]
    [InlineData("case-scalars.sql")]
    [InlineData("case-queries.sql")]
    [InlineData("case-writes.sql")]
    [InlineData("case-native.sql")]
    [Trait("Rule", "S1.2")]
    public async Task Translate_OverTablesWithSqlitesOwnNumbers_MeansWhatPostgresMeans(string file)
    {
        await using var both = new Differential(exactNumerics: false);
        var allowed = 0;
        foreach (var statement in Statements(file, ref allowed)) await both.RunAsync(statement);
        Assert.True(both.Differences.Count == 0, $"{both.Differences.Count} of {file} differ:\n" + string.Join("\n", both.Differences.Take(40)));
        Assert.True(both.Refused == allowed, $"{file} says that {allowed} statements are refused; {both.Refused} were:\n" + string.Join("\n", both.Refusals));
        Assert.True(both.Agreed > 0);
    }

    [PostgresFact]
    [Trait("Category", "Random")]
    [Trait("Rule", "S1.2")]
    public async Task Translate_RandomStatements_MeanWhatPostgresMeans()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 1;
        var count = int.TryParse(Environment.GetEnvironmentVariable("SHALE_TRANSLATIONS"), out var asked) ? asked : 3000;
        output.WriteLine($"SHALE_SEED={seed} SHALE_TRANSLATIONS={count}");
        await using var both = new Differential { AllowOpen = true };
        foreach (var statement in ExpressionGenerator.Setup) await both.RunAsync(statement);
        Assert.Empty(both.Differences);
        var generator = new ExpressionGenerator(seed);
        for (var i = 0; i < count && both.Differences.Count < 10; i++) await both.RunAsync(generator.Statement());
        output.WriteLine($"{both.Agreed} agreed, {both.Refused} refused, {both.Open} open");
        Assert.True(both.Open <= Math.Max(10, count / 50), $"SHALE_SEED={seed}: too many statements fail on one side only: {both.Open}");
        Assert.True(both.Differences.Count == 0, $"SHALE_SEED={seed}:\n" + string.Join("\n", both.Differences));
        Assert.True(both.Refused < count / 5, "too many are refused:\n" + string.Join("\n", both.Refusals.Take(10)));
    }

    // One statement a line; "-- refused: n" says how many PostgreSQL knows and we do not.
    private static List<string> Statements(string file, ref int refused)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!;
        using var reader = new StreamReader(stream);
        var statements = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("-- refused:", StringComparison.Ordinal)) refused = int.Parse(line["-- refused:".Length..], System.Globalization.CultureInfo.InvariantCulture);
            else if (line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal)) statements.Add(line.TrimEnd(';'));
        }

        return statements;
    }
}
