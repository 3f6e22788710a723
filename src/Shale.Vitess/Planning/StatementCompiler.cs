using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Turns a parsed SELECT, INSERT, UPDATE or DELETE of a session into a plan: views expanded, names bound, translated to the engine's dialect, routed.</summary>
internal sealed class StatementCompiler(Catalog catalog, SqlDialect shards)
{
    private readonly SqlDialect _session = catalog.Dialect;

    /// <summary>Makes the plan: a <see cref="TimedPlan"/> where points in time are named; null for statements of other kinds.</summary>
    /// <param name="parsed">The statement, in the session's dialect.</param>
    /// <param name="text">Its text.</param>
    /// <param name="parameterTypes">What is known of parameters that stand for literals; null for nothing.</param>
    /// <param name="areDeclared">Whether those types are not what the text tells but what a client has declared.</param>
    public StatementPlan? Compile(ParsedSql parsed, string text, IReadOnlyList<SqlType>? parameterTypes = null, bool areDeclared = false)
    {
        if (parsed.Statement is not (SelectStatement or InsertStatement or UpdateStatement or DeleteStatement))
        {
            TimedPlan.Refuse(parsed.Statement);
            return null;
        }

        if (ModifyingWith.Is(parsed.Statement)) return null;
        var statement = new ViewExpander(catalog).ExpandPresent(parsed.Statement);
        if (TimedPlan.Find(parsed, statement, text, parameterTypes, _session) is { } timed) return timed;
        if (areDeclared && parameterTypes is not null && (_session, shards) is (SqlDialect.Postgres, SqlDialect.Postgres)) statement = DeclaredParameters.Cast(statement, parameterTypes, catalog);
        return Compile(parsed, statement, text, parameterTypes, isRewritten: false);
    }

    /// <summary>Makes the plan of a statement whose points are known: the tables that have one are named as the catalog names them.</summary>
    public StatementPlan CompileAt(TimedPlan timed, Statement named) => Compile(timed.Parsed, new ViewExpander(catalog).Expand(named), timed.Text, timed.Types, isRewritten: true);

    /// <summary>Makes the plan of a statement that is a part of another.</summary>
    /// <param name="parsed">The other.</param>
    /// <param name="part">The part.</param>
    /// <param name="text">The text of the other.</param>
    /// <param name="parameterTypes">What is known of parameters that stand for literals; null for nothing.</param>
    public StatementPlan CompilePart(ParsedSql parsed, Statement part, string text, IReadOnlyList<SqlType>? parameterTypes) => Compile(parsed, part, text, parameterTypes, isRewritten: true);

    private StatementPlan Compile(ParsedSql parsed, Statement statement, string text, IReadOnlyList<SqlType>? parameterTypes, bool isRewritten)
    {
        var sequences = new SequenceCalls(catalog, parsed.ParameterCount);
        (statement, parameterTypes, var isChanged) = Prepare(statement, sequences, parsed, parameterTypes);
        isRewritten |= isChanged;
        var binding = Binder.Bind(statement, _session, catalog, text, parameterTypes);
        if (isRewritten && PeriodStars.AreIn(statement))
        {
            statement = PeriodStars.Replace(statement, binding);
            binding = Binder.Bind(statement, _session, catalog, text, parameterTypes);
        }

        foreach (var setting in sequences.Settings) setting.Check((SelectStatement)statement, binding);
        var isCatalog = IsOverCatalog(statement, binding);
        var engine = isCatalog ? SqlDialect.Sqlite : shards;
        var isWhole = !isRewritten && ReferenceEquals(statement, parsed.Statement);
        var told = binding.Outputs;
        if (engine == SqlDialect.Postgres) binding = ShardStars.Name(binding, named => Binder.Bind(named, _session, catalog, text, parameterTypes));
        var hasStars = !ReferenceEquals(statement, binding.Statement);
        statement = binding.Statement;
        var plain = NamePlainly(statement, binding);
        var result = Translate(plain, ReferenceEquals(plain, statement) ? binding : Binder.Bind(plain, _session, catalog, text, parameterTypes), engine);
        var translated = result.Statement;
        var verbatim = isWhole && ReferenceEquals(translated, statement);
        var engineBinding = ReferenceEquals(translated, statement) ? binding : Binder.Bind(translated, engine, catalog, null, engine == SqlDialect.Postgres ? binding.ParameterTypes : null);
        var own = !verbatim ? null : hasStars ? Fragment.Print(statement, engine) : new Fragment(text, [.. Enumerable.Range(0, parsed.ParameterCount)]);
        var lookups = new LookupReads(Math.Max(result.NowParameter ?? 0, parsed.ParameterCount + sequences.Found.Count), engine);
        var plan = isCatalog
            ? new QueryPlan(new SelectPlanner(catalog, engine, lookups) { IsOverCatalog = true }.Plan((SelectStatement)translated, engineBinding, null), false)
            : Plan(translated, engineBinding, own, LocksRows(parsed.Statement), sequences.Rows, lookups);
        var outputs = _session == SqlDialect.Postgres ? CatalogColumns.Sent(told) : told;
        if (RowSetting.HiddenBy(sequences.Settings) is > 0 and var hidden) outputs = [.. outputs.SkipLast(hidden)];
        var shape = new ResultShape(outputs, _session == SqlDialect.Postgres, verbatim && (!hasStars || ArePlain(statement)) && RunsAsItIs(plan, own!), ResultFields.Of(outputs, catalog));
        plan.ParameterTypes = _session == SqlDialect.Postgres ? binding.ParameterTypes : [];
        plan.UserParameters = parsed.ParameterCount;
        plan.SequenceCalls = sequences.Found;
        plan.RowSettings = sequences.Settings;
        plan.NowParameter = (result.NowParameter ?? 0) - 1;
        plan.Required = result.Required;
        plan.Dialect = _session;
        plan.Engine = engine;
        plan.Command = StatementPlan.CommandOf(statement);
        if (plan is QueryPlan query)
        {
            query.GivesFew = FewRows.Gives((SelectStatement)statement, binding);
            if (engine == SqlDialect.Postgres && query is { Locks: false, Select: SingleShardPlan single }) single.IsOneRow = OneRow.IsReadBy((SelectStatement)translated, engineBinding);
        }

        plan.WrittenTable = WrittenBy(statement);
        plan.OnlyAdds = statement is InsertStatement added && added.OnConflict.All(conflict => conflict.Sets.Count == 0);
        if (plan.WrittenTable is { } changed && catalog.FindPlace(changed) is { } place) LookupDefinitions.RefuseWrite(place);
        plan.Shape = shape;
        return plan;
    }

