namespace Shale.Simulation;

/// <summary>A disk that does what another one does, but for what a test changes.</summary>
internal abstract class ForwardingDisk(IDisk inner) : IDisk
{
    public virtual long TotalBytes => inner.TotalBytes;

    public long FreeBytes => inner.FreeBytes;

    public virtual IReadOnlyList<string> List() => inner.List();

    public virtual IDiskFile Open(string name) => inner.Open(name);

    public virtual IDiskFile Create(string name) => inner.Create(name);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string name) => inner.Delete(name);

    public void SyncDirectory() => inner.SyncDirectory();

    public IDisposable Lock() => inner.Lock();
}
