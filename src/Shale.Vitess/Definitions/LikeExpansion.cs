using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// CREATE TABLE (LIKE …) as the plain CREATE TABLE that it stands for, so that each engine makes the table as any other. What PostgreSQL makes by statements of their own
/// afterwards, indexes and comments, is kept beside it. Dialect postgres.
/// </summary>
/// <param name="session">The session, whose catalog has the other relations.</param>
internal sealed class LikeExpansion(GateSession session)
{
    private readonly List<CreateIndexStatement> _indexes = [];

    // Constraints whose names are made up when all are known, and the paths of what is said of their originals; null for nothing.
    private readonly List<(TableConstraint Constraint, string? Comment, bool IsIndex)> _constraints = [];

    private readonly Dictionary<string, string> _comments = [];

    private string _table = "";

    /// <summary>The indexes that the table gets, with their names.</summary>
    public IReadOnlyList<CreateIndexStatement> Indexes => _indexes;

    /// <summary>What is said of the table's parts, by its <see cref="ObjectComments"/> paths.</summary>
    public IReadOnlyDictionary<string, string> Comments => _comments;

    /// <summary>The statement without LIKE. Errors: 42P01 for a relation that there is not; 42809 for one without columns of its own; 0A000 for tables of the other dialect and of the catalog.</summary>
    public CreateTableStatement Expand(CreateTableStatement create)
    {
        if (create.Likes.Count == 0) return create;
        _table = create.Name.Name.Name;
        var columns = new List<ColumnDefinition>();
        var cloned = new List<(CreateIndexStatement Index, string? Comment)>();
        for (var i = 0; i <= create.Columns.Count; i++)
        {
            foreach (var like in create.Likes.Where(each => each.Position == i)) columns.AddRange(ColumnsOf(like, cloned));
            if (i < create.Columns.Count) columns.Add(create.Columns[i]);
        }

        var own = create.Constraints.Count;
        var whole = create with { Likes = [], Columns = columns.ToNodeList(), Constraints = [.. create.Constraints, .. _constraints.Select(each => each.Constraint)] };
        whole = ConstraintNames.Name(ConstraintNames.Avoid(whole, IsTaken));
        for (var i = 0; i < _constraints.Count; i++)
        {
            var name = whole.Constraints[own + i].ConstraintName!.Name;
            if (_constraints[i].Comment is { } text) _comments[_constraints[i].IsIndex ? ObjectComments.OfIndex(_table, name) : ObjectComments.OfConstraint(_table, name)] = text;
        }

        NameIndexes(cloned, ConstraintNames.Of(whole).ToHashSet(VSchemaNames.Comparer));
        return whole;
    }

    private bool IsTaken(string name) => RelationRenames.IsTakenByAny(session.Keyspace, name);

    private void NameIndexes(List<(CreateIndexStatement Index, string? Comment)> cloned, HashSet<string> own)
    {
        own.Add(_table);
        foreach (var (index, comment) in cloned)
        {
            var name = IndexNames.Of(index, _table, each => own.Contains(each) || RelationRenames.IsTaken(session.Keyspace, each));
            own.Add(name);
            _indexes.Add(index with { Name = new Identifier(name, true) });
            if (comment is not null) _comments[ObjectComments.OfIndex(_table, name)] = comment;
        }
    }

    private IEnumerable<ColumnDefinition> ColumnsOf(LikeTable like, List<(CreateIndexStatement Index, string? Comment)> cloned)
    {
        var name = like.Source.Name.Name;
        if (session.Catalog.FindPlace(like.Source) is { } place) return ColumnsOf(like, session.Catalog.Usable(place), cloned);
        var keyspace = session.Catalog.KeyspaceOf(like.Source);
        if (session.Catalog.FindView(like.Source) is { } view) return [.. ViewColumns.Of(view, keyspace!, session.Catalog).Select(column => OfView(like, view.Name, column, keyspace!))];
        if (keyspace is null && session.Catalog.Find(like.Source) is null) throw new VitessException(ErrorCodes.NotFound, $"schema \"{like.Source.Schema!.Name}\" does not exist", sqlState: "3F000");
        if (keyspace is not null && RelationRenames.IsTaken(keyspace, name))
            throw new VitessException(ErrorCodes.QueryError, $"relation \"{name}\" is invalid in LIKE clause", sqlState: "42809", hint: "Name a table or a view.");
        if (session.Catalog.Find(like.Source) is not null)
            throw new VitessException(ErrorCodes.QueryError, $"LIKE of \"{name}\", which belongs to the catalog, is not supported", sqlState: "0A000", hint: "Write its columns.");
        throw session.Catalog.Missing(like.Source);
    }

    private ColumnDefinition OfView(LikeTable like, string view, ColumnSchema column, VKeyspace keyspace)
    {
        Say(like, keyspace, ObjectComments.OfColumn(view, column.Name), ObjectComments.OfColumn(_table, column.Name));
        return new ColumnDefinition(new Identifier(column.Name, true), TypeOf(column.Type), []);
    }

