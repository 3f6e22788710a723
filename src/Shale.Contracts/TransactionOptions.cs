using System.Text.Json.Serialization;

namespace Shale.Contracts;

/// <summary>How much of other transactions a transaction sees (SEMANTICS S4.3).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<IsolationLevel>))]
public enum IsolationLevel
{
    /// <summary>The same as read_committed.</summary>
    [JsonStringEnumMemberName("read_uncommitted")]
    ReadUncommitted,

    /// <summary>Each statement sees the newest durable state.</summary>
    [JsonStringEnumMemberName("read_committed")]
    ReadCommitted,

    /// <summary>The state at the first statement; a write fails if the head has moved since.</summary>
    [JsonStringEnumMemberName("repeatable_read")]
    RepeatableRead,

    /// <summary>As if transactions ran one after another.</summary>
    [JsonStringEnumMemberName("serializable")]
    Serializable,
}

/// <summary>Options of BEGIN.</summary>
/// <param name="Isolation">Null for the dialect's default: read_committed (postgres), serializable (sqlite).</param>
/// <param name="ReadOnly">Writes fail with READ_ONLY_TRANSACTION.</param>
/// <param name="Timeout">Milliseconds after which the transaction is rolled back; null for the server's limit.</param>
public sealed record TransactionOptions(
    IsolationLevel? Isolation = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool ReadOnly = false,
    int? Timeout = null)
{
    /// <summary>Whose SQL its statements are, postgres or sqlite, where the transaction is opened by a message; null for postgres.</summary>
    public string? Dialect { get; init; }

    /// <summary>The point in time at which every table without one of its own is read, as behind AS OF: <c>TIMESTAMP '2024-01-31 12:00:00'</c>. The transaction only reads. Null for the present.</summary>
    public string? AsOf { get; init; }

    /// <summary>Whether it belongs to a connection and ends with it: then it may grow old, and may be idle as long as it holds no shard's writer (SEMANTICS S4.3). Messages have no connection.</summary>
    [JsonIgnore]
    public bool OnConnection { get; init; }
}
