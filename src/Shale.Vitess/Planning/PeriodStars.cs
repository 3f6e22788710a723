using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Names the columns of stars and of NATURAL joins in statements that read tables in periods: neither takes the columns of a period, but where rows are put together again these are columns like others.
/// </summary>
internal static class PeriodStars
{
    /// <summary>Whether a statement reads a table in a period.</summary>
    public static bool AreIn(Statement statement) => SqlTree.Any(statement, node => node is SystemTime { IsPeriod: true });

    /// <summary>The statement without stars among its outputs and without NATURAL. TT_NOT_SUPPORTED (0A000) for a star over a query without a name.</summary>
    /// <param name="statement">A statement for which <see cref="AreIn"/> holds.</param>
    /// <param name="binding">What its names mean.</param>
    public static Statement Replace(Statement statement, Binding binding) => (Statement)new Mapper(binding).Map(statement);

    /// <summary>A NATURAL join as one with USING.</summary>
    /// <param name="join">The join.</param>
    /// <param name="columns">The columns that it merges.</param>
    public static Join Named(Join join, IReadOnlyList<string> columns) => join with
    {
        Natural = false,
        Using = [.. columns.Select(name => new Identifier(name, true))],
        On = columns.Count > 0 || join.Kind == JoinKind.Inner ? null : new Literal(LiteralKind.True),
    };

    private static VitessException Refused(string what, string hint) => new(ErrorCodes.TimeTravelNotSupported, $"{what} is not built yet over shards in a statement that reads a period", hint: hint);

    private sealed class Mapper(Binding binding) : NodeMapper
    {
        public override SqlNode Map(SqlNode node)
        {
            var mapped = node.MapChildren(this);
            return (node, mapped) switch
            {
                (SelectCore old, SelectCore core) => StarColumns.Replace(old, core, Columns),
                (Join { Natural: true } old, Join join) => Named(join, binding.JoinColumnsOf(old)),
                _ => mapped,
            };
        }

        private List<SelectItem> Columns(Star star) => StarColumns.Of(star, binding) is { Count: > 0 } columns ? columns : throw Refused("this star", "Name the columns.");
    }
}
