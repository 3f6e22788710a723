using System.Text;

namespace Shale.Sql;

/// <summary>The text of one-dimensional arrays: <c>{1,2,NULL,"a b"}</c>.</summary>
internal static class PgArrays
{
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
