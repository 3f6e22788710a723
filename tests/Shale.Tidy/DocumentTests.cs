using System.Text.RegularExpressions;

namespace Shale.Tidy;

/// <summary>Documents name only what exists.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Roots = ["src", "tests", "docs", "bench", "samples", ".ci"];

    public static TheoryData<string> Documents => [.. Repository.Files.Where(IsDocument)];

    [Theory, MemberData(nameof(Documents))]
    public void Paths_InBackticks_Exist(string document)
    {
        foreach (Match quoted in Backticks().Matches(WithoutFences(Repository.Read(document))))
        {
            var words = quoted.Groups[1].Value.Split(' ')[0];
            if (!IsPath(words)) continue;
            var path = words.StartsWith("./", StringComparison.Ordinal) ? words[2..] : words;
            Assert.True(Repository.Exists(path.TrimEnd('/')), $"{document} names `{words}`, which does not exist");
        }
    }

    [Theory, MemberData(nameof(Documents))]
    public void Links_ToFiles_Exist(string document)
    {
        foreach (Match link in Links().Matches(WithoutFences(Repository.Read(document))))
        {
            var target = link.Groups[1].Value.Split('#')[0];
            if (target.Length == 0 || target.Contains("://", StringComparison.Ordinal)) continue;
            var folder = Path.GetDirectoryName(document)!;
            Assert.True(Repository.Exists(Path.Combine(folder, target)), $"{document} links to {target}, which does not exist");
        }
    }

    [Fact]
    public void Paths_InMessagesOfTheCode_Exist()
    {
        foreach (var path in Repository.CSharp.Where(path => path.StartsWith("src/", StringComparison.Ordinal)))
        {
            foreach (Match named in CodePaths().Matches(Repository.Read(path)))
            {
                Assert.True(Repository.Exists(named.Value), $"{path} names {named.Value}, which does not exist");
            }
        }
    }

    private static bool IsDocument(string path) => path.EndsWith(".md", StringComparison.Ordinal)
        && (!path.Contains('/', StringComparison.Ordinal) || path.StartsWith("docs/", StringComparison.Ordinal) || path.StartsWith("samples/", StringComparison.Ordinal));

    private static bool IsPath(string word) => PathLike().IsMatch(word) && (word.StartsWith("./", StringComparison.Ordinal)
        || Roots.Contains(word.Split('/')[0]) || word.EndsWith(".md", StringComparison.Ordinal) || word.EndsWith(".props", StringComparison.Ordinal)
        || word.EndsWith(".slnx", StringComparison.Ordinal));

    /// <summary>Blocks of commands and code speak of the user's files too.</summary>
    private static string WithoutFences(string text) => Fences().Replace(text, "");

    [GeneratedRegex(@"`([^`\n]+)`")]
    private static partial Regex Backticks();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"^[\w.\-]+(/[\w.\-]*)*$")]
    private static partial Regex PathLike();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();

    [GeneratedRegex(@"docs/[\w\-/]+\.md")]
    private static partial Regex CodePaths();
}
