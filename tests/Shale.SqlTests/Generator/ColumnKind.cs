namespace Shale.SqlTests;

/// <summary>What kind of values a column holds. Columns of one kind compare with each other.</summary>
public enum ColumnKind
{
    Int,
    Text,
    Real,
    Bool,
    Numeric,
    Date,
    Timestamp,
    TimestampTz,
    Uuid,
    Blob,

    /// <summary>Text whose collation is NOCASE; dialect sqlite only.</summary>
    NoCase,
}
