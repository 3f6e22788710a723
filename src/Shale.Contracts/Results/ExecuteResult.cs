using System.Text.Json.Serialization;

namespace Shale.Contracts;

/// <summary>What a write did.</summary>
/// <param name="Affected">How many rows were inserted, changed or deleted; 0 for a query.</param>
/// <param name="LastInsertId">The last id that was given to a row of this statement; null if none was.</param>
public sealed record ExecuteResult(
    long Affected, [property: JsonConverter(typeof(SafeIntegerConverter))] long? LastInsertId = null)
{
    /// <summary>How long the statement took at the gate, in milliseconds.</summary>
    public double? Duration { get; init; }

    /// <summary>How it ran: T0, T1, T2, or a word.</summary>
    public string? Tier { get; init; }

    /// <summary>The shards it ran on, by key range.</summary>
    public IReadOnlyList<string>? Shards { get; init; }

    /// <summary>What the user should know.</summary>
    public IReadOnlyList<string>? Notices { get; init; }
}
