using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shale.Contracts;

/// <summary>One value by itself.</summary>
internal sealed class SqlValueConverter : JsonConverter<SqlValue>
{
    public override bool HandleNull => true;

    public override SqlValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        SqlValueJson.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, SqlValue value, JsonSerializerOptions options) => SqlValueJson.Write(writer, value);
}

/// <summary>An integer that is a string beyond 2^53-1.</summary>
internal sealed class SafeIntegerConverter : JsonConverter<long>
{
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader);

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) => Write(writer, value);

    internal static long Read(ref Utf8JsonReader reader) => ReadNullable(ref reader) ?? throw new JsonException("an integer is missing");

    internal static void Write(Utf8JsonWriter writer, long value) => SqlValueJson.WriteCell(writer, SqlValue.Integer(value), CellForm.Integer);

    internal static long? ReadNullable(ref Utf8JsonReader reader)
    {
        var value = SqlValueJson.ReadCell(ref reader, CellForm.Integer);
        return value.Kind switch
        {
            SqlValueKind.Null => null,
            SqlValueKind.Integer => value.AsInteger(),
            _ => throw new JsonException("an integer is expected"),
        };
    }
}

/// <summary>Parameters: an array, or an object by name.</summary>
internal sealed class RequestParamsConverter : JsonConverter<RequestParams>
{
    public override RequestParams Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            var values = new List<SqlValue>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) values.Add(SqlValueJson.Read(ref reader));
            return RequestParams.Of(values);
        }
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("params is an array, or an object by name");
        var named = new Dictionary<string, SqlValue>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = RequestParams.Bare(reader.GetString()!);
            reader.Read();
            named[name] = SqlValueJson.Read(ref reader);
        }
        return RequestParams.Of(named);
    }

    public override void Write(Utf8JsonWriter writer, RequestParams value, JsonSerializerOptions options)
    {
        if (value.Named is null)
        {
            writer.WriteStartArray();
            foreach (var item in value.Positional) SqlValueJson.Write(writer, item);
            writer.WriteEndArray();
            return;
        }
        writer.WriteStartObject();
        foreach (var (name, item) in value.Named)
        {
            writer.WritePropertyName(name);
            SqlValueJson.Write(writer, item);
        }
        writer.WriteEndObject();
    }
}

/// <summary>Health: one object, or an array of them.</summary>
internal sealed class HealthListConverter : JsonConverter<IReadOnlyList<ShardHealth>>
{
    public override IReadOnlyList<ShardHealth> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.StartArray
            ? JsonSerializer.Deserialize(ref reader, ContractsJsonContext.Default.IReadOnlyListShardHealth)!
            : new OneShardHealth(JsonSerializer.Deserialize(ref reader, ContractsJsonContext.Default.ShardHealth)!);

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<ShardHealth> value, JsonSerializerOptions options)
    {
        if (value is OneShardHealth) JsonSerializer.Serialize(writer, value[0], ContractsJsonContext.Default.ShardHealth);
        else JsonSerializer.Serialize(writer, value, ContractsJsonContext.Default.IReadOnlyListShardHealth);
    }
}

/// <summary>A column's description.</summary>
internal sealed class FieldConverter : JsonConverter<Field>
{
    public override Field Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("a field is an object");
        string? name = null, type = null, native = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = reader.GetString();
            reader.Read();
            switch (property)
            {
                case "name":
                    name = reader.GetString();
                    break;
                case "type":
                    type = reader.GetString();
                    break;
                case "nativeType":
                    native = reader.TokenType == JsonTokenType.Number
                        ? reader.GetDouble().ToString("R", CultureInfo.InvariantCulture)
                        : reader.GetString();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return new Field(name ?? throw new JsonException("a field has a name"), type ?? "unknown", native);
    }

    public override void Write(Utf8JsonWriter writer, Field value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, value.Name);
        writer.WriteString("type"u8, value.Type);
        if (value.NativeType is { } native) writer.WriteString("nativeType"u8, native);
        writer.WriteEndObject();
    }
}
