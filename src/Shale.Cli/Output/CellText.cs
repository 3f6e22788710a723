using System.Globalization;
using System.Text;

namespace Shale.Cli.Output;

/// <summary>Values as text for people.</summary>
internal static class CellText
{
    /// <summary>How NULL is shown; no text value of a table looks like it by accident.</summary>
    public const string Null = "[NULL]";

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
        while (elements.MoveNext()) width += IsWide(Rune.TryGetRuneAt(elements.GetTextElement(), 0, out var rune) ? rune.Value : 0xfffd) ? 2 : 1;
        return width;
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

    // The blocks that terminals draw two columns wide: CJK, Hangul, full-width forms, emoji.
    private static bool IsWide(int code) => code is (>= 0x1100 and <= 0x115f) or (>= 0x2e80 and <= 0xa4cf) or (>= 0xac00 and <= 0xd7a3)
        or (>= 0xf900 and <= 0xfaff) or (>= 0xfe30 and <= 0xfe6f) or (>= 0xff00 and <= 0xff60) or (>= 0xffe0 and <= 0xffe6) or (>= 0x1f300 and <= 0x1faff)
        or (>= 0x20000 and <= 0x3fffd);
}
