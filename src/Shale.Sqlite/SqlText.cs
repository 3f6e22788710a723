namespace Shale.Sqlite;

/// <summary>The little of SQL's text that the binding must see itself.</summary>
public static class SqlText
{
    /// <summary>Whether there is nothing but white space, comments and semicolons.</summary>
    internal static bool IsBlank(ReadOnlySpan<byte> text) => SkipBlank(text).IsEmpty;

    /// <summary>Whether it is a VACUUM of the database itself, not into another file.</summary>
    internal static bool IsVacuum(ReadOnlySpan<byte> text)
    {
        text = SkipBlank(text);
        return text.Length >= 6 && System.Text.Ascii.EqualsIgnoreCase(text[..6], "VACUUM"u8)
            && !System.Text.Encoding.UTF8.GetString(text).Contains("INTO", StringComparison.OrdinalIgnoreCase);
    }

    private static ReadOnlySpan<byte> SkipBlank(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (text[0] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f' or (byte)';') text = text[1..];
            else if (text.StartsWith("--"u8)) text = Behind(text, "\n"u8, 2);
            else if (text.StartsWith("/*"u8)) text = Behind(text, "*/"u8, 2);
            else break;
        }

        return text;
    }

    private static ReadOnlySpan<byte> Behind(ReadOnlySpan<byte> text, ReadOnlySpan<byte> end, int start)
    {
        var index = text[start..].IndexOf(end);
        return index < 0 ? [] : text[(start + index + end.Length)..];
    }

    /// <summary>A name in double quotes.</summary>
    public static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
