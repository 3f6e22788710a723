using System.Collections.Immutable;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Runs one statement that defines something, inside a transaction over all shards, and tells how the VSchema changes. What it made on the shards is visible to the
/// transaction only, until the change is saved and the shards commit.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="transaction">The transaction.</param>
/// <param name="beforeMoving">Is awaited before a table's rows move to other shards.</param>
/// <param name="cancellationToken">Undoes it.</param>
internal sealed class DefinitionRunner(GateSession session, CrossShardTransaction transaction, Func<VTable, ValueTask> beforeMoving, CancellationToken cancellationToken)
{
    private static readonly Func<VSchema, VSchema> Nothing = vschema => vschema;

    private readonly ShardDefinitions _shards = new(session, transaction, cancellationToken);

    /// <summary>Waits for writes that stand alone before a lookup vindex goes, so that none still keeps it; a client's transaction cannot wait for others.</summary>
    public Func<ValueTask> BeforeDropping { get; init; } = () => ValueTask.CompletedTask;

    /// <summary>Reads the past, for CREATE TABLE AS.</summary>
    public required PastStatements Past { get; init; }

    /// <summary>What now() is.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>What the user should know.</summary>
    public List<string> Notices { get; } = [];

    /// <summary>Rows that were affected: those of CREATE TABLE AS in dialect postgres; SQLite counts none.</summary>
    public long Affected { get; private set; }

    private RelationRenames Renames => new(session, _shards, AlterTableAsync, Notices);

    private TriggerDefinitions Triggers => new(session, _shards, Notices);

    private DropDefinitions Drops => new(session, _shards, Alteration, Notices) { BeforeDropping = BeforeDropping };

    /// <summary>What is left to do when the change is saved; null for nothing. It cannot be undone, so a client's transaction cannot hold it.</summary>
    public Func<SequenceAllocator, CancellationToken, ValueTask>? AfterSaving { get; private set; }

    /// <summary>What may be cleared away when the change has been committed; null for nothing. Nothing is wrong if it is not.</summary>
    public Func<SchemaChanges, ValueTask>? AfterCommit { get; private set; }

    /// <summary>Whether the statement is one that is run here.</summary>
    public static bool Takes(Statement statement) => statement is CreateTableStatement or AlterTableStatement or DropStatement or CreateIndexStatement
        or CreateViewStatement or CreateTriggerStatement or SequenceStatement or RenameStatement or AlterVSchemaStatement or TruncateStatement or CommentStatement;

    /// <summary>Runs it.</summary>
    public ValueTask<Func<VSchema, VSchema>> RunAsync(Statement statement, string text)
    {
        LookupDefinitions.Refuse(statement, session);
        return DefineAsync(statement, text);
    }

    private ValueTask<Func<VSchema, VSchema>> DefineAsync(Statement statement, string text) => statement switch
    {
        CreateTableStatement create => CreateTableAsync(create, text),
        AlterTableStatement alter => AlterTableAsync(alter),
        DropStatement drop => Drops.RunAsync(drop),
        CreateIndexStatement index => CreateIndexAsync(index, text),
        CreateViewStatement view => CreateViewAsync(view, text),
        CreateTriggerStatement trigger => Triggers.CreateAsync(trigger, text),
        SequenceStatement sequence => new(DefineSequence(sequence)),
        RenameStatement rename => Renames.RunAsync(rename),
        AlterVSchemaStatement alter => AlterVSchemaAsync(alter),
        TruncateStatement truncate => TruncateAsync(truncate),
        CommentStatement comment => new(CommentDefinitions.Of(comment, session)),
        _ => throw new InvalidOperationException($"{statement.GetType().Name} defines nothing"),
    };

