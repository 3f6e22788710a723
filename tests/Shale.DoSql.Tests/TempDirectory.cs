namespace Shale.DoSql.Tests;

/// <summary>A directory for one test; <see cref="Remove"/> it.</summary>
internal sealed class TempDirectory
{
    public string Path { get; } = Directory.CreateTempSubdirectory("shale-dosql-").FullName;

    public void Remove() => Directory.Delete(Path, recursive: true);
}
