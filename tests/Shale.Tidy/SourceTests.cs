using System.Text.RegularExpressions;

namespace Shale.Tidy;

/// <summary>Rules that every source file keeps.</summary>
public sealed partial class SourceTests
{
    private const int LargeLines = 500;
    private const string LargeFiles = "tests/Shale.Tidy/large-files.txt";

    [Fact]
    public void Files_LargeOnes_AreListedWithAReasonAndDoNotGrow()
    {
        var marks = ReadMarks();
        foreach (var path in Repository.CSharp)
        {
            var lines = Repository.Read(path).AsSpan().Count('\n');
            if (!marks.TryGetValue(path, out var mark))
            {
                Assert.True(lines <= LargeLines, $"{path} has {lines} lines, more than {LargeLines}: split it, or list it in {LargeFiles} with a reason");
            }
            else
            {
                Assert.True(lines <= mark, $"{path} has grown to {lines} lines; its mark in {LargeFiles} is {mark}");
                Assert.True(lines > LargeLines, $"{path} has {lines} lines: take it off {LargeFiles}");
            }
        }

        Assert.All(marks.Keys, path => Assert.True(Repository.Exists(path), $"{LargeFiles} lists {path}, which does not exist"));
    }

    [Fact]
    public void Text_Leftovers_AreNone()
    {
        string[] words = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK"];
        var text = new[] { ".cs", ".csproj", ".md", ".json", ".props", ".sh", "/test", "/run", "/shale" };
        foreach (var path in Repository.Files.Where(path => text.Any(end => ("/" + path).EndsWith(end, StringComparison.Ordinal))))
        {
            var content = Repository.Read(path);
            foreach (var word in words)
            {
                Assert.False(Regex.IsMatch(content, $@"\b{word}\b"), $"{path} says {word}: do it, or leave it to an issue");
            }
        }
    }

    [Fact]
    public void Namespaces_EveryFile_IsUnderShale()
    {
        foreach (var path in Repository.CSharp)
        {
            var found = NamespaceLine().Matches(Repository.Read(path));
            if (found.Count == 0)
            {
                Assert.True(path.EndsWith("/Program.cs", StringComparison.Ordinal) || path.EndsWith("AssemblyInfo.cs", StringComparison.Ordinal)
                    || path.EndsWith("Usings.cs", StringComparison.Ordinal), $"{path} has no file-scoped namespace");
                continue;
            }

            Assert.True(found.Count == 1, $"{path} has several namespaces");
            var name = found[0].Groups[1].Value;
            Assert.True(name == "Shale" || name.StartsWith("Shale.", StringComparison.Ordinal), $"{path} is in the namespace {name}, outside of Shale");
        }
    }

    private static Dictionary<string, int> ReadMarks()
    {
        var marks = new Dictionary<string, int>();
        foreach (var line in Repository.Read(LargeFiles).Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var parts = line.Split(' ', 3);
            Assert.True(parts.Length == 3 && parts[2].Length > 10, $"{LargeFiles}: \"{line}\" is not `path lines reason`");
            marks[parts[0]] = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        }

        return marks;
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();
}
