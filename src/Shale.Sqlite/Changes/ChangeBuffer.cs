using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shale.Sqlite;

/// <summary>
/// Bytes that grow at the end and are cut back: in memory, and once they are many, in a temporary file that is mapped, so that the system can take the memory back. Kept from transaction to
/// transaction; used by one thread at a time.
/// Hot path: update of 100,000 rows with row changes.
/// </summary>
/// <param name="memoryBytes">How many bytes stay in memory.</param>
/// <param name="longestBytes">More than that is an error; at most 2 GiB.</param>
/// <param name="directory">Where the temporary file is made.</param>
internal sealed unsafe class ChangeBuffer(int memoryBytes, int longestBytes, string directory) : IDisposable
{
    private const int FirstBytes = 16 * 1024;

    // What is kept for the next transaction.
    private const int KeptBytes = 1024 * 1024;

    private byte* _start;
    private byte* _next;
    private byte* _end;
    private MappedTempFile? _file;

    /// <summary>How many bytes there are.</summary>
    public int Length => (int)(_next - _start);

    /// <summary>The bytes, until the next change.</summary>
    public ReadOnlySpan<byte> Bytes => new(_start, Length);

    /// <summary>Whether they are in a file.</summary>
    public bool IsInFile => _file is not null;

    /// <summary>Cuts back to an earlier length.</summary>
    public void Cut(int length) => _next = _start + length;

    /// <summary>Forgets everything, and gives back what was much.</summary>
    public void Clear()
    {
        _next = _start;
        if (_file is null && _end - _start <= KeptBytes) return;
        Dispose();
    }

    /// <summary>Room for more bytes, to be written at once. Errors: RESOURCE_EXHAUSTED (54000).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Room(int bytes)
    {
        if (_end - _next < bytes) Grow(bytes);
        return _next;
    }

    /// <summary>Takes the bytes up to a pointer into the room that was given.</summary>
    public void Take(byte* end) => _next = end;

    /// <summary>Adds a byte.</summary>
    public void Add(byte value)
    {
        *Room(1) = value;
        _next++;
    }

    /// <summary>Adds a number.</summary>
    public void AddVarint(ulong value) => _next = PutVarint(Room(RowChangeFormat.LongestVarint), value);

    /// <summary>Adds a number that may be negative.</summary>
    public void AddSigned(long value) => AddVarint(ZigZag(value));

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(new Span<byte>(Room(bytes.Length), bytes.Length));
        _next += bytes.Length;
    }

    /// <summary>Adds zeros and says where they begin.</summary>
    public int AddZeros(int bytes)
    {
        var at = Length;
        new Span<byte>(Room(bytes), bytes).Clear();
        _next += bytes;
        return at;
    }

    /// <summary>Sets a bit of bytes added before.</summary>
    public void SetBit(int at, int bit) => _start[at + (bit >> 3)] |= (byte)(1 << (bit & 7));

    /// <summary>Writes a number, seven bits a byte, the lowest first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* PutVarint(byte* at, ulong value)
    {
        while (value >= 0x80)
        {
            *at++ = (byte)(value | 0x80);
            value >>= 7;
        }

        *at++ = (byte)value;
        return at;
    }

    /// <summary>Small numbers for those near zero.</summary>
    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (_file is not null) _file.Dispose();
        else NativeMemory.Free(_start);
        _file = null;
        _start = _next = _end = null;
    }

    private void Grow(int bytes)
    {
        var length = Length;
        var needed = (long)length + bytes;
        if (needed > longestBytes)
        {
            throw new VitessException(ErrorCodes.ResourceExhausted, $"a transaction changes more rows than the log takes at once: their values are longer than {longestBytes} bytes",
                sqlState: "54000", hint: "Change the rows in several transactions.");
        }

        var room = Math.Min(longestBytes, Math.Max(Math.Max(FirstBytes, needed), 2 * (_end - _start)));
        if (room <= memoryBytes) _start = (byte*)NativeMemory.Realloc(_start, (nuint)room);
        else GrowFile(length, room);
        _next = _start + length;
        _end = _start + room;
    }

    private void GrowFile(int length, long room)
    {
        if (_file is not null)
        {
            _start = _file.Grow(room);
            return;
        }

        var file = new MappedTempFile(directory);
        byte* start;
        try
        {
            start = file.Grow(room);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        Buffer.MemoryCopy(_start, start, room, length);
        NativeMemory.Free(_start);
        _file = file;
        _start = start;
    }
}
