namespace Shale.PageLog;

/// <summary>Shows a directory without changing it: what the opening of a log would remove is only hidden, what it would write is dropped, and nothing can be made.</summary>
internal sealed class ReadOnlyDisk(IDisk disk) : IDisk
{
    private readonly HashSet<string> _hidden = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => [.. disk.List().Where(name => !_hidden.Contains(name))];

    /// <inheritdoc/>
    public IDiskFile Open(string name) => new ReadOnlyFile(disk.Open(name));

    /// <inheritdoc/>
    public IDiskFile Create(string name) => throw Refused(name);

    /// <inheritdoc/>
    public void Rename(string from, string to) => throw Refused(to);

    /// <inheritdoc/>
    public void Delete(string name) => _hidden.Add(name);

    /// <inheritdoc/>
    public void SyncDirectory()
    {
    }

    /// <inheritdoc/>
    public IDisposable Lock() => disk.Lock();

    private static VitessException Refused(string name) => new(ErrorCodes.ShardError, $"the log is only read: {name} is not made", sqlState: "25006");

    private sealed class ReadOnlyFile(IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> destination) => file.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
        }

        public void Reserve(long length)
        {
        }

        public void Truncate(long length)
        {
        }

        public void Sync()
        {
        }

        public void Dispose() => file.Dispose();
    }
}
