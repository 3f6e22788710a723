using System.Buffers.Binary;
using System.Text;
using Shale.Sql;

namespace Shale.Postgres.Wire;

/// <summary>Values in PostgreSQL's binary formats, both ways.</summary>
/// <remarks>Hot path: rows through the PostgreSQL door.</remarks>
internal static class BinaryValue
{
    /// <summary>How many bytes a value takes at most.</summary>
    public static long MostBytes(SqlValue value, SqlType type)
    {
        if (value.Kind == SqlValueKind.Blob) return value.AsBlob().LongLength;
        if (value.Kind != SqlValueKind.Text) return 420;
        var text = value.AsText();
        if (type.Kind is SqlTypeKind.Int2Vector or SqlTypeKind.OidVector) return 20 + (8L * (text.AsSpan().Count(' ') + 1));
        return type.IsArray ? 64 + (32L * (text.AsSpan().Count(',') + 1)) + (3L * text.Length) : 32 + TextValue.MostBytes(value);
    }

    /// <summary>Writes a value that is not NULL. Errors: those of converting it to the type; 0A000 for dates beyond the years 1 to 9999.</summary>
    /// <param name="value">The value, in the form that shards hold it.</param>
    /// <param name="type">Its type.</param>
    /// <param name="into">At least <see cref="MostBytes"/>.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(SqlValue value, SqlType type, Span<byte> into)
    {
        if (type.IsArray) return WriteArray(value.AsText(), type, into);
        switch (type.Kind)
        {
            case SqlTypeKind.Bool:
                into[0] = Held(value, type, SqlValueKind.Boolean).AsInteger() != 0 ? (byte)1 : (byte)0;
                return 1;
            case SqlTypeKind.Int2:
                BinaryPrimitives.WriteInt16BigEndian(into, checked((short)Held(value, type, SqlValueKind.Integer).AsInteger()));
                return 2;
            case SqlTypeKind.Int4:
                BinaryPrimitives.WriteInt32BigEndian(into, checked((int)Held(value, type, SqlValueKind.Integer).AsInteger()));
                return 4;
            case var kind when TypeRules.IsOid(kind) && value.Kind == SqlValueKind.Integer:
                BinaryPrimitives.WriteUInt32BigEndian(into, checked((uint)value.AsInteger()));
                return 4;
            case var kind when TypeRules.IsReg(kind):
                throw new VitessException(ErrorCodes.QueryError, $"a value of type {type.Name} in binary is not supported", sqlState: "0A000", hint: "Cast it to text, or to oid.");
            case SqlTypeKind.Record:
                throw new VitessException(ErrorCodes.QueryError, "a row as a value in binary is not supported", sqlState: "0A000", hint: "Cast it to text, or select its columns.");
            case SqlTypeKind.Int2Vector or SqlTypeKind.OidVector:
                return WriteVector(value.AsText(), type.Kind == SqlTypeKind.Int2Vector ? SqlTypeKind.Int2 : SqlTypeKind.Oid, into);
            case SqlTypeKind.Int8:
                BinaryPrimitives.WriteInt64BigEndian(into, Held(value, type, SqlValueKind.Integer).AsInteger());
                return 8;
            case SqlTypeKind.Float4:
                BinaryPrimitives.WriteSingleBigEndian(into, (float)Held(value, type, SqlValueKind.Real).AsReal());
                return 4;
            case SqlTypeKind.Float8:
                BinaryPrimitives.WriteDoubleBigEndian(into, Held(value, type, SqlValueKind.Real).AsReal());
                return 8;
            case SqlTypeKind.Numeric:
                return BinaryNumeric.Write(value.Kind == SqlValueKind.Text ? value.AsText() : SqlTypes.TextOf(value, type), into);
            case SqlTypeKind.Bytea when value.Kind == SqlValueKind.Blob:
                value.AsBlob().CopyTo(into);
                return value.AsBlob().Length;
            case SqlTypeKind.Uuid:
                Guid.Parse(value.AsText()).TryWriteBytes(into, bigEndian: true, out var written);
                return written;
            case SqlTypeKind.Inet or SqlTypeKind.Cidr:
                return BinaryNetwork.Write(value.AsText(), type.Kind, into);
            case SqlTypeKind.MacAddr:
                PgMacAddress.Write(value.AsText(), into);
                return 6;
            case SqlTypeKind.Jsonb:
                into[0] = 1;
                return 1 + TextValue.WriteText(value.AsText(), into[1..]);
            case SqlTypeKind.Date or SqlTypeKind.Time or SqlTypeKind.TimeTz or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz or SqlTypeKind.Interval:
                return WriteTime(value.AsText(), type.Kind, into);
            default:
                return TextValue.Write(value, type, into);
        }
    }

