using System.Collections.Frozen;

namespace Shale.Sql;

/// <summary>What PostgreSQL's catalog (<c>pg_type</c>) says of a type: fixed numbers that clients know by heart.</summary>
/// <param name="Kind">The type.</param>
/// <param name="Name">Its <c>typname</c>.</param>
/// <param name="Oid">Its number.</param>
/// <param name="ArrayOid">The number of arrays of it.</param>
/// <param name="Length">Its <c>typlen</c> in bytes; -1 where values differ in length.</param>
/// <param name="Category">Its <c>typcategory</c>.</param>
public sealed record PostgresType(SqlTypeKind Kind, string Name, int Oid, int ArrayOid, short Length, char Category)
{
    /// <summary>The <c>typname</c> of arrays of it.</summary>
    public string ArrayName => "_" + Name;
}

/// <summary>The types that Shale knows as PostgreSQL's catalog has them.</summary>
public static class PostgresTypes
{
    /// <summary>All of them; <see cref="SqlTypeKind.Unknown"/> among them.</summary>
    public static IReadOnlyList<PostgresType> All { get; } =
    [
        new(SqlTypeKind.Bool, "bool", 16, 1000, 1, 'B'),
        new(SqlTypeKind.Bytea, "bytea", 17, 1001, -1, 'U'),
        new(SqlTypeKind.Int8, "int8", 20, 1016, 8, 'N'),
        new(SqlTypeKind.Int2, "int2", 21, 1005, 2, 'N'),
        new(SqlTypeKind.Int2Vector, "int2vector", 22, 1006, -1, 'A'),
        new(SqlTypeKind.OidVector, "oidvector", 30, 1013, -1, 'A'),
        new(SqlTypeKind.Int4, "int4", 23, 1007, 4, 'N'),
        new(SqlTypeKind.Text, "text", 25, 1009, -1, 'S'),
        new(SqlTypeKind.Regproc, "regproc", 24, 1008, 4, 'N'),
        new(SqlTypeKind.Regprocedure, "regprocedure", 2202, 2207, 4, 'N'),
        new(SqlTypeKind.Oid, "oid", 26, 1028, 4, 'N'),
        new(SqlTypeKind.Inet, "inet", 869, 1041, -1, 'I'),
        new(SqlTypeKind.Cidr, "cidr", 650, 651, -1, 'I'),
        new(SqlTypeKind.MacAddr, "macaddr", 829, 1040, 6, 'U'),
        new(SqlTypeKind.Json, "json", 114, 199, -1, 'U'),
        new(SqlTypeKind.Float4, "float4", 700, 1021, 4, 'N'),
        new(SqlTypeKind.Float8, "float8", 701, 1022, 8, 'N'),
        new(SqlTypeKind.Unknown, "unknown", 705, 0, -2, 'X'),
        new(SqlTypeKind.Char, "bpchar", 1042, 1014, -1, 'S'),
        new(SqlTypeKind.Varchar, "varchar", 1043, 1015, -1, 'S'),
        new(SqlTypeKind.Date, "date", 1082, 1182, 4, 'D'),
        new(SqlTypeKind.Time, "time", 1083, 1183, 8, 'D'),
        new(SqlTypeKind.Timestamp, "timestamp", 1114, 1115, 8, 'D'),
        new(SqlTypeKind.TimestampTz, "timestamptz", 1184, 1185, 8, 'D'),
        new(SqlTypeKind.Interval, "interval", 1186, 1187, 16, 'T'),
        new(SqlTypeKind.TimeTz, "timetz", 1266, 1270, 12, 'D'),
        new(SqlTypeKind.Numeric, "numeric", 1700, 1231, -1, 'N'),
        new(SqlTypeKind.Record, "record", 2249, 2287, -1, 'P'),
        new(SqlTypeKind.Regclass, "regclass", 2205, 2210, 4, 'N'),
        new(SqlTypeKind.Regtype, "regtype", 2206, 2211, 4, 'N'),
        new(SqlTypeKind.Void, "void", 2278, 0, 4, 'P'),
        new(SqlTypeKind.Uuid, "uuid", 2950, 2951, 16, 'U'),
        new(SqlTypeKind.Jsonb, "jsonb", 3802, 3807, -1, 'U'),
        new(SqlTypeKind.Regnamespace, "regnamespace", 4089, 4090, 4, 'N'),
        new(SqlTypeKind.Name, "name", 19, 1003, 64, 'S'),
        new(SqlTypeKind.Letter, "char", 18, 1002, 1, 'Z'),
        new(SqlTypeKind.Regrole, "regrole", 4096, 4097, 4, 'N'),
    ];

    private static readonly FrozenDictionary<SqlTypeKind, PostgresType> ByKind = All.ToFrozenDictionary(type => type.Kind);

    private static readonly FrozenDictionary<int, SqlType> ByOid = All.Where(type => !IsOnlySent(type.Kind)).Select(type => KeyValuePair.Create(type.Oid, new SqlType(type.Kind)))
        .Concat(All.Where(type => type.ArrayOid != 0 && !IsOnlySent(type.Kind)).Select(type => KeyValuePair.Create(type.ArrayOid, new SqlType(type.Kind, IsArray: true))))
        .ToFrozenDictionary();

    private static bool IsOnlySent(SqlTypeKind kind) => kind is SqlTypeKind.Name or SqlTypeKind.Letter;

    /// <summary>What the catalog says of a family.</summary>
    public static PostgresType Of(SqlTypeKind kind) => ByKind[kind];

    /// <summary>The number of a type; of an array, that of the array.</summary>
    public static int OidOf(SqlType type) => type.IsArray ? ByKind[type.Kind].ArrayOid : ByKind[type.Kind].Oid;

    /// <summary>The type with that number; null for one that Shale does not know, and for name and "char", which are sent but not taken.</summary>
    public static SqlType? Find(int oid) => ByOid.TryGetValue(oid, out var type) ? type : null;
}
