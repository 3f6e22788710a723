namespace Shale.Sql;

/// <summary>The type families that Shale knows, under PostgreSQL's names.</summary>
public enum SqlTypeKind
{
    /// <summary>Not known: an untyped literal or parameter, a SQLite column without a type, an expression nobody could type.</summary>
    Unknown,

    /// <summary>bool</summary>
    Bool,

    /// <summary>int2</summary>
    Int2,

    /// <summary>int4</summary>
    Int4,

    /// <summary>int8</summary>
    Int8,

    /// <summary>float4</summary>
    Float4,

    /// <summary>float8</summary>
    Float8,

    /// <summary>numeric</summary>
    Numeric,

    /// <summary>text</summary>
    Text,

    /// <summary>varchar</summary>
    Varchar,

    /// <summary>char, blank-padded</summary>
    Char,

    /// <summary>bytea; SQLite's blob</summary>
    Bytea,

    /// <summary>uuid</summary>
    Uuid,

    /// <summary>date</summary>
    Date,

    /// <summary>time</summary>
    Time,

    /// <summary>timetz</summary>
    TimeTz,

    /// <summary>timestamp</summary>
    Timestamp,

    /// <summary>timestamptz</summary>
    TimestampTz,

    /// <summary>interval</summary>
    Interval,

    /// <summary>json</summary>
    Json,

    /// <summary>jsonb</summary>
    Jsonb,

    /// <summary>inet</summary>
    Inet,

    /// <summary>cidr</summary>
    Cidr,

    /// <summary>macaddr</summary>
    MacAddr,

    /// <summary>A row.</summary>
    Record,

    /// <summary>oid: the number of something in the catalog; xid and cid are held like it.</summary>
    Oid,

    /// <summary>regproc: an oid of <c>pg_proc</c>, written as the function's name.</summary>
    Regproc,

    /// <summary>regprocedure: the same, written with the types of its arguments.</summary>
    Regprocedure,

    /// <summary>regclass: an oid of <c>pg_class</c>, written as the relation's name.</summary>
    Regclass,

    /// <summary>regtype: an oid of <c>pg_type</c>, written as the type's name.</summary>
    Regtype,

    /// <summary>regnamespace: an oid of <c>pg_namespace</c>, written as the schema's name.</summary>
    Regnamespace,

    /// <summary>regrole: an oid of <c>pg_authid</c>, written as the role's name.</summary>
    Regrole,

    /// <summary>void: what functions return that return nothing.</summary>
    Void,

    /// <summary>int2vector: several int2 as the catalog writes them, with blanks between. Statements see arrays; it is what a column of the catalog is sent as.</summary>
    Int2Vector,

    /// <summary>oidvector: the same of oids.</summary>
    OidVector,

    /// <summary>name: a text of the catalog. Statements see text; it is what arrays of such are sent as, for clients read <c>name[]</c> in other ways than <c>text[]</c>.</summary>
    Name,

    /// <summary>PostgreSQL's "char", one letter, as which columns of its catalog are sent; statements see text.</summary>
    Letter,
}

/// <summary>A data type.</summary>
/// <param name="Kind">Its family; of an array, that of the elements.</param>
/// <param name="IsArray">Whether it is an array.</param>
/// <param name="Modifier">Length, or precision; null for none.</param>
/// <param name="Scale">Scale of a numeric; null for none.</param>
public readonly record struct SqlType(SqlTypeKind Kind, bool IsArray = false, int? Modifier = null, int? Scale = null)
{
    /// <summary>The type nobody knows.</summary>
    public static SqlType Unknown => default;

    /// <summary>The normalised name that <see cref="Field.Type"/> carries: int4, text, bool[], unknown ….</summary>
    public string Name => Kind.ToString().ToLowerInvariant() + (IsArray ? "[]" : "");

    /// <summary>Without length, precision and scale.</summary>
    public SqlType Plain => new(Kind, IsArray);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