    private async ValueTask<Func<VSchema, VSchema>> CreateTableAsync(CreateTableStatement create, string text)
    {
        Refuse(create);
        if (Exists(create.Name))
        {
            if (!create.IfNotExists) throw Taken(create.Name);
            Notices.Add($"relation \"{create.Name.Name.Name}\" already exists, skipping");
            return Nothing;
        }

        if (create.AsQuery is not null) return await CreateAsAsync(create, create.AsQuery, text);
        if (create.Constraints.Any(constraint => constraint.NotValid))
        {
            // As in PostgreSQL: there are no rows that could not keep it.
            create = create with { Constraints = create.Constraints.Select(constraint => constraint with { NotValid = false }).ToNodeList() };
            text = SqlPrinter.Print(create, session.Dialect);
        }

        var like = new LikeExpansion(session);
        if (create.Likes.Count > 0) (create, text) = like.Expand(create) is var plain ? (plain, SqlPrinter.Print(plain, session.Dialect)) : default;
        if (session.Dialect == SqlDialect.Postgres)
        {
            var named = ConstraintNames.Avoid(create, name => RelationRenames.IsTakenByAny(session.Keyspace, name));
            if (named != create) (create, text) = (named, SqlPrinter.Print(named, session.Dialect));
        }

        ColumnRules.Check(create, session.Dialect);
        ColumnRules.CheckDefaults(create.Columns, session.Catalog);
        var schema = like.Indexes.Aggregate(TableSchemas.From(create, session.Dialect, exactNumerics: session.Engine == SqlDialect.Sqlite), TableSchemas.WithIndex);
        ImmutableArray<VIndex> indexes = [.. like.Indexes.Select(IndexOf)];
        var placed = await PlaceAsync(create, schema, text, indexes);
        foreach (var index in like.Indexes) await MakeAsync(index, placed);
        var edit = Placed(create, schema, text, indexes);
        return vschema => like.Comments.Aggregate(edit(vschema), (changed, comment) => ObjectComments.Set(changed, session.Keyspace.Name, comment.Key, comment.Value));
    }

    /// <summary>Makes an index of a table that is being made, which the session's catalog does not know yet.</summary>
    private ValueTask MakeAsync(CreateIndexStatement index, PlacementResult placed)
    {
        if (index.Unique) RequireKept(index, placed.Table);
        var catalog = new Catalog(session.Catalog.VSchema.WithKeyspace(placed.Keyspace), placed.Keyspace, session.Dialect, session.Catalog.Refused);
        return _shards.EverywhereAsync(EngineSql.CreateIndex(index, placed.Table, catalog, session.Engine));
    }

    private static void RequireKept(CreateIndexStatement index, VTable table)
    {
        var columns = ColumnsOf(index);
        Placement.CheckUniqueIndex(table, [.. columns.OfType<string>()], columns.Contains(null));
    }

    private static List<string?> ColumnsOf(CreateIndexStatement index) => [.. index.Columns.Select(column => (column.Value as ColumnRef)?.Column.Name)];

    private VIndex IndexOf(CreateIndexStatement index) => new(index.Name!.Name, SqlPrinter.Print(index, session.Dialect), index.Unique, [.. ColumnsOf(index).OfType<string>()]);

    private async ValueTask<Func<VSchema, VSchema>> CreateAsAsync(CreateTableStatement create, SelectStatement query, string statement)
    {
        // Columns without an alias go by the query's own text, so it is read as a statement of its own.
        var own = query.Span.Of(statement);
        var (plan, source) = (session.Compiler.Compile(SqlParser.ParseWithParameters(own, session.Dialect), own), session);
        SqlValue[]? values = null;
        if (plan is TimedPlan timed)
        {
            var found = await Past.ResolveAsync(timed, [], session, Now, cancellationToken);
            (plan, source, values) = (found.Plan, found.Past.Session, found.Values);
        }

        if (plan is not QueryPlan select) throw new VitessException(ErrorCodes.QueryError, "CREATE TABLE AS takes a query", sqlState: "0A000");
        var rows = await source.Selects.RunAsync(select.Select, values ?? BoundValues.Complete(plan, [], Now), transaction, null, cancellationToken);
        rows = plan.Shape?.Apply(rows, merged: true) ?? rows;
        var defined = CreateTableAs.Define(create, rows.Fields, session.Dialect);
        var schema = TableSchemas.From(defined, session.Dialect, exactNumerics: session.Engine == SqlDialect.Sqlite);
        var text = SqlPrinter.Print(defined, session.Dialect);
        var placed = await PlaceAsync(defined, schema, text, []);
        if (!create.WithNoData)
        {
            await _shards.InsertAsync(new TablePlace(placed.Keyspace, placed.Table, session.Dialect), rows, [.. schema.Columns.Select(column => column.Name)]);
            if (session.Dialect == SqlDialect.Postgres) Affected = rows.RowCount;
        }

        return Placed(defined, schema, text, []);
    }

