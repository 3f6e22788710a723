using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using Npgsql;
using Shale.Postgres.Wire;
using Shale.Sql;

namespace Shale.Postgres;

/// <summary>The columns of a statement, and how each is read: numbers, booleans and bytes as such, everything else as PostgreSQL's own text.</summary>
internal sealed class RowShape
{
    private const uint Name = 19, Oid = 26;

    private readonly Way[] _ways;
    private readonly uint[] _oids;
    private volatile Fitted? _fitted;

    private RowShape(Field[] fields, Way[] ways, uint[] oids) => (Fields, _ways, _oids) = (fields, ways, oids);

    private enum Way : byte
    {
        Text,
        Bool,
        Int2,
        Int4,
        Int8,
        Float4,
        Float8,
        Bytea,
        Oid,
    }

    /// <summary>Nothing.</summary>
    public static RowShape None { get; } = new([], [], []);

    public Field[] Fields { get; }

    /// <summary>For each column whether the server must send it as text; null if none.</summary>
    public bool[]? AsText { get; private init; }

    /// <summary>The columns that a reader has.</summary>
    /// <param name="reader">Describes the statement.</param>
    /// <param name="names">The names of types that Shale does not know, by number.</param>
    public static RowShape Of(NpgsqlDataReader reader, IReadOnlyDictionary<uint, string> names) => Of(ColumnsOf(reader), names);

    /// <summary>The columns that a server has described.</summary>
    /// <param name="columns">Of each its name, and the number of its type.</param>
    /// <param name="names">The names of types that Shale does not know, by number.</param>
    public static RowShape Of(IReadOnlyList<(string Name, uint Oid)> columns, IReadOnlyDictionary<uint, string> names)
    {
        if (columns.Count == 0) return None;
        var fields = new Field[columns.Count];
        var ways = new Way[fields.Length];
        var asText = new bool[fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            var (name, oid) = columns[i];
            var type = PostgresTypes.Find((int)oid);
            (ways[i], asText[i]) = WayOf(oid, type);
            fields[i] = new Field(name, TypeName(oid, type), NativeName(oid, type, names));
        }

        return new RowShape(fields, ways, [.. columns.Select(column => column.Oid)]) { AsText = asText.Contains(true) ? asText : null };
    }

    /// <summary>The columns of a reader.</summary>
    public static (string Name, uint Oid)[] ColumnsOf(NpgsqlDataReader reader)
    {
        var columns = new (string, uint)[reader.FieldCount];
        for (var i = 0; i < columns.Length; i++) columns[i] = (reader.GetName(i), reader.GetDataTypeOID(i));
        return columns;
    }

    /// <summary>The numbers of the types of columns that Shale does not know.</summary>
    public static IEnumerable<uint> Strangers(IEnumerable<(string Name, uint Oid)> columns) =>
        columns.Select(column => column.Oid).Where(oid => oid is not (Name or Oid) && PostgresTypes.Find((int)oid) is null);

    /// <summary>In which form each column comes as values: in binary, or as text.</summary>
    public bool[] OwnFormats => field ??= Array.ConvertAll(_ways, way => way != Way.Text);

    /// <summary>Whether the bytes of each column mean the same to any server: those of types that a user has made, or of rows and names of tables, hold numbers of one database.</summary>
    public bool IsPortable => Array.TrueForAll(_oids, oid => PostgresTypes.Find((int)oid) is { Kind: var kind } && HasBytes(kind));

    /// <summary>In which form each column comes for a caller who passes the rows on: what has no binary form here stays text.</summary>
    public bool[] FormatsFor(RowEncoding encoding)
    {
        var formats = new bool[_ways.Length];
        for (var i = 0; i < formats.Length; i++) formats[i] = encoding.IsBinary(i) && PostgresTypes.Find((int)_oids[i]) is { } type && HasBytes(type.Kind) && (encoding.IsCopied || !type.IsArray);
        return formats;
    }

    private static bool HasBytes(SqlTypeKind kind) => !TypeRules.IsReg(kind) && kind is not (SqlTypeKind.Record or SqlTypeKind.Void or SqlTypeKind.Unknown or SqlTypeKind.Int2Vector or SqlTypeKind.OidVector);

    /// <summary>Whether the server's columns have the types of these.</summary>
    public bool Fits(IReadOnlyList<Field> fields)
    {
        if (_fitted is { } known && ReferenceEquals(known.Fields, fields)) return known.Fits;
        var fits = fields.Count == _oids.Length;
        for (var i = 0; fits && i < _oids.Length; i++) fits = PostgresTypes.OidOf(SqlTypes.Named(fields[i].Type)) == (int)_oids[i];
        _fitted = new Fitted(fields, fits);
        return fits;
    }

