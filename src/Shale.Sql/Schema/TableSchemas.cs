using System.Globalization;

namespace Shale.Sql;

/// <summary>Makes <see cref="TableSchema"/>s from DDL and follows ALTER TABLE.</summary>
public static class TableSchemas
{
    /// <summary>What a CREATE TABLE makes. Errors: 42701 for a column named twice, 42703 for a key over no column, 42P16 for two primary keys.</summary>
    /// <param name="statement">Without AS SELECT; for that see <see cref="FromQuery"/>.</param>
    /// <param name="dialect">The dialect it was written in.</param>
    /// <param name="exactNumerics">See <see cref="TableSchema.ExactNumerics"/>; only dialect postgres has them.</param>
    public static TableSchema From(CreateTableStatement statement, SqlDialect dialect, bool exactNumerics = false)
    {
        var table = new TableSchema(statement.Name.Name.Name, NodeList<ColumnSchema>.Empty)
        {
            Dialect = dialect, WithoutRowId = statement.WithoutRowId, Strict = statement.Strict, ExactNumerics = exactNumerics && dialect == SqlDialect.Postgres,
        };
        foreach (var column in statement.Columns) table = WithColumn(table, column);
        foreach (var constraint in statement.Constraints) table = WithConstraint(table, constraint);
        return NumberItself(table, statement);
    }

    /// <summary>What a CREATE TABLE … AS makes.</summary>
    /// <param name="statement">The statement; its columns may rename those of the query.</param>
    /// <param name="dialect">The dialect it was written in.</param>
    /// <param name="outputs">The columns of the query.</param>
    public static TableSchema FromQuery(CreateTableStatement statement, SqlDialect dialect, IReadOnlyList<OutputColumn> outputs)
    {
        var columns = outputs.Select((output, i) => new ColumnSchema(
            i < statement.Columns.Count ? statement.Columns[i].Name.Name : output.Name, output.Type, output.Type.Kind == SqlTypeKind.Unknown ? "" : output.Type.Name)
        {
            Collation = output.Collation == NumericTranslator.CollationOf(output.Type) ? null : output.Collation,
        });
        return new TableSchema(statement.Name.Name.Name, columns.ToNodeList()) { Dialect = dialect };
    }

    /// <summary>The table after one action. Errors: 42701, 42703 (unless IF EXISTS), 2BP01 for a column that keys need.</summary>
    public static TableSchema Apply(TableSchema table, AlterAction action)
    {
        switch (action)
        {
            case AddColumn add:
                return add.IfNotExists && table.Column(add.Column.Name.Name) is not null ? table : WithColumn(table, add.Column);
            case DropColumn drop:
                return Drop(table, drop);
            case RenameTable rename:
                return table with { Name = rename.NewName.Name };
            case RenameColumn rename:
                return Rename(table, Required(table, rename.Column).Name, rename.NewName.Name);
            case AlterColumnType alter:
                var type = SqlTypes.Of(alter.Type, table.Dialect);
                return Replace(table, alter.Column, column => column with { Type = type, DeclaredType = Declared(alter.Type), Collation = OrderOf(table, type) ?? (OrderOf(table, column.Type) is null ? column.Collation : null) });
            case AlterColumnDefault alter:
                return Replace(table, alter.Column, column => column with { Default = DefaultOf(alter.Value, column.Type, table.Dialect), AutoNumber = column.IsIdentity });
            case AlterColumnIdentity alter:
                var (isIdentity, isAlways) = (alter.Identity is not null, alter.Identity is { Always: true });
                return Replace(table, alter.Column, column => column with { AutoNumber = isIdentity, IsIdentity = isIdentity, IsIdentityAlways = isAlways });
            case AlterColumnNotNull alter:
                return Replace(table, alter.Column, column => column with { NotNull = alter.Not });
            case AddConstraint add:
                return WithConstraint(table, add.Constraint);
            case DropConstraint drop:
                var kept = table with
                {
                    Keys = table.Keys.Where(key => !Same(table, key.Name, drop.Name)).ToNodeList(),
                    ForeignKeys = table.ForeignKeys.Where(key => !Same(table, key.Name, drop.Name)).ToNodeList(),
                };
                return kept;
            default:
                return table;
        }
    }

    /// <summary>The table with one more unique index; the table itself if the index is not unique, partial, or not on plain columns.</summary>
    public static TableSchema WithIndex(TableSchema table, CreateIndexStatement index)
    {
        if (!index.Unique || index.Where is not null) return table;
        var names = new List<string>();
        foreach (var item in index.Columns)
        {
            if (item.Value is not ColumnRef { Table: null } column || table.Column(column.Column.Name) is not { } found) return table;
            names.Add(found.Name);
        }

        var name = index.Name?.Name ?? DefaultName(table, names, "idx");
        return table with { Keys = table.Keys.Append(new KeySchema(name, names.ToNodeList(), false)).ToNodeList() };
    }

