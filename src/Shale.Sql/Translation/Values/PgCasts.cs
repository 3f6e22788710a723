using System.Globalization;
using System.Text;

namespace Shale.Sql;

/// <summary>PostgreSQL's conversions between types, on the values that SQLite shards hold.</summary>
internal static class PgCasts
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;
    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdef");

    /// <summary>
    /// A value of one type as another. Errors as PostgreSQL's: 22P02, 22003, 22007, 22008, 22001, 42846.
    /// </summary>
    /// <param name="value">The value; NULL stays NULL.</param>
    /// <param name="from">Its type; unknown and text are read by the target's input.</param>
    /// <param name="to">The target, with length, precision and scale.</param>
    /// <param name="isExplicit">CAST cuts what is too long; an assignment refuses it.</param>
    public static SqlValue Convert(SqlValue value, SqlType from, SqlType to, bool isExplicit)
    {
        if (value.IsNull) return value;
        if (to.IsArray || from.IsArray) return Array(value, from, to, isExplicit);
        return to.Kind switch
        {
            SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8 => SqlValue.Integer(ToInteger(value, from, to)),
            SqlTypeKind.Float4 or SqlTypeKind.Float8 => SqlValue.Real(ToFloat(value, from, to)),
            SqlTypeKind.Numeric => ToNumeric(value, from, to),
            SqlTypeKind.Bool => SqlValue.Boolean(ToBool(value, from)),
            SqlTypeKind.Text or SqlTypeKind.Varchar or SqlTypeKind.Char => SqlValue.Text(Fit(TypeRules.IsNetwork(from.Kind) ? PgNetwork.Held(value.AsText()).Shown : ToText(value, from), from, to, isExplicit)),
            SqlTypeKind.Bytea => ToBytes(value, from),
            SqlTypeKind.Uuid => SqlValue.Text(ToUuid(Text(value, from, to))),
            SqlTypeKind.Date or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz => SqlValue.Text(ToDate(value, from, to)),
            SqlTypeKind.Time => SqlValue.Text(ToTime(value, from, to)),
            SqlTypeKind.Interval => SqlValue.Text(ToInterval(value, from)),
            SqlTypeKind.Json => SqlValue.Text(ToJson(value, from, to)),
            SqlTypeKind.Jsonb => SqlValue.Text(PgJson.Parse(ToJson(value, from, to), to).ToJsonb()),
            SqlTypeKind.Inet or SqlTypeKind.Cidr => SqlValue.Text(ToNetwork(Text(value, from, to), from.Kind, to.Kind)),
            SqlTypeKind.MacAddr => SqlValue.Text(PgMacAddress.Parse(Text(value, from, to))),
            SqlTypeKind.TimeTz => throw SqlErrors.Unsupported("the type time with time zone"),
            SqlTypeKind.Oid => SqlValue.Integer(ToOid(value, from)),
            _ => value,
        };
    }

    /// <summary>The text that PostgreSQL prints for a value of the type.</summary>
    public static string ToText(SqlValue value, SqlType type) => type.IsArray ? value.AsText() : type.Kind switch
    {
        SqlTypeKind.Bool => value.AsInteger() != 0 ? "true" : "false",
        // A PostgreSQL shard has printed it.
        SqlTypeKind.Numeric when value.Kind == SqlValueKind.Text => value.AsText(),
        SqlTypeKind.Float4 => PgNumbers.FormatFloat(PgNumeric.ToDouble(value), single: true),
        SqlTypeKind.Float8 => PgNumbers.FormatFloat(PgNumeric.ToDouble(value), single: false),
        SqlTypeKind.Numeric => PgNumeric.Format(value, type.Scale),
        SqlTypeKind.Bytea when value.Kind == SqlValueKind.Blob => "\\x" + System.Convert.ToHexStringLower(value.AsBlob()),
        SqlTypeKind.Char when value.Kind == SqlValueKind.Text => value.AsText().TrimEnd(' '),
        _ => value.Kind switch
        {
            SqlValueKind.Text => value.AsText(),
            SqlValueKind.Integer => value.AsInteger().ToString(Invariant),
            SqlValueKind.Boolean => value.AsBoolean() ? "true" : "false",
            SqlValueKind.Real => PgNumbers.FormatFloat(value.AsReal(), single: false),
            _ => Encoding.UTF8.GetString(value.AsBlob()),
        },
    };

    // A negative number is the one that has the same 32 bits.
    private static long ToOid(SqlValue value, SqlType from)
    {
        var number = value.Kind == SqlValueKind.Text ? ToInteger(value, from, new SqlType(SqlTypeKind.Int8)) : value.AsInteger();
        if (number is < int.MinValue or > uint.MaxValue) throw SqlErrors.Data(value.Kind == SqlValueKind.Text ? $"value \"{value.AsText()}\" is out of range for type oid" : "OID out of range", "22003");
        return (uint)number;
    }

    /// <summary>A text as a boolean. Error: 22P02.</summary>
    public static bool ParseBool(string text)
    {
        var word = text.Trim().ToLowerInvariant();
        if (word.Length > 0)
        {
            if ("true".StartsWith(word, StringComparison.Ordinal) || "yes".StartsWith(word, StringComparison.Ordinal) || word is "on" or "1") return true;
            if ("false".StartsWith(word, StringComparison.Ordinal) || "no".StartsWith(word, StringComparison.Ordinal) || word is "off" or "of" or "0") return false;
        }

        throw SqlErrors.InvalidText(new SqlType(SqlTypeKind.Bool), text);
    }

    /// <summary>A text as bytea: hex or escape format. Error: 22P02.</summary>
    public static byte[] ParseBytes(string text)
    {
        try
        {
            if (text.StartsWith("\\x", StringComparison.OrdinalIgnoreCase)) return System.Convert.FromHexString(string.Concat(text.AsSpan(2).ToString().Where(c => !char.IsWhiteSpace(c))));
        }
        catch (FormatException)
        {
            throw SqlErrors.Data("invalid hexadecimal data", "22023");
        }

        return Escaped(text);
    }

    /// <summary>Characters (code points) of a text.</summary>
    public static int Length(string text)
    {
        var count = text.Length;
        foreach (var unit in text)
            if (char.IsLowSurrogate(unit)) count--;
        return count;
    }

    private static byte[] Escaped(string text)
    {
        var bytes = new List<byte>(text.Length);
        var utf8 = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] != '\\')
            {
                bytes.Add(utf8[i]);
            }
            else if (i + 1 < utf8.Length && utf8[i + 1] == '\\')
            {
                bytes.Add(utf8[++i]);
            }
            else
            {
                if (i + 3 >= utf8.Length || utf8[i + 1] is < (byte)'0' or > (byte)'3' || !IsOctal(utf8[i + 2]) || !IsOctal(utf8[i + 3]))
                    throw SqlErrors.InvalidText(new SqlType(SqlTypeKind.Bytea), text);
                bytes.Add((byte)(((utf8[i + 1] - '0') << 6) | ((utf8[i + 2] - '0') << 3) | (utf8[i + 3] - '0')));
                i += 3;
            }
        }

        return [.. bytes];
    }

    private static bool IsOctal(byte digit) => digit is >= (byte)'0' and <= (byte)'7';

    private static bool IsTextual(SqlValue value, SqlType from) =>
        value.Kind == SqlValueKind.Text && (from.Kind == SqlTypeKind.Unknown || TypeRules.IsText(from.Kind));

    private static string Text(SqlValue value, SqlType from, SqlType to) => value.Kind == SqlValueKind.Text ? value.AsText() : throw SqlErrors.CannotCast(from, to, null);

    private static long ToInteger(SqlValue value, SqlType from, SqlType to)
    {
        if (IsTextual(value, from)) return PgNumbers.ParseInteger(value.AsText(), to);
        if (from.Kind == SqlTypeKind.Jsonb) return PgNumeric.Read(PgJson.Number(value.AsText(), to)).ToInteger(to.Kind);
        if (from.Kind == SqlTypeKind.Numeric) return PgNumeric.Read(value).ToInteger(to.Kind);
        return value.Kind switch
        {
            SqlValueKind.Integer or SqlValueKind.Boolean => PgNumbers.Check(value.AsInteger(), to.Kind),
            SqlValueKind.Real => PgNumbers.FloatToInteger(value.AsReal(), to.Kind),
            _ => throw SqlErrors.CannotCast(from, to, null),
        };
    }

    private static double ToFloat(SqlValue value, SqlType from, SqlType to)
    {
        if (IsTextual(value, from)) return PgNumbers.ParseFloat(value.AsText(), to);
        if (from.Kind == SqlTypeKind.Jsonb) value = PgJson.Number(value.AsText(), to);
        if (value.Kind == SqlValueKind.Text && from.Kind is SqlTypeKind.Jsonb or SqlTypeKind.Numeric) return PgNumbers.ParseFloat(value.AsText(), to);
        if (value.Kind is not (SqlValueKind.Integer or SqlValueKind.Real)) throw SqlErrors.CannotCast(from, to, null);
        var number = PgNumeric.ToDouble(value);
        if (to.Kind == SqlTypeKind.Float8) return number;
        var single = (float)number;
        if (float.IsInfinity(single) && !double.IsInfinity(number)) throw SqlErrors.Data("value out of range: overflow", "22003");
        return single;
    }

    private static SqlValue ToNumeric(SqlValue value, SqlType from, SqlType to)
    {
        var number = IsTextual(value, from) ? PgNumeric.Parse(value.AsText())
            : from.Kind == SqlTypeKind.Jsonb ? PgJson.Number(value.AsText(), to)
            : TypeRules.IsFloat(from.Kind) && value.Kind == SqlValueKind.Real ? PgNumeric.Value(PgDecimal.FromFloat(value.AsReal(), from.Kind == SqlTypeKind.Float4))
            : value.Kind is SqlValueKind.Integer or SqlValueKind.Real || from.Kind == SqlTypeKind.Numeric ? PgNumeric.Value(PgNumeric.Read(value)) : throw SqlErrors.CannotCast(from, to, null);
        return to.Modifier is { } precision ? PgNumeric.Value(PgNumeric.Read(number).Fit(precision, to.Scale ?? 0)) : number;
    }

    private static bool ToBool(SqlValue value, SqlType from)
    {
        if (value.Kind == SqlValueKind.Boolean) return value.AsBoolean();
        if (IsTextual(value, from)) return ParseBool(value.AsText());
        if (from.Kind == SqlTypeKind.Jsonb) return PgJson.Boolean(value.AsText());
        return value.Kind == SqlValueKind.Integer ? value.AsInteger() != 0 : throw SqlErrors.CannotCast(from, new SqlType(SqlTypeKind.Bool), null);
    }

    private static string Fit(string text, SqlType from, SqlType to, bool isExplicit)
    {
        _ = from;
        if (to.Modifier is not { } length || to.Kind == SqlTypeKind.Text) return text;
        var count = Length(text);
        if (count > length)
        {
            var cut = Cut(text, length);
            if (!isExplicit && text.AsSpan(cut.Length).Trim(' ').Length > 0)
                throw SqlErrors.Data($"value too long for type {to.Display()}({length})", "22001", "Shorten the value, or widen the column.");
            text = cut;
            count = length;
        }

        return to.Kind == SqlTypeKind.Char ? text.PadRight(text.Length + length - count, ' ') : text;
    }

    private static string Cut(string text, int characters)
    {
        var at = 0;
        for (var i = 0; i < characters && at < text.Length; i++) at += char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
        return text[..at];
    }

    private static SqlValue ToBytes(SqlValue value, SqlType from) =>
        value.Kind == SqlValueKind.Blob ? value : SqlValue.Blob(ParseBytes(Text(value, from, new SqlType(SqlTypeKind.Bytea))));

    private static string ToUuid(string text)
    {
        var body = text.Trim();
        if (body.StartsWith('{') && body.EndsWith('}')) body = body[1..^1];
        var hex = body.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        if (hex.Length != 32 || hex.AsSpan().ContainsAnyExcept(HexDigits) || body != text.Trim('{', '}')) throw SqlErrors.InvalidText(new SqlType(SqlTypeKind.Uuid), text);
        return $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
    }

    // Of an address of a host its network is left as a cidr.
    private static string ToNetwork(string text, SqlTypeKind from, SqlTypeKind to) =>
        (!TypeRules.IsNetwork(from) ? PgNetwork.Parse(text, to) : to == SqlTypeKind.Cidr ? PgNetwork.Held(text).Network : PgNetwork.Held(text)).ToString(to);

    private static string ToDate(SqlValue value, SqlType from, SqlType to)
    {
        var text = Text(value, from, to);
        if (from.Kind is not (SqlTypeKind.Date or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz)) return PgDates.Parse(text, to);
        if (PgDates.IsInfinite(text)) return text;
        var time = PgDates.Read(text);
        return PgDates.Format(to is { Kind: not SqlTypeKind.Date, Modifier: { } digits } ? PgDates.Round(time, digits) : time, to.Kind);
    }

    private static string ToTime(SqlValue value, SqlType from, SqlType to)
    {
        var text = Text(value, from, to);
        switch (from.Kind)
        {
            case SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz:
                return PgDates.Time(PgDates.Read(text).TimeOfDay.Ticks);
            case SqlTypeKind.Interval:
                var micros = PgInterval.Parse(text).Micros % PgInterval.MicrosPerDay;
                return PgDates.Time((micros < 0 ? micros + PgInterval.MicrosPerDay : micros) * 10);
            default:
                return PgDates.ParseTime(text, to);
        }
    }

    private static string ToInterval(SqlValue value, SqlType from)
    {
        var text = Text(value, from, new SqlType(SqlTypeKind.Interval));
        return from.Kind == SqlTypeKind.Time ? new PgInterval(0, 0, PgDates.ReadTime(text) / 10).ToString() : PgInterval.Parse(text).ToString();
    }

    private static string ToJson(SqlValue value, SqlType from, SqlType to)
    {
        var text = Text(value, from, to);
        if (from.Kind is not (SqlTypeKind.Json or SqlTypeKind.Jsonb)) _ = PgJson.Parse(text, to);
        return text;
    }

    // Arrays are held in PostgreSQL's own text, {1,2,NULL}, written in one way only: equal arrays are equal texts.
    private static SqlValue Array(SqlValue value, SqlType from, SqlType to, bool isExplicit)
    {
        var text = Text(value, from, to);
        if (!to.IsArray) return SqlValue.Text(text);
        var element = new SqlType(to.Kind, false, to.Modifier, to.Scale);
        var source = from.IsArray ? new SqlType(from.Kind) : SqlType.Unknown;
        return SqlValue.Text(PgArrays.Format(PgArrays.Parse(text).Select(item => item is null ? null : PgArrays.ItemText(Convert(PgArrays.Item(item, source), source, element, isExplicit), element))));
    }
}
