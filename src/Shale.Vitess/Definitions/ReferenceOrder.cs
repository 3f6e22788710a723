namespace Shale.Vitess;

/// <summary>In which order tables, or their rows, can go one by one: before those that their foreign keys point at.</summary>
internal static class ReferenceOrder
{
    /// <summary>The tables in that order; and whether some refer to one another, so that there is none for these.</summary>
    /// <param name="tables">What stands for tables; one that is not there is as good as any.</param>
    /// <param name="nameOf">The table's name.</param>
    /// <param name="keyspace">Where the tables are.</param>
    public static (List<T> Ordered, bool IsCircle) ChildrenFirst<T>(IEnumerable<T> tables, Func<T, string> nameOf, VKeyspace keyspace)
        where T : class
    {
        var (left, ordered, isCircle) = (tables.ToList(), new List<T>(), false);
        while (left.Count > 0)
        {
            var next = left.Find(table => !left.Exists(other => IsChild(nameOf(other), nameOf(table), keyspace)));
            isCircle |= next is null;
            next ??= left[0];
            left.Remove(next);
            ordered.Add(next);
        }

        return (ordered, isCircle);
    }

    /// <summary>Whether a foreign key of a table points at another.</summary>
    public static bool PointsAt(VTable child, string parent) => child.Schema?.ForeignKeys.Any(key => VSchemaNames.Comparer.Equals(key.Parent, parent)) == true;

    private static bool IsChild(string child, string parent, VKeyspace keyspace) => !VSchemaNames.Comparer.Equals(child, parent) && keyspace.FindTable(child) is { } table && PointsAt(table, parent);
}
