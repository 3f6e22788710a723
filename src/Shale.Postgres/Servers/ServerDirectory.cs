using System.Globalization;

namespace Shale.Postgres;

/// <summary>
/// The data directory of a private server, held by a lock: the cluster of PostgreSQL (<c>cluster</c>), its log (<c>server.log</c>), where its socket is (<c>socket</c>), the lock (<c>server.lock</c>).
/// The socket has a private directory of its own, whose path is short, and which is held by a lock, too. Closed when the server has ended.
/// </summary>
internal sealed class ServerDirectory : IDisposable
{
    /// <summary>PostgreSQL's superuser; nobody but the owner of the server connects as it.</summary>
    public const string Superuser = "shale_owner";

    /// <summary>The file whose lock the owner of a data directory has.</summary>
    internal const string LockName = "server.lock";

    private const int LongestSocketDirectory = 80;
    private const long LargestLogBytes = 16 << 20;

    private readonly FileStream _lock;
    private readonly bool _isTemporary;
    private FileStream? _socketLock;

    private ServerDirectory(string path, bool isTemporary, FileStream @lock) => (Path, _isTemporary, _lock) = (path, isTemporary, @lock);

    public string Path { get; }

    public string Cluster => ClusterIn(Path);

    public string Log => System.IO.Path.Combine(Path, "server.log");

    /// <summary>The directory of the socket.</summary>
    public string Socket { get; private set; } = "";

    public required ServerAccount Account { get; init; }

    public ServerBinaries Binaries { get; private set; } = null!;

    /// <summary>Opens the directory and makes the cluster if there is none. Errors: SHARD_ERROR: (55006) if another process holds it, and those of its account and programs.</summary>
    public static ServerDirectory Open(PrivateServerOptions options)
    {
        var isTemporary = options.DataDirectory is null;
        var path = options.DataDirectory is { } given ? System.IO.Path.GetFullPath(given) : System.IO.Path.GetTempPath();
        try
        {
            Directory.CreateDirectory(path);
            (path, var taken) = isTemporary ? TemporaryData.Make() : (path, TakeLock(path));
            var directory = new ServerDirectory(path, isTemporary, taken) { Account = ServerAccount.Choose(path) };
            try
            {
                directory.Prepare(options.Durable);
                return directory;
            }
            catch
            {
                directory.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new VitessException(ErrorCodes.ShardError, $"the directory {path} of the PostgreSQL server cannot be used: {exception.Message}", sqlState: "58030", inner: exception);
        }
    }

    /// <summary>Removes the socket's directory, and the data of a temporary server; lets go of the lock.</summary>
    public void Dispose()
    {
        TryDelete(Socket);
        _socketLock?.Dispose();

        // Under the lock: without it, it would be somebody's who has died, and others would remove it, too.
        if (_isTemporary) TemporaryData.Delete(Path);
        _lock.Dispose();
    }

    internal static string ClusterIn(string path) => System.IO.Path.Combine(path, "cluster");

    /// <summary>Removes the directory of the socket that a process which was killed has left.</summary>
    internal static void RemoveSocket(string path)
    {
        var note = SocketNote(path);
        if (File.Exists(note) && File.ReadAllText(note) is var left && System.IO.Path.GetFileName(left).StartsWith(TemporaryData.SocketPrefix, StringComparison.Ordinal)) TryDelete(left);
    }

    private void Prepare(bool durable)
    {
        Account.Own(Path);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Binaries = ServerBinaries.Find(MadeBy());
        if (!Directory.Exists(Cluster)) Initialize(durable);
        Account.Own(Cluster);
        if (File.Exists(Log) && new FileInfo(Log).Length > LargestLogBytes) File.Move(Log, Log + ".old", overwrite: true);
        MakeSocketDirectory();
    }

    private int? MadeBy()
    {
        var file = System.IO.Path.Combine(Cluster, "PG_VERSION");
        if (!Directory.Exists(Cluster)) return null;
        if (File.Exists(file) && int.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var version)) return version;
        throw new VitessException(ErrorCodes.ShardError, $"the directory {Cluster} is no cluster of PostgreSQL: it has no PG_VERSION", sqlState: "XX001", hint: "Restore it from a backup, or give an empty directory.");
    }

    // Beside, and renamed when it is whole: a crash leaves no half of a cluster.
    private void Initialize(bool durable)
    {
        var fresh = Cluster + ".new";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        List<string> initdb = [Binaries["initdb"], "-D", fresh, "-U", Superuser, "--locale=C.UTF-8", "-E", "UTF8", "-A", "trust", "--no-instructions"];
        if (!durable) initdb.Add("--no-sync");
        Programs.Require(Account.Command(initdb));
        Directory.Move(fresh, Cluster);
    }

    private void MakeSocketDirectory()
    {
        RemoveSocket(Path);
        (Socket, _socketLock) = TemporaryData.MakeSocket();
        File.WriteAllText(SocketNote(Path), Socket);
        Account.Own(Socket);
    }

    private static string SocketNote(string path) => System.IO.Path.Combine(path, "socket");

    /// <summary>A new directory with a short path: a socket's has 107 bytes at most.</summary>
    internal static string ShortTemporary(string prefix)
    {
        var made = Directory.CreateTempSubdirectory(prefix).FullName;
        if (System.Text.Encoding.UTF8.GetByteCount(made) <= LongestSocketDirectory) return made;
        Directory.Delete(made);
        var other = System.IO.Path.Combine("/tmp", prefix + System.IO.Path.GetRandomFileName());
        if (!OperatingSystem.IsWindows()) Directory.CreateDirectory(other, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return other;
    }

    /// <summary>Takes the lock of a data directory. Errors: SHARD_ERROR: (55006) if another process has it.</summary>
    internal static FileStream TakeLock(string path)
    {
        var file = System.IO.Path.Combine(path, LockName);
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (File.Exists(file))
        {
            throw new VitessException(ErrorCodes.ShardError, $"another process has the PostgreSQL server in {path}", sqlState: "55006", hint: "Stop it, or give another directory.", inner: exception);
        }
    }

    /// <summary>Removes a directory with all that is in it, as far as that is possible.</summary>
    internal static void TryDelete(string directory)
    {
        try
        {
            if (directory.Length > 0 && Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What is left of a temporary directory harms nobody.
        }
    }
}
