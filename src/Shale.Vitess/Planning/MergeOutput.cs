using Shale.Sql;

namespace Shale.Vitess;

/// <summary>One column of a query's result, as a merge sees it.</summary>
/// <param name="Value">The expression; null for a column that a star stands for.</param>
/// <param name="Source">The relation's column that it is; null for a computed one.</param>
/// <param name="IsKnown">Whether it is known how it compares.</param>
/// <param name="Collation">The collation it compares with; null for the default.</param>
internal sealed record MergeOutput(Expr? Value, (Relation Relation, int Index)? Source, bool IsKnown, string? Collation)
{
    /// <summary>Those of a block, stars expanded.</summary>
    public static List<MergeOutput> Of(SelectCore core, Binding binding)
    {
        var outputs = new List<MergeOutput>();
        foreach (var item in core.Items)
        {
            if (item.Value is Star star) outputs.AddRange(binding.Expand(star).Select(column => OfStar(column.Relation, column.Index)));
            else outputs.Add(OfValue(item.Value, binding));
        }

        return outputs;
    }

    // The collation of a query's column is that of what it computes, which nobody has followed here.
    private static MergeOutput OfStar(Relation relation, int index) => relation.Table is { } table && index >= 0
        ? new MergeOutput(null, (relation, index), true, table.Columns[index].Collation)
        : new MergeOutput(null, (relation, index), false, null);

    private static MergeOutput OfValue(Expr value, Binding binding)
    {
        var known = Collations.TryOf(value, binding, out var collation);
        var column = value is ColumnRef name ? binding.ColumnOf(name) : null;
        return new MergeOutput(value, column is null ? null : (column.Relation, column.Index), known, collation);
    }
}