    /// <summary>A value that a client sends. Errors: TYPE_ERROR (22P03, 22021, 22008); 0A000 for types without a binary format here.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="type">Its type.</param>
    public static SqlValue Read(ReadOnlySpan<byte> bytes, SqlType type)
    {
        if (type.IsArray) return SqlValue.Text(ReadArray(bytes, type));
        return type.Kind switch
        {
            SqlTypeKind.Bool => SqlValue.Boolean(Exactly(bytes, 1)[0] != 0),
            SqlTypeKind.Int2 => SqlValue.Integer(BinaryPrimitives.ReadInt16BigEndian(Exactly(bytes, 2))),
            SqlTypeKind.Int4 => SqlValue.Integer(BinaryPrimitives.ReadInt32BigEndian(Exactly(bytes, 4))),
            var kind when TypeRules.IsOid(kind) => SqlValue.Integer(BinaryPrimitives.ReadUInt32BigEndian(Exactly(bytes, 4))),
            SqlTypeKind.Int8 => SqlValue.Integer(BinaryPrimitives.ReadInt64BigEndian(Exactly(bytes, 8))),
            SqlTypeKind.Float4 => SqlValue.Real(BinaryPrimitives.ReadSingleBigEndian(Exactly(bytes, 4))),
            SqlTypeKind.Float8 => SqlValue.Real(BinaryPrimitives.ReadDoubleBigEndian(Exactly(bytes, 8))),
            SqlTypeKind.Numeric => SqlValue.Text(BinaryNumeric.Read(bytes)),
            SqlTypeKind.Bytea => SqlValue.Blob(bytes.ToArray()),
            SqlTypeKind.Uuid => SqlValue.Text(new Guid(Exactly(bytes, 16), bigEndian: true).ToString()),
            SqlTypeKind.Inet or SqlTypeKind.Cidr => SqlValue.Text((BinaryNetwork.Read(bytes) ?? throw Malformed(type.Name)).ToString(type.Kind)),
            SqlTypeKind.MacAddr => SqlValue.Text(PgMacAddress.Of(Exactly(bytes, 6))),
            SqlTypeKind.Jsonb => SqlValue.Text(bytes is [1, ..] ? MessageBody.Text(bytes[1..]) : throw Malformed("jsonb")),
            SqlTypeKind.Date => SqlValue.Text(BinaryTimes.Date(BinaryPrimitives.ReadInt32BigEndian(Exactly(bytes, 4)))),
            SqlTypeKind.Time => SqlValue.Text(BinaryTimes.Time(BinaryPrimitives.ReadInt64BigEndian(Exactly(bytes, 8)))),
            SqlTypeKind.TimeTz => SqlValue.Text(BinaryTimes.TimeTz(BinaryPrimitives.ReadInt64BigEndian(Exactly(bytes, 12)), BinaryPrimitives.ReadInt32BigEndian(bytes[8..]))),
            SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz => SqlValue.Text(BinaryTimes.Timestamp(BinaryPrimitives.ReadInt64BigEndian(Exactly(bytes, 8)), type.Kind)),
            SqlTypeKind.Interval => SqlValue.Text(new PgInterval(
                BinaryPrimitives.ReadInt32BigEndian(Exactly(bytes, 16)[12..]), BinaryPrimitives.ReadInt32BigEndian(bytes[8..]), BinaryPrimitives.ReadInt64BigEndian(bytes)).ToString()),
            SqlTypeKind.Record => throw new VitessException(ErrorCodes.QueryError, "a row as a parameter is not supported", sqlState: "0A000", hint: "Send its columns."),
            _ => SqlValue.Text(MessageBody.Text(bytes)),
        };
    }

    private static int WriteTime(string text, SqlTypeKind kind, Span<byte> into)
    {
        switch (kind)
        {
            case SqlTypeKind.Date:
                BinaryPrimitives.WriteInt32BigEndian(into, BinaryTimes.Days(text));
                return 4;
            case SqlTypeKind.Time:
                BinaryPrimitives.WriteInt64BigEndian(into, PgDates.ReadTime(text) / 10);
                return 8;
            case SqlTypeKind.TimeTz:
                return BinaryTimes.WriteTimeTz(text, into);
            case SqlTypeKind.Interval:
                var interval = PgInterval.Parse(text);
                BinaryPrimitives.WriteInt64BigEndian(into, interval.Micros);
                BinaryPrimitives.WriteInt32BigEndian(into[8..], interval.Days);
                BinaryPrimitives.WriteInt32BigEndian(into[12..], interval.Months);
                return 16;
            default:
                BinaryPrimitives.WriteInt64BigEndian(into, BinaryTimes.Micros(text));
                return 8;
        }
    }

