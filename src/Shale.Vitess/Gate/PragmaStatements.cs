using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Answers SQLite's PRAGMAs in a keyspace (SEMANTICS S2.7): those about a table's columns come from one shard, since all have the same; other reading ones go to where one
/// shard is addressed; writing ones are refused over several shards.
/// </summary>
internal static class PragmaStatements
{
    private static readonly HashSet<string> AboutTables = new(StringComparer.OrdinalIgnoreCase)
    {
        "table_info", "table_xinfo", "index_list", "index_info", "index_xinfo", "foreign_key_list", "table_list", "function_list", "collation_list",
        "compile_options", "encoding", "user_version", "application_id",
    };

    // Shale's own tables are nobody's business.
    private static async ValueTask<GateResult> WithoutOwnAsync(ValueTask<GateResult> pending, PragmaStatement pragma)
    {
        var result = await pending;
        if (!pragma.Name.Name.Name.Equals("table_list", StringComparison.OrdinalIgnoreCase)) return result;
        var rows = new RowSet(result.Rows.Fields);
        for (var i = 0; i < result.Rows.RowCount; i++)
        {
            if (!result.Rows[i][1].AsText().StartsWith(ReservedNames.Prefix, StringComparison.Ordinal)) rows.Add(result.Rows[i]);
        }

        return result with { Rows = rows };
    }

    /// <summary>Runs one.</summary>
    public static ValueTask<GateResult> RunAsync(
        PragmaStatement pragma, GateRequest request, GateSession session, GateTransaction? transaction, CancellationToken cancellationToken)
    {
        if (session.Engine != SqlDialect.Sqlite || session.Dialect != SqlDialect.Sqlite)
        {
            throw new VitessException(ErrorCodes.QueryError, "PRAGMA belongs to dialect sqlite", sqlState: "0A000", hint: "Send it in dialect sqlite.");
        }

        var about = AboutTables.Contains(pragma.Name.Name.Name) && (pragma.IsCall || pragma.Value is null);
        if (about || session.Tablets.Of(session.Keyspace).Length == 1)
        {
            return WithoutOwnAsync(PassThrough.RunAsync(request, session, transaction?.Shards, null, cancellationToken), pragma);
        }

        throw new VitessException(ErrorCodes.QueryError, $"PRAGMA {pragma.Name.Name.Name} concerns one shard, and the keyspace has several", sqlState: "0A000",
            hint: $"Name a shard as the target: {session.Keyspace.Name}:{session.Keyspace.Shards[0]}.");
    }
}