    private async ValueTask<PlacementResult> PlaceAsync(CreateTableStatement create, TableSchema schema, string text, ImmutableArray<VIndex> indexes)
    {
        var placed = Placement.For(create, schema, session.Keyspace, text, indexes);
        Notices.AddRange(placed.Notices);
        await LookupDefinitions.MakeAsync(placed.Entries, session, _shards);
        await _shards.EverywhereAsync(EngineSql.CreateTable(create, session, schema.ExactNumerics));
        return placed;
    }

    private Func<VSchema, VSchema> Placed(CreateTableStatement create, TableSchema schema, string text, ImmutableArray<VIndex> indexes) =>
        vschema => vschema.WithKeyspace(Placement.For(create, schema, vschema.Get(session.Keyspace.Name), text, indexes).Keyspace);

    private async ValueTask<Func<VSchema, VSchema>> AlterTableAsync(AlterTableStatement alter)
    {
        if (session.Catalog.FindPlace(alter.Table) is not { } place)
        {
            if (session.Dialect == SqlDialect.Postgres && alter.Actions is [RenameTable rename]) return await Renames.RunAsync(new RenameStatement("table", alter.Table, alter.IfExists, rename.NewName));
            if (!alter.IfExists) throw session.Catalog.Missing(alter.Table);
            Notices.Add($"relation \"{alter.Table.Name.Name}\" does not exist, skipping");
            return Nothing;
        }

        var change = Alteration(session.Catalog.Usable(place));
        await change.PrepareAsync(alter.Actions);
        foreach (var action in alter.Actions) await change.ApplyAsync(action);
        Notices.AddRange(change.Notices);
        return change.Edit();
    }

    private TableAlteration Alteration(TablePlace place) =>
        new(session, place, _shards, beforeMoving, BeforeDropping) {
            Added = new AddedValues(session, transaction, Now, cancellationToken), Rows = new UncheckedRows(session, transaction, Now, cancellationToken),
        };

    private async ValueTask<Func<VSchema, VSchema>> CreateIndexAsync(CreateIndexStatement index, string text)
    {
        var place = session.Catalog.Require(index.Table);
        var name = LookupNeed.NameOf(index, place.Table, session.Keyspace);
        if (session.Keyspace.Tables.Values.Any(table => table.Indexes.Any(each => VSchemaNames.Comparer.Equals(each.Name, name)))
            || (session.Dialect == SqlDialect.Postgres && RelationRenames.IsTaken(session.Keyspace, name)))
        {
            if (!index.IfNotExists) throw Taken(new ObjectName(null, new Identifier(name)));
            Notices.Add($"relation \"{name}\" already exists, skipping");
            return Nothing;
        }

        if (index.Unique) RequireKept(index, place.Table);
        var isNamed = index.Name is not null;
        index = index with { Name = new Identifier(name, true), IfNotExists = false };
        var engine = EngineSql.CreateIndex(index, place, session);
        await _shards.EverywhereAsync(engine);
        var known = new VIndex(name, isNamed ? text : SqlPrinter.Print(index, session.Dialect), index.Unique, [.. ColumnsOf(index).OfType<string>()]);
        return vschema =>
        {
            var table = vschema.Get(place.Keyspace.Name).GetTable(place.Table.Name);
            return vschema.WithTable(place.Keyspace.Name, table with { Schema = TableSchemas.WithIndex(table.Schema!, index), Indexes = table.Indexes.Add(known) });
        };
    }

