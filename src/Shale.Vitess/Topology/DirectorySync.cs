using System.Runtime.InteropServices;
using System.Text;

namespace Shale.Vitess;

/// <summary>fsync of a directory, which makes a rename in it durable; .NET has no call for it. Windows needs none.</summary>
internal static class DirectorySync
{
    /// <summary>Syncs; throws <see cref="IOException"/>.</summary>
    public static void Sync(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(Encoding.UTF8.GetBytes(directory + "\0"), 0);
        if (descriptor < 0) throw new IOException($"cannot open {directory} to sync it", Marshal.GetLastPInvokeError());
        try
        {
            if (Fsync(descriptor) != 0) throw new IOException($"cannot sync {directory}", Marshal.GetLastPInvokeError());
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
