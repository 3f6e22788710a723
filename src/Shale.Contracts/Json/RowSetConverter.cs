using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shale.Contracts;

/// <summary>Row sets between gate and tablet: fields, then rows as arrays of values that keep their storage class.</summary>
internal sealed class RowSetConverter : JsonConverter<RowSet>
{
    public override void Write(Utf8JsonWriter writer, RowSet value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("fields"u8);
        JsonSerializer.Serialize(writer, value.Fields, ContractsJsonContext.Default.IReadOnlyListField);

        // The count tells the rows of a set without fields, which have nothing to write.
        writer.WriteNumber("count"u8, value.RowCount);
        writer.WriteStartArray("cells"u8);
        for (var i = 0; i < value.RowCount; i++)
        {
            foreach (ref readonly var cell in value[i]) SqlValueJson.Write(writer, cell);
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public override RowSet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Expect(ref reader, "fields");
        var fields = JsonSerializer.Deserialize(ref reader, ContractsJsonContext.Default.IReadOnlyListField) ?? [];
        reader.Read();
        Expect(ref reader, "count", started: true);
        var count = reader.GetInt32();
        reader.Read();
        Expect(ref reader, "cells", started: true);
        var set = new RowSet(fields);
        for (var i = 0; i < count; i++)
        {
            foreach (ref var cell in set.AddRow())
            {
                reader.Read();
                cell = SqlValueJson.Read(ref reader);
            }
        }
        if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray) throw new JsonException("cells do not fit count and fields");
        if (!reader.Read() || reader.TokenType != JsonTokenType.EndObject) throw new JsonException("a row set ends after its cells");
        return set;
    }

    private static void Expect(ref Utf8JsonReader reader, string name, bool started = false)
    {
        if (!started) reader.Read();
        if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(name)) throw new JsonException($"{name} is missing");
        reader.Read();
    }
}
