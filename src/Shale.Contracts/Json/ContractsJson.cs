using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Shale.Contracts;

/// <summary>Every message and result to JSON and back, in UTF-8. Thread-safe.</summary>
public static class ContractsJson
{
    /// <summary>How JSON is written: as short as it can be; it never stands inside HTML.</summary>
    public static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly ContractsJsonContext Context = new(new JsonSerializerOptions(ContractsJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Writes a message, a result, or a list of results.</summary>
    public static byte[] Serialize<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Info<T>());

    /// <summary>Writes a message, a result, or a list of results.</summary>
    public static void Serialize<T>(Utf8JsonWriter writer, T value) => JsonSerializer.Serialize(writer, value, Info<T>());

    /// <summary>Reads what <see cref="Serialize{T}(T)"/> wrote. Errors: <see cref="JsonException"/> that names the place.</summary>
    public static T Deserialize<T>(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, Info<T>()) ?? throw new JsonException("null is no message");

    /// <summary>Reads a request of a client and checks it. Errors: QUERY_ERROR (08P01) for anything that is not a well-formed message.</summary>
    public static Message ReadRequest(ReadOnlySpan<byte> utf8)
    {
        try
        {
            Message request = ReadType(utf8) switch
            {
                MessageType.Query => Deserialize<QueryRequest>(utf8),
                MessageType.Execute => Deserialize<ExecuteRequest>(utf8),
                MessageType.Batch => Deserialize<BatchRequest>(utf8),
                MessageType.Begin => Deserialize<BeginRequest>(utf8),
                MessageType.Commit => Deserialize<CommitRequest>(utf8),
                MessageType.Rollback => Deserialize<RollbackRequest>(utf8),
                MessageType.Status => Deserialize<StatusRequest>(utf8),
                MessageType.Health => Deserialize<HealthRequest>(utf8),
                MessageType.Schema => Deserialize<SchemaRequest>(utf8),
                MessageType.VSchema => Deserialize<VSchemaRequest>(utf8),
                MessageType.None => throw Malformed("a message has a numeric type"),
                var other => throw Malformed($"message type {(int)other} is not one that a client sends"),
            };
            MessageRules.Check(request);
            return request;
        }
        catch (JsonException exception)
        {
            throw Malformed(Reason(utf8, exception), exception);
        }
    }

    // The serialiser's own words for a value of another kind name our types; the place is what helps.
    private static string Reason(ReadOnlySpan<byte> utf8, JsonException exception)
    {
        if (!Utf8.IsValid(utf8)) return "the message is not valid UTF-8";
        return exception.Path is { Length: > 1 } path && exception.Message.Contains("could not be converted", StringComparison.Ordinal)
            ? $"Invalid JSON: {path} has a value that does not belong there"
            : "Invalid JSON: " + exception.Message;
    }

    /// <summary>Reads an answer: <typeparamref name="T"/>, an <see cref="ErrorResponse"/>, or an <see cref="AckResponse"/>.</summary>
    /// <exception cref="JsonException">It is none of them.</exception>
    public static Message ReadResponse<T>(ReadOnlySpan<byte> utf8)
        where T : Message => ReadType(utf8) switch
        {
            MessageType.Error => Deserialize<ErrorResponse>(utf8),
            MessageType.Ack => Deserialize<AckResponse>(utf8),
            MessageType.Result => Deserialize<T>(utf8),
            var other => throw new JsonException($"message type {(int)other} is no answer"),
        };

    /// <summary>The type of a message; None if it has none.</summary>
    private static MessageType ReadType(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return MessageType.None;
        var type = MessageType.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType) return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? (MessageType)number : MessageType.None;
            reader.Skip();
        }
        return type;
    }

    private static VitessException Malformed(string message, Exception? inner = null) =>
        new(ErrorCodes.QueryError, message, sqlState: "08P01", hint: "Send one message of the RPC protocol as a JSON object in UTF-8.", inner: inner);

    private static JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>?)Context.GetTypeInfo(typeof(T))
        ?? throw new NotSupportedException($"{typeof(T).Name} is no message");
}
