using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What PostgreSQL refuses in definitions of columns. Checked when they are made, not when they are read again: what is stored was taken once.</summary>
internal static class ColumnRules
{
    /// <summary>Refuses (42P17) generated columns that use generated columns, and (42710) constraints of one name.</summary>
    public static void Check(CreateTableStatement table, SqlDialect dialect)
    {
        if (dialect != SqlDialect.Postgres) return;
        var names = ConstraintsOf(table).ToList();
        if (names.FirstOrDefault(name => names.Count(each => each == name) > 1) is { } twice) throw Taken(twice, table.Name.Name.Name);
        var generated = table.Columns.Where(column => column.Constraints.Any(constraint => constraint is GeneratedColumn)).ToList();
        foreach (var value in generated.SelectMany(column => column.Constraints.OfType<GeneratedColumn>()).Select(constraint => constraint.Value))
        {
            var used = SqlTree.All<ColumnRef>(value).FirstOrDefault(use => generated.Exists(column => Names.Equal(column.Name.Name, use.Column.Name, dialect)));
            if (used is null) continue;
            throw new VitessException(ErrorCodes.QueryError, $"cannot use generated column \"{used.Column.Name}\" in column generation expression", sqlState: "42P17",
                hint: "Write its expression out.");
        }
    }

    /// <summary>Refuses in dialect postgres defaults of columns that call a function (42883) or a sequence (42P01) which is not there: SQLite's shards are not told them, and rows would fail by them.</summary>
    public static void CheckDefaults(IEnumerable<ColumnDefinition> columns, Catalog catalog)
    {
        foreach (var value in columns.SelectMany(column => column.Constraints.OfType<DefaultConstraint>())) CheckDefault(value.Value, catalog);
    }

    /// <summary>The same of one default.</summary>
    public static void CheckDefault(Expr value, Catalog catalog)
    {
        if (catalog.Dialect != SqlDialect.Postgres) return;
        if (SqlTree.All<FunctionCall>(value).Any(call => !FunctionCatalog.IsKnown(call.Name.Name.Name))) _ = Binder.BindOver([value], new TableSchema("", []), SqlDialect.Postgres);
        new SequenceCalls(catalog, 0).Require(value);
    }

    /// <summary>
    /// Refuses in dialect postgres a constraint whose name another has (42710), a new name that is the old one (42P07, 42701), another type for a column that others are generated from (0A000), and another
    /// type by an expression, or a default, for one that is generated (42611, 42601).
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="definition">Its definition.</param>
    /// <param name="action">What is done to it.</param>
    public static void Check(VTable table, CreateTableStatement definition, AlterAction action)
    {
        if (table.Dialect != SqlDialect.Postgres) return;
        bool IsGenerated(Identifier column) => definition.Columns.Any(each => Names.Equal(each.Name.Name, column.Name, table.Dialect) && each.Constraints.Any(constraint => constraint is GeneratedColumn));
        switch (action)
        {
            case AddConstraint { Constraint.ConstraintName: { } name } when IsTaken(table, name.Name):
                throw Taken(name.Name, table.Name);
            case AddColumn add when add.Column.Constraints.FirstOrDefault(constraint => constraint.ConstraintName is { } name && IsTaken(table, name.Name)) is { } constraint:
                throw Taken(constraint.ConstraintName!.Name, table.Name);
            case RenameConstraint rename when IsTaken(table, rename.Name.Name) && IsTaken(table, rename.NewName.Name) && RelationRenames.KeyOf(table, rename.Name.Name) is null:
                throw Taken(rename.NewName.Name, table.Name);
            case RenameTable rename when Names.Equal(rename.NewName.Name, table.Name, table.Dialect):
                throw VSchemaEdits.Taken(table.Name);
            case RenameColumn rename when Names.Equal(rename.NewName.Name, rename.Column.Name, table.Dialect):
                throw new VitessException(ErrorCodes.QueryError, $"column \"{rename.NewName.Name}\" of relation \"{table.Name}\" already exists", sqlState: "42701");
            case AlterColumnType alter when CreateTableEdits.GeneratedFrom(definition, alter.Column.Name, table.Dialect).FirstOrDefault() is { } generated:
                throw new VitessException(ErrorCodes.QueryError, "cannot alter type of a column used by a generated column", sqlState: "0A000", hint: $"Column \"{generated}\" uses it: drop it, and make it again afterwards.");
            case AlterColumnType { Using: not null } alter when IsGenerated(alter.Column):
                throw new VitessException(ErrorCodes.QueryError, "cannot specify USING when altering type of generated column", sqlState: "42611");
            case AlterColumnDefault alter when IsGenerated(alter.Column):
                throw new VitessException(ErrorCodes.SyntaxError, $"column \"{alter.Column.Name}\" of relation \"{table.Name}\" is a generated column", sqlState: "42601");
            case AlterColumnDefault alter when table.Schema!.Column(alter.Column.Name) is { IsIdentity: true } column:
                throw new VitessException(ErrorCodes.SyntaxError, $"column \"{column.Name}\" of relation \"{table.Name}\" is an identity column", sqlState: "42601", hint: "ALTER COLUMN … DROP IDENTITY makes it a plain one.");
            case AlterColumnIdentity alter when table.Schema!.Column(alter.Column.Name) is { } column:
                Check(table, column, alter);
                break;
        }
    }