    private async ValueTask<Func<VSchema, VSchema>> CreateViewAsync(CreateViewStatement view, string text)
    {
        if (view.Temporary || view.Materialized)
        {
            throw new VitessException(ErrorCodes.QueryError, $"{(view.Temporary ? "temporary" : "materialized")} views are not supported", sqlState: "0A000");
        }

        var known = session.Catalog.FindView(view.Name);
        if (session.Catalog.FindPlace(view.Name) is not null || (known is not null && !view.OrReplace) || (known is null && Exists(view.Name)))
        {
            if (!view.IfNotExists) throw Taken(view.Name);
            Notices.Add($"relation \"{view.Name.Name.Name}\" already exists, skipping");
            return Nothing;
        }

        if (SqlTree.All<Parameter>(view.Query) is [var parameter, ..])
        {
            throw new VitessException(ErrorCodes.QueryError, "a view has no parameters", sqlState: "42P02", hint: "Write the value.", position: parameter.Span.Length > 0 ? parameter.Span.Start + 1 : null);
        }

        var (columns, binding) = await ColumnsOfAsync(view.Query, text);
        if (view.Columns.Count > columns)
        {
            throw new VitessException(ErrorCodes.SyntaxError, $"view \"{view.Name.Name.Name}\" names {view.Columns.Count} columns, its query gives {columns}");
        }

        if (binding is not null && session.Dialect == SqlDialect.Postgres) ViewRules.RequireNames(view, binding);
        var settled = binding is null || session.Dialect != SqlDialect.Postgres ? view : ViewNames.Settle(view, binding, session.Catalog);
        var made = new VView(view.Name.Name.Name, ReferenceEquals(settled, view) ? text : SqlPrinter.Print(settled, session.Dialect), session.Dialect);
        if (known is not null) new ViewRules(session).CheckReplaced(known, made);
        return vschema =>
        {
            // What was said of the view is said of the one that takes its place.
            var comments = vschema.Get(session.Keyspace.Name).Comments;
            var changed = (known is null ? vschema : vschema.WithoutView(session.Keyspace.Name, known.Name)).WithView(session.Keyspace.Name, made);
            return changed.WithKeyspace(changed.Get(session.Keyspace.Name) with { Comments = comments });
        };
    }

    /// <summary>How many columns a view's query gives, and what its names mean, unless it has points; finding that out refuses a view that could never be read, because of its points, too.</summary>
    private async ValueTask<(int Count, Binding? Binding)> ColumnsOfAsync(SelectStatement query, string text)
    {
        var expanded = new ViewExpander(session.Catalog).ExpandPresent(query);
        if (TimedPlan.Find(new ParsedSql(query, []), expanded, text, null, session.Dialect) is not { } timed)
        {
            var binding = Binder.Bind(expanded, session.Dialect, session.Catalog);
            return (binding.Outputs.Count, binding);
        }

        return ((await Past.ResolveAsync(timed, [], session, Now, cancellationToken)).Plan.Shape!.Columns, null);
    }

    private Func<VSchema, VSchema> DefineSequence(SequenceStatement statement)
    {
        var name = statement.Name.Name.Name;
        var known = session.Keyspace.FindSequence(name);
        if (statement.Alter) return AlterSequence(statement, known);
        if (known is not null || Exists(statement.Name))
        {
            if (!statement.IfExists) throw Taken(statement.Name);
            Notices.Add($"relation \"{name}\" already exists, skipping");
            return Nothing;
        }

        var sequence = SequenceOptions.Made(name, statement.Options);
        return vschema => vschema.WithSequence(session.Keyspace.Name, sequence);
    }

    private Func<VSchema, VSchema> AlterSequence(SequenceStatement statement, VSequence? known)
    {
        if (known is null)
        {
            if (!statement.IfExists) throw Catalog.Unknown(statement.Name, NearestName.Hint(statement.Name.Name.Name, session.Keyspace.Sequences.Keys));
            Notices.Add($"relation \"{statement.Name.Name.Name}\" does not exist, skipping");
            return Nothing;
        }

        if (known.SharedWith is { } shared)
        {
            throw new VitessException(ErrorCodes.QueryError, $"sequence \"{known.Name}\" is that of keyspace \"{shared}\", of which this is a branch", sqlState: "0A000", hint: $"Alter it there; or drop it here, and make one of the branch's own.");
        }

        if (statement.Options.Any(option => option.Name == "owned by")) Notices.Add("OWNED BY is not kept: DROP TABLE leaves the sequence");
        var altered = SequenceDefinitions.Altered(known, statement);
        AfterSaving = SequenceDefinitions.AfterSaving(session.Keyspace.Name, known, altered, statement);
        return altered == known ? Nothing : vschema => vschema.WithSequence(session.Keyspace.Name, altered);
    }

