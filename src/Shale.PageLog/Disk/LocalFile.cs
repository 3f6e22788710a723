using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Shale.PageLog;

/// <summary>A file of a <see cref="LocalDisk"/>.</summary>
internal sealed class LocalFile : IDiskFile
{
    private const int ZeroBytes = 1 << 20;
    private static readonly byte[] Zeros = new byte[ZeroBytes];

    // How long a thread that syncs stays awake, at most; else two fifths of what it took lately.
    private static readonly long LongestAwake = Stopwatch.Frequency / 25_000;
    private readonly SafeFileHandle _handle;
    private long _begun;
    private long _usual;

    /// <summary>Opens or makes the file, for this process alone.</summary>
    public LocalFile(string path, FileMode mode, FileAccess access) => _handle = File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete);

    /// <inheritdoc/>
    public long Length => RandomAccess.GetLength(_handle);

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> destination)
    {
        try
        {
            var done = 0;
            while (done < destination.Length)
            {
                var read = RandomAccess.Read(_handle, destination[done..], offset + done);
                if (read == 0) break;
                done += read;
            }

            return done;
        }
        catch (ObjectDisposedException)
        {
            throw PageStore.Closed();
        }
        catch (IOException exception)
        {
            throw LocalDisk.Failure(exception);
        }
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        try
        {
            RandomAccess.Write(_handle, source, offset);
        }
        catch (ObjectDisposedException)
        {
            throw PageStore.Closed();
        }
        catch (IOException exception)
        {
            throw LocalDisk.Failure(exception);
        }
    }

    /// <summary>Writes zeros rather than only reserving: a commit into written blocks is a third faster than into reserved ones (spec/page-log-findings.md, section 3).</summary>
    public void Reserve(long length)
    {
        for (var offset = Length; offset < length;)
        {
            var count = (int)Math.Min(ZeroBytes, length - offset);
            Write(offset, Zeros.AsSpan(0, count));
            offset += count;
        }
    }

    /// <inheritdoc/>
    public void Truncate(long length) => LocalDisk.Guard(() => RandomAccess.SetLength(_handle, length));

    /// <inheritdoc/>
    public void BeginSync(long offset, long length)
    {
        var begun = Stopwatch.GetTimestamp();
        LocalDisk.Guard(() => Libc.BeginDataSync(_handle, offset, length));
        Volatile.Write(ref _begun, begun);
    }

    /// <inheritdoc/>
    public void Sync()
    {
        var begun = Interlocked.Exchange(ref _begun, 0);
        if (begun != 0) StayAwake(begun);
        LocalDisk.Guard(() => Libc.DataSync(_handle));
        if (begun != 0) Volatile.Write(ref _usual, _usual + ((Stopwatch.GetTimestamp() - begun - _usual) / 8));
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    // A disk takes bytes in some 40 µs, then it is asked to keep them. To sleep and be woken in between costs half of that again; whoever wants the processor gets it.
    private void StayAwake(long begun)
    {
        var until = begun + Math.Min(LongestAwake, Volatile.Read(ref _usual) * 2 / 5);
        while (Stopwatch.GetTimestamp() < until && ThreadPool.PendingWorkItemCount == 0) Thread.SpinWait(8);
    }
}
