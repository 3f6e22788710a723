using System.Runtime.InteropServices;
using System.Text;

namespace Shale.Vitess;

/// <summary>How the files of a data directory are written, and what is said where that fails.</summary>
internal static class DataFiles
{
    private const int DiskFull = 28;

    /// <summary>Replaces a text: written beside, synced, renamed over, directory synced. Throws what the disk throws.</summary>
    public static void Replace(string path, string text)
    {
        var beside = path + ".new";
        using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
        DirectorySync.Sync(Path.GetDirectoryName(path)!);
    }

    /// <summary>Does something with the files of a data directory; SHARD_ERROR (58030, 53100) where the disk fails.</summary>
    public static T Do<T>(string directory, string what, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Failed(directory, what, failure);
        }
    }

    /// <summary>The error for a disk that fails.</summary>
    public static VitessException Failed(string directory, string what, Exception failure)
    {
        var full = (failure.HResult & 0xFFFF) == DiskFull && !RuntimeInformation.IsOSPlatform(OSPlatform.Windows);
        return new VitessException(ErrorCodes.ShardError, $"{what} the data directory {directory}: {failure.Message}", sqlState: full ? "53100" : "58030",
            hint: full ? "Make room on the disk." : "Check the directory's permissions and its disk.", inner: failure);
    }
}
