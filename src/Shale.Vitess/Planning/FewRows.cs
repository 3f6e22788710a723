using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Whether a query's text alone says that it gives few rows: then they are taken at once, which costs less than a stream.</summary>
internal static class FewRows
{
    private const long Most = 100;

    /// <summary>One row because of a key or an aggregate, or a LIMIT of a hundred; a wrong no costs a little time, a wrong yes memory.</summary>
    public static bool Gives(SelectStatement select, Binding binding)
    {
        if (select.Limit is Literal { Kind: LiteralKind.Integer } limit && !select.WithTies && long.TryParse(limit.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && rows <= Most) return true;
        if (select.Body is not SelectCore core) return false;
        if (core.From.Count == 0) return core.Items.All(item => !SqlTree.Any(item, node => node is FunctionCall));
        if (core.GroupBy.Count == 0 && Aggregates.In(core.Items, binding.Dialect)) return true;
        return HasKey(core, binding);
    }

    /// <summary>Whether it is of one table, of which it names a row by a key.</summary>
    public static bool HasKey(SelectCore core, Binding binding) => core.From is [TableRef table] && binding.RelationOf(table)?.Table is { } schema && HasKey(core.Where, schema, binding);

    private static bool HasKey(Expr? where, TableSchema table, Binding binding)
    {
        var compared = new HashSet<string>(VSchemaNames.Comparer);
        foreach (var conjunct in Conjuncts.Of(where))
        {
            if (conjunct is not Binary { Op: "=" } equal) continue;
            if (equal.Left is ColumnRef left && IsFixed(equal.Right)) Add(left);
            else if (equal.Right is ColumnRef right && IsFixed(equal.Left)) Add(right);
        }

        return compared.Count > 0 && (table.Keys.Any(key => key.Columns.Count > 0 && key.Columns.All(compared.Contains)) || (table.PrimaryKey.Count > 0 && table.PrimaryKey.All(compared.Contains)));

        void Add(ColumnRef column)
        {
            if (binding.ColumnOf(column)?.Column is { } found) compared.Add(found.Name);
        }
    }

    private static bool IsFixed(Expr value) => !SqlTree.Any(value, node => node is ColumnRef or SelectStatement or FunctionCall);
}
