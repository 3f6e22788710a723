namespace Shale;

/// <summary>What a result column is.</summary>
/// <param name="Name">The output name, as the session's dialect names it.</param>
/// <param name="Type">The normalised type name: int2, int4, int8, float4, float8, numeric, text, varchar, char, bool, date, time, timetz,
/// timestamp, timestamptz, interval, json, jsonb, uuid, bytea, <c>…[]</c> for arrays, or unknown.</param>
/// <param name="NativeType">The engine's own type: the declared type on SQLite; null for an expression.</param>
public sealed record Field(string Name, string Type, string? NativeType = null)
{
    /// <summary>The column of a table or view that it is, unchanged; nothing for anything computed, and in dialect sqlite.</summary>
    public ColumnOrigin Origin { get; init; }

    /// <summary>What PostgreSQL's <c>atttypmod</c> says of the type's length, precision and scale; -1 for nothing.</summary>
    public int Modifier { get; init; } = -1;
}
