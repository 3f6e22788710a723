using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Writes a view's query so that its names go on meaning what they mean when it is made, as in PostgreSQL, whatever columns its tables get afterwards: a star is its columns, NATURAL is USING, a name that another
/// relation could take has its own relation's in front, and GROUP BY of a column of the result is by its place.
/// </summary>
internal sealed class ViewNames : NodeMapper
{
    private readonly Binding _binding;
    private readonly Stack<QueryBlock> _around = new();

    private ViewNames(Binding binding) => _binding = binding;

    /// <summary>The view with settled names, and with one for each of its columns if it names some; the same node where nothing is to be settled. A query whose names cannot be written so stays as it is.</summary>
    /// <param name="view">The view, in dialect postgres.</param>
    /// <param name="binding">What the names of its query mean, views expanded.</param>
    /// <param name="catalog">Where it is made.</param>
    public static CreateViewStatement Settle(CreateViewStatement view, Binding binding, Catalog catalog)
    {
        var query = new ViewNames(binding).Map((SelectStatement)binding.Statement);
        if (query != view.Query && MeansTheSame(view with { Query = query }, binding, catalog)) view = view with { Query = query };
        if (view.Columns.Count == 0 || view.Columns.Count >= binding.Outputs.Count) return view;
        return view with { Columns = [.. view.Columns, .. binding.Outputs.Skip(view.Columns.Count).Select(output => new Identifier(output.Name, true))] };
    }

    /// <inheritdoc/>
    public override SqlNode Map(SqlNode node) => node switch
    {
        DerivedTable { StandsFor: { } name } => name,
        SelectStatement { Body: SelectCore core } => Inside(core, node),
        SelectCore core => Grouped(core, WithoutStars(core, (SelectCore)Inside(core, node))),
        Join { Natural: true } join => PeriodStars.Named((Join)join.MapChildren(this), _binding.JoinColumnsOf(join)),
        ColumnRef column => Named(column),
        _ => node.MapChildren(this),
    };

    // As it will be read.
    private static bool MeansTheSame(CreateViewStatement settled, Binding binding, Catalog catalog)
    {
        try
        {
            var read = (CreateViewStatement)SqlParser.Parse(SqlPrinter.Print(settled, binding.Dialect), binding.Dialect);
            var again = Binder.Bind(new ViewExpander(catalog).ExpandPresent(read.Query), binding.Dialect, catalog);
            return again.Outputs.Select(output => (output.Name, output.Type)).SequenceEqual(binding.Outputs.Select(output => (output.Name, output.Type)));
        }
        catch (VitessException)
        {
            return false;
        }
    }

    // What is ordered by stands outside of the core, and sees the same.
    private SqlNode Inside(SelectCore core, SqlNode node)
    {
        _around.Push(_binding.BlockOf(core));
        var mapped = node.MapChildren(this);
        _around.Pop();
        return mapped;
    }

    private SelectCore WithoutStars(SelectCore old, SelectCore core) => StarColumns.Replace(old, core, star => StarColumns.Of(star, _binding));

    // GROUP BY takes a column of the tables for the name before it takes one of the result.
    private SelectCore Grouped(SelectCore old, SelectCore core) => !old.GroupBy.Any(item => PlaceOf(item) is not null) ? core
        : core with { GroupBy = [.. core.GroupBy.Select((item, i) => PlaceOf(old.GroupBy[i]) is { } place ? new Literal(LiteralKind.Integer, (place + 1).ToString(CultureInfo.InvariantCulture)) : item)] };

    private int? PlaceOf(Expr item) => item is ColumnRef column ? _binding.OutputIndexOf(column) : null;

    private ColumnRef Named(ColumnRef column)
    {
        if (column.Table is not null || _binding.ColumnOf(column) is not { } meant || !MayBeTaken(meant) || !StarColumns.HasNameFor(meant.Relation, meant.Index)) return column;

        // The column that USING makes of two may be of another type than either.
        return _binding.TypeOf(column) == meant.Relation.Columns![meant.Index].Type ? column with { Table = new Identifier(meant.Relation.Alias, true) } : column;
    }

    /// <summary>Whether another relation could get a column of the name, and whether the relation can be named where the column is.</summary>
    private bool MayBeTaken(ColumnBinding meant)
    {
        foreach (var block in _around)
        {
            if (block.Relations.Any(relation => relation != meant.Relation && relation.Alias == meant.Relation.Alias)) return false;
            if (ReferenceEquals(block, meant.Block)) return block.Relations.Count > 1 || block.Parent is not null || !ReferenceEquals(block, _around.Peek());
        }

        return false;
    }
}