    /// <summary>The table without the unique index of that name.</summary>
    public static TableSchema WithoutIndex(TableSchema table, string index) =>
        table with { Keys = table.Keys.Where(key => key.Primary || key.Name is null || !Names.Equal(key.Name, index, table.Dialect)).ToNodeList() };

    private static TableSchema WithColumn(TableSchema table, ColumnDefinition definition)
    {
        var name = definition.Name.Name;
        if (table.Column(name) is not null) throw SqlErrors.Query($"column \"{name}\" of relation \"{table.Name}\" already exists", "42701", definition);
        var type = definition.Type is null ? SqlType.Unknown : Stored(SqlTypes.Of(definition.Type, table.Dialect), definition.Type);
        var serial = table.Dialect == SqlDialect.Postgres && definition.Type is not null && SqlTypes.IsSerial(definition.Type);
        var column = new ColumnSchema(name, type, definition.Type is null ? "" : Declared(definition.Type)) { AutoNumber = serial, NotNull = serial, Collation = OrderOf(table, type) };
        var keys = new List<KeySchema>();
        var foreign = new List<ForeignKeySchema>();
        foreach (var constraint in definition.Constraints)
        {
            column = constraint switch
            {
                NotNullConstraint notNull => column with { NotNull = notNull.Not || column.NotNull },
                DefaultConstraint value => column with { Default = DefaultOf(value.Value, type, table.Dialect) },
                CollateColumn collate when column.Collation is null => column with { Collation = collate.Collation.Name.Name },
                GeneratedColumn => column with { Generated = true },
                IdentityColumn identity => column with { AutoNumber = true, NotNull = true, IsIdentity = true, IsIdentityAlways = identity.Always },
                PrimaryKeyColumn when table.Dialect == SqlDialect.Postgres => column with { NotNull = true },
                _ => column,
            };
            if (constraint is PrimaryKeyColumn or UniqueColumn)
                keys.Add(new KeySchema(constraint.ConstraintName?.Name, [name], constraint is PrimaryKeyColumn));
            if (constraint is ReferencesColumn references) foreign.Add(Foreign(constraint.ConstraintName?.Name, [name], references.Reference));
        }

        IdentityRules.Check(definition, column, table.Name);
        table = table with { Columns = table.Columns.Append(column).ToNodeList() };
        foreach (var key in keys) table = WithKey(table, key);
        foreach (var key in foreign) table = WithForeignKey(table, key);
        return table;
    }

    // As in PostgreSQL's catalog: NULL is no default, unless it must be brought to a length or precision.
    private static Expr? DefaultOf(Expr? value, SqlType type, SqlDialect dialect) =>
        dialect == SqlDialect.Postgres && type.Modifier is null && value is Literal { Kind: LiteralKind.Null } ? null : value;

    // Names of things in the catalog are not followed where they are stored; their numbers are numbers.
    private static SqlType Stored(SqlType type, TypeName written)
    {
        if (TypeRules.IsReg(type.Kind) || type.Kind == SqlTypeKind.Void || SqlTypes.IsVector(written)) throw SqlErrors.Unsupported($"a column of type {type.Name}", written, "Use bigint, or text.");
        return type.Kind == SqlTypeKind.Oid ? type with { Kind = SqlTypeKind.Int8 } : type;
    }

    private static string? OrderOf(TableSchema table, SqlType type) => table.ExactNumerics ? NumericTranslator.CollationOf(type) : null;

    private static TableSchema WithConstraint(TableSchema table, TableConstraint constraint)
    {
        switch (constraint)
        {
            case KeyConstraint key:
                var names = new List<string>();
                foreach (var item in key.Columns)
                {
                    var value = item.Value is Collate collate ? collate.Operand : item.Value;
                    if (value is not ColumnRef column) return table;
                    names.Add(Required(table, column.Column).Name);
                }

                return WithKey(table, new KeySchema(constraint.ConstraintName?.Name, names.ToNodeList(), key.Primary));
            case ForeignKeyConstraint foreign:
                var columns = foreign.Columns.Select(column => Required(table, column).Name).ToNodeList();
                return WithForeignKey(table, Foreign(constraint.ConstraintName?.Name, columns, foreign.Reference));
            default:
                return table;
        }
    }

