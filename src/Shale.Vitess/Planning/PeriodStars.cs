using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Names the columns of stars in statements that read tables in periods: a star does not stand for the columns of a period, but where rows are put together again these are columns like others.
/// </summary>
internal static class PeriodStars
{
    /// <summary>Whether a statement reads a table in a period.</summary>
    public static bool AreIn(Statement statement) => SqlTree.Any(statement, node => node is SystemTime { IsPeriod: true });

    /// <summary>The statement without stars among its outputs. TT_NOT_SUPPORTED (0A000) for joins that find their columns by themselves.</summary>
    /// <param name="statement">A statement for which <see cref="AreIn"/> holds.</param>
    /// <param name="binding">What its names mean.</param>
    public static Statement Replace(Statement statement, Binding binding)
    {
        if (SqlTree.Any(statement, node => node is Join { Natural: true } or Join { Using.Count: > 0 })) throw Refused("a join with NATURAL or USING", "Write ON.");
        return (Statement)new Mapper(binding).Map(statement);
    }

    private static VitessException Refused(string what, string hint) => new(ErrorCodes.TimeTravelNotSupported, $"{what} is not built yet over shards in a statement that reads a period", hint: hint);

    private sealed class Mapper(Binding binding) : NodeMapper
    {
        public override SqlNode Map(SqlNode node)
        {
            var mapped = node.MapChildren(this);
            return mapped is SelectCore core && node is SelectCore old && old.Items.Any(item => item.Value is Star)
                ? core with { Items = [.. core.Items.SelectMany((item, i) => old.Items[i].Value is Star star ? Columns(star) : [item])] }
                : mapped;
        }

        private IEnumerable<SelectItem> Columns(Star star) => binding.Expand(star).Select(each => each is { Index: >= 0, Relation: { Columns: { } columns, Alias.Length: > 0 } relation }
            ? new SelectItem(new ColumnRef(null, new Identifier(relation.Alias, true), new Identifier(columns[each.Index].Name, true)), null)
            : throw Refused("this star", "Name the columns."));
    }
}
