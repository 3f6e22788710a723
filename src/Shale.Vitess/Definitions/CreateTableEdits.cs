using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What an ALTER TABLE makes of the CREATE TABLE that it changes.</summary>
internal static class CreateTableEdits
{
    /// <summary>The changed definition; NOT_FOUND (42703, 42704) for columns and constraints that there are not.</summary>
    public static CreateTableStatement Apply(CreateTableStatement table, AlterAction action, SqlDialect dialect) => action switch
    {
        AddColumn add => table with { Columns = [.. table.Columns, add.Column] },
        DropColumn drop => Drop(table, drop, dialect),
        RenameTable rename => table with { Name = table.Name with { Name = rename.NewName } },
        RenameColumn rename => Rename(table, rename, dialect),
        AlterColumnType alter => OnColumn(table, alter.Column, dialect, column => column with { Type = alter.Type }),
        AlterColumnDefault alter => OnColumn(table, alter.Column, dialect, column => With<DefaultConstraint>(column, alter.Value is null ? null : new DefaultConstraint(alter.Value))),
        AlterColumnNotNull alter => OnColumn(table, alter.Column, dialect, column => With<NotNullConstraint>(column, alter.Not ? new NotNullConstraint(true) : null)),
        AddConstraint add => table with { Constraints = [.. table.Constraints, add.Constraint] },
        DropConstraint drop => Drop(table, drop, dialect),
        SetTableOptions => table,
        _ => throw new VitessException(ErrorCodes.QueryError, $"ALTER TABLE with {action.GetType().Name} is not supported", sqlState: "0A000"),
    };

    private static ColumnDefinition With<T>(ColumnDefinition column, ColumnConstraint? constraint)
        where T : ColumnConstraint
    {
        var kept = column.Constraints.Where(each => each is not T);
        return column with { Constraints = constraint is null ? kept.ToNodeList() : [.. kept, constraint] };
    }

    private static CreateTableStatement OnColumn(CreateTableStatement table, Identifier name, SqlDialect dialect, Func<ColumnDefinition, ColumnDefinition> change)
    {
        if (!table.Columns.Any(column => Names.Equal(column.Name.Name, name.Name, dialect))) throw Missing(name);
        return table with { Columns = table.Columns.Select(column => Names.Equal(column.Name.Name, name.Name, dialect) ? change(column) : column).ToNodeList() };
    }

    private static CreateTableStatement Drop(CreateTableStatement table, DropColumn drop, SqlDialect dialect)
    {
        var kept = table.Columns.Where(column => !Names.Equal(column.Name.Name, drop.Column.Name, dialect)).ToNodeList();
        if (kept.Count == table.Columns.Count && !drop.IfExists) throw Missing(drop.Column);
        return table with { Columns = kept };
    }

    private static CreateTableStatement Drop(CreateTableStatement table, DropConstraint drop, SqlDialect dialect)
    {
        bool Is(Identifier? name, string? given) => (name?.Name ?? given) is { } known && Names.Equal(known, drop.Name.Name, dialect);
        var columns = table.Columns.Select(column => column with { Constraints = column.Constraints.Where(each => !Is(each.ConstraintName, Given(each, column))).ToNodeList() }).ToNodeList();
        var changed = table with { Columns = columns, Constraints = table.Constraints.Where(each => !Is(each.ConstraintName, GivenTo(each))).ToNodeList() };
        if (changed != table || drop.IfExists) return changed;
        throw new VitessException(ErrorCodes.NotFound, $"constraint \"{drop.Name.Name}\" of table \"{table.Name.Name.Name}\" does not exist", sqlState: "42704");

        // The names that PostgreSQL gives to keys without one; COLLATE in a key is SQLite's, which drops no constraints.
        string? Given(ColumnConstraint constraint, ColumnDefinition column) => constraint is PrimaryKeyColumn or UniqueColumn ? Name(constraint is PrimaryKeyColumn, [column.Name.Name]) : null;
        string? GivenTo(TableConstraint constraint) => constraint is KeyConstraint key ? Name(key.Primary, key.Columns.Select(item => (item.Value as ColumnRef)?.Column.Name ?? "")) : null;
        string Name(bool primary, IEnumerable<string> names) => LookupRules.NameOf(new KeySchema(null, names.ToNodeList(), primary), table.Name.Name.Name);
    }

    private static CreateTableStatement Rename(CreateTableStatement table, RenameColumn rename, SqlDialect dialect)
    {
        if (!table.Columns.Any(column => Names.Equal(column.Name.Name, rename.Column.Name, dialect))) throw Missing(rename.Column);

        // Inside its own CREATE TABLE a bare name is a column, but for the table's name, types, functions and what foreign keys point at.
        return SqlTree.Rewrite(table, node => node switch
        {
            ObjectName or TypeName or FunctionCall { Args.Count: 0 } => node,
            ForeignKeyReference => node,
            Identifier name when Names.Equal(name.Name, rename.Column.Name, dialect) => rename.NewName,
            _ => null,
        });
    }

    private static VitessException Missing(Identifier name) => new(ErrorCodes.NotFound, $"column \"{name.Name}\" does not exist", sqlState: "42703");
}
