namespace Shale.Sql;

/// <summary>A whole statement.</summary>
public abstract record Statement : SqlNode;

/// <summary>INSERT and SQLite's REPLACE.</summary>
/// <param name="Table">The target.</param>
/// <param name="Columns">The named columns; empty for all.</param>
/// <param name="Source">The rows; null for DEFAULT VALUES.</param>
public sealed record InsertStatement(ObjectName Table, NodeList<Identifier> Columns, SelectStatement? Source) : Statement
{
    /// <summary>WITH.</summary>
    public WithClause? With { get; init; }

    /// <summary>AS.</summary>
    public Identifier? Alias { get; init; }

    /// <summary>SQLite's INSERT OR …: empty, replace, ignore, abort, fail, rollback.</summary>
    public string Or { get; init; } = "";

    /// <summary>OVERRIDING SYSTEM or USER VALUE: empty, system, user.</summary>
    public string Overriding { get; init; } = "";

    /// <summary>ON CONFLICT; SQLite allows several.</summary>
    public NodeList<OnConflict> OnConflict { get; init; } = NodeList<OnConflict>.Empty;

    /// <summary>RETURNING.</summary>
    public NodeList<SelectItem> Returning { get; init; } = NodeList<SelectItem>.Empty;

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(With, out var with) | mapper.On(Table, out var table) | mapper.On(Columns, out var columns) | mapper.On(Source, out var source)
            | mapper.On(Alias, out var alias) | mapper.On(OnConflict, out var onConflict) | mapper.On(Returning, out var returning)
            ? this with
            {
                With = with, Table = table!, Columns = columns, Source = source, Alias = alias, OnConflict = onConflict, Returning = returning,
            }
            : this;
}

/// <summary><c>ON CONFLICT [target] DO NOTHING | DO UPDATE SET …</c>.</summary>
/// <param name="Target">The key: expressions, possibly with COLLATE; empty for none.</param>
/// <param name="TargetWhere">The predicate of a partial index.</param>
/// <param name="Constraint">ON CONSTRAINT; null for none.</param>
/// <param name="Sets">DO UPDATE SET; empty for DO NOTHING.</param>
/// <param name="Where">DO UPDATE … WHERE.</param>
public sealed record OnConflict(NodeList<OrderItem> Target, Expr? TargetWhere, Identifier? Constraint, NodeList<SetClause> Sets, Expr? Where) : SqlNode
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Target, out var target) | mapper.On(TargetWhere, out var targetWhere) | mapper.On(Constraint, out var constraint)
            | mapper.On(Sets, out var sets) | mapper.On(Where, out var where)
            ? this with { Target = target, TargetWhere = targetWhere, Constraint = constraint, Sets = sets, Where = where } : this;
}

/// <summary><c>a = x</c>, or <c>(a, b) = (x, y)</c>, or <c>(a, b) = (SELECT …)</c>.</summary>
/// <param name="Columns">One or more.</param>
/// <param name="Value">An expression; for several columns a <see cref="RowConstructor"/> or <see cref="Subquery"/>.</param>
public sealed record SetClause(NodeList<Identifier> Columns, Expr Value) : SqlNode
{
    /// <summary>Whether the columns stood in parentheses.</summary>
    public bool Multiple { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Columns, out var columns) | mapper.On(Value, out var value) ? this with { Columns = columns, Value = value! } : this;
}

/// <summary>UPDATE.</summary>
public sealed record UpdateStatement(TableRef Table, NodeList<SetClause> Sets) : Statement
{
    /// <summary>WITH.</summary>
    public WithClause? With { get; init; }

    /// <summary>SQLite's UPDATE OR …: empty, replace, ignore, abort, fail, rollback.</summary>
    public string Or { get; init; } = "";

    /// <summary>FROM.</summary>
    public NodeList<TableExpr> From { get; init; } = NodeList<TableExpr>.Empty;

    /// <summary>WHERE.</summary>
    public Expr? Where { get; init; }

    /// <summary>RETURNING.</summary>
    public NodeList<SelectItem> Returning { get; init; } = NodeList<SelectItem>.Empty;

    /// <summary>Whether RETURNING names other tables than the target: what SQLite cannot do, so that the rows are found first and changed by key.</summary>
    public bool ReturnsJoined { get; init; }

    /// <summary>SQLite's ORDER BY.</summary>
    public NodeList<OrderItem> OrderBy { get; init; } = NodeList<OrderItem>.Empty;

    /// <summary>SQLite's LIMIT.</summary>
    public Expr? Limit { get; init; }

