using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// The collation under which an expression is compared, as far as it is plain: a column's own, a COLLATE on top, or none below. Where SQLite's
/// rules would have to be followed through an expression, nothing is claimed.
/// </summary>
internal static class Collations
{
    /// <summary>Finds the collation (null for the default); false if it is not plain.</summary>
    public static bool TryOf(Expr expression, Binding binding, out string? collation)
    {
        collation = null;
        switch (expression)
        {
            case ColumnRef column:
                if (binding.ColumnOf(column) is not { Column: { } schema }) return false;
                collation = schema.Collation;
                return true;
            case Collate collate:
                collation = collate.Collation.Name.Name;
                return true;
            default:
                return !SqlTree.Any(expression, node => node is Collate or SelectStatement
                    || (node is ColumnRef column && binding.ColumnOf(column) is not { Column.Collation: null }));
        }
    }
}
