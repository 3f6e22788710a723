using System.Text.RegularExpressions;

namespace Shale.Tidy;

/// <summary>Every rule of docs/semantics.md that is built is shown by a test that names it, and tests name no other rules.</summary>
public sealed partial class RuleTests
{
    private const string Document = "docs/semantics.md";

    [Fact]
    public void Rules_Built_AreNamedByATest()
    {
        var named = NamedByTests();
        foreach (var (rule, state) in Rules())
        {
            if (state == "not yet") continue;
            Assert.True(named.ContainsKey(rule), $"{rule} is {state} by {Document}, but no test has [Trait(\"Rule\", \"{rule}\")]");
        }
    }

    [Fact]
    public void Rules_NamedByTests_Exist()
    {
        var rules = Rules();
        foreach (var (rule, test) in NamedByTests())
        {
            Assert.True(rules.TryGetValue(rule, out var state), $"{test} names the rule {rule}, which {Document} does not have");
            Assert.True(state != "not yet", $"{test} shows the rule {rule}, which {Document} calls not yet built");
        }
    }

    [Fact]
    public void Rules_Document_HasAllSections()
    {
        var rules = Rules();
        for (var section = 1; section <= 6; section++) Assert.Contains($"S{section}.1", rules.Keys);
        Assert.Contains("S7", rules.Keys);
    }

    private static Dictionary<string, string> Rules()
    {
        var rules = new Dictionary<string, string>();
        foreach (Match row in Row().Matches(Repository.Read(Document)))
        {
            Assert.True(rules.TryAdd(row.Groups[1].Value, row.Groups[2].Value), $"{Document} has {row.Groups[1].Value} twice");
        }

        Assert.NotEmpty(rules);
        return rules;
    }

    private static Dictionary<string, string> NamedByTests()
    {
        var named = new Dictionary<string, string>();
        foreach (var path in Repository.CSharp.Where(path => path.StartsWith("tests/", StringComparison.Ordinal)))
        {
            foreach (Match trait in RuleTrait().Matches(Repository.Read(path))) named.TryAdd(trait.Groups[1].Value, path);
        }

        return named;
    }

    [GeneratedRegex(@"^\| (S\d+(?:\.\d+)?) \| (built|partly|not yet) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"Trait\(""Rule"", ""([^""]+)""\)")]
    private static partial Regex RuleTrait();
}
