using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Gives a stored table its columns back.</summary>
public static class TableRestorer
{
    /// <summary>What the table's CREATE TABLE, which holds every later ALTER TABLE, and its unique indexes say.</summary>
    public static TableSchema Restore(VTable table)
    {
        var statement = (CreateTableStatement)SqlParser.Parse(table.CreateSql!, table.Dialect);
        var schema = TableSchemas.From(statement, table.Dialect, table.ExactNumerics);
        foreach (var index in table.Indexes)
        {
            if (SqlParser.Parse(index.CreateSql, table.Dialect) is CreateIndexStatement definition) schema = TableSchemas.WithIndex(schema, definition);
        }

        return schema;
    }
}
