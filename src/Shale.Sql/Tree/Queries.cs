namespace Shale.Sql;

/// <summary>A query with everything around its body.</summary>
/// <param name="With">WITH, or null.</param>
/// <param name="Body">A SELECT, VALUES or set operation.</param>
public sealed record SelectStatement(WithClause? With, QueryBody Body) : Statement
{
    /// <summary>ORDER BY.</summary>
    public NodeList<OrderItem> OrderBy { get; init; } = NodeList<OrderItem>.Empty;

    /// <summary>LIMIT or FETCH FIRST; null for none or ALL.</summary>
    public Expr? Limit { get; init; }

    /// <summary>FETCH FIRST … WITH TIES.</summary>
    public bool WithTies { get; init; }

    /// <summary>OFFSET.</summary>
    public Expr? Offset { get; init; }

    /// <summary>FOR UPDATE and its kin.</summary>
    public NodeList<LockingClause> Locking { get; init; } = NodeList<LockingClause>.Empty;

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(With, out var with) | mapper.On(Body, out var body) | mapper.On(OrderBy, out var orderBy) | mapper.On(Limit, out var limit)
            | mapper.On(Offset, out var offset) | mapper.On(Locking, out var locking)
            ? this with { With = with, Body = body!, OrderBy = orderBy, Limit = limit, Offset = offset, Locking = locking } : this;
}

/// <summary><c>FOR UPDATE [OF t, …] [NOWAIT | SKIP LOCKED]</c>.</summary>
/// <param name="Strength">update, no key update, share, key share.</param>
/// <param name="Of">The tables; empty for all.</param>
/// <param name="Wait">Empty, nowait, or skip locked.</param>
public sealed record LockingClause(string Strength, NodeList<ObjectName> Of, string Wait) : SqlNode
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Of, out var of) ? this with { Of = of } : this;
}

/// <summary><c>WITH [RECURSIVE] …</c>.</summary>
public sealed record WithClause(bool Recursive, NodeList<CommonTable> Tables) : SqlNode
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Tables, out var tables) ? this with { Tables = tables } : this;
}

/// <summary>One common table expression.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Names of its columns; empty for those of the statement.</param>
/// <param name="Materialized">True or false where it was said.</param>
/// <param name="Statement">A SELECT, or in PostgreSQL an INSERT, UPDATE or DELETE with RETURNING.</param>
public sealed record CommonTable(Identifier Name, NodeList<Identifier> Columns, bool? Materialized, Statement Statement) : SqlNode
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Name, out var name) | mapper.On(Columns, out var columns) | mapper.On(Statement, out var statement)
            ? this with { Name = name!, Columns = columns, Statement = statement! } : this;
}

/// <summary>What a query is made of.</summary>
public abstract record QueryBody : SqlNode;

/// <summary>A query in parentheses with clauses of its own, as an operand of a set operation.</summary>
public sealed record NestedQuery(SelectStatement Query) : QueryBody
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Query, out var query) ? this with { Query = query! } : this;
}

/// <summary><c>VALUES (…), (…)</c>.</summary>
public sealed record ValuesBody(NodeList<NodeList<Expr>> Rows) : QueryBody
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Rows, out NodeList<NodeList<Expr>> rows) ? this with { Rows = rows } : this;
}

/// <summary>UNION, INTERSECT or EXCEPT.</summary>
public enum SetOperator
{
    /// <summary>UNION</summary>
    Union,

    /// <summary>INTERSECT</summary>
    Intersect,

    /// <summary>EXCEPT</summary>
    Except,
}

/// <summary>Two bodies combined; left-deep, INTERSECT binds tighter in PostgreSQL and not in SQLite.</summary>
public sealed record SetOperation(SetOperator Operator, bool All, QueryBody Left, QueryBody Right) : QueryBody
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Left, out var left) | mapper.On(Right, out var right) ? this with { Left = left!, Right = right! } : this;
}

/// <summary><c>SELECT … FROM … WHERE … GROUP BY … HAVING … WINDOW …</c>; <c>TABLE t</c> is <c>SELECT * FROM t</c>.</summary>
public sealed record SelectCore(NodeList<SelectItem> Items) : QueryBody
{
    /// <summary>DISTINCT.</summary>
    public bool Distinct { get; init; }

    /// <summary>DISTINCT ON (…); empty for none.</summary>
    public NodeList<Expr> DistinctOn { get; init; } = NodeList<Expr>.Empty;

