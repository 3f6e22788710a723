using System.Text;
using System.Text.RegularExpressions;

namespace Shale.Tidy;

/// <summary>The error registry is sound, and docs/errors.md says the same as it.</summary>
public sealed partial class ErrorRegistryTests
{
    private const string Document = "docs/errors.md";

    [Fact]
    public void Codes_All_AreUniqueAndWellFormed()
    {
        Assert.Equal(ErrorCodes.All.Count, ErrorCodes.All.Select(code => code.Code).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(ErrorCodes.All, code =>
        {
            Assert.Matches(CodeForm(), code.Code);
            Assert.Matches(StateForm(), code.SqlState);
            Assert.EndsWith(".", code.Meaning, StringComparison.Ordinal);
            Assert.EndsWith(".", code.Hint, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Document_Errors_EqualsTheRegistry()
    {
        var expected = Generate();
        if (Repository.Accept) File.WriteAllText(Path.Combine(Repository.Root, Document), expected);
        Assert.True(Repository.Exists(Document) && Repository.Read(Document) == expected, $"{Document} differs from the registry: run SHALE_ACCEPT=1 ./test Tidy");
    }

    private static string Generate()
    {
        var text = new StringBuilder("""
            # Errors

            Every error carries a code of this list, a SQLSTATE (often a more exact one than the one given here), the shard if one failed, and a
            hint. A transient error may not come again when the same request is sent again.

            This page is generated from the registry in `src/Shale.Core/ErrorCodes.cs`; a test keeps both equal.

            | Code | SQLSTATE | Transient | When | What to do |
            |---|---|---|---|---|

            """);
        foreach (var code in ErrorCodes.All)
        {
            text.Append("| ").Append(code.Code).Append(" | ").Append(code.SqlState).Append(" | ").Append(code.IsTransient ? "yes" : "no")
                .Append(" | ").Append(code.Meaning).Append(" | ").Append(code.Hint).Append(" |\n");
        }

        return text.ToString();
    }

    [GeneratedRegex("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$")]
    private static partial Regex CodeForm();

    [GeneratedRegex("^[0-9A-Z]{5}$")]
    private static partial Regex StateForm();
}
