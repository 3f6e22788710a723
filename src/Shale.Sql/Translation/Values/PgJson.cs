using System.Globalization;
using System.Text;

namespace Shale.Sql;

/// <summary>What a JSON value is.</summary>
internal enum JsonKind
{
    Null,
    True,
    False,
    Number,
    String,
    Array,
    Object,
}

/// <summary>
/// A JSON value as PostgreSQL's json and jsonb know it: numbers keep their digits, and jsonb's text has its keys by length, then bytes, the
/// last of equal ones winning.
/// </summary>
internal sealed class PgJson
{
    /// <summary>What it is.</summary>
    public required JsonKind Kind { get; init; }

    /// <summary>The string's characters, or the number as it was written.</summary>
    public string Text { get; init; } = "";

    /// <summary>Elements of an array.</summary>
    public List<PgJson> Items { get; init; } = [];

    /// <summary>Members of an object, as they were written.</summary>
    public List<(string Key, PgJson Value)> Members { get; init; } = [];

    /// <summary>Where the value stood in the text it was read from.</summary>
    public (int Start, int Length) Place { get; init; }

    /// <summary>JSON null.</summary>
    public static PgJson Null { get; } = new() { Kind = JsonKind.Null };

    /// <summary>A string.</summary>
    public static PgJson Of(string text) => new() { Kind = JsonKind.String, Text = text };

    /// <summary>Reads a text. Error: 22P02.</summary>
    public static PgJson Parse(string text, SqlType type) => new PgJsonReader(text, type).Read();

    /// <summary>Reads a text that is known to be JSON.</summary>
    public static PgJson Parse(string text) => Parse(text, new SqlType(SqlTypeKind.Json));

    /// <summary>The number that a jsonb is, for a cast. Error: 22023.</summary>
    public static SqlValue Number(string text, SqlType target)
    {
        var json = Parse(text);
        return json.Kind == JsonKind.Number ? PgNumeric.Parse(json.Text) : throw CannotCast(json, target);
    }

    /// <summary>The boolean that a jsonb is, for a cast. Error: 22023.</summary>
    public static bool Boolean(string text)
    {
        var json = Parse(text);
        return json.Kind is JsonKind.True or JsonKind.False ? json.Kind == JsonKind.True : throw CannotCast(json, new SqlType(SqlTypeKind.Bool));
    }

    /// <summary>PostgreSQL's jsonb output.</summary>
    public string ToJsonb()
    {
        var builder = new StringBuilder();
        WriteJsonb(builder);
        return builder.ToString();
    }

    /// <summary>The name that jsonb_typeof gives.</summary>
    public string TypeName => Kind switch
    {
        JsonKind.True or JsonKind.False => "boolean",
        _ => Kind.ToString().ToLowerInvariant(),
    };

    /// <summary>The member of that key, the last of equal ones; or null.</summary>
    public PgJson? Member(string key)
    {
        for (var i = Members.Count - 1; i >= 0; i--)
            if (Members[i].Key == key) return Members[i].Value;
        return null;
    }

    /// <summary>The element; negative places count from the end; or null.</summary>
    public PgJson? Item(long index)
    {
        if (index < 0) index += Items.Count;
        return index >= 0 && index < Items.Count ? Items[(int)index] : null;
    }

    /// <summary>One step of a path: a key, or a place in an array.</summary>
    public PgJson? Step(string step) => Kind switch
    {
        JsonKind.Object => Member(step),
        JsonKind.Array => int.TryParse(step, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index) ? Item(index) : null,
        _ => null,
    };

    /// <summary>The members in jsonb's order, without doubles.</summary>
    public List<(string Key, PgJson Value)> Sorted()
    {
        var unique = new Dictionary<string, PgJson>();
        foreach (var (key, value) in Members) unique[key] = value;
        var list = unique.Select(pair => (pair.Key, pair.Value)).ToList();
        list.Sort((a, b) => CompareKeys(a.Key, b.Key));
        return list;
    }

    /// <summary>A string in quotes, as PostgreSQL escapes it.</summary>
    public static void Quote(StringBuilder builder, string text)
    {
        builder.Append('"');
        foreach (var unit in text)
        {
            switch (unit)
            {
                case '"': builder.Append("\\\""); break;
                case '\\': builder.Append("\\\\"); break;
                case '\b': builder.Append("\\b"); break;
                case '\f': builder.Append("\\f"); break;
                case '\n': builder.Append("\\n"); break;
                case '\r': builder.Append("\\r"); break;
                case '\t': builder.Append("\\t"); break;
                case < ' ': builder.Append("\\u").Append(((int)unit).ToString("x4", CultureInfo.InvariantCulture)); break;
                default: builder.Append(unit); break;
            }
        }

        builder.Append('"');
    }

    /// <summary>The number as jsonb's numeric prints it.</summary>
    public static string Number(string written)
    {
        if (!written.AsSpan().ContainsAny('e', 'E')) return written.StartsWith("-0", StringComparison.Ordinal) && !written.AsSpan().ContainsAnyInRange('1', '9') ? written[1..] : written;
        var e = written.AsSpan().IndexOfAny('e', 'E');
        var exponent = int.Parse(written.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (Math.Abs(exponent) > 1000) throw SqlErrors.Unsupported("a JSON number beyond 1e1000");
        var mantissa = written[..e];
        var negative = mantissa[0] == '-';
        if (negative) mantissa = mantissa[1..];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? mantissa : mantissa.Remove(point, 1);
        var place = (point < 0 ? mantissa.Length : point) + exponent;
        if (place <= 0) (digits, place) = (new string('0', 1 - place) + digits, 1);
        if (place > digits.Length) digits = digits.PadRight(place, '0');
        var whole = digits[..place].TrimStart('0');
        var fraction = digits[place..];
        var text = (whole.Length == 0 ? "0" : whole) + (fraction.Length > 0 ? "." + fraction : "");
        return negative && text.AsSpan().ContainsAnyInRange('1', '9') ? "-" + text : text;
    }

    /// <summary>jsonb's order of keys: by length in bytes, then bytes.</summary>
    public static int CompareKeys(string a, string b)
    {
        var x = Encoding.UTF8.GetBytes(a);
        var y = Encoding.UTF8.GetBytes(b);
        return x.Length != y.Length ? x.Length.CompareTo(y.Length) : x.AsSpan().SequenceCompareTo(y);
    }

    private static VitessException CannotCast(PgJson json, SqlType target) =>
        SqlErrors.Data($"cannot cast jsonb {json.TypeName} to type {target.Display()}", "22023");

    private void WriteJsonb(StringBuilder builder)
    {
        switch (Kind)
        {
            case JsonKind.Array:
                builder.Append('[');
                for (var i = 0; i < Items.Count; i++)
                {
                    if (i > 0) builder.Append(", ");
                    Items[i].WriteJsonb(builder);
                }

                builder.Append(']');
                break;
            case JsonKind.Object:
                builder.Append('{');
                var first = true;
                foreach (var (key, value) in Sorted())
                {
                    if (!first) builder.Append(", ");
                    first = false;
                    Quote(builder, key);
                    builder.Append(": ");
                    value.WriteJsonb(builder);
                }

                builder.Append('}');
                break;
            case JsonKind.String:
                Quote(builder, Text);
                break;
            case JsonKind.Number:
                builder.Append(Number(Text));
                break;
            default:
                builder.Append(TypeName == "boolean" ? Kind == JsonKind.True ? "true" : "false" : "null");
                break;
        }
    }
}
