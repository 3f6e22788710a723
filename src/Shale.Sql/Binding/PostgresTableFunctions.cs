namespace Shale.Sql;

/// <summary>Columns of PostgreSQL's functions in FROM.</summary>
internal static class PostgresTableFunctions
{
    /// <summary>The columns under the aliases that were given; null where nobody knows them.</summary>
    public static IReadOnlyList<OutputColumn> Columns(FunctionTable function, SqlType type, BindContext context)
    {
        var columns = IsUnnestOfSeveral(function.Call) ? [.. function.Call.Args.Select(array => new OutputColumn("unnest", new SqlType(context.Binding.TypeOf(array).Kind)))] : Plain(function.Call.Name.Name.Name, type);
        if (function.WithOrdinality) columns.Add(new OutputColumn("ordinality", new SqlType(SqlTypeKind.Int8)));
        if (function.Columns.Count > columns.Count)
            throw SqlErrors.Query(
                $"table \"{function.Alias?.Name}\" has {columns.Count} columns available but {function.Columns.Count} columns specified", "42P10", function);
        for (var i = 0; i < function.Columns.Count; i++) columns[i] = columns[i] with { Name = function.Columns[i].Name };

        // One column goes by the alias of the table, unless it has one of its own.
        if (function.Columns.Count == 0 && function.Alias is not null && columns.Count - (function.WithOrdinality ? 1 : 0) == 1 && !HasOwnName(function.Call.Name.Name.Name))
            columns[0] = columns[0] with { Name = function.Alias.Name };
        return columns;
    }

    /// <summary>Whether it gives several arrays side by side, the shorter ones with NULLs at their ends.</summary>
    public static bool IsUnnestOfSeveral(FunctionCall call) => call is { Name.Name.Name: "unnest", Args.Count: > 1 };

    /// <summary>The type of a column of what a function returns; unknown where nobody knows it.</summary>
    public static SqlType TypeOf(FunctionCall call, string column) => Plain(call.Name.Name.Name, SqlType.Unknown).Find(each => each.Name == column)?.Type ?? SqlType.Unknown;

    /// <summary>The place of a field in the row that a call gives, which lies in SQLite as a JSON array; -1 where it has none, null where the call gives no row.</summary>
    public static int? PlaceOf(Expr call, string field) =>
        call is FunctionCall { Name.Name.Name: "pg_identify_object" and var name } ? Plain(name, SqlType.Unknown).FindIndex(each => each.Name == field) : null;

    // Functions with OUT parameters keep the names of those.
    private static bool HasOwnName(string name) =>
        name is "json_array_elements" or "jsonb_array_elements" or "json_array_elements_text" or "jsonb_array_elements_text";

    private static List<OutputColumn> Plain(string name, SqlType type)
    {
        var text = new SqlType(SqlTypeKind.Text);
        return name switch
        {
            "json_each" => [new("key", text), new("value", new SqlType(SqlTypeKind.Json))],
            "jsonb_each" => [new("key", text), new("value", new SqlType(SqlTypeKind.Jsonb))],
            "json_each_text" or "jsonb_each_text" => [new("key", text), new("value", text)],
            "pg_identify_object" => [new("type", text), new("schema", text), new("name", text), new("identity", text)],
            "pg_options_to_table" => [new("option_name", text), new("option_value", text)],
            "aclexplode" => [new("grantor", new SqlType(SqlTypeKind.Oid)), new("grantee", new SqlType(SqlTypeKind.Oid)), new("privilege_type", text), new("is_grantable", new SqlType(SqlTypeKind.Bool))],
            _ when HasOwnName(name) => [new("value", type)],
            _ => [new(name, type)],
        };
    }
}
