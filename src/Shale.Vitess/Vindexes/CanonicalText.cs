using System.Globalization;

namespace Shale.Vitess;

/// <summary>PostgreSQL's readings of text (and of other values as text) for types whose canonical form is short to say.</summary>
internal static class CanonicalText
{
    /// <summary>What PostgreSQL's number parsers skip at either end.</summary>
    public const string Blanks = " \t\n\v\f\r";

    /// <summary>As PostgreSQL's cast to text, where that is sure.</summary>
    public static bool TryText(in SqlValue value, out SqlValue canonical)
    {
        canonical = value;
        switch (value.Kind)
        {
            case SqlValueKind.Text:
                return true;
            case SqlValueKind.Integer or SqlValueKind.Boolean:
                canonical = SqlValue.Text(value.ToString());
                return true;
            case SqlValueKind.Real:
                throw new VitessException(ErrorCodes.QueryError, "a number with a fraction is compared with a sharding column of text", sqlState: "0A000",
                    hint: "Write the text in quotes, or pass it as a string.");
            default:
                return false;
        }
    }

    /// <summary>Any way PostgreSQL writes a uuid: braces, capitals, hyphens between groups of four. In lower case with four hyphens.</summary>
    public static bool TryUuid(string text, out SqlValue canonical)
    {
        canonical = default;
        var body = text.AsSpan().Trim(Blanks);
        if (body.Length > 2 && body[0] == '{' && body[^1] == '}') body = body[1..^1];
        Span<char> digits = stackalloc char[32];
        var count = 0;
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] == '-' && count is > 0 and < 32 && count % 4 == 0 && body[i - 1] != '-') continue;
            if (count == 32 || !char.IsAsciiHexDigit(body[i])) return false;
            digits[count++] = char.ToLowerInvariant(body[i]);
        }

        if (count != 32) return false;
        canonical = SqlValue.Text($"{digits[..8]}-{digits[8..12]}-{digits[12..16]}-{digits[16..20]}-{digits[20..]}");
        return true;
    }

    /// <summary>Any unique beginning of true, false, yes, no, on, off, or 1 and 0.</summary>
    public static bool TryBoolean(string text, out SqlValue canonical)
    {
        canonical = default;
        var word = text.AsSpan().Trim(Blanks);
        if (word.IsEmpty) return false;
        if (IsStart(word, "true") || IsStart(word, "yes") || word.Equals("on", StringComparison.OrdinalIgnoreCase) || word is "1")
        {
            canonical = SqlValue.Boolean(true);
            return true;
        }

        canonical = SqlValue.Boolean(false);
        return IsStart(word, "false") || IsStart(word, "no") || (word.Length > 1 && IsStart(word, "off")) || word is "0";

        static bool IsStart(ReadOnlySpan<char> word, string of) => of.AsSpan().StartsWith(word, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>NaN and the infinities, which PostgreSQL's numeric has as values that equal themselves.</summary>
    public static bool TrySpecialNumber(in SqlValue value, out SqlValue canonical)
    {
        var text = value.Kind switch
        {
            SqlValueKind.Real => value.AsReal().ToString(CultureInfo.InvariantCulture),
            SqlValueKind.Text => value.AsText().Trim(),
            _ => "",
        };
        var name = text.ToLowerInvariant() switch
        {
            "nan" => "NaN",
            "infinity" or "+infinity" or "inf" or "+inf" => "Infinity",
            "-infinity" or "-inf" => "-Infinity",
            _ => null,
        };
        canonical = SqlValue.Text(name);
        return name is not null;
    }

    /// <summary>PostgreSQL's two notations of bytes: <c>\x</c> and hex digits, or text with <c>\\</c> and <c>\ooo</c>.</summary>
    public static bool TryBytea(string text, out SqlValue canonical)
    {
        canonical = default;
        if (text.StartsWith("\\x", StringComparison.OrdinalIgnoreCase)) return TryHex(text.AsSpan(2), out canonical);
        var bytes = new List<byte>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                if (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))) return false;
                var rune = System.Text.Rune.GetRuneAt(text, i);
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                i += rune.Utf16SequenceLength - 1;
            }
            else if (i + 1 < text.Length && text[i + 1] == '\\')
            {
                bytes.Add((byte)'\\');
                i++;
            }
            else if (i + 3 < text.Length && text[i + 1] is >= '0' and <= '3' && text[i + 2] is >= '0' and <= '7' && text[i + 3] is >= '0' and <= '7')
            {
                bytes.Add((byte)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0')));
                i += 3;
            }
            else
            {
                return false;
            }
        }

        canonical = SqlValue.Blob([.. bytes]);
        return true;
    }

    private static bool TryHex(ReadOnlySpan<char> digits, out SqlValue canonical)
    {
        canonical = default;
        var bytes = new List<byte>(digits.Length / 2);
        for (var i = 0; i < digits.Length; i++)
        {
            if (char.IsWhiteSpace(digits[i])) continue;
            if (i + 1 == digits.Length || !char.IsAsciiHexDigit(digits[i]) || !char.IsAsciiHexDigit(digits[i + 1])) return false;
            bytes.Add(byte.Parse(digits.Slice(i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            i++;
        }

        canonical = SqlValue.Blob([.. bytes]);
        return true;
    }
}
