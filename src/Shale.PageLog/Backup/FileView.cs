namespace Shale.PageLog;

/// <summary>Shows files as a directory that can only be read: those of a log that are being copied, or those that a backup holds in pieces. It has no lock to take: its owner has one.</summary>
/// <param name="files">What opens each file, by name.</param>
internal sealed class FileView(IReadOnlyDictionary<string, Func<IDiskFile>> files) : IDisk
{
    /// <summary>SHARD_ERROR (25006) for who tries to write.</summary>
    public static VitessException Refused() => new(ErrorCodes.ShardError, "a backup is only read", sqlState: "25006");

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => [.. files.Keys];

    /// <inheritdoc/>
    public IDiskFile Open(string name) => files.TryGetValue(name, out var open) ? open() : throw Damage.Found($"the backup has no file {name}");

    /// <inheritdoc/>
    public IDiskFile Create(string name) => throw Refused();

    /// <inheritdoc/>
    public void Rename(string from, string to) => throw Refused();

    /// <inheritdoc/>
    public void Delete(string name) => throw Refused();

    /// <inheritdoc/>
    public void SyncDirectory()
    {
    }

    /// <inheritdoc/>
    public IDisposable Lock() => Stream.Null;
}
