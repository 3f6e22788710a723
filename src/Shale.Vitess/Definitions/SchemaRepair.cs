using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Compares what the shards have with the VSchema when a gate starts (SEMANTICS S4.1): a table or index that a crash kept from some shards is made there; a table whose
/// columns differ is refused, since nobody can know which of both is meant.
/// </summary>
internal sealed class SchemaRepair(GateState state, CancellationToken cancellationToken)
{
    /// <summary>What was made.</summary>
    public List<string> Repairs { get; } = [];

    /// <summary>Throws SHARD_ERROR (XX001) for a table that cannot be mended.</summary>
    public async ValueTask RunAsync()
    {
        foreach (var keyspace in state.VSchema.Keyspaces.Values)
        {
            foreach (var tablet in state.Tablets.Of(keyspace))
            {
                var objects = await tablet.SchemaAsync(cancellationToken);
                foreach (var table in keyspace.Tables.Values)
                {
                    if (table.Schema is not null && table.CreateSql is not null) await CompareAsync(keyspace, table, tablet, objects);
                }
            }
        }
    }

    private async ValueTask CompareAsync(VKeyspace keyspace, VTable table, ITablet tablet, IReadOnlyList<ShardObject> objects)
    {
        var session = state.For(new Target(keyspace.Name, null), table.Dialect);
        var found = objects.FirstOrDefault(each => each.Type == "table" && VSchemaNames.Comparer.Equals(each.Name, table.Name));
        if (found is null)
        {
            var create = (CreateTableStatement)SqlParser.Parse(table.CreateSql!, table.Dialect);
            await MakeAsync(tablet, EngineSql.CreateTable(create, session), $"table {table.Name}");
        }
        else
        {
            RequireSameColumns(table, found, tablet, session);
        }

        foreach (var index in table.Indexes)
        {
            if (objects.Any(each => each.Type == "index" && VSchemaNames.Comparer.Equals(each.Name, index.Name))) continue;
            var statement = (CreateIndexStatement)SqlParser.Parse(index.CreateSql, table.Dialect) with { Name = new Identifier(index.Name, true), IfNotExists = false };
            var place = session.Catalog.Require(new ObjectName(null, new Identifier(table.Name)));
            await MakeAsync(tablet, EngineSql.CreateIndex(statement, place, session), $"index {index.Name}");
        }
    }

    private async ValueTask MakeAsync(ITablet tablet, string sql, string what)
    {
        await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, sql, []), cancellationToken);
        Repairs.Add($"{what} was missing on shard {tablet.Keyspace}:{tablet.Shard} and has been made");
    }

    private static void RequireSameColumns(VTable table, ShardObject found, ITablet tablet, GateSession session)
    {
        if (found.Sql is null || session.Engine != SqlDialect.Sqlite) return;
        var stored = TableSchemas.From((CreateTableStatement)SqlParser.Parse(found.Sql, SqlDialect.Sqlite), SqlDialect.Sqlite);
        if (stored.Columns.Select(column => column.Name).SequenceEqual(table.Schema!.Columns.Select(column => column.Name), VSchemaNames.Comparer)) return;
        throw new VitessException(ErrorCodes.ShardError, $"table \"{table.Name}\" has other columns than the VSchema says", tablet.Shard, sqlState: "XX001",
            hint: "A definition was interrupted. Compare the shards' files in the data directory, and restore the table from a copy.");
    }
}
