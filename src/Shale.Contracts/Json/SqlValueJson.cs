using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Shale.Contracts;

/// <summary>
/// SQL values as JSON (SEMANTICS S6.3). Two forms: of a value by itself (parameters, SHARD_* messages), which keeps its storage class
/// exactly; and of a result's cell, where integers beyond 2^53-1 and NUMERIC are strings that the field's type tells.
/// </summary>
public static class SqlValueJson
{
    /// <summary>The greatest integer that a JavaScript number holds exactly.</summary>
    public const long MaxSafeInteger = (1L << 53) - 1;

    private const string TypeName = "__type";
    private const string BytesType = "Uint8Array";
    private const string RealType = "Real";

    /// <summary>Writes a value by itself, without loss.</summary>
    public static void Write(Utf8JsonWriter writer, SqlValue value)
    {
        switch (value.Kind)
        {
            case SqlValueKind.Null:
                writer.WriteNullValue();
                break;
            case SqlValueKind.Integer:
                writer.WriteNumberValue(value.AsInteger());
                break;
            case SqlValueKind.Real:
                WriteReal(writer, value.AsReal(), tagged: true);
                break;
            case SqlValueKind.Text:
                writer.WriteStringValue(value.AsText());
                break;
            case SqlValueKind.Boolean:
                writer.WriteBooleanValue(value.AsBoolean());
                break;
            default:
                WriteBytes(writer, value.AsBlob());
                break;
        }
    }

    /// <summary>Writes the cell of a result.</summary>
    internal static void WriteCell(Utf8JsonWriter writer, SqlValue value, CellForm form)
    {
        if (value.Kind == SqlValueKind.Integer)
        {
            var integer = value.AsInteger();
            if (form == CellForm.Bool && integer is 0 or 1) writer.WriteBooleanValue(integer != 0);
            else if (form == CellForm.Numeric || integer is > MaxSafeInteger or < -MaxSafeInteger) WriteQuoted(writer, integer);
            else writer.WriteNumberValue(integer);
        }
        else if (value.Kind == SqlValueKind.Real)
        {
            if (form == CellForm.Numeric) writer.WriteStringValue(value.AsReal().ToString("R", CultureInfo.InvariantCulture));
            else WriteReal(writer, value.AsReal(), tagged: false);
        }
        else
        {
            Write(writer, value);
        }
    }

    /// <summary>Reads a value by itself.</summary>
    public static SqlValue Read(ref Utf8JsonReader reader) => ReadCell(ref reader, CellForm.Plain);

    /// <summary>Reads the cell of a result.</summary>
    internal static SqlValue ReadCell(ref Utf8JsonReader reader, CellForm form)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return SqlValue.Null;
            case JsonTokenType.True:
                return SqlValue.Boolean(true);
            case JsonTokenType.False:
                return SqlValue.Boolean(false);
            case JsonTokenType.Number:
                return ReadNumber(ref reader, form);
            case JsonTokenType.String:
                return ReadString(reader.GetString()!, form);
            case JsonTokenType.StartObject:
                return ReadTagged(ref reader);
            default:
                throw new JsonException("a value is a number, a string, true, false, null, or bytes");
        }
    }

    // An integer that 64 bits cannot hold is a NUMERIC, and those are text: nothing is rounded on the way in.
    private static SqlValue ReadNumber(ref Utf8JsonReader reader, CellForm form)
    {
        if (form == CellForm.Real) return SqlValue.Real(reader.GetDouble());
        if (reader.TryGetInt64(out var integer)) return SqlValue.Integer(integer);
        var digits = reader.HasValueSequence ? System.Buffers.BuffersExtensions.ToArray(reader.ValueSequence) : reader.ValueSpan;
        return digits.IndexOfAny("."u8[0], "e"u8[0], "E"u8[0]) < 0
            ? SqlValue.Text(System.Text.Encoding.ASCII.GetString(digits))
            : SqlValue.Real(reader.GetDouble());
    }

    private static SqlValue ReadString(string text, CellForm form)
    {
        if (form == CellForm.Integer && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
            return SqlValue.Integer(integer);
        if (form == CellForm.Real && text is "NaN" or "Infinity" or "-Infinity") return SqlValue.Real(ParseReal(text));
        return SqlValue.Text(text);
    }

    private static SqlValue ReadTagged(ref Utf8JsonReader reader)
    {
        string? type = null, data = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals(TypeName);
            var isData = reader.ValueTextEquals("data");
            reader.Read();
            if ((isType || isData) && reader.TokenType == JsonTokenType.String)
            {
                if (isType) type = reader.GetString();
                else data = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }
        return (type, data) switch
        {
            (BytesType, not null) => SqlValue.Blob(FromBase64(data)),
            (RealType, not null) => SqlValue.Real(ParseReal(data)),
            _ => throw new JsonException("an object is no SQL value; bytes are {\"__type\":\"Uint8Array\",\"data\":base64}, JSON is a string"),
        };
    }

    private static byte[] FromBase64(string data)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(data.Length)];
        return Convert.TryFromBase64String(data, bytes, out var length)
            ? bytes.AsSpan(0, length).ToArray()
            : throw new JsonException("the data of a Uint8Array is not base64");
    }

    private static double ParseReal(string text) => text switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => throw new JsonException("a tagged Real is NaN, Infinity or -Infinity"),
    };

    private static void WriteQuoted(Utf8JsonWriter writer, long integer)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(integer, digits, out var length);
        writer.WriteStringValue(digits[..length]);
    }

    // A whole float keeps its ".0", which is all that tells it from an integer where the field's type does not.
    private static void WriteReal(Utf8JsonWriter writer, double real, bool tagged)
    {
        if (!double.IsFinite(real))
        {
            var name = double.IsNaN(real) ? "NaN" : real > 0 ? "Infinity" : "-Infinity";
            if (tagged) WriteTagged(writer, RealType, name);
            else writer.WriteStringValue(name);
            return;
        }
        Span<byte> digits = stackalloc byte[40];
        real.TryFormat(digits, out var length, "R", CultureInfo.InvariantCulture);
        if (digits[..length].IndexOfAny((byte)'.', (byte)'E') < 0)
        {
            ".0"u8.CopyTo(digits[length..]);
            length += 2;
        }
        writer.WriteRawValue(digits[..length], skipInputValidation: true);
    }

    private static void WriteBytes(Utf8JsonWriter writer, byte[] bytes)
    {
        writer.WriteStartObject();
        writer.WriteString(TypeName, BytesType);
        writer.WriteBase64String("data", bytes);
        writer.WriteEndObject();
    }

    private static void WriteTagged(Utf8JsonWriter writer, string type, string data)
    {
        writer.WriteStartObject();
        writer.WriteString(TypeName, type);
        writer.WriteString("data", data);
        writer.WriteEndObject();
    }
}
