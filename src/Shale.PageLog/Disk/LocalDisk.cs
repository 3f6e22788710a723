namespace Shale.PageLog;

/// <summary>A directory of the machine's file system. It is made if there is none; its parent must exist or be makeable.</summary>
public sealed class LocalDisk : IDisk
{
    internal const string LockName = "lock";

    // The system's number for a full disk, as .NET gives it in an exception.
    private const int DiskFullHResult = unchecked((int)0x80070070), NoSpace = 28, QuotaExceeded = 122;

    private readonly string _directory;
    private readonly FileAccess _access;

    /// <summary>Opens or makes a directory. Errors: SHARD_ERROR (58030).</summary>
    public LocalDisk(string directory)
        : this(directory, FileAccess.ReadWrite) => Guard(() => Directory.CreateDirectory(_directory));

    private LocalDisk(string directory, FileAccess access) => (_directory, _access) = (Path.GetFullPath(directory), access);

    /// <summary>A directory that there is already, whose files are only read. Errors: SHARD_ERROR (58P01) if there is none.</summary>
    public static LocalDisk OpenForReading(string directory) => Directory.Exists(directory)
        ? new LocalDisk(directory, FileAccess.Read)
        : throw new VitessException(ErrorCodes.ShardError, $"there is no directory {directory}", sqlState: "58P01", hint: "Name the directory that holds the log's segment files.");

    /// <inheritdoc/>
    public long TotalBytes => Guard(() => new DriveInfo(_directory).TotalSize);

    /// <inheritdoc/>
    public long FreeBytes => Guard(() => new DriveInfo(_directory).AvailableFreeSpace);

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => Guard(() => Directory.EnumerateFiles(_directory).Select(path => Path.GetFileName(path)).ToList());

    /// <inheritdoc/>
    public IDiskFile Open(string name) => Guard(() => new LocalFile(PathOf(name), FileMode.Open, _access));

    /// <inheritdoc/>
    public IDiskFile Create(string name) => Guard(() => new LocalFile(PathOf(name), FileMode.CreateNew, _access));

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
            // A copy of a log may have no lock to take, and be where nothing can be made.
            if (_access == FileAccess.Read && !File.Exists(PathOf(LockName))) return Stream.Null;
            return new FileStream(PathOf(LockName), _access == FileAccess.Read ? FileMode.Open : FileMode.OpenOrCreate, _access, FileShare.None);
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

    internal static VitessException Failure(Exception exception) => exception.HResult is DiskFullHResult or NoSpace or QuotaExceeded
        ? new VitessException(ErrorCodes.ShardError, exception.Message, sqlState: "53100", hint: "Make room on the disk; nothing of the statement was kept.", inner: exception)
        : new VitessException(ErrorCodes.ShardError, exception.Message, sqlState: "58030", hint: "Look at the disk and at the permissions of the directory.", inner: exception);

    private string PathOf(string name) => Path.Combine(_directory, name);
}
