namespace Shale;

/// <summary>
/// One directory of files: the seam through which everything durable is written, so that tests can take the power away at any moment. Thread-safe. Names have no
/// directories in them. Errors: SHARD_ERROR (53100 for a full disk, 58030 for any other failure of the system).
/// </summary>
public interface IDisk
{
    /// <summary>How many bytes there are for files, used or not, those of others included; <see cref="long.MaxValue"/> where nobody knows.</summary>
    long TotalBytes => long.MaxValue;

    /// <summary>About how many bytes more fit; <see cref="long.MaxValue"/> where nobody knows.</summary>
    long FreeBytes => long.MaxValue;

    /// <summary>The names of the files, in no order.</summary>
    IReadOnlyList<string> List();

    /// <summary>Opens a file that exists.</summary>
    IDiskFile Open(string name);

    /// <summary>Makes an empty file, which must not exist. It stays after a crash once <see cref="SyncDirectory"/> has returned.</summary>
    IDiskFile Create(string name);

    /// <summary>Gives a file another name, in place of a file that may have it, at once for whoever looks. Durable with <see cref="SyncDirectory"/>.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file, open or not; one that does not exist is no error.</summary>
    void Delete(string name);

    /// <summary>Makes creations, renames and deletions durable.</summary>
    void SyncDirectory();

    /// <summary>Takes the directory for this process until disposed. Errors: SHARD_ERROR (55006) if another one has it.</summary>
    IDisposable Lock();
}

/// <summary>An open file of an <see cref="IDisk"/>. Reads and writes of different places may run side by side.</summary>
public interface IDiskFile : IDisposable
{
    /// <summary>Its length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads from an offset and returns how many bytes there were; fewer than asked for only at the end of the file.</summary>
    int Read(long offset, Span<byte> destination);

    /// <summary>Writes all bytes at an offset; the file grows as needed. Durable with <see cref="Sync"/>.</summary>
    void Write(long offset, ReadOnlySpan<byte> source);

    /// <summary>Makes the file this long and its space the file's own, so that writing within it cannot meet a full disk. New bytes are zero.</summary>
    void Reserve(long length);

    /// <summary>Cuts the file off.</summary>
    void Truncate(long length);

    /// <summary>
    /// Has the system begin to bring to the disk what was written there, and does not wait: whoever does something else before <see cref="Sync"/> waits less then. Where that cannot be asked for,
    /// nothing happens.
    /// </summary>
    void BeginSync(long offset, long length)
    {
    }

    /// <summary>Waits until everything written is durable (fdatasync). After a failure nothing is known of any write since the last success.</summary>
    void Sync();
}
