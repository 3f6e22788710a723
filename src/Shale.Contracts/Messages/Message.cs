using System.Text.Json.Serialization;

namespace Shale.Contracts;

/// <summary>What every message carries. Immutable.</summary>
public abstract record Message
{
    private protected Message(MessageType type) => Type = type;

    /// <summary>What it is; a number on the wire.</summary>
    [JsonPropertyOrder(-3)]
    public MessageType Type { get; }

    /// <summary>The sender's name for it; an answer carries the id of its request. Never a key for idempotency (SEMANTICS S4.4).</summary>
    [JsonPropertyOrder(-2)]
    public string Id { get; init => field = value ?? ""; } = "";

    /// <summary>When it was made, in milliseconds since 1970.</summary>
    [JsonPropertyOrder(-1)]
    public long Timestamp { get; init; }
}