    /// <summary>SQLite's OFFSET.</summary>
    public Expr? Offset { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(With, out var with) | mapper.On(Table, out var table) | mapper.On(Sets, out var sets) | mapper.On(From, out var from)
            | mapper.On(Where, out var where) | mapper.On(Returning, out var returning) | mapper.On(OrderBy, out var orderBy)
            | mapper.On(Limit, out var limit) | mapper.On(Offset, out var offset)
            ? this with
            {
                With = with, Table = table!, Sets = sets, From = from, Where = where, Returning = returning, OrderBy = orderBy, Limit = limit,
                Offset = offset,
            }
            : this;
}

/// <summary>DELETE.</summary>
public sealed record DeleteStatement(TableRef Table) : Statement
{
    /// <summary>WITH.</summary>
    public WithClause? With { get; init; }

    /// <summary>USING.</summary>
    public NodeList<TableExpr> Using { get; init; } = NodeList<TableExpr>.Empty;

    /// <summary>WHERE.</summary>
    public Expr? Where { get; init; }

    /// <summary>RETURNING.</summary>
    public NodeList<SelectItem> Returning { get; init; } = NodeList<SelectItem>.Empty;

    /// <summary>Whether RETURNING names other tables than the target: what SQLite cannot do, so that the rows are found first and changed by key.</summary>
    public bool ReturnsJoined { get; init; }

    /// <summary>SQLite's ORDER BY.</summary>
    public NodeList<OrderItem> OrderBy { get; init; } = NodeList<OrderItem>.Empty;

    /// <summary>SQLite's LIMIT.</summary>
    public Expr? Limit { get; init; }

    /// <summary>SQLite's OFFSET.</summary>
    public Expr? Offset { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(With, out var with) | mapper.On(Table, out var table) | mapper.On(Using, out var from) | mapper.On(Where, out var where)
            | mapper.On(Returning, out var returning) | mapper.On(OrderBy, out var orderBy) | mapper.On(Limit, out var limit)
            | mapper.On(Offset, out var offset)
            ? this with
            {
                With = with, Table = table!, Using = from, Where = where, Returning = returning, OrderBy = orderBy, Limit = limit, Offset = offset,
            }
            : this;
}

/// <summary>TRUNCATE.</summary>
public sealed record TruncateStatement(NodeList<ObjectName> Tables, bool RestartIdentity, bool Cascade) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Tables, out var tables) ? this with { Tables = tables } : this;
}

/// <summary>PostgreSQL's LOCK TABLE.</summary>
/// <param name="Tables">The tables.</param>
/// <param name="Mode">Lower case: access share, row share, row exclusive, share update exclusive, share, share row exclusive, exclusive, or access exclusive, which is meant where none is said.</param>
/// <param name="NoWait">NOWAIT.</param>
public sealed record LockStatement(NodeList<ObjectName> Tables, string Mode, bool NoWait) : Statement
{
    /// <summary>What <see cref="Mode"/> may be, the weakest first.</summary>
    public static IReadOnlyList<string> Modes { get; } =
        ["access share", "row share", "row exclusive", "share update exclusive", "share", "share row exclusive", "exclusive", "access exclusive"];

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Tables, out var tables) ? this with { Tables = tables } : this;
}

/// <summary>PostgreSQL's COMMENT.</summary>
/// <param name="Kind">Lower case: table, view, sequence, index, column, constraint, schema or database.</param>
/// <param name="Name">What it is on; of a column or constraint the table.</param>
/// <param name="Part">The column or constraint; null for others.</param>
/// <param name="Text">What is said; null takes it back.</param>
public sealed record CommentStatement(string Kind, ObjectName Name, Identifier? Part, string? Text) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Name, out var name) | mapper.On(Part, out var part) ? this with { Name = name!, Part = part } : this;
}

