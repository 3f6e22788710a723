using System.Buffers;
using System.Text;

namespace Shale.Sqlite;

/// <summary>Text as null-terminated UTF-8 for the length of one call: on the stack if it is short, else in a rented buffer.</summary>
internal ref struct Utf8Buffer
{
    /// <summary>How large the caller's piece of stack should be, in bytes.</summary>
    public const int StackBytes = 512;

    private readonly Span<byte> _buffer;
    private byte[]? _rented;

    /// <summary>Encodes the text; TYPE_ERROR (22021) for lone surrogates.</summary>
    public Utf8Buffer(ReadOnlySpan<char> text, Span<byte> stack)
    {
        _buffer = stack;
        if (((long)text.Length * 3) + 1 > stack.Length)
        {
            var needed = Encoding.UTF8.GetByteCount(text) + 1;
            if (needed > stack.Length) _buffer = _rented = ArrayPool<byte>.Shared.Rent(needed);
        }

        try
        {
            Length = Utf8.Write(text, _buffer[..^1]);
            _buffer[Length] = 0;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The length in bytes, without the terminator.</summary>
    public int Length { get; }

    /// <summary>For <c>fixed</c>; never null, for the terminator is always there.</summary>
    public readonly ref byte GetPinnableReference() => ref _buffer[0];

    /// <summary>The bytes, without the terminator.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _buffer[..Length];

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_rented is { } rented) ArrayPool<byte>.Shared.Return(rented);
        _rented = null;
    }
}
