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

    /// <summary>Refuses DROP NOT NULL for columns that take no NULL whatever is said: those of a primary key (42P16), and identity columns (42601).</summary>
    public static void Check(TableSchema table, AlterAction action)
    {
        if (table.Dialect != SqlDialect.Postgres || action is not AlterColumnNotNull { Not: false } drop || table.Column(drop.Column.Name) is not { } column) return;
        if (column.IsIdentity)
            throw new VitessException(ErrorCodes.SyntaxError, $"column \"{column.Name}\" of relation \"{table.Name}\" is an identity column", hint: "DROP IDENTITY is not built: make another table and copy the rows.");
        if (table.Keys.Any(key => key.Primary && key.Columns.Contains(column.Name, VSchemaNames.Comparer)))
            throw new VitessException(ErrorCodes.QueryError, $"column \"{column.Name}\" is in a primary key", sqlState: "42P16", hint: "Drop the primary key first.");
    }
}
