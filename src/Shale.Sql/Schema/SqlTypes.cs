using System.Collections.Frozen;
using System.Globalization;

namespace Shale.Sql;

/// <summary>From the names of types to types, and back.</summary>
public static class SqlTypes
{
    private static readonly FrozenDictionary<string, SqlTypeKind> Postgres = new Dictionary<string, SqlTypeKind>
    {
        ["bool"] = SqlTypeKind.Bool, ["boolean"] = SqlTypeKind.Bool,
        ["int2"] = SqlTypeKind.Int2, ["smallint"] = SqlTypeKind.Int2, ["smallserial"] = SqlTypeKind.Int2, ["serial2"] = SqlTypeKind.Int2,
        ["int"] = SqlTypeKind.Int4, ["int4"] = SqlTypeKind.Int4, ["integer"] = SqlTypeKind.Int4, ["serial"] = SqlTypeKind.Int4,
        ["serial4"] = SqlTypeKind.Int4,
        ["int8"] = SqlTypeKind.Int8, ["bigint"] = SqlTypeKind.Int8, ["bigserial"] = SqlTypeKind.Int8, ["serial8"] = SqlTypeKind.Int8,
        ["oid"] = SqlTypeKind.Oid, ["xid"] = SqlTypeKind.Oid, ["cid"] = SqlTypeKind.Oid,

        // The catalog lists no operators: PostgreSQL writes numbers that name none as they are.
        ["regoper"] = SqlTypeKind.Oid, ["regoperator"] = SqlTypeKind.Oid,
        ["regproc"] = SqlTypeKind.Regproc, ["regprocedure"] = SqlTypeKind.Regprocedure, ["regclass"] = SqlTypeKind.Regclass, ["regtype"] = SqlTypeKind.Regtype, ["regnamespace"] = SqlTypeKind.Regnamespace, ["regrole"] = SqlTypeKind.Regrole,
        ["float4"] = SqlTypeKind.Float4, ["real"] = SqlTypeKind.Float4,
        ["float8"] = SqlTypeKind.Float8, ["double precision"] = SqlTypeKind.Float8, ["float"] = SqlTypeKind.Float8,
        ["numeric"] = SqlTypeKind.Numeric, ["decimal"] = SqlTypeKind.Numeric, ["dec"] = SqlTypeKind.Numeric,
        ["text"] = SqlTypeKind.Text, ["name"] = SqlTypeKind.Text, ["\"char\""] = SqlTypeKind.Text,
        ["varchar"] = SqlTypeKind.Varchar, ["character varying"] = SqlTypeKind.Varchar, ["char varying"] = SqlTypeKind.Varchar,
        ["national character varying"] = SqlTypeKind.Varchar, ["nchar varying"] = SqlTypeKind.Varchar,
        ["char"] = SqlTypeKind.Char, ["character"] = SqlTypeKind.Char, ["bpchar"] = SqlTypeKind.Char, ["nchar"] = SqlTypeKind.Char,
        ["national character"] = SqlTypeKind.Char, ["national char"] = SqlTypeKind.Char,
        ["bytea"] = SqlTypeKind.Bytea, ["uuid"] = SqlTypeKind.Uuid, ["date"] = SqlTypeKind.Date,
        ["time"] = SqlTypeKind.Time, ["time without time zone"] = SqlTypeKind.Time,
        ["timetz"] = SqlTypeKind.TimeTz, ["time with time zone"] = SqlTypeKind.TimeTz,
        ["timestamp"] = SqlTypeKind.Timestamp, ["timestamp without time zone"] = SqlTypeKind.Timestamp,
        ["timestamptz"] = SqlTypeKind.TimestampTz, ["timestamp with time zone"] = SqlTypeKind.TimestampTz,
        ["interval"] = SqlTypeKind.Interval, ["json"] = SqlTypeKind.Json, ["jsonb"] = SqlTypeKind.Jsonb,
        ["inet"] = SqlTypeKind.Inet, ["cidr"] = SqlTypeKind.Cidr, ["macaddr"] = SqlTypeKind.MacAddr, ["record"] = SqlTypeKind.Record,
    }.ToFrozenDictionary();

