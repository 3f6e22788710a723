using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What the foreign keys of a keyspace say when the table that they point at, or a column of it, gets another name: the engines change theirs by themselves.</summary>
internal static class ReferenceEdits
{
    /// <summary>A definition whose references to a table follow a renaming of it or of its column.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="parent">The table's name before.</param>
    /// <param name="rename">What is renamed; nothing else changes references.</param>
    public static CreateTableStatement Apply(CreateTableStatement definition, string parent, AlterAction rename) =>
        SqlTree.Rewrite(definition, node => node is ForeignKeyReference reference && Is(reference.Table.Name, parent) ? Renamed(reference, rename) : null);

    /// <summary>The VSchema in which the foreign keys of all tables of a keyspace follow it.</summary>
    public static VSchema Apply(VSchema schema, string keyspace, string parent, AlterAction rename)
    {
        foreach (var table in schema.Get(keyspace).Tables.Values)
        {
            if (table.Schema?.ForeignKeys.Any(key => VSchemaNames.Comparer.Equals(key.Parent, parent)) != true || ModelChecks.Definition(table) is not { } definition) continue;
            var changed = Apply(definition, parent, rename);
            if (changed == definition) continue;
            var child = table with { CreateSql = SqlPrinter.Print(changed, table.Dialect) };
            schema = schema.WithTable(keyspace, child with { Schema = TableRestorer.Restore(child) });
        }

        return schema;
    }

    private static ForeignKeyReference Renamed(ForeignKeyReference reference, AlterAction rename) => rename switch
    {
        RenameTable table => reference with { Table = reference.Table with { Name = table.NewName } },
        RenameColumn column => reference with { Columns = reference.Columns.Select(name => Is(name, column.Column.Name) ? column.NewName : name).ToNodeList() },
        _ => reference,
    };

    private static bool Is(Identifier name, string other) => VSchemaNames.Comparer.Equals(name.Name, other);
}
