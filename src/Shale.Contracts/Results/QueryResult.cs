using System.Text.Json.Serialization;

namespace Shale.Contracts;

/// <summary>The rows of a statement, with values as SEMANTICS S6.3 writes them.</summary>
/// <param name="Rows">The rows and their fields.</param>
[JsonConverter(typeof(QueryResultConverter))]
public sealed record QueryResult(RowSet Rows)
{
    /// <summary>The columns.</summary>
    public IReadOnlyList<Field> Fields => Rows.Fields;

    /// <summary>How many rows there are.</summary>
    public int RowCount => Rows.RowCount;

    /// <summary>How long the statement took at the gate, in milliseconds.</summary>
    public double? Duration { get; init; }

    /// <summary>How many rows a write inserted, changed or deleted; null for a query.</summary>
    public long? Affected { get; init; }

    /// <summary>The last id that was given to a row of this statement.</summary>
    public long? LastInsertId { get; init; }

    /// <summary>How it ran: T0, T1, T2, or a word.</summary>
    public string? Tier { get; init; }

    /// <summary>The shards it ran on, by key range.</summary>
    public IReadOnlyList<string>? Shards { get; init; }

    /// <summary>The shards whose rows it lacks, by key range; see <see cref="RequestOptions.PartialResults"/>.</summary>
    public IReadOnlyList<string>? MissingShards { get; init; }

    /// <summary>What the user should know.</summary>
    public IReadOnlyList<string>? Notices { get; init; }

    /// <summary>Whether rows are written as arrays; otherwise as objects by column name, of equal names the last.</summary>
    public bool RowsAsArrays { get; init; }
}
