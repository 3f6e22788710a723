using System.Text.Json;

namespace Shale.Contracts;

/// <summary>Reads the rows of a result, be they objects or arrays.</summary>
internal static class RowJsonReader
{
    /// <summary>Reads an array of rows. Without fields, those of the first row count, of unknown type.</summary>
    /// <param name="reader">At the start of the array; afterwards at its end.</param>
    /// <param name="fields">The columns, if they are known.</param>
    /// <param name="asArrays">Whether the rows were arrays.</param>
    public static RowSet Read(ref Utf8JsonReader reader, IReadOnlyList<Field>? fields, out bool asArrays)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("rows is an array");
        asArrays = false;
        fields ??= InferFields(reader);
        var set = new RowSet(fields);
        var forms = CellForms.Of(fields);
        Dictionary<string, int>? byName = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                asArrays = true;
                ReadArray(ref reader, set.AddRow(), forms);
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                byName ??= IndexNames(fields);
                ReadObject(ref reader, set.AddRow(), forms, byName);
            }
            else
            {
                throw new JsonException("a row is an object or an array");
            }
        }
        return set;
    }

    private static void ReadArray(ref Utf8JsonReader reader, Span<SqlValue> row, CellForm[] forms)
    {
        var index = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (index >= row.Length) throw new JsonException("a row has more values than there are fields");
            row[index] = SqlValueJson.ReadCell(ref reader, forms[index]);
            index++;
        }
        if (index < row.Length) throw new JsonException("a row has fewer values than there are fields");
    }

    private static void ReadObject(ref Utf8JsonReader reader, Span<SqlValue> row, CellForm[] forms, Dictionary<string, int> byName)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var known = byName.TryGetValue(reader.GetString()!, out var index);
            reader.Read();
            if (known) row[index] = SqlValueJson.ReadCell(ref reader, forms[index]);
            else reader.Skip();
        }
    }

    // Of equal names the last one counts, on both sides.
    private static Dictionary<string, int> IndexNames(IReadOnlyList<Field> fields)
    {
        var byName = new Dictionary<string, int>(fields.Count, StringComparer.Ordinal);
        for (var i = 0; i < fields.Count; i++) byName[fields[i].Name] = i;
        return byName;
    }

    // By value: the caller's reader stays where it is.
    private static List<Field> InferFields(Utf8JsonReader reader)
    {
        var fields = new List<Field>();
        if (!reader.Read()) return fields;
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        if (!isObject && reader.TokenType != JsonTokenType.StartArray) return fields;
        while (reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            if (isObject)
            {
                fields.Add(new Field(reader.GetString()!, "unknown"));
                reader.Read();
            }
            else
            {
                fields.Add(new Field($"column{fields.Count + 1}", "unknown"));
            }
            reader.Skip();
        }
        return fields;
    }
}