    /// <summary>FROM: the comma list; empty for none.</summary>
    public NodeList<TableExpr> From { get; init; } = NodeList<TableExpr>.Empty;

    /// <summary>WHERE.</summary>
    public Expr? Where { get; init; }

    /// <summary>GROUP BY: expressions and <see cref="GroupingSet"/>s.</summary>
    public NodeList<Expr> GroupBy { get; init; } = NodeList<Expr>.Empty;

    /// <summary>GROUP BY DISTINCT.</summary>
    public bool GroupByDistinct { get; init; }

    /// <summary>HAVING.</summary>
    public Expr? Having { get; init; }

    /// <summary>WINDOW.</summary>
    public NodeList<NamedWindow> Windows { get; init; } = NodeList<NamedWindow>.Empty;

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Items, out var items) | mapper.On(DistinctOn, out var distinctOn) | mapper.On(From, out var from) | mapper.On(Where, out var where)
            | mapper.On(GroupBy, out var groupBy) | mapper.On(Having, out var having) | mapper.On(Windows, out var windows)
            ? this with
            {
                Items = items, DistinctOn = distinctOn, From = from, Where = where, GroupBy = groupBy, Having = having, Windows = windows,
            }
            : this;
}

/// <summary>One output column.</summary>
/// <param name="Value">The expression or a <see cref="Star"/>.</param>
/// <param name="Alias">AS.</param>
public sealed record SelectItem(Expr Value, Identifier? Alias) : SqlNode
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Value, out var value) | mapper.On(Alias, out var alias) ? this with { Value = value!, Alias = alias } : this;
}

/// <summary>What a <see cref="GroupingSet"/> is.</summary>
public enum GroupingKind
{
    /// <summary>ROLLUP (…)</summary>
    Rollup,

    /// <summary>CUBE (…)</summary>
    Cube,

    /// <summary>GROUPING SETS (…)</summary>
    Sets,

    /// <summary>(), or a list in parentheses inside a grouping set</summary>
    Group,
}

/// <summary>ROLLUP, CUBE, GROUPING SETS and ().</summary>
public sealed record GroupingSet(GroupingKind Kind, NodeList<Expr> Items) : Expr
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Items, out var items) ? this with { Items = items } : this;
}

/// <summary>One key of an ORDER BY.</summary>
/// <param name="Value">What to order by; an integer literal is an output column's number.</param>
/// <param name="Descending">DESC.</param>
/// <param name="NullsFirst">NULLS FIRST or LAST where it was said.</param>
public sealed record OrderItem(Expr Value, bool Descending = false, bool? NullsFirst = null) : SqlNode
{
    /// <summary>PostgreSQL's USING operator; null for none.</summary>
    public string? UsingOperator { get; init; }

    /// <summary>PostgreSQL's operator class of an index column, such as text_pattern_ops; null for the default.</summary>
    public ObjectName? OperatorClass { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Value, out var value) | mapper.On(OperatorClass, out var operatorClass) ? this with { Value = value!, OperatorClass = operatorClass } : this;
}

/// <summary><c>WINDOW name AS (…)</c>.</summary>
public sealed record NamedWindow(Identifier Name, WindowSpec Window) : SqlNode
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Name, out var name) | mapper.On(Window, out var window) ? this with { Name = name!, Window = window! } : this;
}

/// <summary>The window of an OVER.</summary>
/// <param name="Base">The named window it extends, or is.</param>
/// <param name="NameOnly"><c>OVER w</c>, without parentheses.</param>
/// <param name="PartitionBy">PARTITION BY.</param>
/// <param name="OrderBy">ORDER BY.</param>
/// <param name="Frame">The frame; null for the default.</param>
public sealed record WindowSpec(Identifier? Base, bool NameOnly, NodeList<Expr> PartitionBy, NodeList<OrderItem> OrderBy, WindowFrame? Frame) : SqlNode
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Base, out var name) | mapper.On(PartitionBy, out var partitionBy) | mapper.On(OrderBy, out var orderBy) | mapper.On(Frame, out var frame)
            ? this with { Base = name, PartitionBy = partitionBy, OrderBy = orderBy, Frame = frame } : this;
}

/// <summary><c>ROWS BETWEEN … AND … EXCLUDE …</c>.</summary>
/// <param name="Unit">rows, range or groups.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends; null where only a start was written.</param>
/// <param name="Exclude">Empty, no others, current row, group or ties.</param>
public sealed record WindowFrame(string Unit, FrameBound Start, FrameBound? End, string Exclude) : SqlNode
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Start, out var start) | mapper.On(End, out var end) ? this with { Start = start!, End = end } : this;
}

