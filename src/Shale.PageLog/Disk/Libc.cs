using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Shale.PageLog;

/// <summary>What .NET has no call for: waiting for a file's data without its times, and for a directory; memory in large pages.</summary>
internal static partial class Libc
{
    private const string Library = "libc";
    private const int ReadOnly = 0, HugePages = 14, InvalidArgument = 22, IllegalSeek = 29, NotImplemented = 38, NotSupported = 95;
    private const uint WriteRange = 2;
    private const nint LargePageBytes = 2 << 20;

    /// <summary>fdatasync(2). Errors: IOException.</summary>
    public static void DataSync(SafeFileHandle file) => Check(fdatasync(file));

    /// <summary>Begins to write a part of a file to its disk: sync_file_range(2) with nothing to wait for. Does nothing where there is no such call. Errors: IOException.</summary>
    public static void BeginDataSync(SafeFileHandle file, long offset, long length)
    {
        if (!OperatingSystem.IsLinux() || sync_file_range(file, offset, length, WriteRange) == 0) return;
        if (Marshal.GetLastPInvokeError() is not (InvalidArgument or IllegalSeek or NotImplemented or NotSupported)) Check(-1);
    }

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

    /// <summary>Asks for large pages where an array lies, as far as it holds whole ones; where there are none, nothing changes. The array is pinned.</summary>
    public static unsafe void AdviseLargePages(byte[] pinned)
    {
        if (!OperatingSystem.IsLinux()) return;
        fixed (byte* start = pinned)
        {
            var first = ((nint)start + LargePageBytes - 1) & -LargePageBytes;
            var end = ((nint)start + pinned.Length) & -LargePageBytes;
            if (end > first) _ = madvise(first, (nuint)(end - first), HugePages);
        }
    }

    private static void Check(int result)
    {
        if (result == 0) return;
        var error = Marshal.GetLastPInvokeError();
        throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }

    [LibraryImport(Library)]
    private static partial int madvise(nint start, nuint bytes, int advice);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int sync_file_range(SafeFileHandle file, long offset, long bytes, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fsync(int file);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int close(int file);
}