    // Of the catalog: statements see arrays.
    private static readonly FrozenDictionary<string, SqlTypeKind> Vectors = new Dictionary<string, SqlTypeKind> { ["int2vector"] = SqlTypeKind.Int2, ["oidvector"] = SqlTypeKind.Oid }.ToFrozenDictionary();

    // Types that PostgreSQL has and Shale does not know: a different error than for a name that nobody knows.
    private static readonly FrozenSet<string> Foreign = new[]
    {
        "money", "xml", "bit", "bit varying", "varbit", "macaddr8", "point", "line", "lseg", "box", "path", "polygon",
        "circle", "tsvector", "tsquery", "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange",
        "regrole", "xid8", "tid", "pg_lsn", "jsonpath", "int4multirange", "hstore", "citext",
    }.ToFrozenSet();

    /// <summary>
    /// The type of that name. In dialect postgres an unknown name is NOT_FOUND 42704 and a type Shale lacks is QUERY_ERROR 0A000;
    /// in dialect sqlite any name has a type, if only <see cref="SqlTypeKind.Unknown"/>.
    /// </summary>
    public static SqlType Of(TypeName type, SqlDialect dialect) => dialect == SqlDialect.Sqlite ? OfSqlite(type) : OfPostgres(type);

    /// <summary>The type as PostgreSQL's SQL names it, without length and scale.</summary>
    public static TypeName Written(SqlType type) => new(type.Kind == SqlTypeKind.Char ? "bpchar" : new SqlType(type.Kind).Name, NodeList<string>.Empty, type.IsArray ? 1 : 0);

    /// <summary>The type of a result's field, with the length, precision and scale that its column has.</summary>
    public static SqlType Of(Field field) => (Named(field.Type), field.Modifier) switch
    {
        ({ Kind: SqlTypeKind.Varchar or SqlTypeKind.Char } text, >= 4 and var length) => text with { Modifier = length - 4 },
        ({ Kind: SqlTypeKind.Numeric } number, >= 4 and var precision) => number with { Modifier = (precision - 4) >> 16, Scale = (((precision - 4) & 0x7ff) ^ 1024) - 1024 },
        var (type, _) => type,
    };

    /// <summary>The type that a result's field names: int4, text[], …; text where nobody knows it.</summary>
    public static SqlType Named(string name)
    {
        var isArray = name.EndsWith("[]", StringComparison.Ordinal);
        var known = Enum.TryParse<SqlTypeKind>(isArray ? name[..^2] : name, ignoreCase: true, out var kind) && kind != SqlTypeKind.Unknown;
        return new SqlType(known ? kind : SqlTypeKind.Text, isArray);
    }

    /// <summary>The text of a value that is not NULL, as PostgreSQL prints its type.</summary>
    public static string TextOf(SqlValue value, SqlType type) => PgCasts.ToText(value, type);

    /// <summary>Whether the name is that of a list of the catalog: int2vector, oidvector. Statements see arrays.</summary>
    public static bool IsVector(TypeName type) => Vectors.ContainsKey(CatalogType.NameOf(type));

    /// <summary>Whether the name is that of a column that numbers itself: serial and its kin.</summary>
    public static bool IsSerial(TypeName type) => type.Name is "serial" or "serial4" or "bigserial" or "serial8" or "smallserial" or "serial2";

    /// <summary>The name in PostgreSQL's error messages: integer, timestamp with time zone, ….</summary>
    public static string Display(this SqlType type) => type.Kind switch
    {
        SqlTypeKind.Bool => "boolean",
        SqlTypeKind.Int2 => "smallint",
        SqlTypeKind.Int4 => "integer",
        SqlTypeKind.Int8 => "bigint",
        SqlTypeKind.Float4 => "real",
        SqlTypeKind.Float8 => "double precision",
        SqlTypeKind.Varchar => "character varying",
        SqlTypeKind.Char => "character",
        SqlTypeKind.Time => "time without time zone",
        SqlTypeKind.TimeTz => "time with time zone",
        SqlTypeKind.Timestamp => "timestamp without time zone",
        SqlTypeKind.TimestampTz => "timestamp with time zone",
        _ => type.Kind.ToString().ToLowerInvariant(),
    } + (type.IsArray ? "[]" : "");

