using System.IO.MemoryMappedFiles;

namespace Shale.Sqlite;

/// <summary>A temporary file as memory. It has no name from the beginning, so that nothing is left of it whatever ends the process. Used by one thread at a time.</summary>
internal sealed unsafe class MappedTempFile : IDisposable
{
    private const int DiskFullHResult = unchecked((int)0x80070070), NoSpace = 28;
    private static readonly byte[] Zeros = new byte[1 << 20];

    private readonly FileStream _stream;
    private MemoryMappedFile? _map;
    private MemoryMappedViewAccessor? _view;

    /// <summary>Makes the file. Errors: SHARD_ERROR (58030).</summary>
    public MappedTempFile(string directory)
    {
        var path = Path.Combine(directory, $"shale-changes-{Environment.ProcessId}-{Path.GetRandomFileName()}");
        _stream = Guard(() =>
        {
            var stream = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 1);
            File.Delete(path);
            return stream;
        });
    }

    /// <summary>Makes the file longer, and says where it is in memory now. Errors: SHARD_ERROR (53100, 58030); it then is where it was.</summary>
    public byte* Grow(long bytes)
    {
        var (map, view) = Guard(() => Map(bytes));
        Unmap();
        (_map, _view) = (map, view);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        return start;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Unmap();
        _stream.Dispose();
    }

    private (MemoryMappedFile Map, MemoryMappedViewAccessor View) Map(long bytes)
    {
        Fill(bytes);
        var map = MemoryMappedFile.CreateFromFile(_stream, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        try
        {
            return (map, map.CreateViewAccessor(0, bytes));
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    // With zeros, not with a hole: where a full disk had no place for a page, writing to memory would end the process.
    private void Fill(long bytes)
    {
        for (var at = RandomAccess.GetLength(_stream.SafeFileHandle); at < bytes; at += Zeros.Length) RandomAccess.Write(_stream.SafeFileHandle, Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, bytes - at)), at);
    }

    private static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var isFull = exception.HResult is DiskFullHResult or NoSpace;
            throw new VitessException(ErrorCodes.ShardError, $"the changed rows of a transaction cannot be kept in a temporary file: {exception.Message}", sqlState: isFull ? "53100" : "58030",
                hint: "Free some space in the directory of temporary files, or change the rows in several transactions.", inner: exception);
        }
    }

    private void Unmap()
    {
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _map?.Dispose();
        (_view, _map) = (null, null);
    }
}
