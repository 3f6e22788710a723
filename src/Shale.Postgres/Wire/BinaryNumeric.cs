using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Shale.Postgres.Wire;

/// <summary>PostgreSQL's binary numeric: groups of four decimal digits, the weight of the first, the sign, and how many digits stand behind the point.</summary>
internal static class BinaryNumeric
{
    private const ushort Negative = 0x4000, NotANumber = 0xc000, Infinite = 0xd000, MinusInfinite = 0xf000;

    /// <summary>Writes the text of a numeric without exponent; the room it takes is at most 12 bytes and the text's length.</summary>
    public static int Write(ReadOnlySpan<char> text, Span<byte> into)
    {
        if (text is "NaN") return Head(into, 0, 0, NotANumber, 0);
        if (text is "Infinity") return Head(into, 0, 0, Infinite, 0);
        if (text is "-Infinity") return Head(into, 0, 0, MinusInfinite, 0);
        var sign = text[0] == '-' ? Negative : (ushort)0;
        var digits = text.TrimStart("+-");
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? [] : digits[(point + 1)..];
        var count = 0;
        var weight = ((whole.Length + 3) / 4) - 1;
        for (var at = whole.Length - (4 * (weight + 1)); at < whole.Length; at += 4) Add(Group(whole, at), into, ref count, ref weight);
        for (var at = 0; at < fraction.Length; at += 4) Add(Group(fraction, at), into, ref count, ref weight);
        while (count > 0 && BinaryPrimitives.ReadInt16BigEndian(into[(8 + (2 * (count - 1)))..]) == 0) count--;
        return Head(into, count, count == 0 ? 0 : weight, count == 0 ? (ushort)0 : sign, fraction.Length);
    }

    /// <summary>The text of a binary numeric. Errors: TYPE_ERROR (22P03).</summary>
    public static string Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 8) throw Malformed();
        var (count, weight, sign, scale) = (BinaryPrimitives.ReadUInt16BigEndian(bytes), BinaryPrimitives.ReadInt16BigEndian(bytes[2..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]));
        switch (sign)
        {
            case NotANumber: return "NaN";
            case Infinite: return "Infinity";
            case MinusInfinite: return "-Infinity";
        }

        if (sign is not (0 or Negative) || bytes.Length != 8 + (2 * count) || scale > 16383) throw Malformed();
        var text = new StringBuilder(sign == Negative ? "-" : "");
        if (weight < 0) text.Append('0');
        for (var place = 0; place <= weight; place++) text.Append(Digits(bytes, place, count).ToString(place == 0 ? "0" : "0000", CultureInfo.InvariantCulture));
        if (scale == 0) return text.ToString();
        text.Append('.');
        var start = text.Length;
        for (var place = weight + 1; text.Length - start < scale; place++) text.Append(Digits(bytes, place, count).ToString("0000", CultureInfo.InvariantCulture));
        text.Length = start + scale;
        return text.ToString();
    }

    private static int Digits(ReadOnlySpan<byte> bytes, int place, int count)
    {
        if (place < 0 || place >= count) return 0;
        int digits = BinaryPrimitives.ReadInt16BigEndian(bytes[(8 + (2 * place))..]);
        return digits is >= 0 and < 10_000 ? digits : throw Malformed();
    }

    private static void Add(short group, Span<byte> into, ref int count, ref int weight)
    {
        // Groups of zeros in front only lower the weight.
        if (count == 0 && group == 0)
        {
            weight--;
            return;
        }

        BinaryPrimitives.WriteInt16BigEndian(into[(8 + (2 * count))..], group);
        count++;
    }

    private static short Group(ReadOnlySpan<char> digits, int at)
    {
        var group = 0;
        for (var i = at; i < at + 4; i++) group = (group * 10) + (i >= 0 && i < digits.Length ? digits[i] - '0' : 0);
        return (short)group;
    }

    private static int Head(Span<byte> into, int count, int weight, ushort sign, int scale)
    {
        BinaryPrimitives.WriteUInt16BigEndian(into, (ushort)count);
        BinaryPrimitives.WriteInt16BigEndian(into[2..], (short)weight);
        BinaryPrimitives.WriteUInt16BigEndian(into[4..], sign);
        BinaryPrimitives.WriteUInt16BigEndian(into[6..], (ushort)scale);
        return 8 + (2 * count);
    }

    private static VitessException Malformed() => new(ErrorCodes.TypeError, "invalid binary numeric", sqlState: "22P03", hint: "Send the value as text.");
}