    private static SqlType OfPostgres(TypeName type)
    {
        var name = CatalogType.NameOf(type);
        if (name.StartsWith("interval", StringComparison.Ordinal)) name = "interval";
        if (type.ArrayDimensions == 0 && Vectors.TryGetValue(name, out var elements)) return new SqlType(elements, IsArray: true);
        if (!Postgres.TryGetValue(name, out var kind))
        {
            if (Foreign.Contains(name)) throw SqlErrors.Query($"type {name} is not supported", "0A000", type, "Use text, or another type.");
            throw new VitessException(ErrorCodes.NotFound, $"type \"{type.Name}\" does not exist", sqlState: "42704", hint: "Check the type's name.");
        }

        if (type.Modifiers.Any(each => !int.TryParse(each, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))) throw SqlErrors.Data($"invalid type modifier of type {name}", "22023");
        var first = Modifier(type, 0);
        var array = type.ArrayDimensions > 0;
        switch (kind)
        {
            case SqlTypeKind.Float8 when name == "float" && first is not null:
                if (first is < 1 or > 53) throw SqlErrors.Data("precision for type float must be between 1 and 53 bits", "22023");
                return new SqlType(first <= 24 ? SqlTypeKind.Float4 : SqlTypeKind.Float8, array);
            case SqlTypeKind.Char when first is null && name != "bpchar":
                return new SqlType(kind, array, 1);
            case SqlTypeKind.Char or SqlTypeKind.Varchar:
                if (first is < 1) throw SqlErrors.Data($"length for type {name} must be at least 1", "22023");
                return new SqlType(kind, array, first);
            case SqlTypeKind.Numeric when first is not null:
                if (first is < 1 or > 1000) throw SqlErrors.Data($"NUMERIC precision {first} must be between 1 and 1000", "22023");
                return new SqlType(kind, array, first, Modifier(type, 1) ?? 0);
            case SqlTypeKind.Time or SqlTypeKind.TimeTz or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz or SqlTypeKind.Interval:
                return new SqlType(kind, array, first is > 6 ? 6 : first);
            default:
                return new SqlType(kind, array);
        }
    }

    private static SqlType OfSqlite(TypeName type)
    {
        var name = type.Name.ToLowerInvariant();
        switch (name)
        {
            case "bool" or "boolean": return new SqlType(SqlTypeKind.Bool);
            case "uuid": return new SqlType(SqlTypeKind.Uuid);
            case "date": return new SqlType(SqlTypeKind.Date);
            case "time": return new SqlType(SqlTypeKind.Time);
            case "datetime" or "timestamp": return new SqlType(SqlTypeKind.Timestamp);
            case "timestamptz": return new SqlType(SqlTypeKind.TimestampTz);
            case "json": return new SqlType(SqlTypeKind.Json);
            case "jsonb": return new SqlType(SqlTypeKind.Jsonb);
            case "numeric" or "decimal": return new SqlType(SqlTypeKind.Numeric, false, Modifier(type, 0), Modifier(type, 1));
            case "varchar" or "character varying": return new SqlType(SqlTypeKind.Varchar, false, Modifier(type, 0));
        }

        return new SqlType(SqliteAffinity.Of(name) switch
        {
            Affinity.Integer => SqlTypeKind.Int8,
            Affinity.Real => SqlTypeKind.Float8,
            Affinity.Text => SqlTypeKind.Text,
            Affinity.Blob when name.Length > 0 => SqlTypeKind.Bytea,
            _ => SqlTypeKind.Unknown,
        });
    }

    private static int? Modifier(TypeName type, int index) =>
        index < type.Modifiers.Count && int.TryParse(type.Modifiers[index], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value : null;
}
