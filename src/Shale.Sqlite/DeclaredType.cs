namespace Shale.Sqlite;

/// <summary>
/// The normalised name of a type as a SQLite column declares it: the leading words count, so that a storage word may follow
/// (<c>UUID TEXT</c>, <c>BYTEA BLOB</c>).
/// </summary>
public static class DeclaredType
{
    /// <summary>A type that no declaration names.</summary>
    public const string Unknown = "unknown";

    /// <summary>Normalises; the dialect of the gate decides what is declared, this only reads it back.</summary>
    public static string Normalise(string? declared)
    {
        if (string.IsNullOrWhiteSpace(declared)) return Unknown;

        // A type name that SQLite's grammar does not take stands in quotes.
        var text = declared.Replace("\"", "", StringComparison.Ordinal).Trim().ToLowerInvariant();
        var array = text.Contains("[]", StringComparison.Ordinal);
        var words = WithoutParentheses(text).Replace("[]", " ", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length == 0) return Unknown;
        var type = OfWords(words);
        return array && type != Unknown ? type + "[]" : type;
    }

    /// <summary>Whether this is the declaration that makes a primary key the row id.</summary>
    public static bool IsInteger(string? declared) => string.Equals(declared, "INTEGER", StringComparison.OrdinalIgnoreCase);

    private static string OfWords(string[] words) => words[0] switch
    {
        "smallint" or "int2" or "tinyint" or "smallserial" => "int2",
        "integer" or "int" or "int4" or "mediumint" or "serial" => "int4",
        "bigint" or "int8" or "bigserial" => "int8",
        "boolean" or "bool" => "bool",
        "real" or "float4" => "float4",
        "double" or "float8" or "float" => "float8",
        "numeric" or "decimal" => "numeric",
        "text" or "clob" => "text",
        "varchar" or "nvarchar" => "varchar",
        "character" or "char" => words.Length > 1 && words[1] == "varying" ? "varchar" : "char",
        "bytea" or "blob" => "bytea",
        "timestamp" => HasZone(words) ? "timestamptz" : "timestamp",
        "time" => HasZone(words) ? "timetz" : "time",
        "datetime" => "timestamp",
        "interval" or "duration" => "interval",
        "uuid" or "inet" or "cidr" or "macaddr" or "date" or "timestamptz" or "timetz" or "json" or "jsonb" => words[0],
        _ => Unknown,
    };

    private static bool HasZone(string[] words) => words is [_, "with", "time", "zone", ..];

    private static string WithoutParentheses(string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open < 0) return text;
        var close = text.IndexOf(')', open);
        return close < 0 ? text[..open] : WithoutParentheses(text[..open] + " " + text[(close + 1)..]);
    }
}
