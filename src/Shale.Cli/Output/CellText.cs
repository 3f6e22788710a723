using System.Buffers;
using System.Globalization;
using System.Text;

namespace Shale.Cli.Output;

/// <summary>Values as text for people.</summary>
internal static class CellText
{
    /// <summary>How NULL is shown; no text value of a table looks like it by accident.</summary>
    public const string Null = "[NULL]";

    // Asks for the picture instead of the sign, as behind the heart of ❤️.
    private const char EmojiForm = '\ufe0f';

    // Signs of the first plane that are emoji without being asked for.
    private static readonly SearchValues<char> EmojiAmongSigns = SearchValues.Create(
        "\u231a\u231b\u23e9\u23ea\u23eb\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648\u2649\u264a\u264b\u264c\u264d\u264e\u264f\u2650\u2651\u2652\u2653"
        + "\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753"
        + "\u2754\u2755\u2757\u2795\u2796\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55");

    /// <summary>One line of text: control characters are escaped, bytes are <c>\x</c> and hex.</summary>
    public static string Of(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Null => Null,
        SqlValueKind.Blob => "\\x" + Convert.ToHexStringLower(value.AsBlob()),
        SqlValueKind.Text => Escape(value.AsText()),
        _ => value.ToString(),
    };

    /// <summary>How many columns of a terminal the text takes.</summary>
    public static int Width(string text)
    {
        var width = 0;
        var ascii = true;
        foreach (var c in text) ascii &= c < 0x80;
        if (ascii) return text.Length;
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext()) width += ElementWidth(elements.GetTextElement());
        return width;
    }

    // What the reader sees as one character: a letter with its accents, a family, a flag.
    private static int ElementWidth(string element)
    {
        if (!Rune.TryGetRuneAt(element, 0, out var rune)) return 1;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark) return 0;
        return IsWide(rune.Value) || (element.Length > 1 && element.Contains(EmojiForm, StringComparison.Ordinal)) ? 2 : 1;
    }

    private static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.Contains('\x7f', StringComparison.Ordinal)) return text;
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\n' => escaped.Append("\\n"),
                '\t' => escaped.Append("\\t"),
                '\r' => escaped.Append("\\r"),
                < ' ' or '\x7f' => escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => escaped.Append(c),
            };
        }
        return escaped.ToString();
    }

    // What terminals draw two columns wide: CJK, Hangul, full-width forms, flags, emoji.
    private static bool IsWide(int code) => code is (>= 0x1100 and <= 0x115f) or (>= 0x2e80 and <= 0xa4cf) or (>= 0xac00 and <= 0xd7a3)
        or (>= 0xf900 and <= 0xfaff) or (>= 0xfe30 and <= 0xfe6f) or (>= 0xff00 and <= 0xff60) or (>= 0xffe0 and <= 0xffe6) or (>= 0x1f1e6 and <= 0x1f202)
        or (>= 0x1f300 and <= 0x1faff) or (>= 0x20000 and <= 0x3fffd) || EmojiAmongSigns.Contains((char)Math.Min(code, 0xffff));
}
