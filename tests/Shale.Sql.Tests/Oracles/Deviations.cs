namespace Shale.Sql.Tests.Oracles;

/// <summary>Where we refuse on purpose what an engine's parser accepts.</summary>
internal static class Deviations
{
    /// <summary>What the tree holds in another form than it was written: special syntax as calls, words that are the default, functions that stand for a query.</summary>
    private static readonly string[] Rewritten =
    [
        "IS UNKNOWN", "NORMALIZED", "int[3]", "SUBSTRING(", "TRIM(", "OVERLAY(", "COLLATION FOR", "[[1, 2]", ".b.c", "OVERLAPS", "OPERATOR(", "1 ASC", "ONLY t,",
        "vindex = 'hash'", "ON ONLY", "ONLY public.t ADD", "START TRANSACTION", "TO DEFAULT", "ZONE LOCAL", "_to_record", "_TO_RECORD",
    ];

    public static bool IsRewritten(string sql) => Array.Exists(Rewritten, fragment => sql.Contains(fragment, StringComparison.Ordinal));

    public static bool IsKnown(string sql, VitessException error)
    {
        // Said so: good SQL without a meaning here.
        if (error.SqlState == "0A000") return true;
        var message = error.Message;

        // One statement, not several or none; one style of placeholders; at most 65535 of them.
        if (message.Contains("one statement only", StringComparison.Ordinal) || message.Contains("expected a statement", StringComparison.Ordinal)) return true;
        if (message.Contains("of different styles", StringComparison.Ordinal) || error.SqlState == "42P02") return true;

        // PostgreSQL reports bad digits and escapes later; libpg_query takes placeholders behind words.
        if (message.Contains("is not a valid", StringComparison.Ordinal) || message.Contains("near \"$", StringComparison.Ordinal)) return true;

        // A sign where an operand must stand is a placeholder (SEMANTICS S1.5), to PostgreSQL an operator before its operand.
        if (sql.Contains('?') || sql.Contains('@')) return true;

        // PostgreSQL's grammar takes DEFAULT and stars with an alias anywhere, and types with any arguments; its analysis does not.
        if (message.Contains("DEFAULT stands alone", StringComparison.Ordinal) || sql.Contains(".*", StringComparison.Ordinal)
            || message.Contains("expected a number", StringComparison.Ordinal) || message.Contains("near \"'", StringComparison.Ordinal) || message.Contains("near \"U&", StringComparison.Ordinal)) return true;

        // The same of row values in UPDATE, and of operator classes in INCLUDE.
        if (sql.StartsWith("UPDATE t x SET (a, b)", StringComparison.Ordinal) || sql.Contains("INCLUDE (", StringComparison.Ordinal)) return true;

        // Names of three parts, which are errors later; SQLite's ends of numbers, doubled words of joins, and constraints of nothing.
        if (message.Contains("near \".\"", StringComparison.Ordinal) || message.Contains("trailing junk", StringComparison.Ordinal)
            || message.Contains("expected JOIN", StringComparison.Ordinal) || message.Contains("near \"DEFERRABLE", StringComparison.Ordinal)) return true;

        // SQLite's CAST to nothing at all.
        if (message.Contains("near \")\"", StringComparison.Ordinal) && message.Contains("expected a type", StringComparison.Ordinal)) return true;

        // A register inside of SQLite, and Tcl's :name(index).
        if (message.Contains("near \"(\"", StringComparison.Ordinal) && sql.Contains(':')) return true;
        if (message.Contains("near \"#\"", StringComparison.Ordinal)) return true;

        // PostgreSQL reads an operator's keyword that ends an output column as that column's alias: SELECT a AND.
        return error.Position is { } position && LabelBefore(sql, position - 1);
    }

    private static bool LabelBefore(string sql, int position)
    {
        var before = sql[..Math.Min(position, sql.Length)].TrimEnd();
        return Array.Exists(["AND", "OR", "IN", "LIKE", "ILIKE", "BETWEEN", "IS", "COLLATE", "NOT", "SIMILAR", "AT", "ESCAPE", "OPERATOR", "SYMMETRIC", "SAVEPOINT"],
            word => before.EndsWith(word, StringComparison.OrdinalIgnoreCase));
    }
}
