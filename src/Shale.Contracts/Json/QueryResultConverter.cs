using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shale.Contracts;

/// <summary>Results on the wire: fields first, so that a reader knows the types when the rows come; any order is read.</summary>
internal sealed class QueryResultConverter : JsonConverter<QueryResult>
{
    public override void Write(Utf8JsonWriter writer, QueryResult value, JsonSerializerOptions options)
    {
        var rows = new RowJsonWriter(value.Fields, value.RowsAsArrays);
        writer.WriteStartObject();
        writer.WritePropertyName("fields"u8);
        rows.WriteFields(writer);
        writer.WriteStartArray("rows"u8);
        for (var i = 0; i < value.RowCount; i++) rows.WriteRow(writer, value.Rows[i]);
        writer.WriteEndArray();
        RowJsonWriter.WriteTail(writer, value);
        writer.WriteEndObject();
    }

    public override QueryResult Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("a result is an object");
        IReadOnlyList<Field>? fields = null;
        RowSet? rows = null;
        Utf8JsonReader rowsAt = default;
        var (sawRows, rowsWait, asArrays) = (false, false, false);
        long? rowCount = null;
        double? duration = null;
        long? affected = null, lastInsertId = null;
        string? tier = null;
        IReadOnlyList<string>? shards = null, missing = null, notices = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "fields":
                    fields = JsonSerializer.Deserialize(ref reader, ContractsJsonContext.Default.IReadOnlyListField);
                    break;
                case "rows" when fields is not null:
                    sawRows = true;
                    rows = RowJsonReader.Read(ref reader, fields, out asArrays);
                    break;
                case "rows":
                    (sawRows, rowsWait) = (true, true);
                    rowsAt = reader;
                    reader.Skip();
                    break;
                case "rowCount":
                    rowCount = reader.GetInt64();
                    break;
                case "duration":
                    duration = reader.TokenType == JsonTokenType.Null ? null : reader.GetDouble();
                    break;
                case "affected":
                    affected = reader.TokenType == JsonTokenType.Null ? null : reader.GetInt64();
                    break;
                case "lastInsertId":
                    lastInsertId = SafeIntegerConverter.ReadNullable(ref reader);
                    break;
                case "tier":
                    tier = reader.GetString();
                    break;
                case "shards":
                    shards = JsonSerializer.Deserialize(ref reader, ContractsJsonContext.Default.IReadOnlyListString);
                    break;
                case "missingShards":
                    missing = JsonSerializer.Deserialize(ref reader, ContractsJsonContext.Default.IReadOnlyListString);
                    break;
                case "notices":
                    notices = JsonSerializer.Deserialize(ref reader, ContractsJsonContext.Default.IReadOnlyListString);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (!sawRows) throw new JsonException("Invalid QueryResult: missing rows");
        if (rowCount < 0) throw new JsonException("QueryResult rowCount must be non-negative");
        if (rowsWait) rows = RowJsonReader.Read(ref rowsAt, fields, out asArrays);
        return new QueryResult(rows!)
        {
            Duration = duration,
            Affected = affected,
            LastInsertId = lastInsertId,
            Tier = tier,
            Shards = shards,
            MissingShards = missing,
            Notices = notices,
            RowsAsArrays = asArrays,
        };
    }
}
