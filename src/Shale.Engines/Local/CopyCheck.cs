using Shale.Sqlite;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>Whether a database is the copy of another, and whole: SQLite's own check of its structure and indexes, and the number of rows of each table.</summary>
/// <param name="original">The database it was made from; stays its owner's.</param>
/// <param name="copy">The copy; stays its owner's.</param>
/// <param name="cancellationToken">Ends the check.</param>
internal sealed class CopyCheck(SqliteConnection original, SqliteConnection copy, CancellationToken cancellationToken)
{
    private const string Damaged = "XX001";

    /// <summary>Errors: SHARD_ERROR (XX001) if the original is damaged, or the copy differs; TIMEOUT.</summary>
    public async ValueTask RunAsync()
    {
        var (before, after) = (Prepare(original), Prepare(copy));
        if (await FaultOfAsync(after) is { } fault)
        {
            var isOlder = await FaultOfAsync(before) == fault;
            throw new VitessException(ErrorCodes.ShardError, $"the {(isOlder ? "database" : "copy")} is damaged: {fault}", sqlState: Damaged,
                hint: isOlder ? "Put the file back from a backup, or repair it with the program sqlite3 (.recover)." : "Check the disk, and start again.");
        }

        foreach (var table in await TablesAsync(before))
        {
            var (rows, copied) = (await CountAsync(before, table), await CountAsync(after, table));
            if (rows != copied) throw new VitessException(ErrorCodes.ShardError, $"the copy of table {table} has {copied} rows, the original {rows}", sqlState: Damaged, hint: "Check the disk, and start again.");
        }
    }

    // Indexes may be made with our functions and collations. Constraints are what rows were checked against when they came; that is not asked again.
    private static SqliteEngineConnection Prepare(SqliteConnection connection)
    {
        SqliteSetup.Shard(connection, new SqliteEngineOptions());
        connection.ExecuteTrusted("PRAGMA ignore_check_constraints=ON");
        return new SqliteEngineConnection(connection, EngineAccess.Read, null);
    }

    private async ValueTask<string?> FaultOfAsync(SqliteEngineConnection connection)
    {
        try
        {
            var rows = await AskAsync(connection, "SELECT integrity_check FROM pragma_integrity_check(1)");
            var found = rows[0][0].AsText();
            return found == "ok" ? null : found;
        }
        catch (VitessException failure) when (failure.SqlState == Damaged)
        {
            return failure.Message;
        }
    }

    private async ValueTask<IReadOnlyList<string>> TablesAsync(SqliteEngineConnection connection)
    {
        var rows = await AskAsync(connection, "SELECT '\"' || replace(name, '\"', '\"\"') || '\"' FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow')");
        return [.. Enumerable.Range(0, rows.RowCount).Select(i => rows[i][0].AsText())];
    }

    private async ValueTask<long> CountAsync(SqliteEngineConnection connection, string table) => (await AskAsync(connection, $"SELECT count(*) FROM {table}"))[0][0].AsInteger();

    private async ValueTask<RowSet> AskAsync(SqliteEngineConnection connection, string sql) => (await connection.ExecuteAsync(sql, [], cancellationToken)).Rows;
}
