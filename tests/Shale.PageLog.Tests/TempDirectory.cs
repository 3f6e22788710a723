namespace Shale.PageLog.Tests;

/// <summary>A directory for one test, gone after it.</summary>
internal sealed class TempDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("shale-log-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