/// <summary>One end of a frame.</summary>
/// <param name="Kind">unbounded preceding, preceding, current row, following, unbounded following.</param>
/// <param name="Offset">The distance; null for unbounded and current row.</param>
public sealed record FrameBound(string Kind, Expr? Offset) : SqlNode
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Offset, out var offset) ? this with { Offset = offset } : this;
}

/// <summary>Anything that stands in FROM.</summary>
public abstract record TableExpr : SqlNode;

/// <summary>A table, view or common table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Alias">AS.</param>
/// <param name="Columns">Column aliases; empty for none.</param>
public sealed record TableRef(ObjectName Name, Identifier? Alias, NodeList<Identifier> Columns) : TableExpr
{
    /// <summary>PostgreSQL's ONLY.</summary>
    public bool Only { get; init; }

    /// <summary>FOR SYSTEM_TIME or AS OF; null for the present.</summary>
    public SystemTime? Time { get; init; }

    /// <summary>SQLite's INDEXED BY; null for none.</summary>
    public Identifier? IndexedBy { get; init; }

    /// <summary>SQLite's NOT INDEXED.</summary>
    public bool NotIndexed { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Name, out var name) | mapper.On(Time, out var time) | mapper.On(Alias, out var alias) | mapper.On(Columns, out var columns)
            | mapper.On(IndexedBy, out var indexedBy)
            ? this with { Name = name!, Time = time, Alias = alias, Columns = columns, IndexedBy = indexedBy } : this;
}

/// <summary>A view that has given way to its query.</summary>
/// <param name="Keyspace">Its keyspace.</param>
/// <param name="Name">Its name.</param>
public sealed record ViewName(string Keyspace, string Name);

/// <summary>A query in FROM.</summary>
public sealed record DerivedTable(SelectStatement Query, bool Lateral, Identifier? Alias, NodeList<Identifier> Columns) : TableExpr
{
    /// <summary>The view whose query it is; null for a query that was written there.</summary>
    public ViewName? View { get; init; }

    /// <summary>The name of a view or a sequence in whose place it stands; null for a query that was written there.</summary>
    public TableRef? StandsFor { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Query, out var query) | mapper.On(Alias, out var alias) | mapper.On(Columns, out var columns)
            ? this with { Query = query!, Alias = alias, Columns = columns } : this;
}

/// <summary>A function in FROM: <c>generate_series(1, 3) AS g(n)</c>, <c>json_each(…)</c>.</summary>
public sealed record FunctionTable(FunctionCall Call, bool Lateral, Identifier? Alias, NodeList<Identifier> Columns) : TableExpr
{
    /// <summary>WITH ORDINALITY.</summary>
    public bool WithOrdinality { get; init; }

    /// <summary>Types of the columns where a definition list was given: as many as <see cref="Columns"/>, or empty.</summary>
    public NodeList<TypeName> ColumnTypes { get; init; } = NodeList<TypeName>.Empty;

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Call, out var call) | mapper.On(Alias, out var alias) | mapper.On(Columns, out var columns) | mapper.On(ColumnTypes, out var types)
            ? this with { Call = call!, Alias = alias, Columns = columns, ColumnTypes = types } : this;
}

/// <summary>How two tables are joined.</summary>
public enum JoinKind
{
    /// <summary>[INNER] JOIN</summary>
    Inner,

    /// <summary>LEFT [OUTER] JOIN</summary>
    Left,

    /// <summary>RIGHT [OUTER] JOIN</summary>
    Right,

    /// <summary>FULL [OUTER] JOIN</summary>
    Full,

    /// <summary>CROSS JOIN</summary>
    Cross,
}

/// <summary>A join; in parentheses with an alias of its own in PostgreSQL.</summary>
public sealed record Join(JoinKind Kind, TableExpr Left, TableExpr Right, Expr? On, NodeList<Identifier> Using, bool Natural) : TableExpr
{
    /// <summary>The alias of <c>(a JOIN b) AS x</c>; null for none.</summary>
    public Identifier? Alias { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Left, out var left) | mapper.On(Right, out var right) | mapper.On(On, out var on) | mapper.On(Using, out var columns)
            | mapper.On(Alias, out var alias)
            ? this with { Left = left!, Right = right!, On = on, Using = columns, Alias = alias } : this;
}
