namespace Shale.PageLog;

/// <summary>A directory of the machine's file system. It is made if there is none; its parent must exist or be makeable.</summary>
public sealed class LocalDisk : IDisk
{
    private const string LockName = "lock";

    // The system's number for a full disk, as .NET gives it in an exception.
    private const int DiskFullHResult = unchecked((int)0x80070070), NoSpace = 28;

    private readonly string _directory;

    /// <summary>Opens or makes a directory. Errors: SHARD_ERROR (58030).</summary>
    public LocalDisk(string directory)
    {
        _directory = Path.GetFullPath(directory);
        Guard(() => Directory.CreateDirectory(_directory));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => Guard(() => Directory.EnumerateFiles(_directory).Select(path => Path.GetFileName(path)).ToList());

    /// <inheritdoc/>
    public IDiskFile Open(string name) => Guard(() => new LocalFile(PathOf(name), FileMode.Open));

    /// <inheritdoc/>
    public IDiskFile Create(string name) => Guard(() => new LocalFile(PathOf(name), FileMode.CreateNew));

    /// <inheritdoc/>
    public void Rename(string from, string to) => Guard(() => File.Move(PathOf(from), PathOf(to), overwrite: true));

    /// <inheritdoc/>
    public void Delete(string name) => Guard(() => File.Delete(PathOf(name)));

    /// <inheritdoc/>
    public void SyncDirectory() => Guard(() => Libc.SyncDirectory(_directory));

    /// <inheritdoc/>
    public IDisposable Lock()
    {
        try
        {
            return new FileStream(PathOf(LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new VitessException(
                ErrorCodes.ShardError, $"another process has the log: {_directory}", sqlState: "55006", hint: "Only one process at a time can open a log. Stop the other one.", inner: exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(exception);
        }
    }

    internal static void Guard(Action action) => Guard(() =>
    {
        action();
        return 0;
    });

    internal static T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(exception);
        }
    }

    internal static VitessException Failure(Exception exception) => exception.HResult is DiskFullHResult or NoSpace
        ? new VitessException(ErrorCodes.ShardError, exception.Message, sqlState: "53100", hint: "Make room on the disk; nothing of the statement was kept.", inner: exception)
        : new VitessException(ErrorCodes.ShardError, exception.Message, sqlState: "58030", inner: exception);

    private string PathOf(string name) => Path.Combine(_directory, name);
}
