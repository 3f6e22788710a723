using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Shale.PageLog;

/// <summary>What .NET has no call for: waiting for a file's data without its times, and for a directory.</summary>
internal static partial class Libc
{
    private const string Library = "libc";
    private const int ReadOnly = 0;

    /// <summary>fdatasync(2). Errors: IOException.</summary>
    public static void DataSync(SafeFileHandle file) => Check(fdatasync(file));

    /// <summary>fsync(2) of a directory. Errors: IOException.</summary>
    public static void SyncDirectory(string path)
    {
        var descriptor = open(path, ReadOnly);
        if (descriptor < 0) Check(descriptor);
        var result = fsync(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = close(descriptor);
        Marshal.SetLastPInvokeError(error);
        Check(result);
    }

    private static void Check(int result)
    {
        if (result == 0) return;
        var error = Marshal.GetLastPInvokeError();
        throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fsync(int file);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int close(int file);
}