    private static void Check(VTable table, ColumnSchema column, AlterColumnIdentity alter)
    {
        VitessException Refused(string why, string hint) => new(ErrorCodes.QueryError, $"column \"{column.Name}\" of relation \"{table.Name}\" {why}", sqlState: "55000", hint: hint);
        if (alter.Kind != "add")
        {
            if (!column.IsIdentity && !alter.IfExists) throw Refused("is not an identity column", "ALTER COLUMN … ADD GENERATED BY DEFAULT AS IDENTITY makes it one.");
            return;
        }

        if (column.Type is not { IsArray: false, Kind: SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8 }) throw new VitessException(ErrorCodes.TypeError, "identity column type must be smallint, integer, or bigint", sqlState: "22023");
        if (!column.NotNull && !table.Schema!.PrimaryKey.Contains(column.Name)) throw Refused("must be declared NOT NULL before identity can be added", "Send ALTER COLUMN … SET NOT NULL first.");
        if (column.IsIdentity) throw Refused("is already an identity column", "ALTER COLUMN … SET GENERATED changes how.");
        if (column.Default is not null || column.AutoNumber) throw Refused("already has a default value", "Send ALTER COLUMN … DROP DEFAULT first.");
    }

    /// <summary>Refuses to validate what is not there (42704), and what is no check or foreign key (42809).</summary>
    public static void Check(VTable table, ValidateConstraint validate)
    {
        var name = validate.Name.Name;
        if (!IsTaken(table, name)) throw new VitessException(ErrorCodes.NotFound, $"constraint \"{name}\" of relation \"{table.Name}\" does not exist", sqlState: "42704");
        if (Enumerable.Range(0, table.Schema!.Keys.Count).Any(key => ModelKeys.KeyName(table, key) == name))
            throw new VitessException(ErrorCodes.QueryError, $"constraint \"{name}\" of relation \"{table.Name}\" is not a foreign key or check constraint", sqlState: "42809");
    }

    private static IEnumerable<string> ConstraintsOf(CreateTableStatement table) =>
        table.Columns.SelectMany(column => column.Constraints).Select(constraint => constraint.ConstraintName).Concat(table.Constraints.Select(constraint => constraint.ConstraintName)).OfType<Identifier>().Select(name => name.Name);

    /// <summary>Whether a constraint of a table has a name.</summary>
    public static bool IsTaken(VTable table, string name) => Enumerable.Range(0, table.Schema!.Keys.Count).Any(key => ModelKeys.KeyName(table, key) == name)
        || Enumerable.Range(0, table.Schema.ForeignKeys.Count).Any(key => ModelKeys.ForeignKeyName(table, key) == name) || ModelChecks.Of(table).Any(check => check.Name == name);

    private static VitessException Taken(string name, string table) =>
        new(ErrorCodes.QueryError, $"constraint \"{name}\" for relation \"{table}\" already exists", sqlState: "42710", hint: "Choose another name.");

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
            throw new VitessException(ErrorCodes.SyntaxError, $"column \"{column.Name}\" of relation \"{table.Name}\" is an identity column", hint: "Send ALTER COLUMN … DROP IDENTITY first.");
        if (table.Keys.Any(key => key.Primary && key.Columns.Contains(column.Name, VSchemaNames.Comparer)))
            throw new VitessException(ErrorCodes.QueryError, $"column \"{column.Name}\" is in a primary key", sqlState: "42P16", hint: "Drop the primary key first.");
    }
}
