namespace Shale.Sql;

/// <summary>Resolves the names of a statement and finds the type of every expression.</summary>
public static class Binder
{
    /// <summary>
    /// Binds a statement. Errors: NOT_FOUND (42P01, 42703, 42883, 42704), QUERY_ERROR (42702, 42803, 42883, 42712, …), TYPE_ERROR (42804, 22P02).
    /// Statements without names of tables or columns (SET, BEGIN, …) bind to nothing.
    /// </summary>
    /// <param name="statement">The statement; views have been expanded before.</param>
    /// <param name="dialect">The session's dialect; it decides scoping, types and errors.</param>
    /// <param name="schema">The tables.</param>
    /// <param name="text">The text the spans point into; SQLite names expressions by it.</param>
    /// <param name="parameterTypes">Types of parameters that are known beforehand, unknown where they are not; null for none.</param>
    public static Binding Bind(
        Statement statement, SqlDialect dialect, ISchemaSource schema, string? text = null, IReadOnlyList<SqlType>? parameterTypes = null)
    {
        var binding = new Binding(statement, dialect, text) { Database = schema.Database };
        var context = new BindContext(binding, schema, parameterTypes);
        new StatementBinder(context).Bind(statement);
        binding.ParameterTypes = context.Parameters.Finish();
        return binding;
    }

    /// <summary>Binds a statement of a block of PL/pgSQL, and finds the names in it that stand for variables. Errors: as <see cref="Bind"/>; QUERY_ERROR (42702) for a name that is a column's, too.</summary>
    /// <param name="statement">The statement; views have been expanded before.</param>
    /// <param name="written">The same as it was written.</param>
    /// <param name="dialect">The session's dialect.</param>
    /// <param name="schema">The tables.</param>
    /// <param name="parameterTypes">Types of parameters that are known beforehand; null for none.</param>
    /// <param name="variables">The variables.</param>
    public static IReadOnlyList<VariableUse> FindVariables(Statement statement, Statement written, SqlDialect dialect, ISchemaSource schema, IReadOnlyList<SqlType>? parameterTypes, IVariableSource variables)
    {
        var names = new VariableNames(written, variables);
        new StatementBinder(new BindContext(new Binding(statement, dialect, null) { Database = schema.Database }, schema, parameterTypes) { Variables = names }).Bind(statement);
        return names.Uses;
    }

    /// <summary>Binds the DEFAULT of a column, which may use no columns. Error: 42804 if the column cannot hold it.</summary>
    public static Binding BindDefault(Expr value, ColumnSchema column, SqlDialect dialect)
    {
        var core = new SelectCore([new SelectItem(value, null)]);
        var binding = new Binding(new SelectStatement(null, core), dialect, null);
        var context = new BindContext(binding, new OneTable(new TableSchema("", NodeList<ColumnSchema>.Empty)), null);
        context.Typer.BindAssigned(value, column, new Scope(null, new QueryBlock { Node = core }, null));
        binding.ParameterTypes = context.Parameters.Finish();
        return binding;
    }

    /// <summary>Binds expressions over the columns of one table: CHECK, DEFAULT, generated columns, index keys.</summary>
    /// <param name="expressions">The expressions.</param>
    /// <param name="table">The table; its name qualifies.</param>
    /// <param name="dialect">The dialect.</param>
    public static Binding BindOver(IReadOnlyList<Expr> expressions, TableSchema table, SqlDialect dialect)
    {
        var core = new SelectCore([new SelectItem(new Literal(LiteralKind.Null), null)]);
        var statement = new SelectStatement(null, core);
        var binding = new Binding(statement, dialect, null);
        var context = new BindContext(binding, new OneTable(table), null);
        new StatementBinder(context).BindOver(expressions, core, table);
        binding.ParameterTypes = context.Parameters.Finish();
        return binding;
    }

    private sealed class OneTable(TableSchema table) : ISchemaSource
    {
        public TableSchema? Find(ObjectName name) => Names.Equal(name.Name.Name, table.Name, table.Dialect) ? table : null;
    }
}

/// <summary>What all parts of one run of the binder share.</summary>
internal sealed class BindContext
{
    public BindContext(Binding binding, ISchemaSource schema, IReadOnlyList<SqlType>? parameterTypes)
    {
        Binding = binding;
        Schema = schema;
        Parameters = new ParameterTable(binding, parameterTypes);
        Typer = new ExpressionBinder(this);
        Queries = new QueryBinder(this);
        From = new FromBinder(this);
        Points = new PointBinder(this);
        NameResolver = new NameResolver(this);
    }

    public Binding Binding { get; }

    public ISchemaSource Schema { get; }

    public ParameterTable Parameters { get; }

    public ExpressionBinder Typer { get; }

    public QueryBinder Queries { get; }

    public FromBinder From { get; }

    public PointBinder Points { get; }

    public NameResolver NameResolver { get; }

    /// <summary>The names of variables that the statement may use; null for none.</summary>
    public VariableNames? Variables { get; init; }

    public SqlDialect Dialect => Binding.Dialect;

    public bool IsPostgres => Binding.Dialect == SqlDialect.Postgres;
}
