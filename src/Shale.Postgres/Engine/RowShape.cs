using System.Globalization;
using Npgsql;
using Shale.Sql;

namespace Shale.Postgres;

/// <summary>The columns of a statement, and how each is read: numbers, booleans and bytes as such, everything else as PostgreSQL's own text.</summary>
internal sealed class RowShape
{
    private const uint Name = 19, Oid = 26;

    private readonly Way[] _ways;

    private RowShape(Field[] fields, Way[] ways) => (Fields, _ways) = (fields, ways);

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
    public static RowShape None { get; } = new([], []);

    public Field[] Fields { get; }

    /// <summary>For each column whether the server must send it as text; null if none.</summary>
    public bool[]? AsText { get; private init; }

    /// <summary>The columns that a reader has.</summary>
    /// <param name="reader">Describes the statement.</param>
    /// <param name="names">The names of types that Shale does not know, by number.</param>
    public static RowShape Of(NpgsqlDataReader reader, IReadOnlyDictionary<uint, string> names)
    {
        if (reader.FieldCount == 0) return None;
        var fields = new Field[reader.FieldCount];
        var ways = new Way[fields.Length];
        var asText = new bool[fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            var oid = reader.GetDataTypeOID(i);
            var type = PostgresTypes.Find((int)oid);
            (ways[i], asText[i]) = WayOf(oid, type);
            fields[i] = new Field(reader.GetName(i), TypeName(oid, type), NativeName(oid, type, names));
        }

        return new RowShape(fields, ways) { AsText = asText.Contains(true) ? asText : null };
    }

    /// <summary>The numbers of the types of a reader's columns that Shale does not know.</summary>
    public static IEnumerable<uint> Strangers(NpgsqlDataReader reader)
    {
        for (var i = 0; i < reader.FieldCount; i++)
        {
            var oid = reader.GetDataTypeOID(i);
            if (oid is not (Name or Oid) && PostgresTypes.Find((int)oid) is null) yield return oid;
        }
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
}
