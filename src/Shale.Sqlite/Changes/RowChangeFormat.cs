namespace Shale.Sqlite;

/// <summary>Numbers of the encoding of changed rows; docs/formats/row-changes.md describes every byte.</summary>
internal static class RowChangeFormat
{
    /// <summary>The first byte of every record.</summary>
    public const byte Version = 1;

    public const byte Table = 1, Insert = 2, Delete = 3, Update = 4, UpdateMoved = 5, Definition = 6;

    public const byte WithoutRowId = 1;

    /// <summary>Value heads: NULL, eight bytes of a real, a zigzag varint; from <see cref="FirstLength"/> on twice the length of a text, or that and one for bytes.</summary>
    public const byte Null = 0, Real = 1, Integer = 2, FirstLength = 4;

    public const int LongestVarint = 10;
}
