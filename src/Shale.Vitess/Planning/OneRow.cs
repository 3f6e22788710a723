using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Whether a query reads one row of one table by a key, and does nothing with it that could take long or tell of its transaction: columns, values, and operators that PostgreSQL computes at once. Such queries of
/// several sessions go to a server together (<see cref="SharedReads"/>).
/// </summary>
internal static class OneRow
{
    /// <summary>See the type.</summary>
    /// <param name="select">The query as it runs on its shard.</param>
    /// <param name="binding">What its names mean there.</param>
    public static bool IsReadBy(SelectStatement select, Binding binding) =>
        select is { With: null, Body: SelectCore core } && FewRows.HasKey(core, binding) && !SqlTree.Any(select, node => node is Expr value && !IsPlain(value, binding));

    private static bool IsPlain(Expr value, Binding binding) => value switch
    {
        Literal or Parameter or Star or IsNull or Between or InList or Case or Cast or Unary => true,
        ColumnRef column => binding.ColumnOf(column)?.Column is not null,
        Binary { Op: "=" or "<>" or "<" or "<=" or ">" or ">=" or "AND" or "OR" or "+" or "-" or "*" or "/" or "%" or "||" } => true,
        _ => false,
    };
}
