using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Shale.Sql;

/// <summary>
/// An address of PostgreSQL's types inet and cidr: of a host, with the network it is in, or of a network. Shards hold the text that PostgreSQL prints, which is one for equal values;
/// their order is that of <see cref="Key"/>.
/// </summary>
/// <param name="IsV6">Whether it has 128 bits; else it has 32.</param>
/// <param name="Address">Its bits.</param>
/// <param name="Bits">How many of them are the network's.</param>
internal readonly record struct PgNetwork(bool IsV6, UInt128 Address, int Bits) : IComparable<PgNetwork>
{
    /// <summary>How many bits an address has.</summary>
    public int Width => IsV6 ? 128 : 32;

    private UInt128 All => IsV6 ? UInt128.MaxValue : uint.MaxValue;

    // The bits behind the network's.
    private UInt128 Behind => Bits == Width ? 0 : All >> Bits;

    /// <summary>The network that it is in.</summary>
    public PgNetwork Network => this with { Address = Address & ~Behind };

    /// <summary>The last address of the network.</summary>
    public PgNetwork Broadcast => this with { Address = Address | Behind };

    /// <summary>The mask of the network, as an address.</summary>
    public PgNetwork Mask => new(IsV6, All & ~Behind, Width);

    /// <summary>What the mask leaves to hosts, as an address.</summary>
    public PgNetwork HostMask => new(IsV6, Behind, Width);

    /// <summary>Bytes in the order of the values: by family, by what both networks share, by the length of the mask, by the rest.</summary>
    public byte[] Key
    {
        get
        {
            // Bits of a shorter network that a longer one has set come behind its end: 0, then each bit with a 1 in front, as far as the network goes.
            var key = new byte[1 + 32 + 16];
            key[0] = IsV6 ? (byte)1 : (byte)0;
            for (var i = 0; i < Bits; i++)
            {
                var bit = (int)(Address >> (Width - 1 - i) & 1);
                Put(key, 8 + (2 * i), 1);
                Put(key, 9 + (2 * i), bit);
            }

            BinaryPrimitives.WriteUInt128BigEndian(key.AsSpan(33), Address);
            return key;
        }
    }

    /// <summary>Reads what stands for a value of the type. Error: 22P02.</summary>
    public static PgNetwork Parse(string text, SqlTypeKind kind)
    {
        var value = PgNetworkReader.Read(text, isCidr: kind == SqlTypeKind.Cidr) ?? throw SqlErrors.InvalidText(new SqlType(kind), text);
        if (kind == SqlTypeKind.Cidr && value != value.Network)
            throw SqlErrors.Data($"invalid cidr value: \"{text}\"", "22P02", "Value has bits set to right of mask: write the network's own address, or use inet.");
        return value;
    }

    /// <summary>The text of a value that a shard holds.</summary>
    public static PgNetwork Held(string text) => PgNetworkReader.Read(text, isCidr: false) ?? throw SqlErrors.InvalidText(new SqlType(SqlTypeKind.Inet), text);

    /// <summary>As PostgreSQL prints the type: of an inet that is a host without the mask.</summary>
    public string ToString(SqlTypeKind kind) => kind == SqlTypeKind.Inet && Bits == Width ? Host : Shown;

    /// <summary>With the length of the mask in any case: what a cast to text gives.</summary>
    public string Shown => string.Create(CultureInfo.InvariantCulture, $"{Host}/{Bits}");

    /// <summary>The address alone.</summary>
    public string Host => IsV6 ? HostV6() : Dotted((uint)Address);

    /// <summary>By family, by what both networks share, by the length of the mask, by the rest.</summary>
    public int CompareTo(PgNetwork other) => Key.AsSpan().SequenceCompareTo(other.Key);

    /// <summary>Whether the other network is a part of this one, or equal.</summary>
    public bool Contains(PgNetwork other) => IsV6 == other.IsV6 && Bits <= other.Bits && (other.Address & ~Behind) == (Address & ~Behind);

    /// <summary>Whether one of both contains the other.</summary>
    public bool Overlaps(PgNetwork other) => Contains(other) || other.Contains(this);

    /// <summary>With another length of the mask; -1 for that of a host. Error: 22023.</summary>
    public PgNetwork WithBits(long bits)
    {
        if (bits == -1) bits = Width;
        return bits >= 0 && bits <= Width ? this with { Bits = (int)bits } : throw SqlErrors.Data($"invalid mask length: {bits}", "22023");
    }

    /// <summary>So many addresses further. Error: 22003.</summary>
    public PgNetwork Plus(long count)
    {
        var sum = (BigInteger)Address + count;
        return sum.Sign >= 0 && sum <= All ? this with { Address = (UInt128)sum } : throw SqlErrors.Data("result is out of range", "22003");
    }

    /// <summary>How many addresses it is behind another. Errors: 22023, 22003.</summary>
    public long Minus(PgNetwork other)
    {
        RequireFamily(other, "subtract");
        var distance = (BigInteger)Address - other.Address;
        return distance >= long.MinValue && distance <= long.MaxValue ? (long)distance : throw SqlErrors.Data("result is out of range", "22003");
    }

    /// <summary>Bits combined with those of another. Error: 22023.</summary>
    public PgNetwork Combined(PgNetwork other, bool isAnd)
    {
        RequireFamily(other, isAnd ? "AND" : "OR");
        return new PgNetwork(IsV6, isAnd ? Address & other.Address : Address | other.Address, Math.Max(Bits, other.Bits));
    }

    /// <summary>Its bits turned around.</summary>
    public PgNetwork Inverted => this with { Address = ~Address & All };

    /// <summary>The smallest network that both are in. Error: 22023.</summary>
    public PgNetwork Merged(PgNetwork other)
    {
        if (IsV6 != other.IsV6) throw SqlErrors.Data("cannot merge addresses from different families", "22023");
        var differ = Address ^ other.Address;
        var same = differ == 0 ? Width : (int)UInt128.LeadingZeroCount(differ) - (128 - Width);
        return (this with { Bits = Math.Min(same, Math.Min(Bits, other.Bits)) }).Network;
    }

    /// <summary>The shortest text of it that is understood: zeros at the end of a network are left away. Error: 0A000 for a network of 128 bits.</summary>
    public string Abbreviated(SqlTypeKind kind)
    {
        if (kind == SqlTypeKind.Inet) return ToString(kind);
        if (IsV6) throw SqlErrors.Unsupported("abbrev of a network of IPv6");
        var octets = Math.Max(1, (Bits + 7) / 8);
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join('.', Dotted((uint)Address).Split('.').Take(octets))}/{Bits}");
    }

    private static void Put(byte[] key, int at, int bit) => key[at / 8] |= (byte)(bit << (7 - (at % 8)));

    private void RequireFamily(PgNetwork other, string what)
    {
        if (IsV6 != other.IsV6) throw SqlErrors.Data($"cannot {what} inet values of different sizes", "22023");
    }

    private static string Dotted(uint address) => string.Create(CultureInfo.InvariantCulture, $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}");

    // The longest run of zeros, the first of equal ones, is written as two colons; IPv4 behind zeros, or behind ffff, with dots.
    private string HostV6()
    {
        var words = new int[8];
        for (var i = 0; i < 8; i++) words[i] = (int)(Address >> (112 - (16 * i)) & 0xffff);
        var (start, length) = Zeros(words);
        var isV4 = start == 0 && (length == 6 || (length == 7 && words[7] != 1) || (length == 5 && words[5] == 0xffff));
        var text = new StringBuilder();
        for (var i = 0; i < 8; i++)
        {
            if (length > 0 && i >= start && i < start + length)
            {
                if (i == start) text.Append(':');
                continue;
            }

            if (i > 0) text.Append(':');
            if (i == 6 && isV4) return text.Append(Dotted((uint)(Address & uint.MaxValue))).ToString();
            text.Append(words[i].ToString("x", CultureInfo.InvariantCulture));
        }

        return length > 0 && start + length == 8 ? text.Append(':').ToString() : text.ToString();
    }

    private static (int Start, int Length) Zeros(int[] words)
    {
        var (best, longest) = (-1, 1);
        for (var i = 0; i < 8; i++)
        {
            var end = i;
            while (end < 8 && words[end] == 0) end++;
            if (end - i > longest) (best, longest) = (i, end - i);
            i = Math.Max(i, end - 1);
        }

        return best < 0 ? (0, 0) : (best, longest);
    }
}
