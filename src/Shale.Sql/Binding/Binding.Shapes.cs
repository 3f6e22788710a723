namespace Shale.Sql;

/// <summary>A column of a query's or a relation's output.</summary>
/// <param name="Name">Its name, as the dialect names it.</param>
/// <param name="Type">Its type.</param>
/// <param name="Collation">Its collation; null for the default.</param>
/// <param name="Origin">The base table's column that it is, unchanged; null for anything computed.</param>
public sealed record OutputColumn(string Name, SqlType Type, string? Collation = null, ColumnBinding? Origin = null)
{
    /// <summary>The view's column that it is, unchanged: the outermost, where views are over views; null for none.</summary>
    public ViewColumn? View { get; init; }

    /// <summary>Whether it is an array of names of the catalog: PostgreSQL's <c>name[]</c>.</summary>
    public bool IsNames { get; init; }

    /// <summary>Whether every value has the length, or precision and scale, that the type says: what is computed has none in PostgreSQL.</summary>
    public bool IsMeasured { get; init; }
}

/// <summary>A column of a view.</summary>
/// <param name="View">The view.</param>
/// <param name="Index">0-based place among the view's columns.</param>
public sealed record ViewColumn(ViewName View, int Index);

/// <summary>Something in FROM that columns can be taken from: a base table, a query, a function, a common table.</summary>
public sealed class Relation
{
    /// <summary>The node in FROM, or the target of a write.</summary>
    public required SqlNode Node { get; init; }

    /// <summary>The name it goes by; empty for a query without an alias.</summary>
    public required string Alias { get; init; }

    /// <summary>The base table; null for anything else.</summary>
    public TableSchema? Table { get; init; }

    /// <summary>The common table that it is a use of; null for anything else.</summary>
    public CommonTable? Common { get; init; }

    /// <summary>The columns it gives, in order; null if nobody can know (a virtual table).</summary>
    public IReadOnlyList<OutputColumn>? Columns { get; init; }

    /// <summary>How many of the last <see cref="Columns"/> only their names can name: a star and NATURAL do not.</summary>
    public int HiddenColumns { get; init; }

    /// <summary>The point or period in time that the base table is read at; null for the present (SEMANTICS S5.3: each use is a relation of its own).</summary>
    public SystemTime? Time => (Node as TableRef)?.Time;

    /// <summary>The columns that a star stands for: the first ones.</summary>
    internal int StarColumns => (Columns?.Count ?? 0) - HiddenColumns;
}

/// <summary>One SELECT core, or one INSERT, UPDATE or DELETE: what a scope of names belongs to.</summary>
public sealed class QueryBlock
{
    /// <summary>The node: <see cref="SelectCore"/>, <see cref="InsertStatement"/>, <see cref="UpdateStatement"/>, <see cref="DeleteStatement"/>.</summary>
    public required SqlNode Node { get; init; }

    /// <summary>The block around it whose columns it may use; null for none.</summary>
    public QueryBlock? Parent { get; init; }

    /// <summary>What stands in its FROM, in order of the text; the target of a write comes first.</summary>
    public List<Relation> Relations { get; } = [];
}

/// <summary>The column that a name stands for.</summary>
/// <param name="Block">The block whose FROM it comes from: the block of the name itself, or one around it.</param>
/// <param name="Relation">The relation.</param>
/// <param name="Index">0-based place among the relation's columns.</param>
public sealed record ColumnBinding(QueryBlock Block, Relation Relation, int Index)
{
    /// <summary>The base table's column; null for anything computed, and for what a period in time adds.</summary>
    public ColumnSchema? Column => Relation.Table is { } table && Index < table.Columns.Count ? table.Columns[Index] : null;
}
