using System.Buffers.Binary;
using Shale.Sql;

namespace Shale.Postgres.Wire;

/// <summary>inet and cidr in PostgreSQL's binary format: the family (2 or 3), the length of the mask, whether it is a cidr, how many bytes the address has, those bytes.</summary>
internal static class BinaryNetwork
{
    private const byte V4 = 2, V6 = 3;

    /// <summary>Writes a value that a shard holds; gives its length in bytes, 20 at most.</summary>
    public static int Write(string held, SqlTypeKind kind, Span<byte> into)
    {
        var value = PgNetwork.Held(held);
        (into[0], into[1], into[2], into[3]) = (value.IsV6 ? V6 : V4, (byte)value.Bits, kind == SqlTypeKind.Cidr ? (byte)1 : (byte)0, (byte)(value.Width / 8));
        if (value.IsV6) BinaryPrimitives.WriteUInt128BigEndian(into[4..], value.Address);
        else BinaryPrimitives.WriteUInt32BigEndian(into[4..], (uint)value.Address);
        return 4 + (value.Width / 8);
    }

    /// <summary>Reads one; null where the bytes are none, or those of a cidr have bits behind the mask.</summary>
    public static PgNetwork? Read(ReadOnlySpan<byte> bytes)
    {
        PgNetwork value;
        if (bytes is [V4, <= 32, _, 4, ..] && bytes.Length == 8) value = new PgNetwork(false, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), bytes[1]);
        else if (bytes is [V6, <= 128, _, 16, ..] && bytes.Length == 20) value = new PgNetwork(true, BinaryPrimitives.ReadUInt128BigEndian(bytes[4..]), bytes[1]);
        else return null;
        return bytes[2] != 0 && value != value.Network ? null : value;
    }
}