    private async ValueTask<Func<VSchema, VSchema>> AlterVSchemaAsync(AlterVSchemaStatement statement)
    {
        if (statement.Action == "drop vindex" && session.Keyspace.FindTable(statement.Table!.Name.Name) is { } owner
            && owner.Lookups.FirstOrDefault(lookup => VSchemaNames.Comparer.Equals(lookup.Name, statement.Vindex!.Name.Name)) is { } dropped)
        {
            return await DropVindexAsync(owner, dropped);
        }

        var result = VSchemaAlteration.Apply(session.Catalog.VSchema, session.Keyspace.Name, statement);
        if (result.MovedTable is { Schema: not null } moved)
        {
            TriggerDefinitions.RefuseNamed(session.Keyspace, moved.Name, "another vindex");
            await beforeMoving(moved);
            var before = session.Catalog.Require(new ObjectName(null, new Identifier(moved.Name)));
            var changed = result.Schema.Get(session.Keyspace.Name);
            await LookupDefinitions.DropAsync(moved.Lookups, _shards);
            await LookupDefinitions.MakeAsync(result.Entries, session, _shards);
            await TableAlteration.MoveRowsAsync(before, new TablePlace(changed, changed.GetTable(moved.Name), session.Dialect), _shards);
            await LookupDefinitions.FillAsync(result.Entries, changed.GetTable(moved.Name), changed, session, _shards);
        }

        return vschema => VSchemaAlteration.Apply(vschema, session.Keyspace.Name, statement).Schema;
    }

    private async ValueTask<Func<VSchema, VSchema>> TruncateAsync(TruncateStatement truncate)
    {
        var names = WithReferencing([.. truncate.Tables.Select(name => session.Catalog.Require(name).Table.Name).Distinct()], truncate.Cascade);
        var (ordered, isCircle) = ReferenceOrder.ChildrenFirst(names, name => name, session.Keyspace);
        if (isCircle && session.Engine == SqlDialect.Postgres) await _shards.EverywhereAsync($"TRUNCATE {string.Join(", ", names.Select(ScratchTable.Quote))}");

        // Of many rows nobody wants to hold the entries in memory. A row without an entry would be lost, were a crash to come between the commits of two shards; an entry without
        // a row is not looked at twice.
        var left = new List<string>();
        if (isCircle && session.Engine == SqlDialect.Sqlite) await _shards.WithoutKeysAsync(EmptyAllAsync);
        else await EmptyAllAsync();
        if (truncate.RestartIdentity) AfterSaving = Restarting(names);
        if (left.Count > 0) AfterCommit = changes => LookupDefinitions.EmptyAsync(changes, session.Keyspace.Name, left, cancellationToken);
        return Nothing;

        async ValueTask EmptyAllAsync()
        {
            foreach (var name in ordered)
            {
                if (await EmptyAsync(name)) left.Add(name);
            }
        }
    }

    /// <summary>Deletes the rows of a table; whether its entries are left.</summary>
    private async ValueTask<bool> EmptyAsync(string name)
    {
        var lookups = OwnerLookups.Of(session.Catalog.Require(new ObjectName(new Identifier(session.Keyspace.Name, true), new Identifier(name, true))), session.Catalog, session.Engine);
        if (lookups is not null && await _shards.TryEmptyAsync(lookups)) return false;
        await _shards.EverywhereAsync($"DELETE FROM {ScratchTable.Quote(name)}");
        return lookups is not null;
    }

    /// <summary>Tables that are emptied, and with CASCADE those that refer to them. Errors: QUERY_ERROR (0A000) where others do.</summary>
    private List<string> WithReferencing(List<string> names, bool cascades)
    {
        for (var i = 0; i < names.Count; i++)
        {
            foreach (var child in ReferencedBy(names[i]).Where(child => !names.Contains(child, VSchemaNames.Comparer)))
            {
                if (!cascades) throw new VitessException(ErrorCodes.QueryError, $"cannot truncate \"{names[i]}\": table \"{child}\" references it", sqlState: "0A000", hint: "Truncate both in one statement, or use TRUNCATE … CASCADE or DELETE.");
                Notices.Add($"truncate cascades to table \"{child}\"");
                names.Add(child);
            }
        }

        return names;
    }

