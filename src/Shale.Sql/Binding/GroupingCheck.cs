namespace Shale.Sql;

/// <summary>PostgreSQL's 42803: in a grouped query every column outside an aggregate must be grouped, or depend on what is.</summary>
internal sealed class GroupingCheck(Binding binding, SelectCore core, Scope scope, OutputNames outputs, NodeList<OrderItem> orderBy)
{
    private readonly List<Expr> _groups = [];
    private readonly HashSet<Relation> _whole = new(ReferenceEqualityComparer.Instance);
    private readonly CanonicalExpressions _canonical = new(binding, scope.Block);

    public void Run()
    {
        if (core.GroupBy.Count == 0 && core.Having is null && scope.Aggregates.Count == 0) return;
        foreach (var item in core.GroupBy) AddGroup(item);
        foreach (var relation in scope.Block.Relations) AddWhole(relation);
        foreach (var item in core.Items) CheckItem(item);
        if (core.Having is not null) Check(core.Having);
        foreach (var item in core.DistinctOn) Check(item);
        foreach (var item in orderBy) Check(item.Value);
    }

    private void AddGroup(Expr item)
    {
        switch (item)
        {
            case GroupingSet set:
                foreach (var inner in set.Items) AddGroup(inner);
                break;
            case RowConstructor { Keyword: false } row:
                foreach (var inner in row.Items) AddGroup(inner);
                break;
            case Literal { Kind: LiteralKind.Integer } number when int.TryParse(number.Text, out var ordinal):
                if (outputs.Items[ordinal - 1].Value is Star star) AddStarColumn(star, ordinal - 1);
                else AddExpression(outputs.Items[ordinal - 1].Value);
                break;
            case ColumnRef name when binding.OutputAliasOf(name) is { Value: var value }:
                AddExpression(value);
                break;
            default:
                AddExpression(item);
                break;
        }
    }

    private void AddExpression(Expr item)
    {
        if (scope.Aggregates.Any(call => SqlTree.Any(item, node => ReferenceEquals(node, call))))
            throw SqlErrors.Grouping("aggregate functions are not allowed in GROUP BY", item);
        _groups.Add(_canonical.Of(item));
    }

    private void AddStarColumn(Star star, int output)
    {
        var first = 0;
        while (!ReferenceEquals(outputs.Items[first].Value, star)) first++;
        var column = binding.ExpandMerged(star)[output - first];
        _groups.Add(_canonical.Of(column.Relation, column.Index));
    }

    // A table whose whole primary key is grouped gives one row a group: all its columns may be used.
    private void AddWhole(Relation relation)
    {
        if (relation.Table is not { PrimaryKey: { Count: > 0 } key } || relation.Time is { IsPeriod: true }) return;
        foreach (var name in key)
        {
            var index = -1;
            for (var i = 0; i < relation.Table.Columns.Count; i++)
                if (relation.Table.Columns[i].Name == name) index = i;
            if (!_groups.Contains(_canonical.Of(relation, index))) return;
        }

        _whole.Add(relation);
    }

    private void CheckItem(SelectItem item)
    {
        if (item.Value is not Star star)
        {
            Check(item.Value);
            return;
        }

        foreach (var column in binding.ExpandMerged(star))
        {
            if (_whole.Contains(column.Relation) || _groups.Contains(_canonical.Of(column.Relation, column.Index))) continue;
            throw Ungrouped(column.Relation.Alias + "." + column.Name, star);
        }
    }

    private void Check(Expr expression) => new Walker(this).Map(expression);

    // Rewriting is dear: only what could be equal is looked at.
    private bool IsGrouped(Expr expression) => _groups.Exists(group => MayEqual(group, expression)) && _groups.Contains(_canonical.Of(expression));

    private static bool MayEqual(Expr group, Expr expression) =>
        group.GetType() == expression.GetType() && (group is not Binary binary || binary.Op == ((Binary)expression).Op);

    private bool Allowed(ColumnBinding column) =>
        !ReferenceEquals(column.Block, scope.Block) || _whole.Contains(column.Relation) || _groups.Contains(_canonical.Of(column.Relation, column.Index));

    private static VitessException Ungrouped(string name, SqlNode at) =>
        SqlErrors.Grouping($"column \"{name}\" must appear in the GROUP BY clause or be used in an aggregate function", at);

    private bool IsClosed(SqlNode node)
    {
        if (node is FunctionCall call && scope.Aggregates.Contains(call, ReferenceEqualityComparer.Instance)) return true;
        if (node is FunctionCall { Name.Name.Name: "grouping" }) return true;
        if (node is Expr expression and not Literal && IsGrouped(expression)) return true;
        if (node is ColumnRef name && binding.ColumnOf(name) is { } column && !Allowed(column))
            throw Ungrouped(column.Relation.Alias + "." + name.Column.Name, name);
        return false;
    }

    private sealed class Walker(GroupingCheck check) : SqlWalker
    {
        protected override bool Visit(SqlNode node) => !check.IsClosed(node);
    }
}
