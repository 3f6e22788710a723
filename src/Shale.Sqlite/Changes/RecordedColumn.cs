namespace Shale.Sqlite;

/// <summary>A stored column of a table whose changes are recorded.</summary>
/// <param name="declaredType">As the table's definition has it; may be empty.</param>
/// <param name="defaultText">The default as SQL, or null for none.</param>
internal sealed class RecordedColumn(string declaredType, string? defaultText)
{
    private SqlValue? _default;

    /// <summary>Its number for the library where it asks for values of a row that is there.</summary>
    public int OldIndex { get; init; }

    /// <summary>Its number for the values of a new row.</summary>
    public int InsertIndex { get; init; }

    /// <summary>Its number for the values that an UPDATE gives.</summary>
    public int UpdateIndex { get; init; }

    /// <summary>Whether it is the rowid by another name.</summary>
    public bool IsRowId { get; init; }

    /// <summary>Whether all its numbers are reals, though SQLite stores those without a fraction as integers.</summary>
    public bool IsReal { get; } = HasRealAffinity(declaredType);

    /// <summary>What a row has that is older than the column.</summary>
    public SqlValue Default => _default ??= defaultText is null ? SqlValue.Null : Evaluate();

    /// <summary>Whether a declared type is one of floating-point numbers, by SQLite's rules.</summary>
    public static bool HasRealAffinity(string type)
    {
        ReadOnlySpan<string> stronger = ["INT", "CHAR", "CLOB", "TEXT", "BLOB"];
        ReadOnlySpan<string> real = ["REAL", "FLOA", "DOUB"];
        foreach (var word in stronger)
        {
            if (type.Contains(word, StringComparison.OrdinalIgnoreCase)) return false;
        }

        foreach (var word in real)
        {
            if (type.Contains(word, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    // On a connection of its own: it is asked for while the other one is in the midst of a row.
    private SqlValue Evaluate()
    {
        using var scratch = SqliteConnection.Open(":memory:", SqliteOpenMode.Create);
        scratch.ExecuteTrusted($"CREATE TABLE t (c {declaredType} DEFAULT {defaultText})");
        scratch.ExecuteTrusted("INSERT INTO t DEFAULT VALUES");
        return scratch.QueryTrusted("SELECT c FROM t");
    }
}
