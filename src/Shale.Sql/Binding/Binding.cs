namespace Shale.Sql;

/// <summary>
/// What every name and expression of one statement means. Keyed by the nodes themselves, not by what they say: it belongs to the very
/// tree that was bound, and a rewritten tree must be bound again. Immutable once <see cref="Binder.Bind"/> has returned it.
/// </summary>
public sealed class Binding
{
    private static readonly ReferenceEqualityComparer ByReference = ReferenceEqualityComparer.Instance;

    private readonly Dictionary<SqlNode, QueryBlock> _blockOf = New<QueryBlock>();
    private readonly Dictionary<SqlNode, ColumnBinding> _columns = New<ColumnBinding>();
    private readonly Dictionary<SqlNode, ExpandedColumn> _merged = New<ExpandedColumn>();
    private readonly Dictionary<SqlNode, (SelectItem Item, int Index)> _aliases = New<(SelectItem, int)>();
    private readonly Dictionary<SqlNode, Relation> _rowIds = New<Relation>();
    private readonly Dictionary<SqlNode, int> _excluded = New<int>();
    private readonly HashSet<SqlNode> _strings = new(ByReference);
    private readonly Dictionary<SqlNode, SqlType> _types = New<SqlType>();
    private readonly Dictionary<SqlNode, string> _collations = New<string>();
    private readonly Dictionary<SqlNode, IReadOnlyList<OutputColumn>> _outputs = New<IReadOnlyList<OutputColumn>>();
    private readonly Dictionary<SqlNode, IReadOnlyList<ExpandedColumn>> _stars = New<IReadOnlyList<ExpandedColumn>>();
    private readonly Dictionary<SqlNode, IReadOnlyList<ExpandedColumn>> _joinColumns = New<IReadOnlyList<ExpandedColumn>>();
    private readonly Dictionary<SqlNode, IReadOnlyList<ExpandedColumn>> _joins = New<IReadOnlyList<ExpandedColumn>>();
    private readonly Dictionary<SqlNode, Relation> _relations = New<Relation>();
    private readonly Dictionary<SqlNode, FunctionOverload> _overloads = New<FunctionOverload>();
    private readonly List<QueryBlock> _blocks = [];

    internal Binding(Statement statement, SqlDialect dialect, string? text)
    {
        Statement = statement;
        Dialect = dialect;
        Text = text;
    }

    /// <summary>The statement that was bound.</summary>
    public Statement Statement { get; }

    /// <summary>The dialect it was bound in.</summary>
    public SqlDialect Dialect { get; }

    /// <summary>Every block, outer ones before those inside them where the text says so.</summary>
    public IReadOnlyList<QueryBlock> Blocks => _blocks;

    /// <summary>The columns of the result: the select list, or RETURNING; empty for none.</summary>
    public IReadOnlyList<OutputColumn> Outputs { get; internal set; } = [];

    /// <summary>The type of each parameter by its place (index 0 is <c>$1</c>); in dialect postgres never unknown.</summary>
    public IReadOnlyList<SqlType> ParameterTypes { get; internal set; } = [];

    /// <summary>The name of the database: the session's keyspace.</summary>
    public string Database { get; internal init; } = "";

    internal string? Text { get; }

    /// <summary>The block of a SELECT core, INSERT, UPDATE, DELETE, or SQLite's <c>IN table</c>.</summary>
    public QueryBlock BlockOf(SqlNode coreOrDml) => _blockOf[coreOrDml];

    /// <summary>The relation's column that a name stands for; null if it stands for something else (see the other methods).</summary>
    public ColumnBinding? ColumnOf(ColumnRef column) => _columns.GetValueOrDefault(column);

    /// <summary>Both columns behind the merged column of a FULL JOIN … USING, for which <see cref="ColumnOf"/> is null; else null.</summary>
    public IReadOnlyList<ColumnBinding>? MergedColumnsOf(ColumnRef column) =>
        MergedOf(column) is { Merged: { } sides } merged ? [.. sides.Select(side => new ColumnBinding(merged.Block!, side.Relation, side.Index))] : null;

