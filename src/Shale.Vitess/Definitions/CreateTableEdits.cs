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
        RenameTable rename => ReferenceEdits.Apply(Named(table, dialect), table.Name.Name.Name, rename) with { Name = table.Name with { Name = rename.NewName } },
        RenameColumn rename => ReferenceEdits.Apply(Rename(Named(table, dialect), rename, dialect), table.Name.Name.Name, rename),
        RenameConstraint rename => Rename(table, rename),
        AlterColumnType alter => OnColumn(table, alter.Column, dialect, column => column with { Type = alter.Type }),
        AlterColumnDefault alter => OnColumn(table, alter.Column, dialect, column => With<DefaultConstraint>(Plain(column), alter.Value is null ? null : new DefaultConstraint(alter.Value))),
        AlterColumnIdentity { Kind: "set" } alter => OnColumn(table, alter.Column, dialect, column => column with { Constraints = column.Constraints.Select(each => each is IdentityColumn own ? own with { Always = alter.Identity!.Always } : each).ToNodeList() }),
        AlterColumnIdentity alter => OnColumn(table, alter.Column, dialect, column => With<IdentityColumn>(WithNotNull(column), alter.Identity)),
        AlterColumnNotNull alter => OnColumn(table, alter.Column, dialect, column => With<NotNullConstraint>(column, alter.Not ? new NotNullConstraint(true) : null)),
        AddConstraint add => table with { Constraints = [.. table.Constraints, add.Constraint] },
        DropConstraint drop => Drop(table, drop, dialect),
        ValidateConstraint validate => Validated(table, validate.Name.Name),
        SetTableOptions or SetColumnHint => table,
        _ => throw new VitessException(ErrorCodes.QueryError, $"ALTER TABLE with {action.GetType().Name} is not supported", sqlState: "0A000"),
    };

    // In PostgreSQL constraints keep the names that they were made up by.
    private static CreateTableStatement Named(CreateTableStatement table, SqlDialect dialect) => dialect == SqlDialect.Postgres ? ConstraintNames.Name(table) : table;

    private static ColumnDefinition With<T>(ColumnDefinition column, ColumnConstraint? constraint)
        where T : ColumnConstraint
    {
        var kept = column.Constraints.Where(each => each is not T);
        return column with { Constraints = constraint is null ? kept.ToNodeList() : [.. kept, constraint] };
    }

    // What serial stands for, but for the default, which is dropped or another one.
    private static ColumnDefinition Plain(ColumnDefinition column) => column.Type is not { } type || !SqlTypes.IsSerial(type) ? column : WithNotNull(column) with
    {
        Type = new TypeName(type.Name switch { "bigserial" or "serial8" => "bigint", "smallserial" or "serial2" => "smallint", _ => "integer" }, []),
    };

    private static ColumnDefinition WithNotNull(ColumnDefinition column) => With<NotNullConstraint>(column, new NotNullConstraint(true));

    private static CreateTableStatement OnColumn(CreateTableStatement table, Identifier name, SqlDialect dialect, Func<ColumnDefinition, ColumnDefinition> change)
    {
        if (!table.Columns.Any(column => Names.Equal(column.Name.Name, name.Name, dialect))) throw Missing(name, table);
        return table with { Columns = table.Columns.Select(column => Names.Equal(column.Name.Name, name.Name, dialect) ? change(column) : column).ToNodeList() };
    }

    private static CreateTableStatement Drop(CreateTableStatement table, DropColumn drop, SqlDialect dialect)
    {
        var dropped = Dropped(table, drop, dialect);
        var kept = table.Columns.Where(column => !dropped.Exists(name => Names.Equal(column.Name.Name, name, dialect))).ToNodeList();
        if (kept.Count == table.Columns.Count && !drop.IfExists) throw Missing(drop.Column, table);
        if (dialect != SqlDialect.Postgres) return table with { Columns = kept };

        // PostgreSQL drops the constraints that name the column, wherever they stand.
        bool Stays(SqlNode constraint) => !dropped.Exists(name => Uses(constraint, name, dialect));
        kept = kept.Select(column => column with { Constraints = column.Constraints.Where(each => each is not CheckColumn || Stays(each)).ToNodeList() }).ToNodeList();
        return table with { Columns = kept, Constraints = table.Constraints.Where(Stays).ToNodeList() };
    }

    /// <summary>
    /// The columns that a DROP COLUMN drops: in dialect postgres generated ones that use it, too, if it says CASCADE; else 2BP01. SQLite says itself what it does not drop.
    /// </summary>
    public static List<string> Dropped(CreateTableStatement table, DropColumn drop, SqlDialect dialect)
    {
        var dropped = new List<string> { drop.Column.Name };
        if (dialect != SqlDialect.Postgres) return dropped;
        dropped.AddRange(GeneratedFrom(table, drop.Column.Name, dialect));
        if (dropped.Count == 1 || drop.Cascade) return dropped;
        throw new VitessException(ErrorCodes.QueryError, $"cannot drop column {drop.Column.Name} of table {table.Name.Name.Name} because other objects depend on it", sqlState: "2BP01",
            hint: $"Column \"{dropped[1]}\" is generated from it: drop that one first, or say CASCADE.");
    }

    /// <summary>The columns that are generated from a column.</summary>
    public static IEnumerable<string> GeneratedFrom(CreateTableStatement table, string name, SqlDialect dialect) => table.Columns
        .Where(column => column.Constraints.Any(constraint => constraint is GeneratedColumn && Uses(constraint, name, dialect))).Select(column => column.Name.Name);

    // Inside a CREATE TABLE a bare name is a column, but for types, functions and what foreign keys point at.
    private static bool Uses(SqlNode constraint, string name, SqlDialect dialect) => constraint switch
    {
        ForeignKeyConstraint key => key.Columns.Any(column => Names.Equal(column.Name, name, dialect)),
        _ => SqlTree.Any(constraint, node => node is ColumnRef used && Names.Equal(used.Column.Name, name, dialect)),
    };

    // Those that stay keep the names that PostgreSQL has made up for them.
    private static CreateTableStatement Drop(CreateTableStatement table, DropConstraint drop, SqlDialect dialect)
    {
        var named = ConstraintNames.Name(table);
        bool Stays(Identifier? name) => name is null || !Names.Equal(name.Name, drop.Name.Name, dialect);
        var key = PrimaryKey(named, constraint => !Stays(constraint));
        var changed = named with
        {
            Columns = named.Columns.Select(column => NotNullIf(key.Contains(column.Name.Name), column with
            {
                Constraints = column.Constraints.Where(constraint => Stays(constraint.ConstraintName)).ToNodeList(),
            })).ToNodeList(),
            Constraints = named.Constraints.Where(constraint => Stays(constraint.ConstraintName)).ToNodeList(),
        };
        if (changed != named) return changed;
        if (drop.IfExists) return table;
        throw new VitessException(ErrorCodes.NotFound, $"constraint \"{drop.Name.Name}\" of table \"{table.Name.Name.Name}\" does not exist", sqlState: "42704");
    }

    /// <summary>The columns of the primary key of a name: in PostgreSQL they take no NULL when it is gone, either.</summary>
    private static HashSet<string> PrimaryKey(CreateTableStatement named, Func<Identifier?, bool> isName) =>
    [
        .. named.Columns.Where(column => column.Constraints.Any(constraint => constraint is PrimaryKeyColumn && isName(constraint.ConstraintName))).Select(column => column.Name.Name),
        .. named.Constraints.OfType<KeyConstraint>().Where(key => key.Primary && isName(key.ConstraintName)).SelectMany(key => key.Columns).Select(item => (item.Value as ColumnRef)?.Column.Name).OfType<string>(),
    ];

    private static ColumnDefinition NotNullIf(bool not, ColumnDefinition column) =>
        not && !column.Constraints.Any(constraint => constraint is NotNullConstraint { Not: true }) ? column with { Constraints = [.. column.Constraints, new NotNullConstraint(true)] } : column;

    /// <summary>The definition in which a constraint, if it has it, holds for all rows.</summary>
    private static CreateTableStatement Validated(CreateTableStatement table, string name)
    {
        var index = NotValid(table, name);
        if (index < 0) return table;
        return table with { Constraints = table.Constraints.Select((constraint, i) => i == index ? constraint with { NotValid = false } : constraint).ToNodeList() };
    }

    /// <summary>Where in a definition the constraint of that name is, if not all rows need keep it; else -1.</summary>
    public static int NotValid(CreateTableStatement table, string name)
    {
        var named = ConstraintNames.Name(table).Constraints;
        return Enumerable.Range(0, named.Count).FirstOrDefault(i => named[i].NotValid && named[i].ConstraintName?.Name == name, -1);
    }

    private static CreateTableStatement Rename(CreateTableStatement table, RenameConstraint rename) => ConstraintNames.Renamed(table, rename.Name.Name, rename.NewName)
        ?? throw new VitessException(ErrorCodes.NotFound, $"constraint \"{rename.Name.Name}\" for table \"{table.Name.Name.Name}\" does not exist", sqlState: "42704");

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

    // PostgreSQL names the table but where it renames.
    private static VitessException Missing(Identifier name, CreateTableStatement? table = null) =>
        new(ErrorCodes.NotFound, $"column \"{name.Name}\" {(table is null ? "" : $"of relation \"{table.Name.Name.Name}\" ")}does not exist", sqlState: "42703");
}
