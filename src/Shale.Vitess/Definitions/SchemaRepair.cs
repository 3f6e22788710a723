using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Compares what the shards have with the VSchema when a gate starts (SEMANTICS S4.1): a table or index that a crash kept from some shards is made there, an index that was dropped
/// is removed; a table whose
/// columns differ, or that cannot be made, is refused, since nobody can know which of both is meant. All others serve.
/// </summary>
/// <param name="state">The VSchema and the shards.</param>
/// <param name="cancellationToken">Leaves the rest to the next start.</param>
/// <param name="only">The keyspace that is compared; null for all.</param>
internal sealed class SchemaRepair(GateState state, CancellationToken cancellationToken, string? only = null)
{
    /// <summary>What was made.</summary>
    public List<string> Repairs { get; } = [];

    /// <summary>The tables that could not be mended, and why.</summary>
    public Dictionary<TableSchema, string> Refused { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Compares all tables on all shards. Errors: SHARD_ERROR for a shard that cannot be read.</summary>
    public async ValueTask RunAsync()
    {
        foreach (var keyspace in state.VSchema.Keyspaces.Values)
        {
            if (only is not null && !VSchemaNames.Comparer.Equals(keyspace.Name, only)) continue;
            foreach (var tablet in state.Tablets.Of(keyspace))
            {
                var objects = await tablet.SchemaAsync(cancellationToken);
                foreach (var table in keyspace.Tables.Values)
                {
                    if (table.Schema is not null && table.CreateSql is not null) await TryCompareAsync(keyspace, table, tablet, objects);
                }
            }
        }
    }

    private async ValueTask TryCompareAsync(VKeyspace keyspace, VTable table, ITablet tablet, IReadOnlyList<ShardObject> objects)
    {
        if (Refused.ContainsKey(table.Schema!)) return;
        try
        {
            await CompareAsync(keyspace, table, tablet, objects);
        }
        catch (VitessException failure) when (failure.Code != ErrorCodes.ShardError.Code)
        {
            Refuse(table, tablet, $"cannot be made as the VSchema says: {failure.Message}");
        }
    }

    private void Refuse(VTable table, ITablet tablet, string why) => Refused[table.Schema!] = $"table \"{table.Name}\" on shard {tablet.Keyspace}:{tablet.Shard} {why}";

    private async ValueTask CompareAsync(VKeyspace keyspace, VTable table, ITablet tablet, IReadOnlyList<ShardObject> objects)
    {
        var session = state.For(new Target(keyspace.Name, null), table.Dialect);
        var found = objects.FirstOrDefault(each => each.Type == "table" && VSchemaNames.Comparer.Equals(each.Name, table.Name));
        if (found is null)
        {
            var create = (CreateTableStatement)SqlParser.Parse(table.CreateSql!, table.Dialect);
            await MakeAsync(tablet, EngineSql.CreateTable(create, session, table.ExactNumerics), $"table {table.Name}");
        }
        else if (!HasSameColumns(table, found, session))
        {
            Refuse(table, tablet, "has other columns than the VSchema says");
            return;
        }
        else if (HoldsNumericsOtherwise(table, found, session) is { } column)
        {
            Refuse(table, tablet, $"holds the numerics of \"{column}\" in another way than the VSchema says");
            return;
        }

        await DropStrayIndexesAsync(table, tablet, objects);
        foreach (var index in table.Indexes)
        {
            if (objects.Any(each => each.Type == "index" && VSchemaNames.Comparer.Equals(each.Name, index.Name))) continue;
            var statement = (CreateIndexStatement)SqlParser.Parse(index.CreateSql, table.Dialect) with { Name = new Identifier(index.Name, true), IfNotExists = false };
            var place = session.Catalog.Require(new ObjectName(null, new Identifier(table.Name)));
            await MakeAsync(tablet, EngineSql.CreateIndex(statement, place, session), $"index {index.Name}");
        }
    }

    /// <summary>An index that was about to go when the crash came: a unique one would refuse rows on this shard only.</summary>
    private async ValueTask DropStrayIndexesAsync(VTable table, ITablet tablet, IReadOnlyList<ShardObject> objects)
    {
        foreach (var stray in objects.Where(each => each is { Type: "index", Sql: not null } && VSchemaNames.Comparer.Equals(each.Table, table.Name)
            && !table.Indexes.Any(index => VSchemaNames.Comparer.Equals(index.Name, each.Name))))
        {
            await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, $"DROP INDEX {ScratchTable.Quote(stray.Name)}", []), cancellationToken);
            Repairs.Add($"index {stray.Name} was left on shard {tablet.Keyspace}:{tablet.Shard} and has been removed");
        }
    }

    private async ValueTask MakeAsync(ITablet tablet, string sql, string what)
    {
        await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, sql, []), cancellationToken);
        Repairs.Add($"{what} was missing on shard {tablet.Keyspace}:{tablet.Shard} and has been made");
    }

    // Read in the wrong way their digits would be lost, or their zeros.
    private static string? HoldsNumericsOtherwise(VTable table, ShardObject found, GateSession session)
    {
        if (found.Sql is null || session.Engine != SqlDialect.Sqlite || table.Dialect != SqlDialect.Postgres) return null;
        var stored = TableSchemas.From((CreateTableStatement)SqlParser.Parse(found.Sql, SqlDialect.Sqlite), SqlDialect.Sqlite);
        return table.Schema!.Columns.Zip(stored.Columns).Where(pair => pair.First.Type is { Kind: SqlTypeKind.Numeric, IsArray: false }
            && (pair.First.Collation == NumericOrder.Collation) != (pair.Second.Collation == NumericOrder.Collation)).Select(pair => pair.First.Name).FirstOrDefault();
    }

    private static bool HasSameColumns(VTable table, ShardObject found, GateSession session)
    {
        if (found.Sql is null || session.Engine != SqlDialect.Sqlite) return true;
        var stored = TableSchemas.From((CreateTableStatement)SqlParser.Parse(found.Sql, SqlDialect.Sqlite), SqlDialect.Sqlite);
        IEnumerable<string> known = table.Schema!.Columns.Count == 0 ? [EngineSql.NoColumn] : table.Schema.Columns.Select(column => column.Name);
        return stored.Columns.Select(column => column.Name).SequenceEqual(known, VSchemaNames.Comparer);
    }
}
