using System.Text;

namespace Shale.Sql;

/// <summary>The text of one-dimensional arrays: <c>{1,2,NULL,"a b"}</c>.</summary>
internal static class PgArrays
{
    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create("{}\",\\ \t\n\r\v\f");

    /// <summary>The elements; null for NULL. Errors: 22P02; 0A000 for more dimensions.</summary>
    public static List<string?> Parse(string text)
    {
        var body = text.Trim();
        if (body.Length < 2 || body[0] != '{' || body[^1] != '}')
        {
            throw SqlErrors.Data($"malformed array literal: \"{text}\"", "22P02", "Array value must start with \"{\" or dimension information.");
        }

        var items = new List<string?>();
        var at = 1;
        while (at < body.Length - 1)
        {
            items.Add(Item(body, ref at, text));
            if (at < body.Length - 1 && body[at] != ',') throw SqlErrors.Data($"malformed array literal: \"{text}\"", "22P02");
            at++;
        }

        return items;
    }

    /// <summary>The text of an array of these elements; null for NULL.</summary>
    public static string Format(IEnumerable<string?> items)
    {
        var builder = new StringBuilder("{");
        foreach (var item in items)
        {
            if (builder.Length > 1) builder.Append(',');
            if (item is null) builder.Append("NULL");
            else if (!NeedsQuotes(item)) builder.Append(item);
            else builder.Append('"').Append(item.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }

        return builder.Append('}').ToString();
    }

    /// <summary>The text that an element of the type has inside an array.</summary>
    public static string ItemText(SqlValue value, SqlType element) => element.Kind switch
    {
        SqlTypeKind.Bool => value.AsInteger() != 0 ? "t" : "f",
        SqlTypeKind.Char => value.AsText(),
        _ => PgCasts.ToText(value, element),
    };

    /// <summary>The value of an element that is written so.</summary>
    public static SqlValue Item(string? text, SqlType element) => PgCasts.Convert(SqlValue.Text(text), SqlType.Unknown, element, isExplicit: false);

    private static bool NeedsQuotes(string item) => item.Length == 0 || item.Equals("null", StringComparison.OrdinalIgnoreCase)
        || item.AsSpan().ContainsAny(Special);

    private static string? Item(string body, ref int at, string whole)
    {
        while (at < body.Length && body[at] == ' ') at++;
        if (body[at] == '{') throw SqlErrors.Unsupported("an array of arrays");
        var builder = new StringBuilder();
        var quoted = body[at] == '"';
        if (quoted) at++;
        while (at < body.Length - 1 && (quoted ? body[at] != '"' : body[at] is not ','))
        {
            if (body[at] == '\\') at++;
            builder.Append(body[at++]);
        }

        if (quoted)
        {
            if (at >= body.Length - 1) throw SqlErrors.Data($"malformed array literal: \"{whole}\"", "22P02");
            at++;
            while (at < body.Length - 1 && body[at] == ' ') at++;
            return builder.ToString();
        }

        var item = builder.ToString().TrimEnd();
        if (item.Length == 0) throw SqlErrors.Data($"malformed array literal: \"{whole}\"", "22P02");
        return item.Equals("null", StringComparison.OrdinalIgnoreCase) ? null : item;
    }
}
