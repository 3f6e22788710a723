using System.Text.Json;

namespace Shale.Contracts;

/// <summary>Writes rows as JSON straight from a row set. Immutable after construction; made once for each result.</summary>
/// <remarks>Hot path: the point query through HTTP (bench main).</remarks>
public sealed class RowJsonWriter
{
    private readonly IReadOnlyList<Field> _fields;
    private readonly CellForm[] _forms;
    private readonly bool _asArrays;

    // For objects: cells that a later column of the same name replaces are not written. Null if all names differ.
    private readonly bool[]? _hidden;

    /// <summary>A writer for rows of these fields.</summary>
    /// <param name="fields">The columns.</param>
    /// <param name="asArrays">Rows as arrays; otherwise as objects by column name, of equal names the last.</param>
    public RowJsonWriter(IReadOnlyList<Field> fields, bool asArrays)
    {
        _fields = fields;
        _forms = CellForms.Of(fields);
        _asArrays = asArrays;
        if (!asArrays) _hidden = FindHidden(fields);
    }

    /// <summary>Writes the fields as an array.</summary>
    public void WriteFields(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        for (var i = 0; i < _fields.Count; i++)
        {
            var field = _fields[i];
            writer.WriteStartObject();
            writer.WriteString("name"u8, field.Name);
            writer.WriteString("type"u8, field.Type);
            if (field.NativeType is { } native) writer.WriteString("nativeType"u8, native);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <summary>Writes one row.</summary>
    public void WriteRow(Utf8JsonWriter writer, ReadOnlySpan<SqlValue> row)
    {
        if (_asArrays)
        {
            writer.WriteStartArray();
            for (var i = 0; i < row.Length; i++) SqlValueJson.WriteCell(writer, row[i], _forms[i]);
            writer.WriteEndArray();
            return;
        }
        writer.WriteStartObject();
        for (var i = 0; i < row.Length; i++)
        {
            if (_hidden is not null && _hidden[i]) continue;
            writer.WritePropertyName(_fields[i].Name);
            SqlValueJson.WriteCell(writer, row[i], _forms[i]);
        }
        writer.WriteEndObject();
    }

    /// <summary>Writes what follows the rows.</summary>
    public static void WriteTail(Utf8JsonWriter writer, QueryResult value)
    {
        writer.WriteNumber("rowCount"u8, value.RowCount);
        if (value.Duration is { } duration) writer.WriteNumber("duration"u8, duration);
        if (value.Affected is { } affected) writer.WriteNumber("affected"u8, affected);
        if (value.LastInsertId is { } id)
        {
            writer.WritePropertyName("lastInsertId"u8);
            SqlValueJson.WriteCell(writer, SqlValue.Integer(id), CellForm.Integer);
        }
        if (value.Tier is { } tier) writer.WriteString("tier"u8, tier);
        WriteStrings(writer, "shards"u8, value.Shards);
        WriteStrings(writer, "missingShards"u8, value.MissingShards);
        WriteStrings(writer, "notices"u8, value.Notices);
    }

    private static void WriteStrings(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<string>? values)
    {
        if (values is null || values.Count == 0) return;
        writer.WriteStartArray(name);
        for (var i = 0; i < values.Count; i++) writer.WriteStringValue(values[i]);
        writer.WriteEndArray();
    }

    private static bool[]? FindHidden(IReadOnlyList<Field> fields)
    {
        bool[]? hidden = null;
        for (var i = 0; i < fields.Count; i++)
        {
            for (var later = i + 1; later < fields.Count; later++)
            {
                if (!string.Equals(fields[i].Name, fields[later].Name, StringComparison.Ordinal)) continue;
                (hidden ??= new bool[fields.Count])[i] = true;
                break;
            }
        }
        return hidden;
    }
}