/// <summary>BEGIN and START TRANSACTION.</summary>
/// <param name="Isolation">read uncommitted, read committed, repeatable read, serializable; null if not said.</param>
/// <param name="ReadOnly">READ ONLY or READ WRITE where said.</param>
/// <param name="Mode">SQLite's deferred, immediate or exclusive; empty if not said.</param>
public sealed record BeginStatement(string? Isolation, bool? ReadOnly, string Mode) : Statement
{
    /// <summary>AS OF: where every table is read that has no point of its own; null for the present.</summary>
    public SystemTimePoint? AsOf { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(AsOf, out var asOf) ? this with { AsOf = asOf } : this;
}

/// <summary>COMMIT and END.</summary>
public sealed record CommitStatement : Statement
{
    /// <summary>AND CHAIN: another transaction like it begins at once.</summary>
    public bool Chain { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => this;
}

/// <summary>ROLLBACK and ABORT; with a savepoint, back to it.</summary>
public sealed record RollbackStatement(Identifier? Savepoint) : Statement
{
    /// <summary>AND CHAIN: another transaction like it begins at once.</summary>
    public bool Chain { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Savepoint, out var name) ? this with { Savepoint = name } : this;
}

/// <summary>SAVEPOINT, or RELEASE of one.</summary>
public sealed record SavepointStatement(Identifier Name, bool Release) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Name, out var name) ? this with { Name = name! } : this;
}

/// <summary>EXPLAIN; in SQLite also EXPLAIN QUERY PLAN.</summary>
/// <param name="Options">Lower case, as written: <c>analyze</c>, <c>query plan</c>, <c>format json</c> ….</param>
/// <param name="Inner">What is explained.</param>
public sealed record ExplainStatement(NodeList<string> Options, Statement Inner) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Inner, out var inner) ? this with { Inner = inner! } : this;
}

/// <summary>VEXPLAIN, as in Vitess.</summary>
/// <param name="Kind">plan (the default), queries, trace, keys, all.</param>
/// <param name="Inner">What is explained.</param>
public sealed record VExplainStatement(string Kind, Statement Inner) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Inner, out var inner) ? this with { Inner = inner! } : this;
}

/// <summary>SET, RESET and USE.</summary>
/// <param name="Scope">Empty, local or session.</param>
/// <param name="Name">The variable in lower case; <c>use</c> sets <c>target</c>; <c>time zone</c> is <c>timezone</c>.</param>
/// <param name="Values">What it is set to, as text; empty for RESET and DEFAULT.</param>
public sealed record SetStatement(string Scope, string Name, NodeList<string> Values) : Statement
{
    /// <summary>AS OF of SET TRANSACTION, as in <see cref="BeginStatement.AsOf"/>; else null.</summary>
    public SystemTimePoint? AsOf { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(AsOf, out var asOf) ? this with { AsOf = asOf } : this;
}

/// <summary>SHOW: a variable of the session, or one of the lists of Vitess.</summary>
/// <param name="What">Lower case, one space between words: <c>keyspaces</c>, <c>vschema tables</c>, <c>vschema vindexes</c>, <c>vitess_shards</c>,
/// <c>vitess_tablets</c>, <c>tables</c>, or the variable.</param>
/// <param name="On">The table or keyspace behind ON, FROM or IN; null for none.</param>
/// <param name="Like">The pattern; null for none.</param>
public sealed record ShowStatement(string What, ObjectName? On, string? Like) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(On, out var on) ? this with { On = on } : this;
}

/// <summary>KILL: ends a statement of the process list, or a transaction.</summary>
/// <param name="Id">Which.</param>
/// <param name="QueryOnly">KILL QUERY: the transaction it belongs to stays open.</param>
public sealed record KillStatement(long Id, bool QueryOnly) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => this;
}

/// <summary>VERIFY VINDEX and REPAIR VINDEX: compares the entries of a lookup vindex with the rows they lead to.</summary>
/// <param name="Vindex">The vindex.</param>
/// <param name="Table">The table that owns it.</param>
/// <param name="Repair">Whether what differs is mended too.</param>
public sealed record CheckVindexStatement(ObjectName Vindex, ObjectName Table, bool Repair) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Vindex, out var vindex) | mapper.On(Table, out var table) ? this with { Vindex = vindex!, Table = table! } : this;
}

/// <summary>SQLite's PRAGMA.</summary>
/// <param name="Name">schema and name.</param>
/// <param name="Value">The value as text, signs and quotes resolved; null for none.</param>
/// <param name="IsCall">Whether the value stood in parentheses.</param>
public sealed record PragmaStatement(ObjectName Name, string? Value, bool IsCall) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Name, out var name) ? this with { Name = name! } : this;
}

/// <summary>
/// A statement that the parser knows only by its first words. It goes as text to where one shard is addressed, and is refused elsewhere.
/// </summary>
/// <param name="Keyword">The first words in upper case: <c>VACUUM</c>, <c>ANALYZE</c>, <c>CREATE TRIGGER</c>, <c>COMMENT</c>, <c>GRANT</c>, ….</param>
/// <param name="Text">The statement without its end mark.</param>
public sealed record RawStatement(string Keyword, string Text) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => this;
}
