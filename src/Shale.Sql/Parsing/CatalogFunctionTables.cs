using System.Collections.Frozen;

namespace Shale.Sql.Parsing;

/// <summary>PostgreSQL's functions in FROM that give what a relation of the catalog holds: they stand for it.</summary>
internal static class CatalogFunctionTables
{
    private static readonly FrozenDictionary<string, string> Relations = new Dictionary<string, string>
    {
        ["pg_show_all_settings"] = "pg_settings", ["pg_get_keywords"] = "pg_get_keywords", ["pg_lock_status"] = "pg_locks", ["pg_timezone_names"] = "pg_timezone_names",
        ["pg_timezone_abbrevs"] = "pg_timezone_abbrevs", ["pg_available_extensions"] = "pg_available_extensions", ["pg_available_extension_versions"] = "pg_available_extension_versions",
    }.ToFrozenDictionary();

    /// <summary>The relation under the function's name or alias; the function itself where it is another one.</summary>
    public static TableExpr Replaced(FunctionTable function)
    {
        if (function is not { WithOrdinality: false, ColumnTypes.Count: 0, Call: { Args.Count: 0, Name: { Schema: null or { Name: "pg_catalog" } } name } }) return function;
        if (!Relations.TryGetValue(name.Name.Name, out var relation)) return function;
        return new TableRef(new ObjectName(new Identifier("pg_catalog", false), new Identifier(relation, false)), function.Alias ?? name.Name, function.Columns) { Span = function.Span };
    }
}
