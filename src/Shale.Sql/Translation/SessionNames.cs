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
    /// Puts what they give in their place in a statement for PostgreSQL. Where none is used the statement is the same object. QUERY_ERROR (0A000) where one of them is a table.
    /// </summary>
    public static Statement Fix(Statement statement, string database)
    {
        var isUsed = SqlTree.Any(statement, node => node switch
        {
            FunctionTable { Call: var table } when Of(table, database) is not null => throw new VitessException(ErrorCodes.QueryError, $"{table.Name.Name.Name} as a table is not supported", sqlState: "0A000", hint: "Use it in the list of SELECT."),
            FunctionCall call => Of(call, database) is not null,
            _ => false,
        });
        return isUsed ? SqlTree.Rewrite(statement, node => node is FunctionCall call && Of(call, database) is { } said ? new Cast(new Literal(LiteralKind.String, said), new TypeName("text", [])) : null) : statement;
    }

    private static string? Of(FunctionCall call, string database) =>
        call is { Args.Count: 0, Name: { Schema: null or { Name: "pg_catalog" }, Name.Name: var name } } ? Of(name.ToLowerInvariant(), database) : null;
}
