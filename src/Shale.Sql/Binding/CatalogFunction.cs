namespace Shale.Sql;

/// <summary>A function of dialect postgres as PostgreSQL's <c>pg_proc</c> lists it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">The types of its arguments, by their <c>typname</c>.</param>
/// <param name="Returns">The type of its result, by its <c>typname</c>.</param>
/// <param name="Kind">Its <c>prokind</c>: f function, a aggregate, w window.</param>
/// <param name="ReturnsSet">Whether it returns rows.</param>
/// <param name="Volatility">Its <c>provolatile</c>: i, s, v.</param>
/// <param name="IsVariadic">Whether the last argument may be repeated.</param>
public sealed record CatalogFunction(string Name, IReadOnlyList<string> Arguments, string Returns, char Kind, bool ReturnsSet, char Volatility, bool IsVariadic)
{
    /// <summary>All functions that statements may call, in order of names; those that are refused wherever they stand, and forms that are no functions to PostgreSQL, are not among them.</summary>
    public static IEnumerable<CatalogFunction> All =>
        FunctionCatalog.All.Where(overload => overload.Emit.Length > 0 && overload is not { Name: "unnest", Variadic: true }).OrderBy(overload => overload.Name, StringComparer.Ordinal).Select(Of);

    private static CatalogFunction Of(FunctionOverload overload) => new(
        overload.Name, [.. overload.Arguments.Select(argument => NameOf(argument.Type, argument.Any, argument.Element))], NameOf(overload.Returns, false, overload.ReturnsElement),
        overload.Kind switch { FunctionKind.Aggregate => 'a', FunctionKind.Window => 'w', _ => 'f' }, overload.Kind == FunctionKind.Set,
        overload.Volatility switch { Sql.Volatility.Immutable => 'i', Sql.Volatility.Stable => 's', _ => 'v' }, overload.Variadic);

    private static string NameOf(SqlType type, bool any, bool element)
    {
        if (any) return "any";
        if (element) return type.IsArray ? "anyarray" : "anyelement";
        if (type.Kind == SqlTypeKind.Unknown) return type.IsArray ? "anyarray" : "any";
        var known = PostgresTypes.Of(type.Kind);
        return type.IsArray ? known.ArrayName : known.Name;
    }
}
