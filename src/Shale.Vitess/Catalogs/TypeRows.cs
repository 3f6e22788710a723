using Shale.Sql;

namespace Shale.Vitess;

/// <summary><c>pg_type</c>, but for the types of rows, and <c>pg_proc</c>: the same for every VSchema.</summary>
internal static class TypeRows
{
    private const int FirstFunction = 10_000;
    private const int ArrayIn = 750, ArrayOut = 751, ArrayReceive = 2400, ArraySend = 2401;
    private const int InternalLanguage = 12;

    // What clients look for to tell arrays from other types, and what makes indexes.
    private static readonly (int Oid, string Name, string Arguments)[] Internal =
    [
        (ArrayIn, "array_in", "cstring,oid,integer"), (ArrayOut, "array_out", "anyarray"), (ArrayReceive, "array_recv", "internal,oid,integer"), (ArraySend, "array_send", "anyarray"),
        (3, "heap_tableam_handler", "internal"), (330, "bthandler", "internal"),
    ];

    private static readonly Lazy<IReadOnlyList<CatalogFunction>> Known = new(() => [.. CatalogFunction.All]);

    /// <summary>The functions with their numbers.</summary>
    public static IEnumerable<(long Oid, CatalogFunction Function)> Numbered => Known.Value.Select((function, i) => ((long)FirstFunction + i, function));

    /// <summary>The names of functions that no statement calls, with their numbers and the types of their arguments.</summary>
    public static IEnumerable<(long Oid, string Name, string Signature)> InternalNames => Internal.Select(function => ((long)function.Oid, function.Name, $"{function.Name}({function.Arguments})"));

    /// <summary>What the catalog has for a type; text for what has none.</summary>
    public static CatalogType Of(SqlType type) => CatalogType.Find(PostgresTypes.Of(type.Kind == SqlTypeKind.Unknown ? SqlTypeKind.Text : type.Kind).Name, out _)!;

    /// <summary>The number of a type; text's for what has none.</summary>
    public static int OidOf(SqlType type) => type.IsArray ? Of(type).ArrayOid : Of(type).Oid;

    /// <summary>The collation of a type; 0 for none.</summary>
    public static int CollationOf(SqlType type) => Of(type).Collation;

    /// <summary><c>pg_type</c>.</summary>
    public static IEnumerable<CatalogRow> Types()
    {
        foreach (var type in CatalogType.All)
        {
            yield return new CatalogRow
            {
                { "oid", type.Oid }, { "typname", type.Name }, { "typnamespace", CatalogRows.CatalogSchema }, { "typowner", CatalogRows.Role }, { "typlen", type.Length }, { "typbyval", type.ByValue },
                { "typtype", type.Kind }, { "typcategory", type.Category }, { "typispreferred", type.Preferred }, { "typisdefined", true }, { "typdelim", ',' }, { "typelem", type.Element },
                { "typarray", type.ArrayOid }, { "typalign", type.Align }, { "typstorage", type.Storage }, { "typtypmod", -1 }, { "typcollation", type.Collation },
            };
            if (type.ArrayOid != 0) yield return ArrayOf(type);
        }
    }

    /// <summary><c>pg_proc</c>.</summary>
    public static IEnumerable<CatalogRow> Functions()
    {
        foreach (var (oid, name, _) in Internal)
        {
            yield return Function(oid, name, 'f', 's', CatalogType.Find("anyarray", out _)!.Oid, []);
        }

        foreach (var (oid, function) in Numbered)
        {
            var row = Function(oid, function.Name, function.Kind, function.Volatility, OidOf(function.Returns), [.. function.Arguments.Select(argument => (long)OidOf(argument))]);
            row["proretset"] = SqlValue.Boolean(function.ReturnsSet);
            row["provariadic"] = SqlValue.Integer(function.IsVariadic ? OidOf(function.Arguments[^1]) : 0);
            yield return row;
        }
    }

    /// <summary>The type of that <c>typname</c> as people write it.</summary>
    public static string Written(string name) => CatalogType.Format(OidOf(name), null)!;

    private static int OidOf(string name)
    {
        var type = CatalogType.Find(name, out var isArray) ?? throw new InvalidOperationException($"the catalog has no type {name}");
        return isArray ? type.ArrayOid : type.Oid;
    }

    private static CatalogRow ArrayOf(CatalogType type) => new()
    {
        { "oid", type.ArrayOid }, { "typname", type.ArrayName }, { "typnamespace", CatalogRows.CatalogSchema }, { "typowner", CatalogRows.Role }, { "typlen", -1 }, { "typbyval", false },
        { "typtype", type.Kind }, { "typcategory", type.Kind == 'p' ? 'P' : 'A' }, { "typisdefined", true }, { "typdelim", ',' }, { "typelem", type.Oid },
        { "typinput", ArrayIn }, { "typoutput", ArrayOut }, { "typreceive", ArrayReceive }, { "typsend", ArraySend },
        { "typalign", type.Align == 'd' ? 'd' : 'i' }, { "typstorage", 'x' }, { "typtypmod", -1 }, { "typcollation", type.Collation },
    };

    private static CatalogRow Function(long oid, string name, char kind, char volatility, long returns, IReadOnlyList<long> arguments) => new()
    {
        { "oid", oid }, { "proname", name }, { "pronamespace", CatalogRows.CatalogSchema }, { "proowner", CatalogRows.Role }, { "prolang", InternalLanguage }, { "prokind", kind }, { "proisstrict", kind == 'f' },
        { "provolatile", volatility }, { "proparallel", 's' }, { "pronargs", arguments.Count }, { "prorettype", returns }, { "proargtypes", arguments }, { "prosrc", name }, { "procost", SqlValue.Real(1) },
    };
}