    // What is to be said before names are bound: defaults, arrays as rows, calls of sequences.
    private (Statement Statement, IReadOnlyList<SqlType>? Types, bool IsRewritten) Prepare(Statement statement, SequenceCalls sequences, ParsedSql parsed, IReadOnlyList<SqlType>? parameterTypes)
    {
        var isRewritten = false;
        if (_session == SqlDialect.Sqlite && WrittenBy(statement) is { } target && catalog.FindPlace(target) is { } written) statement = WrittenRowIds.NameKey(statement, written.Schema);
        if (_session == SqlDialect.Postgres) statement = WithoutDefaults(statement);
        if (statement is InsertStatement insert) statement = InsertDefaults.Fill(OnlyGiven(insert, catalog.Require(insert.Table)), catalog.Require(insert.Table), _session, () => insert.Source is null ? null : WidthOf(insert.Source.Body) ?? BoundWidthOf(insert, insert.Source));
        if (ExpandedArrays.AreIn(statement))
        {
            statement = ExpandedArrays.Replace(statement);
            isRewritten = true;
        }

        if (_session == SqlDialect.Postgres && OidArrays.Expand(statement) is var expanded && !ReferenceEquals(expanded, statement)) (statement, isRewritten) = (expanded, true);

        if (SequenceCalls.AreIn(statement))
        {
            statement = sequences.Replace(statement);
            parameterTypes = [.. parameterTypes ?? Enumerable.Repeat(SqlType.Unknown, parsed.ParameterCount), .. sequences.Found.Select(_ => new SqlType(SqlTypeKind.Int8))];
        }

        return (statement, parameterTypes, isRewritten);
    }

    /// <summary>The names in a statement that stand for variables. Errors: as <see cref="Binder.FindVariables"/>.</summary>
    public IReadOnlyList<VariableUse> FindVariables(ParsedSql parsed, IVariableSource variables)
    {
        var (statement, types, _) = Prepare(new ViewExpander(catalog).Expand(parsed.Statement), new SequenceCalls(catalog, parsed.ParameterCount), parsed, null);
        return Binder.FindVariables(statement, parsed.Statement, _session, catalog, types, variables);
    }

    private Statement WithoutDefaults(Statement statement) => statement switch
    {
        UpdateStatement update when catalog.FindPlace(update.Table.Name) is { } place => UpdateDefaults.Fill(update, place),
        InsertStatement insert when catalog.FindPlace(insert.Table) is { } place => UpdateDefaults.Fill(insert, place),
        _ => statement,
    };

    // In PostgreSQL a query may be narrower than the table: it gives its first columns, and the others get their defaults.
    private InsertStatement OnlyGiven(InsertStatement insert, TablePlace place)
    {
        if (_session != SqlDialect.Postgres || insert is not { Columns.Count: 0, Source: { Body: not ValuesBody } source }) return insert;
        var width = WidthOf(source.Body) ?? BoundWidthOf(insert, source);
        var columns = place.Schema.Columns;
        if (width is null || width > columns.Count || (width == columns.Count && !columns.Any(column => column.Generated || column.IsIdentityAlways))) return insert;
        return insert with { Columns = columns.Take(width.Value).Select(column => new Identifier(column.Name, true)).ToNodeList() };
    }

