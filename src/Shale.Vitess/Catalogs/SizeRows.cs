using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary><c>shale_size</c>: how many bytes the tables and indexes of a keyspace take on all its shards, and how many the keyspaces. Asking reads every page of SQLite shards.</summary>
/// <param name="model">The things.</param>
/// <param name="tablets">The shards.</param>
internal sealed class SizeRows(CatalogModel model, TabletMap tablets)
{
    /// <summary>The relation's name.</summary>
    public const string Name = "pg_catalog.shale_size";

    private const string OnSqlite = """
        SELECT m.name, CASE WHEN m.type = 'index' THEN m.tbl_name END, s.pgsize FROM dbstat s JOIN sqlite_schema m ON m.name = s.name WHERE s.aggregate = TRUE
        """;

    private const string OnPostgres = """
        SELECT c.relname::text, t.relname::text, CASE WHEN i.indexrelid IS NULL THEN pg_table_size(c.oid) ELSE pg_relation_size(c.oid) END
        FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = i.indrelid
        WHERE c.relkind IN ('r', 'i') AND c.relnamespace = current_schema()::regnamespace
        """;

    private const string WholeSqlite = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    private const string WholePostgres = "SELECT pg_database_size(current_database())";

    /// <summary>The rows, the asked columns only. Errors: those of a shard that does not answer.</summary>
    public async ValueTask<RowSet> ReadAsync(IReadOnlyList<ColumnSchema> columns, CancellationToken cancellationToken)
    {
        var rows = new RowSet([.. columns.Select(column => new Field(column.Name, column.Type.Name, column.DeclaredType))]);
        var (tables, indexes, byTable) = await ReadAsync(model.Catalog.Keyspace, cancellationToken);
        foreach (var relation in model.Relations.Where(relation => ReferenceEquals(relation.Keyspace, model.Catalog.Keyspace)))
        {
            Add("class", relation.Oid, relation.Table is null ? 0 : tables.GetValueOrDefault(relation.Name), byTable.GetValueOrDefault(relation.Name));
            foreach (var index in relation.Indexes)
            {
                if (indexes.TryGetValue(index.Name, out var bytes)) Add("class", index.Oid, bytes, 0);
            }
        }

        foreach (var keyspace in ModelKeys.KeyspacesOf(model.Catalog))
        {
            if (model.Databases.TryGetValue(keyspace.Name, out var oid)) Add("database", oid, await WholeAsync(keyspace, cancellationToken), 0);
        }

        return rows;

        void Add(string kind, long oid, long own, long ofIndexes)
        {
            var row = rows.AddRow();
            for (var i = 0; i < columns.Count; i++)
            {
                row[i] = columns[i].Name switch { "kind" => SqlValue.Text(kind), "oid" => SqlValue.Integer(oid), "own" => SqlValue.Integer(own), _ => SqlValue.Integer(ofIndexes) };
            }
        }
    }

    private async ValueTask<(Dictionary<string, long> Tables, Dictionary<string, long> Indexes, Dictionary<string, long> ByTable)> ReadAsync(VKeyspace keyspace, CancellationToken cancellationToken)
    {
        var (tables, indexes, byTable) = (New(), New(), New());
        foreach (var tablet in tablets.Of(keyspace))
        {
            var rows = await AskAsync(tablet, tablet.Engine == StorageEngineType.Postgres ? OnPostgres : OnSqlite, cancellationToken);
            for (var i = 0; i < rows.RowCount; i++)
            {
                var (name, bytes) = (rows[i][0].AsText(), rows[i][2].AsInteger());
                if (rows[i][1].IsNull)
                {
                    Count(tables, name, bytes);
                    continue;
                }

                Count(indexes, name, bytes);
                Count(byTable, rows[i][1].AsText(), bytes);
            }
        }

        return (tables, indexes, byTable);
    }

    private async ValueTask<long> WholeAsync(VKeyspace keyspace, CancellationToken cancellationToken)
    {
        long bytes = 0;
        foreach (var tablet in tablets.Of(keyspace)) bytes += (await AskAsync(tablet, tablet.Engine == StorageEngineType.Postgres ? WholePostgres : WholeSqlite, cancellationToken))[0][0].AsInteger();
        return bytes;
    }

    private static async ValueTask<RowSet> AskAsync(ITablet tablet, string sql, CancellationToken cancellationToken) =>
        (await tablet.QueryAsync(new ShardQueryRequest(tablet.Shard, sql, []), cancellationToken)).Rows!;

    private static Dictionary<string, long> New() => new(VSchemaNames.Comparer);

    private static void Count(Dictionary<string, long> sums, string name, long bytes) => sums[name] = sums.GetValueOrDefault(name) + bytes;
}
