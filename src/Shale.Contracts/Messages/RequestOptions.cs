namespace Shale.Contracts;

/// <summary>Options of QUERY, EXECUTE and BATCH.</summary>
public sealed record RequestOptions
{
    /// <summary>Whose SQL it is: postgres or sqlite; null for that of the transaction, or postgres.</summary>
    public string? Dialect { get; init; }

    /// <summary>How rows are written: object (by column name, the default) or array (by position).</summary>
    public string? RowMode { get; init; }

    /// <summary>The key under which the answer to a write is kept (SEMANTICS S4.4).</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>How long it may take, in milliseconds; null for the server's limit.</summary>
    public int? Timeout { get; init; }

    /// <summary>The point in time at which every table without one of its own is read, as behind AS OF: <c>TIMESTAMP '2024-01-31 12:00:00'</c>. Not inside a transaction. Null for the present.</summary>
    public string? AsOf { get; init; }

    /// <summary>QUERY only: a query over several shards may be answered without those that fail; missingShards and a notice tell them.</summary>
    public bool? PartialResults { get; init; }

    /// <summary>QUERY only: rows come as lines of JSON, one RESULT for each chunk, then ACK, or ERROR.</summary>
    public bool? Stream { get; init; }

    /// <summary>BATCH only: all or nothing.</summary>
    public bool? Atomic { get; init; }
}