    /// <summary>The select item whose alias the name is (ORDER BY, GROUP BY; in SQLite also elsewhere), or null. Of a star it is the star's item.</summary>
    public SelectItem? OutputAliasOf(ColumnRef column) => _aliases.TryGetValue(column, out var found) ? found.Item : null;

    /// <summary>The 0-based output column whose alias the name is, stars expanded, or null.</summary>
    public int? OutputIndexOf(ColumnRef column) => _aliases.TryGetValue(column, out var found) ? found.Index : null;

    /// <summary>Whether the name is SQLite's rowid of a relation.</summary>
    public bool IsRowId(ColumnRef column, out Relation relation) => _rowIds.TryGetValue(column, out relation!);

    /// <summary>Whether the name is a column of ON CONFLICT's <c>excluded</c>; the index is that of the target's column.</summary>
    public bool IsExcluded(ColumnRef column, out int index) => _excluded.TryGetValue(column, out index);

    /// <summary>Whether a double-quoted name is a string after all (dialect sqlite only).</summary>
    public bool IsDqsString(ColumnRef column) => _strings.Contains(column);

    /// <summary>Whether the statement calls functions over PostgreSQL's catalog, or writes oids as names: it needs the catalog's tables, whichever it names.</summary>
    public bool AsksCatalog => _types.Values.Any(type => TypeRules.IsReg(type.Kind)) || _overloads.Values.Any(overload => overload.Body?.Contains("pg_catalog.", StringComparison.Ordinal) == true);

    /// <summary>The type of an expression of the statement.</summary>
    public SqlType TypeOf(Expr expression) => _types.GetValueOrDefault(expression);

    /// <summary>The collation an expression brings to a comparison, or null for the default.</summary>
    public string? CollationOf(Expr expression) => _collations.GetValueOrDefault(expression);

    /// <summary>The columns of a query of the statement; empty for a node that is none.</summary>
    public IReadOnlyList<OutputColumn> OutputsOf(SelectStatement query) => _outputs.GetValueOrDefault(query) ?? [];

    /// <summary>The columns of a query body of the statement.</summary>
    public IReadOnlyList<OutputColumn> OutputsOf(QueryBody body) => _outputs.GetValueOrDefault(body) ?? [];

    /// <summary>What a star stands for, in order. An index of -1 is a relation whose columns nobody knows.</summary>
    public IReadOnlyList<(Relation Relation, int Index)> Expand(Star star) =>
        _stars.TryGetValue(star, out var found) ? [.. found.Select(column => (column.Relation, column.Index))] : [];

    /// <summary>Whether only its bare name names a column of a star, by its place there: a merged one that neither side of the join alone holds (FULL JOIN), or that is of another type than its side.</summary>
    public bool IsOfBothSides(Star star, int column) =>
        ExpandMerged(star)[column] is { Merged: not null } merged && (merged.Full || (merged.Common is { } common && common != merged.Relation.Columns?[merged.Index].Type));

    /// <summary>The columns that a NATURAL or USING join merges; empty for another join.</summary>
    public IReadOnlyList<string> JoinColumnsOf(Join join) => [.. MergedOf(join).Select(column => column.Name)];

    /// <summary>The relation that a FROM item or a write's target makes, or null.</summary>
    public Relation? RelationOf(SqlNode node) => _relations.GetValueOrDefault(node);

    /// <summary>The merged columns of a join with USING or NATURAL.</summary>
    internal IReadOnlyList<ExpandedColumn> MergedOf(Join join) => _joins.GetValueOrDefault(join) ?? [];

    /// <summary>What the columns of a join with an alias stand for.</summary>
    internal IReadOnlyList<ExpandedColumn> ColumnsOf(Join join) => _joinColumns[join];

