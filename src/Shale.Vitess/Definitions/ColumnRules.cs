using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What PostgreSQL refuses in definitions of columns. Checked when they are made, not when they are read again: what is stored was taken once.</summary>
internal static class ColumnRules
{
    /// <summary>Refuses (42P17) generated columns that use generated columns.</summary>
    public static void Check(CreateTableStatement table, SqlDialect dialect)
    {
        if (dialect != SqlDialect.Postgres) return;
        var generated = table.Columns.Where(column => column.Constraints.Any(constraint => constraint is GeneratedColumn)).ToList();
        foreach (var value in generated.SelectMany(column => column.Constraints.OfType<GeneratedColumn>()).Select(constraint => constraint.Value))
        {
            var used = SqlTree.All<ColumnRef>(value).FirstOrDefault(use => generated.Exists(column => Names.Equal(column.Name.Name, use.Column.Name, dialect)));
            if (used is null) continue;
            throw new VitessException(ErrorCodes.QueryError, $"cannot use generated column \"{used.Column.Name}\" in column generation expression", sqlState: "42P17",
                hint: "Write its expression out.");
        }
    }

    /// <summary>Refuses other types that values do not take by themselves (42804), and USING that is more than a cast of the column (0A000).</summary>
    private static void Check(TableSchema table, AlterColumnType alter)
    {
        if (table.Column(alter.Column.Name) is not { } column) return;
        var type = SqlTypes.Of(alter.Type, SqlDialect.Postgres);
        var isColumn = alter.Using is null or ColumnRef { Table: null } or Cast { Operand: ColumnRef { Table: null } }
            && SqlTree.All<ColumnRef>(alter).All(used => Names.Equal(used.Column.Name, column.Name, SqlDialect.Postgres));
        if (!isColumn || (alter.Using is Cast cast && SqlTypes.Of(cast.Type, SqlDialect.Postgres).Plain != type.Plain))
            throw new VitessException(ErrorCodes.QueryError, "ALTER COLUMN … TYPE … USING with an expression is not supported", sqlState: "0A000", hint: "Add a column, UPDATE it, drop the old one and rename.");
        if (ParameterConversion.CanRecast(column.Type, type, alter.Using is Cast)) return;
        throw new VitessException(ErrorCodes.TypeError, $"column \"{column.Name}\" cannot be cast automatically to type {type.Display()}", sqlState: "42804",
            hint: $"You might need to specify \"USING {column.Name}::{type.Display()}\".");
    }

    /// <summary>Refuses changes of type that no cast makes, and DROP NOT NULL for columns that take no NULL whatever is said: those of a primary key (42P16), and identity columns (42601).</summary>
    public static void Check(TableSchema table, AlterAction action, SqlDialect engine)
    {
        // PostgreSQL's engine converts rows by itself.
        if (table.Dialect == SqlDialect.Postgres && engine == SqlDialect.Sqlite && action is AlterColumnType alter) Check(table, alter);
        if (table.Dialect != SqlDialect.Postgres || action is not AlterColumnNotNull { Not: false } drop || table.Column(drop.Column.Name) is not { } column) return;
        if (column.IsIdentity)
            throw new VitessException(ErrorCodes.SyntaxError, $"column \"{column.Name}\" of relation \"{table.Name}\" is an identity column", hint: "DROP IDENTITY is not built: make another table and copy the rows.");
        if (table.Keys.Any(key => key.Primary && key.Columns.Contains(column.Name, VSchemaNames.Comparer)))
            throw new VitessException(ErrorCodes.QueryError, $"column \"{column.Name}\" is in a primary key", sqlState: "42P16", hint: "Drop the primary key first.");
    }
}
