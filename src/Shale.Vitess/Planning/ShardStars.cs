using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Names the columns of stars in a statement for PostgreSQL's shards. There it may wait behind another session's ALTER TABLE: a star would give other columns then than its client has been told of, and a write would
/// be done and fail with that.
/// </summary>
internal sealed class ShardStars : NodeMapper
{
    private readonly Binding _binding;
    private readonly HashSet<SqlNode> _unseen;

    private ShardStars(Binding binding)
    {
        _binding = binding;
        _unseen = new HashSet<SqlNode>(SqlTree.All<Exists>(binding.Statement).Select(exists => exists.Query.Body), ReferenceEqualityComparer.Instance);
    }

    /// <summary>The statement without stars, bound; the same where there are none, or where it would not give the same columns.</summary>
    /// <param name="binding">What its names mean.</param>
    /// <param name="bind">Binds another one as it was bound.</param>
    public static Binding Name(Binding binding, Func<Statement, Binding> bind)
    {
        if (!StarColumns.AreIn(binding.Statement)) return binding;
        var named = new ShardStars(binding).Map(binding.Statement);
        return ReferenceEquals(named, binding.Statement) || !TryBind(named, bind, out var again) || !GivesTheSame(again, binding) ? binding : again;
    }

    /// <inheritdoc/>
    public override SqlNode Map(SqlNode node) => (node, node.MapChildren(this)) switch
    {
        // What EXISTS gives nobody gets to see.
        (SelectCore old, SelectCore core) when !_unseen.Contains(old) => StarColumns.Replace(old, core, ColumnsOf),
        (InsertStatement old, InsertStatement insert) => Returning(old.Returning, insert.Returning) is var items && ReferenceEquals(items, insert.Returning) ? insert : insert with { Returning = items },
        (UpdateStatement old, UpdateStatement update) => Returning(old.Returning, update.Returning) is var items && ReferenceEquals(items, update.Returning) ? update : update with { Returning = items },
        (DeleteStatement old, DeleteStatement delete) => Returning(old.Returning, delete.Returning) is var items && ReferenceEquals(items, delete.Returning) ? delete : delete with { Returning = items },
        (Join { Natural: true } old, Join join) => PeriodStars.Named(join, _binding.JoinColumnsOf(old)),
        var (_, mapped) => mapped,
    };

    private NodeList<SelectItem> Returning(NodeList<SelectItem> old, NodeList<SelectItem> items) => StarColumns.Replace(old, items, ColumnsOf);

    // No ALTER TABLE changes what a function gives. Where two relations have one name it says which of them no longer.
    private List<SelectItem> ColumnsOf(Star star)
    {
        var relations = _binding.Expand(star).Select(column => column.Relation).ToHashSet();
        return relations.All(relation => relation.Node is FunctionTable) || relations.Any(SharesItsName) ? [] : StarColumns.Of(star, _binding);
    }

    private bool SharesItsName(Relation relation) => _binding.Blocks.Any(block => block.Relations.Contains(relation) && block.Relations.Count(other => other.Alias == relation.Alias) > 1);

    private static bool TryBind(SqlNode statement, Func<Statement, Binding> bind, out Binding bound)
    {
        try
        {
            bound = bind((Statement)statement);
            return true;
        }
        catch (VitessException)
        {
            bound = null!;
            return false;
        }
    }

    private static bool GivesTheSame(Binding named, Binding binding) => named.Outputs.Select(output => (output.Name, output.Type)).SequenceEqual(binding.Outputs.Select(output => (output.Name, output.Type)));
}
