using System.Globalization;

namespace Shale.Sql;

/// <summary>Reads the texts of inet and cidr as PostgreSQL does, but for addresses in hexadecimal digits without points.</summary>
internal static class PgNetworkReader
{
    /// <summary>What the text says; null where it is none. Whether a cidr has bits behind its mask is not looked at.</summary>
    /// <param name="text">The text, without blanks around it.</param>
    /// <param name="isCidr">Whether octets may be missing without a mask that says so: then the classes of old give its length.</param>
    public static PgNetwork? Read(string text, bool isCidr)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var isV6 = text.Contains(':', StringComparison.Ordinal);
        var address = slash < 0 ? text : text[..slash];
        int? bits = null;
        if (slash >= 0)
        {
            bits = Number(text[(slash + 1)..], isV6 ? 128 : 32);
            if (bits is null) return null;
        }

        return isV6 ? V6(address, bits) : V4(address, bits, isCidr);
    }

    private static PgNetwork? V4(string text, int? bits, bool isCidr)
    {
        var parts = text.Split('.');
        if (parts.Length > 4 || Octets(parts) is not { } address) return null;
        if (bits is null && parts.Length < 4 && !isCidr) return null;
        bits ??= isCidr ? ClassBits(address, parts.Length) : 32;
        if (parts.Length < 4 && bits / 8 > parts.Length) return null;
        return new PgNetwork(false, address, bits.Value);
    }

    // The classes A to E; octets that are there are the network's.
    private static int ClassBits(uint address, int octets)
    {
        var first = address >> 24;
        var bits = first >= 240 ? 32 : first >= 224 ? 8 : first >= 192 ? 24 : first >= 128 ? 16 : 8;
        if (bits < octets * 8) bits = octets * 8;
        return bits == 8 && first == 224 ? 4 : bits;
    }

    private static uint? Octets(string[] parts)
    {
        uint address = 0;
        for (var i = 0; i < 4; i++)
        {
            var octet = i < parts.Length ? Number(parts[i], 255) : 0;
            if (octet is null) return null;
            address = (address << 8) | (uint)octet;
        }

        return address;
    }

    private static PgNetwork? V6(string text, int? bits)
    {
        var gap = text.IndexOf("::", StringComparison.Ordinal);
        if (gap >= 0 && text.IndexOf("::", gap + 1, StringComparison.Ordinal) >= 0) return null;
        var head = Words(gap < 0 ? text : text[..gap], isLast: gap < 0);
        var tail = gap < 0 ? [] : Words(text[(gap + 2)..], isLast: true);
        if (head is null || tail is null) return null;
        var missing = 8 - head.Count - tail.Count;
        if (gap < 0 ? missing != 0 : missing < 1) return null;
        UInt128 address = 0;
        foreach (var word in head.Concat(Enumerable.Repeat(0, missing)).Concat(tail)) address = (address << 16) | (uint)word;
        return new PgNetwork(true, address, bits ?? 128);
    }

    // Words of 16 bits; behind them there may be an address of 32 with points.
    private static List<int>? Words(string text, bool isLast)
    {
        var words = new List<int>();
        if (text.Length == 0) return words;
        var parts = text.Split(':');
        for (var i = 0; i < parts.Length; i++)
        {
            if (isLast && i == parts.Length - 1 && parts[i].Contains('.', StringComparison.Ordinal))
            {
                var octets = parts[i].Split('.');
                if (octets.Length != 4 || Octets(octets) is not { } address) return null;
                words.Add((int)(address >> 16));
                words.Add((int)(address & 0xffff));
            }
            else
            {
                if (parts[i].Length is 0 or > 4 || !int.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var word)) return null;
                words.Add(word);
            }
        }

        return words;
    }

    private static int? Number(string digits, int most) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number : null;
}
