namespace Shale.PageLog;

/// <summary>
/// Bytes of a transaction that is larger than memory: a file without a name, gone when it is disposed, or with the process. Used by one thread at a time while it grows, then read by any.
/// </summary>
internal sealed class SpillFile : IDisposable
{
    private const string Prefix = "transaction-", Suffix = ".tmp";
    private static long _last;
    private readonly IDiskFile _file;

    /// <summary>Makes an empty one. Errors: SHARD_ERROR (53100, 58030).</summary>
    public SpillFile(IDisk disk)
    {
        var name = $"{Prefix}{Interlocked.Increment(ref _last)}{Suffix}";
        if (disk.List().Contains(name)) disk.Delete(name);
        _file = disk.Create(name);
        disk.Delete(name);
    }

    /// <summary>Bytes in it.</summary>
    public long Length { get; private set; }

    /// <summary>Whether a file is one that a crash has left.</summary>
    public static bool IsName(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>Adds bytes at the end and returns their offset.</summary>
    public long Add(ReadOnlySpan<byte> bytes)
    {
        var offset = Length;
        _file.Write(offset, bytes);
        Length += bytes.Length;
        return offset;
    }

    /// <summary>Writes bytes over others.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes) => _file.Write(offset, bytes);

    /// <summary>Reads bytes that were added. Errors: SHARD_ERROR (58030).</summary>
    public void Read(long offset, Span<byte> destination)
    {
        if (_file.Read(offset, destination) < destination.Length) throw new VitessException(ErrorCodes.ShardError, "a temporary file of a transaction is shorter than what was written to it", sqlState: "58030");
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
