using System.Globalization;

namespace Shale.Vitess;

/// <summary>topology.json on a real disk: written beside, synced, renamed over, directory synced. Not thread-safe.</summary>
internal sealed class TopologyFile : ITopologyFile
{
    /// <summary>Its name in a data directory; a directory without it is none.</summary>
    public const string Name = "topology.json";

    private readonly string _directory;
    private readonly string _path;
    private readonly string _pidPath;
    private readonly FileStream _lock;

    public TopologyFile(string directory)
    {
        _directory = Path.GetFullPath(directory);
        _path = Path.Combine(_directory, Name);
        _pidPath = Path.Combine(_directory, "lock.pid");
        try
        {
            Directory.CreateDirectory(_directory);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Failed("cannot make", failure);
        }

        _lock = TakeLock();
        WritePid();
    }

    public string? Read() => DataFiles.Do(_directory, "cannot read", () => File.Exists(_path) ? File.ReadAllText(_path) : null);

    public void Replace(string text) => DataFiles.Do(_directory, "cannot write", () =>
    {
        DataFiles.Replace(_path, text);
        return true;
    });

    public void Dispose()
    {
        try
        {
            File.Delete(_pidPath);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It only informs; the next owner writes it anew.
        }

        _lock.Dispose();
    }

    private FileStream TakeLock()
    {
        try
        {
            return new FileStream(Path.Combine(_directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw Failed("cannot open", failure);
        }
        catch (IOException failure)
        {
            var pid = ReadPid();
            var stop = pid is null ? "Stop the other process" : $"Stop it (kill {pid})";
            throw new VitessException(ErrorCodes.ShardError, $"the data directory {_directory} is open in another process{(pid is null ? "" : $", {pid}")}", sqlState: "55006",
                hint: stop + ", or choose another directory with --data.", inner: failure);
        }
    }

    // The lock is the operating system's and ends with its process, however that ends. The number beside it only tells people whom to stop.
    private void WritePid()
    {
        try
        {
            File.WriteAllText(_pidPath, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _lock.Dispose();
            throw Failed("cannot write", failure);
        }
    }

    private string? ReadPid()
    {
        try
        {
            return int.TryParse(File.ReadAllText(_pidPath), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var pid)
                ? pid.ToString(CultureInfo.InvariantCulture)
                : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private VitessException Failed(string what, Exception failure) => DataFiles.Failed(_directory, what, failure);
}
