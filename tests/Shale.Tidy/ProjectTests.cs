using System.Xml.Linq;

namespace Shale.Tidy;

/// <summary>Which project may point at which: the arrows of ARCHITECTURE.md.</summary>
public sealed class ProjectTests
{
    /// <summary>The arrows of each project under src; a star is the composition root, which sees everything.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Shale.Core"] = [],
        ["Shale.Sql"] = ["Shale.Core"],
        ["Shale.Contracts"] = ["Shale.Core"],
        ["Shale.PageLog"] = ["Shale.Core"],
        ["Shale.Sqlite"] = ["Shale.Core", "Shale.Sql", "Shale.PageLog"],
        ["Shale.DoSql"] = ["Shale.Core", "Shale.Sql", "Shale.PageLog", "Shale.Sqlite"],
        ["Shale.Vitess"] = ["Shale.Core", "Shale.Sql", "Shale.Contracts"],
        ["Shale.Engines"] = ["Shale.Core", "Shale.Sql", "Shale.Contracts", "Shale.Vitess", "Shale.Sqlite", "Shale.PageLog"],
        ["Shale.Postgres"] = ["Shale.Core", "Shale.Sql", "Shale.Contracts", "Shale.Vitess"],
        ["Shale.Client"] = ["Shale.Core", "Shale.Contracts"],
        ["Shale.Server"] = ["*"],
        ["Shale.Cli"] = ["*"],
    };

    private static readonly string[] WithPackages = ["Shale.Postgres", "Shale.Server", "Shale.Cli"];

    [Fact]
    public void References_EveryProject_PointInwards()
    {
        foreach (var (name, document) in SourceProjects())
        {
            Assert.True(Arrows.TryGetValue(name, out var allowed), $"{name} is a new project: add its arrows here and to ARCHITECTURE.md");
            if (allowed is ["*"]) continue;
            foreach (var reference in document.Descendants("ProjectReference"))
            {
                var target = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'));
                Assert.True(allowed.Contains(target), $"{name} must not point at {target}");
            }
        }
    }

    [Fact]
    public void Packages_Inside_AreNone()
    {
        foreach (var (name, document) in SourceProjects())
        {
            if (WithPackages.Contains(name)) continue;
            var packages = document.Descendants("PackageReference").Select(package => package.Attribute("Include")!.Value);
            Assert.True(!packages.Any(), $"{name} takes packages: {string.Join(", ", packages)}. Only {string.Join(" and ", WithPackages)} do");
        }
    }

    [Theory]
    [InlineData("Common")]
    [InlineData("Utils")]
    [InlineData("Helpers")]
    public void Names_Projects_SayWhatTheyAreFor(string word) =>
        Assert.DoesNotContain(ProjectFiles(), path => Path.GetFileNameWithoutExtension(path).Contains(word, StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void Solution_EveryProject_IsListed()
    {
        var solution = Repository.Read("Shale.slnx");
        Assert.All(ProjectFiles(), path => Assert.Contains($"\"{path}\"", solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Packages_Versions_StandInOnePlace() => Assert.All(ProjectFiles(), path =>
        Assert.DoesNotContain(XDocument.Load(Path.Combine(Repository.Root, path)).Descendants("PackageReference"), package => package.Attribute("Version") is not null));

    private static IEnumerable<string> ProjectFiles() => Repository.Files.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal));

    private static IEnumerable<(string Name, XDocument Document)> SourceProjects() => ProjectFiles()
        .Where(path => path.StartsWith("src/", StringComparison.Ordinal))
        .Select(path => (Path.GetFileNameWithoutExtension(path), XDocument.Load(Path.Combine(Repository.Root, path))));
}
