using System.Buffers.Binary;
using System.Numerics;

namespace Shale.Engines;

/// <summary>
/// The hash that PostgreSQL's hashtext() and hashtextextended() give: Bob Jenkins' lookup3 as hashfn.c has it, of bytes read with the least first, as on all machines that people run it on.
/// Applications take advisory locks by it, so that it must be the same number.
/// </summary>
internal static class PostgresHash
{
    private const int Block = 12;

    /// <summary>hash_bytes().</summary>
    public static int Of(ReadOnlySpan<byte> bytes) => (int)Mixed(bytes, 0).C;

    /// <summary>hash_bytes_extended().</summary>
    /// <param name="bytes">What is hashed.</param>
    /// <param name="seed">With 0 the low half is the short one.</param>
    public static long Of(ReadOnlySpan<byte> bytes, long seed)
    {
        var (b, c) = Mixed(bytes, (ulong)seed);
        return (long)(((ulong)b << 32) | c);
    }

    private static (uint B, uint C) Mixed(ReadOnlySpan<byte> bytes, ulong seed)
    {
        uint a, b, c;
        a = b = c = unchecked(0x9e3779b9 + (uint)bytes.Length + 3923095);
        if (seed != 0)
        {
            a = unchecked(a + (uint)(seed >> 32));
            b = unchecked(b + (uint)seed);
            Mix(ref a, ref b, ref c);
        }

        for (; bytes.Length >= Block; bytes = bytes[Block..])
        {
            Add(bytes, ref a, ref b, ref c);
            Mix(ref a, ref b, ref c);
        }

        // The lowest byte of c is the length's: the last bytes begin behind it.
        Span<byte> last = stackalloc byte[Block];
        last.Clear();
        bytes[..Math.Min(bytes.Length, 8)].CopyTo(last);
        if (bytes.Length > 8) bytes[8..].CopyTo(last[9..]);
        Add(last, ref a, ref b, ref c);
        Finish(ref a, ref b, ref c);
        return (b, c);
    }

    private static void Add(ReadOnlySpan<byte> block, ref uint a, ref uint b, ref uint c)
    {
        unchecked
        {
            a += BinaryPrimitives.ReadUInt32LittleEndian(block);
            b += BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
            c += BinaryPrimitives.ReadUInt32LittleEndian(block[8..]);
        }
    }

    private static void Mix(ref uint a, ref uint b, ref uint c)
    {
        unchecked
        {
            a = (a - c) ^ BitOperations.RotateLeft(c, 4);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 6);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 8);
            b += a;
            a = (a - c) ^ BitOperations.RotateLeft(c, 16);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 19);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 4);
            b += a;
        }
    }

    private static void Finish(ref uint a, ref uint b, ref uint c)
    {
        unchecked
        {
            c = (c ^ b) - BitOperations.RotateLeft(b, 14);
            a = (a ^ c) - BitOperations.RotateLeft(c, 11);
            b = (b ^ a) - BitOperations.RotateLeft(a, 25);
            c = (c ^ b) - BitOperations.RotateLeft(b, 16);
            a = (a ^ c) - BitOperations.RotateLeft(c, 4);
            b = (b ^ a) - BitOperations.RotateLeft(a, 14);
            c = (c ^ b) - BitOperations.RotateLeft(b, 24);
        }
    }
}
