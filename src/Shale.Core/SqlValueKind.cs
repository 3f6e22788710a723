namespace Shale;

/// <summary>The storage class of a <see cref="SqlValue"/>: SQLite's five, and boolean, which engines that lack it store as 0 and 1.</summary>
public enum SqlValueKind : byte
{
    /// <summary>SQL NULL.</summary>
    Null = 0,

    /// <summary>A 64-bit signed integer.</summary>
    Integer = 1,

    /// <summary>A 64-bit IEEE float.</summary>
    Real = 2,

    /// <summary>Unicode text.</summary>
    Text = 3,

    /// <summary>Bytes.</summary>
    Blob = 4,

    /// <summary>TRUE or FALSE.</summary>
    Boolean = 5,
}
