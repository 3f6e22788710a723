namespace Shale.Sql;

/// <summary>Translates DDL: types keep their names, with a storage word behind where the name alone would give the wrong affinity.</summary>
internal static class DefinitionTranslator
{
    /// <summary>Translates CREATE TABLE.</summary>
    public static CreateTableStatement Translate(CreateTableStatement statement, bool exactNumerics)
    {
        if (statement.Unsupported.Length > 0) throw SqlErrors.Unsupported(statement.Unsupported, statement);
        if (statement.Likes is [var like, ..]) throw SqlErrors.Unsupported("LIKE in CREATE TABLE", like, "Write its columns.");
        var table = TableSchemas.From(statement, SqlDialect.Postgres, exactNumerics);
        CheckNames(table);
        statement = CheckNamer.Name(statement);
        return new CreateTableStatement(
            new ObjectName(null, statement.Name.Name), statement.Columns.Select(column => Column(column, table)).ToNodeList(),
            statement.Constraints.Select(constraint => Constraint(constraint, table)).ToNodeList())
        {
            IfNotExists = statement.IfNotExists, Temporary = statement.Temporary,
        };
    }

    /// <summary>Translates CREATE INDEX.</summary>
    public static CreateIndexStatement Translate(CreateIndexStatement index, TranslationContext context)
    {
        if (index.Method is not ("" or "btree" or "hash")) throw SqlErrors.Unsupported($"an index of method {index.Method}", index);
        context.Unqualified = true;
        var columns = index.Columns.Select(item => new OrderItem(IndexKey(item.Value, index.Unique, context), item.Descending)).ToNodeList();
        var where = index.Where is null ? null : context.Expressions.Translate(index.Where);
        context.Unqualified = false;
        if (context.NowParameter is not null) throw SqlErrors.Query("functions in index expression must be marked IMMUTABLE", "42P17", index);
        var name = index.Name ?? SqlBuild.Name(IndexNames.Of(index, index.Table.Name.Name));
        return new CreateIndexStatement(name, new ObjectName(null, index.Table.Name), columns)
        {
            Unique = index.Unique, IfNotExists = index.IfNotExists, Where = where,
        };
    }

    // SQLite's own numbers are unique as they are, and ON CONFLICT names the column; comparisons look for what they make of it.
    private static Expr IndexKey(Expr value, bool unique, TranslationContext context) =>
        unique && value is ColumnRef column && context.Binding.ColumnOf(column)?.Column is { } found && NumericTranslator.IsNative(found)
            ? SqlBuild.Column(null, column.Column.Name) : context.Expressions.SortKey(value);

    /// <summary>Translates ALTER TABLE: what SQLite can do in place.</summary>
    public static AlterTableStatement Translate(AlterTableStatement alter)
    {
        var actions = alter.Actions.Select(action => action switch
        {
            AddColumn add => add with { Column = Column(add.Column, TableSchemas.From(new CreateTableStatement(alter.Table, [add.Column], NodeList<TableConstraint>.Empty), SqlDialect.Postgres, exactNumerics: true)) },
            DropColumn drop => drop with { Cascade = false },
            RenameColumn or RenameTable => action,
            _ => throw SqlErrors.Unsupported($"ALTER TABLE … {action.GetType().Name}", action, "Make a new table and copy the rows."),
        });
        return alter with { Table = new ObjectName(null, alter.Table.Name), Actions = actions.ToNodeList() };
    }

    /// <summary>The type as SQLite is told it.</summary>
    public static TypeName StoredType(TypeName written)
    {
        var type = SqlTypes.Of(written, SqlDialect.Postgres);
        if (type.IsArray && type.Kind is SqlTypeKind.Bytea or SqlTypeKind.TimeTz && type.IsArray) throw SqlErrors.Unsupported($"a column of type {type.Name}", written);
        if (type.IsArray) return Plain("ARRAY TEXT");
        return type.Kind switch
        {
            SqlTypeKind.Int2 => Plain("SMALLINT"),
            SqlTypeKind.Int4 => Plain("INTEGER"),
            SqlTypeKind.Int8 or SqlTypeKind.Oid => Plain("BIGINT"),
            SqlTypeKind.Bool => Plain("BOOLEAN"),
            SqlTypeKind.Float4 => Plain("REAL"),
            SqlTypeKind.Float8 => Plain("DOUBLE PRECISION"),
            SqlTypeKind.Numeric => new TypeName("DECIMAL TEXT", Modifiers(type.Modifier, type.Scale)),
            SqlTypeKind.Varchar => new TypeName("VARCHAR", Modifiers(type.Modifier, null)),
            SqlTypeKind.Char => new TypeName("CHAR", Modifiers(type.Modifier, null)),
            SqlTypeKind.Bytea => Plain("BYTEA BLOB"),
            SqlTypeKind.Interval => Plain("DURATION TEXT"),
            SqlTypeKind.Text => Plain("TEXT"),
            SqlTypeKind.TimeTz => throw SqlErrors.Unsupported("the type time with time zone", written),
            _ => Plain(type.Kind.ToString().ToUpperInvariant() + " TEXT"),
        };
    }

