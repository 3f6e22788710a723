using System.Runtime.CompilerServices;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>The tables that no shard has and the gate answers: from the VSchema (SEMANTICS S2.7) SQLite's <c>sqlite_master</c> and PostgreSQL's catalog, and <see cref="HistoryTables"/>.</summary>
internal static class CatalogTables
{
    private static readonly TableSchema Master = Describe("sqlite_master");
    private static readonly TableSchema SchemaTable = Describe("sqlite_schema");

    /// <summary>The table of that name in that dialect, or null.</summary>
    public static TableSchema? Find(ObjectName name, SqlDialect dialect)
    {
        if (HistoryTables.Find(name, dialect) is { } history) return history;
        if (dialect != SqlDialect.Sqlite) return CatalogRelation.Find(name)?.Table;
        if (Names.Equal(name.Name.Name, Master.Name, dialect)) return Master;
        return Names.Equal(name.Name.Name, SchemaTable.Name, dialect) ? SchemaTable : null;
    }

    private static TableSchema Describe(string name) => new(name,
    [
        Text("type"), Text("name"), Text("tbl_name"), new ColumnSchema("rootpage", new SqlType(SqlTypeKind.Int4), "INT"), Text("sql"),
    ])
    {
        Dialect = SqlDialect.Sqlite,
    };

    private static ColumnSchema Text(string name) => new(name, new SqlType(SqlTypeKind.Text), "TEXT");
}

/// <summary>Fills <see cref="CatalogTables"/> for one keyspace. Immutable.</summary>
/// <param name="catalog">The tables of the keyspace.</param>
/// <param name="options">Those of the gate: what runs at it.</param>
/// <param name="tablets">Its shards.</param>
/// <param name="history">Its versions.</param>
internal sealed class GateTables(Catalog catalog, VTGateOptions options, TabletMap tablets, HistoryTables history)
{
    private const string Prefix = "shale_";

    private readonly Lazy<CatalogRows> _rows = new(() => new CatalogRows(CatalogModel.Of(catalog), options.Processes));
    private readonly Lazy<SizeRows> _sizes = new(() => new SizeRows(CatalogModel.Of(catalog), tablets));

    /// <summary>The rows of a table, the asked columns only, in chunks; one at least. Errors: TT_NOT_SUPPORTED for what shards without versions cannot say.</summary>
    public async IAsyncEnumerable<RowSet> RowsAsync(string table, IReadOnlyList<ColumnSchema> columns, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (table == Prefix + SizeRows.Name)
        {
            yield return await _sizes.Value.ReadAsync(columns, cancellationToken);
            yield break;
        }

        if (!HistoryTables.Is(table))
        {
            yield return Rows(table, columns);
            yield break;
        }

        await foreach (var chunk in history.RowsAsync(table, columns, cancellationToken)) yield return chunk;
    }

    private RowSet Rows(string table, IReadOnlyList<ColumnSchema> columns)
    {
        if (CatalogRelation.OfTable(table[Prefix.Length..]) is { } relation) return _rows.Value.Of(relation, columns);
        if (!table.StartsWith(Prefix + "sqlite_", StringComparison.OrdinalIgnoreCase)) throw new InvalidOperationException($"the gate has no table {table}");
        var rows = new RowSet([.. columns.Select(column => new Field(column.Name, column.Type.Name, column.DeclaredType))]);
        foreach (var each in catalog.Keyspace.Tables.Values)
        {
            if (each.CreateSql is null) continue;
            Add(rows, columns, "table", each.Name, each.Name, each.CreateSql);
            foreach (var index in each.Indexes) Add(rows, columns, "index", index.Name, each.Name, index.CreateSql);
            foreach (var trigger in each.Triggers) Add(rows, columns, "trigger", trigger.Name, each.Name, trigger.CreateSql);
        }

        foreach (var view in catalog.Keyspace.Views.Values) Add(rows, columns, "view", view.Name, view.Name, view.CreateSql);
        return rows;
    }

    private static void Add(RowSet rows, IReadOnlyList<ColumnSchema> columns, string type, string name, string table, string sql)
    {
        var row = rows.AddRow();
        for (var i = 0; i < columns.Count; i++)
        {
            row[i] = columns[i].Name switch
            {
                "type" => SqlValue.Text(type),
                "name" => SqlValue.Text(name),
                "tbl_name" => SqlValue.Text(table),
                "sql" => SqlValue.Text(sql),
                _ => SqlValue.Integer(0),
            };
        }
    }
}
