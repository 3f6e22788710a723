namespace Shale;

/// <summary>What a result column is.</summary>
/// <param name="Name">The output name, as the session's dialect names it.</param>
/// <param name="Type">The normalised type name: int2, int4, int8, float4, float8, numeric, text, varchar, char, bool, date, time, timetz,
/// timestamp, timestamptz, interval, json, jsonb, uuid, bytea, <c>…[]</c> for arrays, or unknown.</param>
/// <param name="NativeType">The engine's own type: the declared type on SQLite; null for an expression.</param>
public sealed record Field(string Name, string Type, string? NativeType = null);
