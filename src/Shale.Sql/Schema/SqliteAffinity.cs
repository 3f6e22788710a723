namespace Shale.Sql;

/// <summary>SQLite's type affinities (datatype3, section 3).</summary>
public enum Affinity
{
    /// <summary>BLOB, formerly NONE: nothing is converted.</summary>
    Blob,

    /// <summary>TEXT</summary>
    Text,

    /// <summary>NUMERIC</summary>
    Numeric,

    /// <summary>INTEGER</summary>
    Integer,

    /// <summary>REAL</summary>
    Real,
}

/// <summary>SQLite's rule from declared type to affinity.</summary>
public static class SqliteAffinity
{
    /// <summary>The affinity of a column with that declared type; an empty one gives <see cref="Affinity.Blob"/>.</summary>
    public static Affinity Of(string declaredType)
    {
        if (Has(declaredType, "INT")) return Affinity.Integer;
        if (Has(declaredType, "CHAR") || Has(declaredType, "CLOB") || Has(declaredType, "TEXT")) return Affinity.Text;
        if (declaredType.Length == 0 || Has(declaredType, "BLOB")) return Affinity.Blob;
        if (Has(declaredType, "REAL") || Has(declaredType, "FLOA") || Has(declaredType, "DOUB")) return Affinity.Real;
        return Affinity.Numeric;
    }

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
