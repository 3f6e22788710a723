using System.Runtime.InteropServices;
using System.Text;

namespace Shale.Vitess;

/// <summary>topology.json on a real disk: written beside, synced, renamed over, directory synced. Not thread-safe.</summary>
internal sealed class TopologyFile : ITopologyFile
{
    private const int DiskFull = 28;
    private readonly string _directory;
    private readonly string _path;
    private readonly FileStream _lock;

    public TopologyFile(string directory)
    {
        _directory = Path.GetFullPath(directory);
        _path = Path.Combine(_directory, "topology.json");
        try
        {
            Directory.CreateDirectory(_directory);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Failed("cannot make", failure);
        }

        _lock = TakeLock();
    }

    public string? Read()
    {
        try
        {
            return File.Exists(_path) ? File.ReadAllText(_path) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Failed("cannot read", failure);
        }
    }

    public void Replace(string text)
    {
        var beside = _path + ".new";
        try
        {
            using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, _path, overwrite: true);
            DirectorySync.Sync(_directory);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Failed("cannot write", failure);
        }
    }

    public void Dispose() => _lock.Dispose();

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
            throw new VitessException(ErrorCodes.ShardError, $"the data directory {_directory} is open in another process", sqlState: "55006",
                hint: "Stop the other process, or choose another directory with --data.", inner: failure);
        }
    }

    private VitessException Failed(string what, Exception failure)
    {
        var full = (failure.HResult & 0xFFFF) == DiskFull && !RuntimeInformation.IsOSPlatform(OSPlatform.Windows);
        return new VitessException(ErrorCodes.ShardError, $"{what} the data directory {_directory}: {failure.Message}", sqlState: full ? "53100" : "58030",
            hint: full ? "Make room on the disk." : "Check the directory's permissions and its disk.", inner: failure);
    }
}
