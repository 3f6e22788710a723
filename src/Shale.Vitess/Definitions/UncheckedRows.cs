using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Rows that a constraint which is added as NOT VALID would leave as they are. SQLite cannot leave them: it checks each row whenever it makes the table anew, and counts what
/// breaks a foreign key as a debt that another row could pay. So there must be none.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="transaction">The transaction.</param>
/// <param name="now">What now() is.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class UncheckedRows(GateSession session, CrossShardTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
{
    /// <summary>Refuses (0A000) the constraint if a row breaks it.</summary>
    /// <param name="constraint">A check or a foreign key.</param>
    /// <param name="place">The table.</param>
    /// <param name="keyspace">The keyspace as the statement has changed it so far.</param>
    public async ValueTask RequireAsync(TableConstraint constraint, TablePlace place, VKeyspace keyspace)
    {
        var table = ScratchTable.Quote(place.Table.Name);
        var condition = constraint switch
        {
            CheckConstraint check => $"NOT ({SqlPrinter.Print(check.Condition, session.Dialect)})",
            ForeignKeyConstraint key => Orphaned(key, place.Table, keyspace),
            _ => null,
        };
        if (condition is null || !await AnyAsync($"SELECT 1 FROM {table} WHERE {condition} LIMIT 1", keyspace)) return;
        throw new VitessException(ErrorCodes.QueryError, $"a row of table \"{place.Table.Name}\" breaks the constraint, and SQLite shards cannot leave it so", sqlState: "0A000",
            hint: "NOT VALID is taken there while every row keeps the constraint: change those rows first.");
    }

    private async ValueTask<bool> AnyAsync(string text, VKeyspace keyspace)
    {
        var catalog = new Catalog(session.Catalog.VSchema.WithKeyspace(keyspace), keyspace, session.Dialect, session.Catalog.Refused);
        var over = session.Over(catalog, session.Tablets, session.Epoch, session.Moment);
        var plan = (QueryPlan)over.Compiler.Compile(SqlParser.ParseWithParameters(text, session.Dialect), text)!;
        return (await over.Selects.RunAsync(plan.Select, BoundValues.Complete(plan, [], now), transaction, null, cancellationToken)).RowCount > 0;
    }

    // A key of which a column is NULL points at nothing.
    private static string? Orphaned(ForeignKeyConstraint key, VTable table, VKeyspace keyspace)
    {
        var parent = VSchemaNames.Comparer.Equals(key.Reference.Table.Name.Name, table.Name) ? table : keyspace.FindTable(key.Reference.Table.Name.Name);
        if (parent?.Schema is not { } schema) return null;
        var columns = key.Reference.Columns.Count > 0 ? key.Reference.Columns.Select(column => column.Name).ToList() : [.. schema.PrimaryKey];
        if (columns.Count != key.Columns.Count) return null;
        var child = ScratchTable.Quote(table.Name);
        var own = key.Columns.Select(column => $"{child}.{ScratchTable.Quote(column.Name)}").ToList();
        var same = own.Select((column, i) => $"\"shale parent\".{ScratchTable.Quote(columns[i])} = {column}");
        return $"{string.Join(" AND ", own.Select(column => $"{column} IS NOT NULL"))} AND NOT EXISTS (SELECT 1 FROM {ScratchTable.Quote(parent.Name)} AS \"shale parent\" WHERE {string.Join(" AND ", same)})";
    }
}
