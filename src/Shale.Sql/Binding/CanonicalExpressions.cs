namespace Shale.Sql;

/// <summary>Expressions of one block in a form that is equal where they mean the same column, however it was named.</summary>
public sealed class CanonicalExpressions(Binding binding, QueryBlock block) : IEqualityComparer<Expr>
{
    private readonly Dictionary<Relation, int> _numbers = new(ReferenceEqualityComparer.Instance);

    /// <summary>The form of an expression.</summary>
    public Expr Of(Expr expression) => SqlTree.Rewrite(expression, node =>
        node is ColumnRef name && binding.ColumnOf(name) is { } column && IsAround(column.Block) ? Of(column.Relation, column.Index) : null);

    /// <summary>The form of a column.</summary>
    public ColumnRef Of(Relation relation, int index)
    {
        if (!_numbers.TryGetValue(relation, out var number)) _numbers[relation] = number = _numbers.Count;
        return new ColumnRef(null, new Identifier("#" + number), new Identifier("#" + index));
    }

    /// <inheritdoc/>
    public bool Equals(Expr? x, Expr? y) => x is null || y is null ? x is null && y is null : x.GetType() == y.GetType() && Of(x).Equals(Of(y));

    /// <inheritdoc/>
    public int GetHashCode(Expr obj) => Of(obj).GetHashCode();

    // Columns of a subquery's own FROM stay as they are written: two subqueries that say the same are the same.
    private bool IsAround(QueryBlock other)
    {
        for (var at = block; at is not null; at = at.Parent)
            if (ReferenceEquals(at, other)) return true;
        return false;
    }
}
