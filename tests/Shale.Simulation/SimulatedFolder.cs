namespace Shale.Simulation;

/// <summary>A directory of a <see cref="SimulatedDisk"/>, whose files are those of the disk with a prefix.</summary>
internal sealed class SimulatedFolder(SimulatedDisk disk, string prefix) : IDisk
{
    public long FreeBytes => disk.FreeBytes;

    public IReadOnlyList<string> List() => disk.List(prefix);

    public IDiskFile Open(string name) => disk.Open(prefix + name);

    public IDiskFile Create(string name) => disk.Create(prefix + name);

    public void Rename(string from, string to) => disk.Rename(prefix + from, prefix + to);

    public void Delete(string name) => disk.Delete(prefix + name);

    public void SyncDirectory() => disk.SyncDirectory(prefix);

    public IDisposable Lock() => disk.Lock(prefix);
}
