namespace Shale.Tidy;

/// <summary>The files of the repository, as the rules of the house see them.</summary>
internal static class Repository
{
    private static readonly string[] Left = [".git", "bin", "obj", "artifacts", "data", "node_modules", "TestResults", ".vs", ".idea"];

    /// <summary>The folder of Shale.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Whether the run may rewrite generated files: <c>SHALE_ACCEPT=1</c>.</summary>
    public static bool Accept => Environment.GetEnvironmentVariable("SHALE_ACCEPT") == "1";

    /// <summary>Every file, as a path from the root with forward slashes, in order.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> CSharp => Files.Where(path => path.EndsWith(".cs", StringComparison.Ordinal));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Exists(string path)
    {
        var full = Path.Combine(Root, path);
        return File.Exists(full) || Directory.Exists(full);
    }

    private static IEnumerable<string> Walk(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory)) yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        foreach (var child in Directory.EnumerateDirectories(directory))
        {
            if (Left.Contains(Path.GetFileName(child)) || new DirectoryInfo(child).LinkTarget is not null) continue;
            foreach (var file in Walk(child)) yield return file;
        }
    }

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Shale.slnx"))) return at.FullName;
        }

        throw new InvalidOperationException("Shale.slnx is in no folder above the tests");
    }
}