    // An array that has one dimension also when it is empty, and begins at 0.
    private static int WriteVector(string text, SqlTypeKind element, Span<byte> into)
    {
        var items = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        into[..20].Clear();
        into[3] = 1;
        BinaryPrimitives.WriteInt32BigEndian(into[8..], PostgresTypes.OidOf(new SqlType(element)));
        BinaryPrimitives.WriteInt32BigEndian(into[12..], items.Length);
        var at = 20;
        foreach (var item in items)
        {
            var length = Write(PgArrays.Item(item, new SqlType(element)), new SqlType(element), into[(at + 4)..]);
            BinaryPrimitives.WriteInt32BigEndian(into[at..], length);
            at += 4 + length;
        }

        return at;
    }

    // Dimensions, whether there is a NULL, the type of the elements; for the one dimension its length and where it begins; then each element as a cell of a row.
    private static int WriteArray(string text, SqlType type, Span<byte> into)
    {
        var element = new SqlType(type.Kind, false, type.Modifier, type.Scale);
        var items = PgArrays.Parse(text);
        BinaryPrimitives.WriteInt32BigEndian(into, items.Count == 0 ? 0 : 1);
        BinaryPrimitives.WriteInt32BigEndian(into[4..], items.Contains(null) ? 1 : 0);
        BinaryPrimitives.WriteInt32BigEndian(into[8..], PostgresTypes.OidOf(element));
        if (items.Count == 0) return 12;
        BinaryPrimitives.WriteInt32BigEndian(into[12..], items.Count);
        BinaryPrimitives.WriteInt32BigEndian(into[16..], 1);
        var at = 20;
        foreach (var item in items)
        {
            // A numeric's text keeps its zeros.
            var value = element.Kind == SqlTypeKind.Numeric ? SqlValue.Text(item) : PgArrays.Item(item, element);
            var length = item is null ? -1 : Write(value, element, into[(at + 4)..]);
            BinaryPrimitives.WriteInt32BigEndian(into[at..], length);
            at += 4 + Math.Max(length, 0);
        }

        return at;
    }

    private static string ReadArray(ReadOnlySpan<byte> bytes, SqlType type)
    {
        var body = new MessageBody(bytes);
        var (dimensions, _, _) = (body.ReadInt32(), body.ReadInt32(), body.ReadInt32());
        if (dimensions == 0) return "{}";
        var (count, start) = dimensions == 1 ? (body.ReadInt32(), body.ReadInt32()) : throw Unsupported("an array of arrays");
        if (start != 1) throw Unsupported("an array whose subscripts do not begin at 1");
        if (count < 0 || count > body.Rest.Length / 4) throw Malformed("array");
        var element = new SqlType(type.Kind, false, type.Modifier, type.Scale);
        var items = new string?[count];
        for (var i = 0; i < count; i++)
        {
            var length = body.ReadInt32();
            if (length < 0) continue;
            var item = Read(body.ReadBytes(length), element);
            items[i] = item.Kind == SqlValueKind.Text ? item.AsText() : PgArrays.ItemText(item, element);
        }

        body.RequireEnd();
        return PgArrays.Format(items);
    }

    // A cell of another class than its type's becomes what the type says, as a value that is assigned to a column does.
    private static SqlValue Held(SqlValue value, SqlType type, SqlValueKind kind) =>
        value.Kind == kind || (kind == SqlValueKind.Boolean && value.Kind == SqlValueKind.Integer) ? value : ParameterConversion.Convert(value, type, SqlDialect.Postgres);

    private static ReadOnlySpan<byte> Exactly(ReadOnlySpan<byte> bytes, int length) => bytes.Length == length ? bytes : throw Malformed("parameter");

    private static VitessException Malformed(string what) => new(ErrorCodes.TypeError, $"incorrect binary data format in {what}", sqlState: "22P03", hint: "Send the value as text.");

    private static VitessException Unsupported(string what) => new(ErrorCodes.QueryError, $"{what} is not supported", sqlState: "0A000", hint: "Send jsonb.");
}
