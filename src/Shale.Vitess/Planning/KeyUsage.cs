using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What a statement does with one column of a base table.</summary>
/// <param name="Relation">The use of the table.</param>
/// <param name="Column">The column's name.</param>
/// <param name="Use">=, IN, filter, join, group.</param>
/// <param name="With">For a join, the column on the other side.</param>
internal sealed record UsedColumn(Relation Relation, string Column, string Use, string? With = null)
{
    /// <summary>The table.</summary>
    public string Table => TableOf(Relation);

    /// <summary>The column with its table.</summary>
    public string Name => $"{Table}.{Column}";

    /// <summary>Whether one value, or a list of them, stands on the other side.</summary>
    public bool HasValues => Use is "=" or "IN";

    /// <summary>The table that a relation is a use of. One in a period is a relation of Shale's own, which has the name that the statement knows it by.</summary>
    public static string TableOf(Relation relation) => relation.Table!.Name == ShardPeriod.Relation ? relation.Alias : relation.Table.Name;
}

/// <summary>Which columns of base tables filter, join and group in a statement: for VEXPLAIN KEYS, and for advice.</summary>
internal static class KeyUsage
{
    /// <summary>The columns, in order of the text, each use once.</summary>
    public static IReadOnlyList<UsedColumn> Of(Statement statement, Binding binding)
    {
        var found = new List<UsedColumn>();
        foreach (var block in binding.Blocks)
        {
            var conjuncts = new List<Expr>();
            KeyClasses.CollectFiltering(block.Node, conjuncts);
            foreach (var conjunct in conjuncts) Read(conjunct, binding, found);
            if (block.Node is not SelectCore core) continue;
            foreach (var column in core.GroupBy.SelectMany(each => SqlTree.All<ColumnRef>(each))) Add(column, "group", null, binding, found);
        }

        foreach (var join in SqlTree.All<Join>(statement).Where(join => join.Kind != JoinKind.Inner && join.On is not null))
        {
            foreach (var conjunct in Conjuncts.Of(join.On)) Read(conjunct, binding, found);
        }

        return [.. found.Distinct()];
    }

    private static void Read(Expr conjunct, Binding binding, List<UsedColumn> found)
    {
        switch (conjunct)
        {
            case Binary { Op: "=", Left: ColumnRef left, Right: ColumnRef right } when Base(left, binding) is not null && Base(right, binding) is not null:
                Add(left, "join", NameOf(right, binding), binding, found);
                Add(right, "join", NameOf(left, binding), binding, found);
                break;
            case Binary { Op: "=", Left: ColumnRef left } equality when SqlTree.All<ColumnRef>(equality.Right).Count == 0:
                Add(left, "=", null, binding, found);
                break;
            case Binary { Op: "=", Right: ColumnRef right } equality when SqlTree.All<ColumnRef>(equality.Left).Count == 0:
                Add(right, "=", null, binding, found);
                break;
            case InList { Not: false, Operand: ColumnRef column } list when list.Items.All(item => SqlTree.All<ColumnRef>(item).Count == 0):
                Add(column, "IN", null, binding, found);
                break;
            default:
                foreach (var column in SqlTree.All<ColumnRef>(conjunct)) Add(column, "filter", null, binding, found);
                break;
        }
    }

    private static void Add(ColumnRef column, string use, string? with, Binding binding, List<UsedColumn> found)
    {
        if (Base(column, binding) is var (relation, name)) found.Add(new UsedColumn(relation, name, use, with));
    }

    private static string? NameOf(ColumnRef column, Binding binding) => Base(column, binding) is var (relation, name) ? $"{UsedColumn.TableOf(relation)}.{name}" : null;

    private static (Relation Relation, string Name)? Base(ColumnRef column, Binding binding) =>
        binding.ColumnOf(column) is { Relation: { Table: { } table } relation, Index: >= 0 and var index } && index < table.Columns.Count ? (relation, table.Columns[index].Name) : null;
}