    /// <summary>Whether the server's columns, in these forms, are what a client was told of.</summary>
    public bool Fits(ReadOnlySpan<ColumnFormat> columns, ReadOnlySpan<bool> formats)
    {
        if (columns.Length != _oids.Length) return false;
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].IsIso || columns[i].IsBinary != formats[i] || PostgresTypes.OidOf(columns[i].Type) != (int)_oids[i]) return false;
        }

        return true;
    }

    /// <summary>Reads the row that the reader stands on.</summary>
    public void Read(NpgsqlDataReader reader, Span<SqlValue> row)
    {
        for (var i = 0; i < _ways.Length; i++)
        {
            if (reader.IsDBNull(i)) continue;
            row[i] = _ways[i] switch
            {
                Way.Bool => SqlValue.Boolean(reader.GetBoolean(i)),
                Way.Int2 => SqlValue.Integer(reader.GetInt16(i)),
                Way.Int4 => SqlValue.Integer(reader.GetInt32(i)),
                Way.Int8 => SqlValue.Integer(reader.GetInt64(i)),
                Way.Float4 => SqlValue.Real(Widen(reader.GetFloat(i))),
                Way.Float8 => SqlValue.Real(reader.GetDouble(i)),
                Way.Bytea => SqlValue.Blob(reader.GetFieldValue<byte[]>(i)),
                Way.Oid => SqlValue.Integer(reader.GetFieldValue<uint>(i)),
                _ => SqlValue.Text(reader.GetString(i)),
            };
        }
    }

    /// <summary>Reads the body of a DataRow.</summary>
    /// <param name="bytes">The body.</param>
    /// <param name="formats">For each column whether it is in binary.</param>
    /// <param name="row">Gets the values.</param>
    public void Read(ReadOnlySpan<byte> bytes, ReadOnlySpan<bool> formats, Span<SqlValue> row)
    {
        var body = new MessageBody(bytes);
        if (body.ReadInt16() != _ways.Length) throw WireErrors.Malformed("a row of the server has another number of columns than it has described");
        for (var i = 0; i < _ways.Length; i++)
        {
            var length = body.ReadInt32();
            if (length >= 0) row[i] = formats[i] ? ReadBinary(_ways[i], _oids[i], body.ReadBytes(length)) : ReadText(_ways[i], body.ReadBytes(length));
        }
    }

    private static SqlValue ReadBinary(Way way, uint oid, ReadOnlySpan<byte> bytes) => way switch
    {
        Way.Bool => SqlValue.Boolean(bytes[0] != 0),
        Way.Int2 => SqlValue.Integer(BinaryPrimitives.ReadInt16BigEndian(bytes)),
        Way.Int4 => SqlValue.Integer(BinaryPrimitives.ReadInt32BigEndian(bytes)),
        Way.Int8 => SqlValue.Integer(BinaryPrimitives.ReadInt64BigEndian(bytes)),
        Way.Float4 => SqlValue.Real(Widen(BinaryPrimitives.ReadSingleBigEndian(bytes))),
        Way.Float8 => SqlValue.Real(BinaryPrimitives.ReadDoubleBigEndian(bytes)),
        Way.Bytea => SqlValue.Blob(bytes.ToArray()),
        Way.Oid => SqlValue.Integer(BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        _ => BinaryValue.Read(bytes, PostgresTypes.Find((int)oid)!.Value),
    };

    private static SqlValue ReadText(Way way, ReadOnlySpan<byte> bytes) => way switch
    {
        Way.Bool => SqlValue.Boolean(bytes is [(byte)'t']),
        Way.Int2 or Way.Int4 or Way.Int8 or Way.Oid => Utf8Parser.TryParse(bytes, out long number, out _) ? SqlValue.Integer(number) : throw WireErrors.Malformed("a number of the server is none"),
        Way.Float4 or Way.Float8 => SqlValue.Real(double.Parse(bytes, CultureInfo.InvariantCulture)),
        Way.Bytea => SqlValue.Blob(Convert.FromHexString(bytes[2..])),
        _ => SqlValue.Text(MessageBody.Text(bytes)),
    };

    // The number that PostgreSQL would write: 0.1, not 0.10000000149011612.
    private static double Widen(float value) => float.IsFinite(value) ? double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : value;

    private static (Way Way, bool AsText) WayOf(uint oid, SqlType? type) => type switch
    {
        { IsArray: true } => (Way.Text, true),
        { Kind: SqlTypeKind.Bool } => (Way.Bool, false),
        { Kind: SqlTypeKind.Int2 } => (Way.Int2, false),
        { Kind: SqlTypeKind.Int4 } => (Way.Int4, false),
        { Kind: SqlTypeKind.Int8 } => (Way.Int8, false),
        { Kind: SqlTypeKind.Float4 } => (Way.Float4, false),
        { Kind: SqlTypeKind.Float8 } => (Way.Float8, false),
        { Kind: SqlTypeKind.Bytea } => (Way.Bytea, false),
        { Kind: SqlTypeKind.Text or SqlTypeKind.Varchar or SqlTypeKind.Char } => (Way.Text, false),
        _ => oid switch
        {
            Name => (Way.Text, false),
            Oid => (Way.Oid, false),
            _ => (Way.Text, true),
        },
    };

    private static string TypeName(uint oid, SqlType? type) => type?.Name ?? oid switch
    {
        Name => "text",
        Oid => "int8",
        _ => "unknown",
    };

    private static string NativeName(uint oid, SqlType? type, IReadOnlyDictionary<uint, string> names) => type is { } known
        ? PostgresTypes.Of(known.Kind).Name + (known.IsArray ? "[]" : "")
        : oid switch
        {
            Name => "name",
            Oid => "oid",
            _ => names[oid],
        };

    private sealed record Fitted(IReadOnlyList<Field> Fields, bool Fits);
}
