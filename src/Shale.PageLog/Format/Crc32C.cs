using System.Numerics;
using System.Runtime.InteropServices;

namespace Shale.PageLog;

/// <summary>CRC-32C (Castagnoli, RFC 3720 B.4), by the processor's instruction.</summary>
internal static class Crc32C
{
    private const uint Start = 0xFFFFFFFF;

    /// <summary>The checksum of bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => End(Add(Begin(), bytes));

    /// <summary>The state before any byte.</summary>
    public static uint Begin() => Start;

    /// <summary>The state after more bytes.</summary>
    public static uint Add(uint state, ReadOnlySpan<byte> bytes)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes)) state = BitOperations.Crc32C(state, word);
        for (var i = bytes.Length & ~7; i < bytes.Length; i++) state = BitOperations.Crc32C(state, bytes[i]);
        return state;
    }

    /// <summary>The checksum of the bytes so far.</summary>
    public static uint End(uint state) => ~state;
}
