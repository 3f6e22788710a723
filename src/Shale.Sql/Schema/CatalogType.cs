using System.Collections.Frozen;
using System.Globalization;

namespace Shale.Sql;

/// <summary>One row of PostgreSQL's <c>pg_type</c>: a type that needs no CREATE TYPE. Those of arrays are not listed: they follow from their elements.</summary>
/// <param name="Name">Its <c>typname</c>.</param>
/// <param name="Oid">Its number.</param>
/// <param name="ArrayOid">The number of arrays of it; 0 for none.</param>
/// <param name="Length">Its <c>typlen</c> in bytes; -1 and -2 where values differ in length.</param>
/// <param name="ByValue">Its <c>typbyval</c>.</param>
/// <param name="Kind">Its <c>typtype</c>: b base, p pseudo.</param>
/// <param name="Category">Its <c>typcategory</c>.</param>
/// <param name="Preferred">Its <c>typispreferred</c>.</param>
/// <param name="Align">Its <c>typalign</c>.</param>
/// <param name="Storage">Its <c>typstorage</c>.</param>
/// <param name="Element">Its <c>typelem</c>; 0 for none.</param>
/// <param name="Collation">Its <c>typcollation</c>; 0 for none.</param>
/// <param name="Display">Its name as <c>format_type</c> writes it.</param>
public sealed record CatalogType(
    string Name, int Oid, int ArrayOid, short Length, bool ByValue, char Kind, char Category, bool Preferred, char Align, char Storage, int Element, int Collation, string Display)
{
    // typname oid typarray typlen typbyval typtype typcategory typispreferred typalign typstorage typelem typcollation format_type
    private const string List = """
        bool 16 1000 1 1 b B 1 c p 0 0 boolean
        bytea 17 1001 -1 0 b U 0 i x 0 0 bytea
        char 18 1002 1 1 b Z 0 c p 0 0 "char"
        name 19 1003 64 0 b S 0 c p 18 950 name
        int8 20 1016 8 1 b N 0 d p 0 0 bigint
        int2 21 1005 2 1 b N 0 s p 0 0 smallint
        int2vector 22 1006 -1 0 b A 0 i p 21 0 int2vector
        int4 23 1007 4 1 b N 0 i p 0 0 integer
        regproc 24 1008 4 1 b N 0 i p 0 0 regproc
        text 25 1009 -1 0 b S 1 i x 0 100 text
        oid 26 1028 4 1 b N 1 i p 0 0 oid
        tid 27 1010 6 0 b U 0 s p 0 0 tid
        xid 28 1011 4 1 b U 0 i p 0 0 xid
        cid 29 1012 4 1 b U 0 i p 0 0 cid
        oidvector 30 1013 -1 0 b A 0 i p 26 0 oidvector
        json 114 199 -1 0 b U 0 i x 0 0 json
        pg_node_tree 194 0 -1 0 b Z 0 i x 0 100 pg_node_tree
        float4 700 1021 4 1 b N 0 i p 0 0 real
        float8 701 1022 8 1 b N 1 d p 0 0 double precision
        unknown 705 0 -2 0 p X 0 c p 0 0 unknown
        cidr 650 651 -1 0 b I 0 i m 0 0 cidr
        macaddr 829 1040 6 0 b U 0 i p 0 0 macaddr
        inet 869 1041 -1 0 b I 1 i m 0 0 inet
        aclitem 1033 1034 12 0 b U 0 i p 0 0 aclitem
        bpchar 1042 1014 -1 0 b S 0 i x 0 100 character
        varchar 1043 1015 -1 0 b S 0 i x 0 100 character varying
        date 1082 1182 4 1 b D 0 i p 0 0 date
        time 1083 1183 8 1 b D 0 d p 0 0 time without time zone
        timestamp 1114 1115 8 1 b D 0 d p 0 0 timestamp without time zone
        timestamptz 1184 1185 8 1 b D 1 d p 0 0 timestamp with time zone
        interval 1186 1187 16 0 b T 1 d p 0 0 interval
        timetz 1266 1270 12 0 b D 0 d p 0 0 time with time zone
        numeric 1700 1231 -1 0 b N 0 i m 0 0 numeric
        regprocedure 2202 2207 4 1 b N 0 i p 0 0 regprocedure
        regclass 2205 2210 4 1 b N 0 i p 0 0 regclass
        regtype 2206 2211 4 1 b N 0 i p 0 0 regtype
        record 2249 2287 -1 0 p P 0 d x 0 0 record
        cstring 2275 1263 -2 0 p P 0 c p 0 0 cstring
        any 2276 0 4 1 p P 0 i p 0 0 "any"
        anyarray 2277 0 -1 0 p P 0 d x 0 0 anyarray
        void 2278 0 4 1 p P 0 i p 0 0 void
        trigger 2279 0 4 1 p P 0 i p 0 0 trigger
        anyelement 2283 0 4 1 p P 0 i p 0 0 anyelement
        uuid 2950 2951 16 0 b U 0 c p 0 0 uuid
        pg_lsn 3220 3221 8 1 b U 0 d p 0 0 pg_lsn
        jsonb 3802 3807 -1 0 b U 0 i x 0 0 jsonb
        regnamespace 4089 4090 4 1 b N 0 i p 0 0 regnamespace
        regrole 4096 4097 4 1 b N 0 i p 0 0 regrole
        """;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CatalogType> All { get; } = [.. List.Split('\n', StringSplitOptions.TrimEntries).Select(Parse)];

    private static readonly FrozenDictionary<int, CatalogType> ByOid = All.ToFrozenDictionary(type => type.Oid);
    private static readonly FrozenDictionary<int, CatalogType> ByArrayOid = All.Where(type => type.ArrayOid != 0).ToFrozenDictionary(type => type.ArrayOid);
    private static readonly FrozenDictionary<string, CatalogType> ByName = All.ToFrozenDictionary(type => type.Name);

    /// <summary>The <c>typname</c> of arrays of it.</summary>
    public string ArrayName => "_" + Name;

    /// <summary>The type of that <c>typname</c>, or of its elements where that begins with an underscore; null for none.</summary>
    public static CatalogType? Find(string name, out bool isArray)
    {
        isArray = !ByName.TryGetValue(name, out var type) && name.StartsWith('_') && ByName.TryGetValue(name[1..], out type) && type.ArrayOid != 0;
        return type;
    }

    /// <summary>
    /// A type's name without the catalog's in front, and without the quotes that it has where it is a word of the grammar, too: <c>"pg_catalog"."numeric"</c> is numeric. Only
    /// <c>"char"</c> is another type than char.
    /// </summary>
    public static string NameOf(TypeName type)
    {
        var name = type.Name.StartsWith("pg_catalog.", StringComparison.Ordinal) ? type.Name["pg_catalog.".Length..] : type.Name;
        return name is ['"', .. var bare, '"'] && bare != "char" && Find(bare, out _) is not null ? bare : name;
    }

    /// <summary>The number of the type that a name as people write it names, <c>varchar(10)[]</c>; null for none.</summary>
    public static long? OidOf(string written)
    {
        TypeName type;
        try
        {
            if (SqlParser.ParseExpression($"NULL::{written}", SqlDialect.Postgres) is not Cast cast) return null;
            type = cast.Type;
        }
        catch (VitessException failure) when (failure.Code == ErrorCodes.SyntaxError.Code)
        {
            return null;
        }

        var name = NameOf(type);
        if (Find(name == "\"char\"" ? "char" : name == "char" ? "bpchar" : name, out var isArray) is { } found) return type.ArrayDimensions > 0 || isArray ? found.ArrayOid : found.Oid;
        try
        {
            return PostgresTypes.OidOf(SqlTypes.Of(type, SqlDialect.Postgres).Plain);
        }
        catch (VitessException)
        {
            return null;
        }
    }

    /// <summary>The name of the type of a number, without a modifier; null for none.</summary>
    public static string? NameOf(long oid) => Format(oid, null) is { } name and not ("???" or "-") ? name : null;

    /// <summary>What PostgreSQL's <c>format_type</c> writes; null for no type.</summary>
    /// <param name="oid">The type's number.</param>
    /// <param name="modifier">Its <c>atttypmod</c>; -1 for none, null where nobody asked for one.</param>
    public static string? Format(long? oid, long? modifier)
    {
        if (oid is null) return null;
        if (oid == 0) return "-";
        if (oid is <= int.MaxValue && ByArrayOid.TryGetValue((int)oid, out var element)) return element.Written(modifier) + "[]";
        return oid is <= int.MaxValue && ByOid.TryGetValue((int)oid, out var type) ? type.Written(modifier) : "???";
    }

    /// <summary>The <c>atttypmod</c> of a column of the type; -1 for none.</summary>
    public static int ModifierOf(SqlType type) => (type.Kind, type.Modifier) switch
    {
        (SqlTypeKind.Varchar or SqlTypeKind.Char, { } length) => length + 4,
        (SqlTypeKind.Numeric, { } precision) => ((precision << 16) | ((type.Scale ?? 0) & 0x7ff)) + 4,
        (SqlTypeKind.Time or SqlTypeKind.TimeTz or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz, { } precision) => precision,
        (SqlTypeKind.Interval, { } precision) => (0x7fff << 16) | precision,
        _ => -1,
    };

    private string Written(long? modifier)
    {
        if (modifier is not { } given || given < 0) return Name == "bpchar" && modifier is not null ? "bpchar" : Display;
        var number = CultureInfo.InvariantCulture;
        return Name switch
        {
            "bpchar" or "varchar" => string.Create(number, $"{Display}({given - 4})"),
            "numeric" => string.Create(number, $"numeric({(given - 4) >> 16},{(((given - 4) & 0x7ff) ^ 1024) - 1024})"),
            "time" or "timetz" or "timestamp" or "timestamptz" => Display.Insert(Display.IndexOf(' ', StringComparison.Ordinal), string.Create(number, $"({given})")),
            "interval" when (given & 0xffff) != 0xffff => string.Create(number, $"interval({given & 0xffff})"),
            _ => Display,
        };
    }

    private static CatalogType Parse(string line)
    {
        var words = line.Split(' ', 13);
        int Number(int at) => int.Parse(words[at], CultureInfo.InvariantCulture);
        return new CatalogType(
            words[0], Number(1), Number(2), (short)Number(3), words[4] == "1", words[5][0], words[6][0], words[7] == "1", words[8][0], words[9][0], Number(10), Number(11), words[12]);
    }
}