    private static TypeName Plain(string name) => new(name, NodeList<string>.Empty);

    private static NodeList<string> Modifiers(int? first, int? second)
    {
        static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return first is null ? NodeList<string>.Empty : second is null ? [Number(first.Value)] : [Number(first.Value), Number(second.Value)];
    }

    // SQLite knows no difference between a and "A".
    private static void CheckNames(TableSchema table)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var column in table.Columns)
            if (!seen.Add(column.Name)) throw SqlErrors.Unsupported($"columns that differ in case only (\"{column.Name}\")");
    }

    private static ColumnDefinition Column(ColumnDefinition column, TableSchema table)
    {
        var schema = table.Column(column.Name.Name)!;
        var constraints = new List<ColumnConstraint>();
        if (schema.NotNull) constraints.Add(new NotNullConstraint(true));
        foreach (var constraint in column.Constraints)
            if (ColumnConstraint(constraint, schema, table) is { } translated) constraints.Add(translated);
        var type = SqlTypes.Of(column.Type!, SqlDialect.Postgres);
        if (NumericTranslator.IsNumeric(type) && !table.ExactNumerics) return new ColumnDefinition(column.Name, new TypeName("NUMERIC", Modifiers(type.Modifier, type.Scale)), constraints.ToNodeList());
        if (table.ExactNumerics && NumericTranslator.CollationOf(type) is { } collation) constraints.Add(new CollateColumn(SqlBuild.Object(collation)));
        return new ColumnDefinition(column.Name, StoredType(column.Type!), constraints.ToNodeList());
    }

    private static ColumnConstraint? ColumnConstraint(ColumnConstraint constraint, ColumnSchema column, TableSchema table) => constraint switch
    {
        NotNullConstraint or IdentityColumn => null,
        CollateColumn collate => RequirePlain(collate),
        DefaultConstraint => DefaultOf(constraint, column),
        CheckColumn check => check with { Condition = Over(check.Condition, table, null) },
        GeneratedColumn generated => generated with { Value = Over(generated.Value, table, column) },
        ReferencesColumn references => references with { Reference = Bare(references.Reference) },
        PrimaryKeyColumn key => key with { AutoIncrement = false },
        _ => constraint,
    };

    private static ColumnConstraint? RequirePlain(CollateColumn collate) => collate.Collation.Name.Name is "C" or "POSIX" or "default" or "ucs_basic" or "C.UTF-8"
        ? null : throw SqlErrors.Unsupported($"the collation \"{collate.Collation.Name.Name}\"", collate);

    // SQLite's defaults are constants here: what depends on the clock or draws a number is filled in by the translated INSERT.
    private static DefaultConstraint? DefaultOf(ColumnConstraint constraint, ColumnSchema column)
    {
        var value = ((DefaultConstraint)constraint).Value;
        if (FunctionCatalog.VolatilityOf(value, SqlDialect.Postgres) != Volatility.Immutable) return null;
        var binding = Binder.BindDefault(value, column, SqlDialect.Postgres);
        var held = new TranslationContext(binding).Expressions.Convert(value, column.Type, isExplicit: false);
        return (DefaultConstraint)constraint with { Value = NumericTranslator.IsNative(column) ? NumericTranslator.ToNative(held) : held };
    }

    // SQLite's constraints hold for all rows: whoever makes a table with one that is not valid sees to that.
    private static TableConstraint Constraint(TableConstraint constraint, TableSchema table) => constraint switch
    {
        CheckConstraint check => check with { Condition = Over(check.Condition, table, null), NotValid = false },
        ForeignKeyConstraint foreign => foreign with { Reference = Bare(foreign.Reference), NotValid = false },
        _ => constraint,
    };

    private static ForeignKeyReference Bare(ForeignKeyReference reference) => reference with { Table = new ObjectName(null, reference.Table.Name) };

    private static Expr Over(Expr expression, TableSchema table, ColumnSchema? column)
    {
        var binding = Binder.BindOver([expression], table, SqlDialect.Postgres);
        var context = new TranslationContext(binding) { Unqualified = true };
        var translated = column is null ? context.Expressions.Translate(expression) : context.Expressions.Convert(expression, column.Type, isExplicit: false);
        if (column is not null && NumericTranslator.IsNative(column)) translated = NumericTranslator.ToNative(translated);
        if (context.NowParameter is not null)
            throw SqlErrors.Unsupported("now() in CHECK and generated columns", expression);
        return translated;
    }
}