    private List<ColumnDefinition> ColumnsOf(LikeTable like, TablePlace place, List<(CreateIndexStatement Index, string? Comment)> cloned)
    {
        var table = place.Table;
        if (table.Dialect != session.Dialect || ModelChecks.Definition(table) is not { } definition)
            throw new VitessException(ErrorCodes.QueryError, $"table \"{table.Name}\" was made in the other dialect", sqlState: "0A000", hint: "Write the columns of the new one.");
        var comments = place.Keyspace.Comments;
        string? Said(string path) => like.Includes("comments") ? comments.GetValueOrDefault(path) : null;
        if (like.Includes("constraints"))
        {
            foreach (var (name, condition) in ModelChecks.Of(table))
                _constraints.Add((new CheckConstraint(Bare(condition)) { ConstraintName = new Identifier(name, true) }, Said(ObjectComments.OfConstraint(table.Name, name)), false));
        }

        if (like.Includes("indexes"))
        {
            var keys = Enumerable.Range(0, table.Schema!.Keys.Count).Where(key => !table.Indexes.Any(index => VSchemaNames.Comparer.Equals(index.Name, ModelKeys.KeyName(table, key))));
            _constraints.AddRange(keys.Select(key => (Key(table.Schema.Keys[key]), Said(ObjectComments.OfIndex(table.Name, ModelKeys.KeyName(table, key))), true)));
            cloned.AddRange(table.Indexes.Select(index => (Cloned(index), Said(ObjectComments.OfIndex(table.Name, index.Name)))));
        }

        foreach (var column in definition.Columns) Say(like, place.Keyspace, ObjectComments.OfColumn(table.Name, column.Name.Name), ObjectComments.OfColumn(_table, column.Name.Name));
        return [.. definition.Columns.Select(column => Cloned(like, column, place))];
    }

    private void Say(LikeTable like, VKeyspace keyspace, string path, string own)
    {
        if (like.Includes("comments") && keyspace.Comments.GetValueOrDefault(path) is { } text) _comments[own] = text;
    }

    private static TableConstraint Key(KeySchema key) => new KeyConstraint(key.Primary, key.Columns.Select(column => new OrderItem(new ColumnRef(null, null, new Identifier(column, true)))).ToNodeList());

    private CreateIndexStatement Cloned(VIndex index)
    {
        var statement = (CreateIndexStatement)SqlParser.Parse(index.CreateSql, session.Dialect);
        return statement with
        {
            Name = null, Table = new ObjectName(null, new Identifier(_table, true)), IfNotExists = false, Concurrently = false,
            Columns = statement.Columns.Select(item => item with { Value = Bare(item.Value) }).ToNodeList(),
            Where = statement.Where is { } where ? Bare(where) : null,
        };
    }

    private ColumnDefinition Cloned(LikeTable like, ColumnDefinition column, TablePlace place)
    {
        var schema = place.Schema.Column(column.Name.Name)!;
        var constraints = new List<ColumnConstraint>();
        if (schema.NotNull) constraints.Add(new NotNullConstraint(true));
        constraints.AddRange(column.Constraints.OfType<CollateColumn>());
        if (like.Includes("generated")) constraints.AddRange(column.Constraints.OfType<GeneratedColumn>().Select(generated => generated with { Value = Bare(generated.Value), ConstraintName = null }));
        var numbering = place.Table.AutoIncrement is { } auto && VSchemaNames.Comparer.Equals(auto.Column, schema.Name) ? auto : null;
        if (like.Includes("identity") && schema.IsIdentity) constraints.Add(new IdentityColumn(schema.IsIdentityAlways, numbering is null ? [] : OptionsOf(numbering, place)));
        if (like.Includes("defaults") && !schema.IsIdentity)
        {
            if (numbering is not null) constraints.Add(new DefaultConstraint(NextOf(numbering, place)));
            else constraints.AddRange(column.Constraints.OfType<DefaultConstraint>().Select(value => value with { ConstraintName = null }));
        }

        var type = column.Type is { } written && SqlTypes.IsSerial(written) ? TypeOf(schema.Type) : column.Type;
        return new ColumnDefinition(column.Name, type, constraints.ToNodeList());
    }

    // As in PostgreSQL both tables are numbered by the one sequence.
    private FunctionCall NextOf(AutoIncrement numbering, TablePlace place)
    {
        var found = session.Catalog.VSchema.FindSequence(place.Keyspace, numbering.Sequence);
        var owner = found?.Keyspace ?? place.Keyspace;
        var name = Names.Quote(found?.Sequence.Name ?? numbering.Sequence);
        if (!VSchemaNames.Comparer.Equals(owner.Name, session.Keyspace.Name)) name = $"{Names.Quote(owner.Name)}.{name}";
        return new FunctionCall(new ObjectName(null, new Identifier("nextval")), [new Literal(LiteralKind.String, name)]);
    }

    private NodeList<OptionItem> OptionsOf(AutoIncrement numbering, TablePlace place)
    {
        if (session.Catalog.VSchema.FindSequence(place.Keyspace, numbering.Sequence) is not { Sequence: var sequence }) return [];
        static OptionItem Option(string name, long value) => new(name, value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        NodeList<OptionItem> options = [Option("start", sequence.Start), Option("increment", sequence.Increment)];
        return sequence.Cache == 0 ? options : [.. options, Option("cache", sequence.Cache)];
    }

    // What names its columns by the other table's name is about its own here.
    private static Expr Bare(Expr value) => SqlTree.Rewrite(value, node => node is ColumnRef { Table: not null } column ? column with { Table = null, Schema = null } : null);

    private static TypeName TypeOf(SqlType type)
    {
        static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        NodeList<string> modifiers = type.Modifier is not { } first ? [] : type.Scale is { } scale ? [Number(first), Number(scale)] : [Number(first)];
        var name = type.Kind switch { SqlTypeKind.Unknown => "text", SqlTypeKind.Char when type.Modifier is null => "bpchar", _ => new SqlType(type.Kind).Name };
        return new TypeName(name, modifiers, type.IsArray ? 1 : 0);
    }
}
