namespace Shale.Sql;

/// <summary>What functions without arguments say of the session: what the gate says it is, for a shard has a database and a user of its own.</summary>
internal static class SessionNames
{
    /// <summary>What a function gives; null for other functions.</summary>
    /// <param name="name">The function's name.</param>
    /// <param name="database">The keyspace.</param>
    public static string? Of(string name, string database) => name switch
    {
        "current_database" or "current_catalog" => database,
        "current_schema" => "public",

        // There are no roles: everybody who may speak to the gate is one and the same.
        "current_user" or "current_role" or "session_user" or "user" => "shale",
        _ => null,
    };

    /// <summary>
    /// Puts what they give in their place in a statement for PostgreSQL. Where none is used the statement is the same object. QUERY_ERROR (0A000) where one of them is a table WITH ORDINALITY.
    /// </summary>
    public static Statement Fix(Statement statement, string database)
    {
        if (!SqlTree.Any(statement, node => node is FunctionCall call && Of(call, database) is not null)) return statement;
        return SqlTree.Rewrite(statement, node => node switch
        {
            FunctionTable table when Of(table.Call, database) is { } said => Table(table, said),
            FunctionCall call when Of(call, database) is { } said => Value(said),
            _ => null,
        });
    }

    // A table of one row, whose column has the table's name.
    private static DerivedTable Table(FunctionTable function, string said)
    {
        if (function.WithOrdinality) throw SqlErrors.Unsupported($"{function.Call.Name.Name.Name} WITH ORDINALITY", function, "Leave it out: there is one row.");
        var name = function.Alias ?? function.Call.Name.Name;
        return new DerivedTable(SqlBuild.Select(new SelectCore([new SelectItem(Value(said), name)])), false, name, function.Columns);
    }

    private static Cast Value(string said) => new(SqlBuild.Text(said), new TypeName("text", []));

    private static string? Of(FunctionCall call, string database) =>
        call is { Args.Count: 0, Name: { Schema: null or { Name: "pg_catalog" }, Name.Name: var name } } ? Of(name.ToLowerInvariant(), database) : null;
}