    /// <summary>Has the sequences of tables begin anew; null where there are none. Those that belong to the keyspace of which this is a branch go on.</summary>
    private Func<SequenceAllocator, CancellationToken, ValueTask>? Restarting(List<string> tables)
    {
        var own = tables.Select(name => session.Keyspace.GetTable(name).AutoIncrement).OfType<AutoIncrement>().Select(numbering => session.Keyspace.FindSequence(numbering.Sequence)).OfType<VSequence>().ToList();
        foreach (var shared in own.Where(sequence => sequence.SharedWith is not null)) Notices.Add($"sequence \"{shared.Name}\" is that of keyspace \"{shared.SharedWith}\" and goes on");
        own.RemoveAll(sequence => sequence.SharedWith is not null);
        return own.Count == 0 ? null : async (sequences, token) =>
        {
            foreach (var sequence in own) await sequences.RestartAsync(session.Keyspace.Name, sequence.Counter, sequence.Start, isCalled: false, token);
        };
    }

    private async ValueTask<Func<VSchema, VSchema>> DropVindexAsync(VTable table, VLookup lookup)
    {
        if (table.Schema is null) return vschema => LookupDefinitions.Without(vschema, session.Keyspace.Name, table.Name, [lookup]);
        var index = table.Indexes.FirstOrDefault(each => LookupDefinitions.IsOf(each, lookup));
        var left = index is null ? table.Schema.Keys : TableSchemas.WithoutIndex(table.Schema, index.Name).Keys;
        if (lookup.Unique && left.FirstOrDefault(key => LookupRules.AreSame(key.Columns, lookup.Columns) && !LookupRules.IsLocal(table, key.Columns)) is { } key)
        {
            throw new VitessException(ErrorCodes.QueryError, $"vindex \"{lookup.Name}\" keeps \"{LookupRules.NameOf(key, table.Name)}\" of table \"{table.Name}\"", sqlState: "2BP01",
                hint: "Drop the constraint or the index: the vindex goes with it.");
        }

        await BeforeDropping();
        if (index is not null) await _shards.EverywhereAsync($"DROP INDEX {ScratchTable.Quote(index.Name)}");
        await LookupDefinitions.DropAsync([lookup], _shards);
        return vschema => LookupDefinitions.Without(vschema, session.Keyspace.Name, table.Name, [lookup]);
    }

    private IEnumerable<string> ReferencedBy(string name) =>
        session.Keyspace.Tables.Values.Where(table => !VSchemaNames.Comparer.Equals(table.Name, name) && ReferenceOrder.PointsAt(table, name)).Select(table => table.Name).Order(StringComparer.Ordinal);

    // PostgreSQL has one space of names for relations of all kinds, indexes and those of keys among them.
    private bool Exists(ObjectName name) => session.Catalog.FindPlace(name) is not null || session.Catalog.FindView(name) is not null
        || (session.Dialect == SqlDialect.Postgres && RelationRenames.IsTaken(session.Keyspace, name.Name.Name) && session.Keyspace.FindTable(name.Name.Name) is null);

    private static void Refuse(CreateTableStatement create)
    {
        if (create.Temporary)
        {
            throw new VitessException(ErrorCodes.QueryError, "temporary tables belong to a connection, and this door has none", sqlState: "0A000",
                hint: "Use a table, or a common table expression.");
        }

        if (create.Unsupported.Length > 0)
        {
            throw new VitessException(ErrorCodes.QueryError, $"CREATE TABLE … {create.Unsupported} is not supported", sqlState: "0A000");
        }
    }

    private static VitessException Taken(ObjectName name) =>
        new(ErrorCodes.QueryError, $"relation \"{name.Name.Name}\" already exists", sqlState: "42P07", hint: "Choose another name, or say IF NOT EXISTS.");
}