    private static int? WidthOf(QueryBody body) => body switch
    {
        SetOperation set => WidthOf(set.Left),
        NestedQuery nested => WidthOf(nested.Query.Body),
        ValuesBody values => values.Rows[0].Count,
        SelectCore core when !core.Items.Any(item => item.Value is Star) => core.Items.Count,
        _ => null,
    };

    // What is wrong with the query is told when the statement is bound as a whole.
    private int? BoundWidthOf(InsertStatement insert, SelectStatement source)
    {
        try
        {
            return Binder.Bind(insert.With is null ? source : source with { With = InsertPlanner.Merge(insert.With, source.With) }, _session, catalog).Outputs.Count;
        }
        catch (VitessException)
        {
            return null;
        }
    }

    private static ObjectName? WrittenBy(Statement statement) => statement switch
    {
        InsertStatement { Table: var table } => table,
        UpdateStatement { Table.Name: var table } => table,
        DeleteStatement { Table.Name: var table } => table,
        _ => null,
    };

    /// <summary>
    /// SQLite's second names for things, by their first: the rowid of a table that has an INTEGER PRIMARY KEY is that column, also where rows are put together again, and
    /// a string in double quotes is a string also where it is printed.
    /// </summary>
    private static Statement NamePlainly(Statement statement, Binding binding) => binding.Dialect != SqlDialect.Sqlite ? statement : SqlTree.Rewrite(statement, node =>
        node is ColumnRef column
            ? binding.IsDqsString(column) ? new Literal(LiteralKind.String, column.Column.Name)
            : binding.IsRowId(column, out var relation) && relation.Table!.RowIdColumn is { } key ? column with { Column = new Identifier(key.Name, true) }
            : null
            : null);

    private static bool RunsAsItIs(StatementPlan plan, Fragment own) => plan is not QueryPlan query || query.Select switch
    {
        SingleShardPlan single => ReferenceEquals(single.Statement, own),
        AssemblyPlan assembly => ReferenceEquals(assembly.Final, own),
        _ => true,
    };

    // What is printed anew has the same columns, but PostgreSQL may call what has no name of its own by another.
    private static bool ArePlain(Statement statement) => statement is not SelectStatement select || (select.Body is SelectCore core && core.Items.All(item => item.Value is ColumnRef || item.Alias is not null));

    /// <summary>
    /// Whether a statement reads PostgreSQL's catalog, which is the gate's own wherever the shards are: it runs on SQLite, translated. On SQLite shards that is how every statement runs. QUERY_ERROR (0A000) where it reads tables
    /// of PostgreSQL shards, too.
    /// </summary>
    private bool IsOverCatalog(Statement statement, Binding binding)
    {
        if (shards != SqlDialect.Postgres || _session != SqlDialect.Postgres) return false;
        var tables = binding.Blocks.SelectMany(block => block.Relations).Where(relation => relation.Table is not null).Select(relation => CatalogRelation.OfTable(relation.Table!.Name) is not null).ToList();
        if (!tables.Contains(true) && !binding.AsksCatalog) return false;
        if (statement is SelectStatement && !tables.Contains(false)) return true;
        throw new VitessException(ErrorCodes.QueryError, "a statement over PostgreSQL's catalog and over tables on PostgreSQL shards is not built", sqlState: "0A000",
            hint: "Ask the catalog in a statement of its own.");
    }

    private TranslationResult Translate(Statement statement, Binding binding, SqlDialect engine) => _session == engine
        ? engine == SqlDialect.Sqlite ? SqliteStableFunctions.Fix(statement) : PostgresStableFunctions.Fix(statement, binding.Database)
        : PostgresToSqlite.Translate(statement, binding);

    private StatementPlan Plan(Statement statement, Binding binding, Fragment? text, bool locks, IReadOnlyList<(int Cell, SequenceRef Sequence)> numbers, LookupReads lookups) => statement switch
    {
        SelectStatement select => new QueryPlan(new SelectPlanner(catalog, shards, lookups).Plan(select, binding, text), locks),
        InsertStatement insert => new InsertPlanner(catalog, shards, _session, lookups).Plan(insert, binding, numbers),
        UpdateStatement update => new RowChangePlanner(catalog, shards, lookups).Plan(update, binding),
        DeleteStatement delete => new RowChangePlanner(catalog, shards, lookups).Plan(delete, binding),
        _ => throw new InvalidOperationException($"a translation gave a {statement.GetType().Name}"),
    };

    private static bool LocksRows(Statement statement) => statement is SelectStatement select && SqlTree.Any(select, node => node is LockingClause);
}