    private static TableSchema WithKey(TableSchema table, KeySchema key)
    {
        if (key.Primary && table.PrimaryKey.Count > 0)
            throw SqlErrors.Query($"multiple primary keys for table \"{table.Name}\" are not allowed", "42P16");
        if (key.Name is null && table.Dialect == SqlDialect.Postgres)
            key = key with { Name = key.Primary ? table.Name + "_pkey" : DefaultName(table, key.Columns, "key") };
        table = table with { Keys = table.Keys.Append(key).ToNodeList() };
        if (!key.Primary || (table.Dialect == SqlDialect.Sqlite && !table.WithoutRowId && !table.Strict)) return table;
        return table with
        {
            Columns = table.Columns.Select(column => key.Columns.Contains(column.Name) ? column with { NotNull = true } : column).ToNodeList(),
        };
    }

    private static TableSchema WithForeignKey(TableSchema table, ForeignKeySchema key)
    {
        if (key.Name is null && table.Dialect == SqlDialect.Postgres)
        {
            var name = DefaultName(table, key.Columns, "fkey");
            for (var i = 1; table.ForeignKeys.Any(each => each.Name == name); i++) name = string.Create(CultureInfo.InvariantCulture, $"{DefaultName(table, key.Columns, "fkey")}{i}");
            key = key with { Name = name };
        }

        return table with { ForeignKeys = table.ForeignKeys.Append(key).ToNodeList() };
    }

    private static ForeignKeySchema Foreign(string? name, NodeList<string> columns, ForeignKeyReference reference) => new(
        name, columns, reference.Table.Name.Name, reference.Columns.Select(column => column.Name).ToNodeList(), reference.OnDelete, reference.OnUpdate);

    // SQLite: a column declared exactly INTEGER that alone is the primary key is the rowid, and numbers itself.
    private static TableSchema NumberItself(TableSchema table, CreateTableStatement statement)
    {
        if (table.Dialect != SqlDialect.Sqlite || table.WithoutRowId || table.PrimaryKey is not [var key]) return table;
        foreach (var definition in statement.Columns)
        {
            if (!Names.Equal(definition.Name.Name, key, SqlDialect.Sqlite)) continue;
            var descending = definition.Constraints.Any(constraint => constraint is PrimaryKeyColumn { Descending: true });
            if (descending || !string.Equals(definition.Type?.Name, "integer", StringComparison.OrdinalIgnoreCase)) return table;
            return Replace(table, definition.Name, column => column with { AutoNumber = true, NotNull = true, Type = new SqlType(SqlTypeKind.Int8) });
        }

        return table;
    }

    private static TableSchema Drop(TableSchema table, DropColumn drop)
    {
        if (table.Column(drop.Column.Name) is not { } column) return drop.IfExists ? table : throw SqlErrors.UndefinedColumn(drop.Column.Name, drop);
        return table with
        {
            Columns = table.Columns.Where(other => !ReferenceEquals(other, column)).ToNodeList(),
            Keys = table.Keys.Where(key => !key.Columns.Contains(column.Name)).ToNodeList(),
            ForeignKeys = table.ForeignKeys.Where(key => !key.Columns.Contains(column.Name)).ToNodeList(),
        };
    }

    private static TableSchema Rename(TableSchema table, string old, string name)
    {
        if (table.Column(name) is not null) throw SqlErrors.Query($"column \"{name}\" of relation \"{table.Name}\" already exists", "42701");
        NodeList<string> Renamed(NodeList<string> names) => names.Select(other => other == old ? name : other).ToNodeList();
        return table with
        {
            Columns = table.Columns.Select(column => column.Name == old ? column with { Name = name } : column).ToNodeList(),
            Keys = table.Keys.Select(key => key with { Columns = Renamed(key.Columns) }).ToNodeList(),
            ForeignKeys = table.ForeignKeys.Select(key => key with { Columns = Renamed(key.Columns) }).ToNodeList(),
        };
    }

    private static TableSchema Replace(TableSchema table, Identifier name, Func<ColumnSchema, ColumnSchema> change)
    {
        var old = Required(table, name);
        return table with { Columns = table.Columns.Select(column => ReferenceEquals(column, old) ? change(column) : column).ToNodeList() };
    }

    private static ColumnSchema Required(TableSchema table, Identifier name) =>
        table.Column(name.Name) ?? throw SqlErrors.UndefinedColumn(name.Name, name, NearestName.Of(name.Name, table.Columns.Select(column => column.Name)));

    private static string DefaultName(TableSchema table, IEnumerable<string> columns, string suffix) => $"{table.Name}_{string.Join('_', columns)}_{suffix}";

    private static bool Same(TableSchema table, string? name, Identifier other) => name is not null && Names.Equal(name, other.Name, table.Dialect);

    private static string Declared(TypeName type) =>
        type.Name + (type.Modifiers.Count == 0 ? "" : "(" + string.Join(",", type.Modifiers) + ")") + string.Concat(Enumerable.Repeat("[]", type.ArrayDimensions));
}