    /// <summary>The merged column of a FULL JOIN … USING that a name stands for, or null.</summary>
    internal ExpandedColumn? MergedOf(ColumnRef column) => _merged.GetValueOrDefault(column);

    internal IReadOnlyList<ExpandedColumn> ExpandMerged(Star star) => _stars.GetValueOrDefault(star) ?? [];

    /// <summary>The call of a function that returns no rows, whatever it is asked, which an expression is, or is a column of by way of a query in FROM; null for any other.</summary>
    internal FunctionCall? EmptySetOf(Expr expression) => expression switch
    {
        FunctionCall call => OverloadOf(call) is { Kind: FunctionKind.Set, Emit: "shale_no_rows" } ? call : null,
        ColumnRef name => ColumnOf(name) is { Relation: { Node: DerivedTable { Query.Body: SelectCore { Items: var items } }, Columns.Count: var count }, Index: var index } && items.Count == count ? EmptySetOf(items[index].Value) : null,
        _ => null,
    };

    internal FunctionOverload? OverloadOf(FunctionCall call) => _overloads.GetValueOrDefault(call);

    internal void Add(QueryBlock block)
    {
        _blocks.Add(block);
        _blockOf[block.Node] = block;
    }

    internal void SetColumn(ColumnRef column, ColumnBinding binding) => _columns[column] = binding;

    internal void SetMerged(ColumnRef column, ExpandedColumn merged) => _merged[column] = merged;

    internal void SetAlias(ColumnRef column, SelectItem item, int index) => _aliases[column] = (item, index);

    internal void SetRowId(ColumnRef column, Relation relation) => _rowIds[column] = relation;

    internal void SetExcluded(ColumnRef column, int index) => _excluded[column] = index;

    internal void SetDqsString(ColumnRef column) => _strings.Add(column);

    internal void SetType(SqlNode node, SqlType type) => _types[node] = type;

    internal void SetCollation(SqlNode node, string? collation)
    {
        if (collation is not null) _collations[node] = collation;
    }

    internal void SetOutputs(SqlNode node, IReadOnlyList<OutputColumn> outputs) => _outputs[node] = outputs;

    internal void SetStar(Star star, IReadOnlyList<ExpandedColumn> columns) => _stars[star] = columns;

    internal void SetJoin(Join join, IReadOnlyList<ExpandedColumn> merged) => _joins[join] = merged;

    internal void SetColumns(Join join, IReadOnlyList<ExpandedColumn> columns) => _joinColumns[join] = columns;

    internal void SetRelation(SqlNode node, Relation relation) => _relations[node] = relation;

    internal void SetOverload(FunctionCall call, FunctionOverload overload) => _overloads[call] = overload;

    private static Dictionary<SqlNode, T> New<T>() => new(ByReference);
}

/// <summary>One column that a star stands for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Relation">Where it comes from; of a merged column the side that is never null-extended, or the left.</param>
/// <param name="Index">Its place there; -1 if nobody knows.</param>
/// <param name="Merged">Both sides of the merged column of a USING join; null otherwise.</param>
internal sealed record ExpandedColumn(string Name, Relation Relation, int Index, IReadOnlyList<ExpandedColumn>? Merged = null)
{
    /// <summary>Whether neither side alone holds its value: FULL JOIN.</summary>
    public bool Full { get; init; }

    /// <summary>The block whose FROM merged it; null unless it is merged.</summary>
    public QueryBlock? Block { get; init; }

    /// <summary>The type that both sides of a merged column have in common; null for that of its relation.</summary>
    public SqlType? Common { get; init; }

    /// <summary>What it is.</summary>
    public OutputColumn Output => Index < 0 || Relation.Columns is null ? new OutputColumn(Name, SqlType.Unknown)
        : Common is { } common ? Relation.Columns[Index] with { Type = common } : Relation.Columns[Index];
}
