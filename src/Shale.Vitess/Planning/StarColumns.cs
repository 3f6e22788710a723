using Shale.Sql;

namespace Shale.Vitess;

/// <summary>The columns that a star stands for, by their names.</summary>
internal static class StarColumns
{
    /// <summary>Whether a star is among what a statement, or a query in it, gives; <c>count(*)</c> is none.</summary>
    public static bool AreIn(SqlNode node) => SqlTree.Any(node, child => child is SelectItem { Value: Star });

    /// <summary>A query with columns in place of its stars; the same node where no star goes.</summary>
    /// <param name="core">The query as it was bound.</param>
    /// <param name="mapped">The same with what else it is to be.</param>
    /// <param name="columnsOf">What takes the place of a star; empty where it stays.</param>
    public static SelectCore Replace(SelectCore core, SelectCore mapped, Func<Star, IReadOnlyList<SelectItem>> columnsOf) =>
        Replace(core.Items, mapped.Items, columnsOf) is var items && ReferenceEquals(items, mapped.Items) ? mapped : mapped with { Items = items };

    /// <summary>The same for a list of what is given, such as RETURNING.</summary>
    public static NodeList<SelectItem> Replace(NodeList<SelectItem> items, NodeList<SelectItem> mapped, Func<Star, IReadOnlyList<SelectItem>> columnsOf)
    {
        if (!items.Any(item => item.Value is Star)) return mapped;
        return [.. mapped.SelectMany((item, i) => items[i].Value is Star star && columnsOf(star) is { Count: > 0 } columns ? columns : [item])];
    }

    /// <summary>The columns of a star; empty where one of them has no name that reaches it.</summary>
    /// <param name="star">The star.</param>
    /// <param name="binding">What it stands for.</param>
    public static List<SelectItem> Of(Star star, Binding binding)
    {
        var columns = new List<SelectItem>();
        foreach (var (relation, index) in binding.Expand(star))
        {
            if (index < 0 || !HasNameFor(relation, index)) return [];
            columns.Add(new SelectItem(new ColumnRef(null, binding.IsOfBothSides(star, columns.Count) ? null : new Identifier(relation.Alias, true), new Identifier(relation.Columns![index].Name, true)), null));
        }

        return columns;
    }

    /// <summary>Whether a name reaches a column of a relation, and no other of it.</summary>
    public static bool HasNameFor(Relation relation, int index) => relation is { Columns: { } columns, Alias.Length: > 0 } && columns.Count(column => column.Name == columns[index].Name) == 1;
}
