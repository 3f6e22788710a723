using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Judges whether a query block that runs on each shard alone gives, all shards together, the rows that it gives over all shards: its FROM is partitioned, its subqueries
/// read only rows that stand beside the row they are asked for, and what it groups or numbers stays together because it shares a sharding key.
/// </summary>
internal sealed class Locality(StatementScope scope, SqlDialect engine)
{
    /// <summary>Whether the rows of FROM and the values of its expressions are those of one database; aggregates and windows not looked at.</summary>
    /// <param name="core">The block.</param>
    /// <param name="orderBy">The ORDER BY that belongs to it.</param>
    /// <param name="anchors">The sharded tables whose rows are never null-extended.</param>
    public bool HasLocalRows(SelectCore core, NodeList<OrderItem> orderBy, out IReadOnlyList<Relation> anchors)
    {
        var found = new Distribution(scope, scope.ClassesOf(scope.Binding.BlockOf(core)), this).AnchorsOf(core.From);

        // A FULL JOIN null-extends both its sides: no key of theirs is in every row.
        anchors = found is null || core.From.Any(table => SqlTree.Any(table, node => node is Join { Kind: JoinKind.Full })) ? [] : found;
        return found is not null && HasLocalSubqueries(core, orderBy, anchors);
    }

    /// <summary>Whether a query gives on each shard its part of what it gives over all: one block, or a UNION ALL of such.</summary>
    public bool IsLocal(SelectStatement query) => query is { With: null, Limit: null, Offset: null, WithTies: false } && IsLocal(query, query.Body);

    private bool IsLocal(SelectStatement query, QueryBody body) => body switch
    {
        SetOperation { Operator: SetOperator.Union, All: true } union => IsLocal(query, union.Left) && IsLocal(query, union.Right),
        SelectCore core => IsLocal(query, core),
        _ => false,
    };

    /// <summary>Whether one block of a query, without LIMIT, gives on each shard its part of what it gives over all.</summary>
    /// <param name="query">The query, for its ORDER BY.</param>
    /// <param name="core">The block.</param>
    public bool IsLocal(SelectStatement query, SelectCore core)
    {
        if (core.DistinctOn.Count > 0 || core.Distinct) return false;
        if (!HasLocalRows(core, query.OrderBy, out var anchors) || !WindowsStayTogether(query, core, anchors)) return false;
        return !IsAggregate(query, core) || GroupsStayTogether(core, anchors);
    }

    /// <summary>Whether rows that are equal are on one shard, whichever of the blocks gives them: at some place of the result each has the sharding key of a table.</summary>
    public bool ShareKeys(SelectStatement query, List<SelectCore> blocks)
    {
        var keys = blocks.ConvertAll(block => KeyOutputs(query, block));
        return keys[0].Exists(first => keys.TrueForAll(outputs => outputs.Exists(output => output.Place == first.Place
            && scope.PlaceOf(first.Column.Relation)!.IsColocatedWith(scope.PlaceOf(output.Column.Relation)!) && ShardKey.AreComparable(first.Column.Column!, output.Column.Column!))));
    }

    private List<(int Place, ColumnBinding Column)> KeyOutputs(SelectStatement query, SelectCore core)
    {
        var found = new List<(int, ColumnBinding)>();
        if (!HasLocalRows(core, query.OrderBy, out var anchors)) return found;
        var block = scope.Binding.BlockOf(core);
        var outputs = MergeOutput.Of(core, scope.Binding);
        for (var i = 0; i < outputs.Count; i++)
        {
            if (outputs[i].Source is { Index: >= 0 } source && anchors.Contains(source.Relation) && IsKey(new ColumnBinding(block, source.Relation, source.Index))) found.Add((i, new ColumnBinding(block, source.Relation, source.Index)));
        }

        return found;
    }

    /// <summary>Whether a block computes aggregates.</summary>
    public bool IsAggregate(SelectStatement statement, SelectCore core) =>
        core.GroupBy.Count > 0 || core.Having is not null || Aggregates.In(core.Items, engine) || Aggregates.In(statement.OrderBy, engine);

    /// <summary>Whether all rows of a group are on one shard: the sharding key of a table is among what is grouped by.</summary>
    public bool GroupsStayTogether(SelectCore core, IReadOnlyList<Relation> anchors) =>
        !core.GroupByDistinct && HoldsKey(core, [.. core.GroupBy.Select(key => scope.GroupKey(key, core))], anchors);

    /// <summary>Whether all rows of each window's partition are on one shard.</summary>
    public bool WindowsStayTogether(SelectStatement statement, SelectCore core, IReadOnlyList<Relation> anchors)
    {
        if (core.Windows.Count > 0) return false;
        return Own<FunctionCall>(core.Items).Concat(Own<FunctionCall>(statement.OrderBy)).All(call =>
            call.Over is not { } window || (window is { Base: null, NameOnly: false } && HoldsKey(core, window.PartitionBy, anchors)));
    }

    private bool HoldsKey(SelectCore core, IReadOnlyList<Expr> keys, IReadOnlyList<Relation> anchors)
    {
        var classes = scope.ClassesOf(scope.Binding.BlockOf(core));
        var columns = keys.OfType<ColumnRef>().Select(scope.Binding.ColumnOf).OfType<ColumnBinding>().Where(column => column.Column is not null).ToList();
        return anchors.Any(anchor => scope.PlaceOf(anchor)!.ShardColumns.All(key => columns.Exists(column =>
            (ReferenceEquals(column.Relation, anchor) && column.Index == key) || classes.AreEqual(column.Relation, column.Index, anchor, key))));
    }

    private bool HasLocalSubqueries(SelectCore core, NodeList<OrderItem> orderBy, IReadOnlyList<Relation> anchors)
    {
        if (SqlTree.All<Join>(core, node => node is not SelectStatement).Any(join => join.On is not null && scope.UsesShards(join.On))) return false;
        var around = scope.Binding.BlockOf(core).Relations.Where(IsSharded).ToList();
        var parts = new List<SqlNode>([.. core.Items, .. core.GroupBy, .. orderBy]);
        if (core.Where is not null) parts.Add(core.Where);
        if (core.Having is not null) parts.Add(core.Having);
        var keyed = parts.SelectMany(part => SqlTree.All<InQuery>(part, node => node is not SelectStatement)).Where(test => IsAmongKeys(test, anchors)).ToList();
        return parts.TrueForAll(part => SqlTree.All<SelectStatement>(part, node => node is not SelectStatement).All(query =>
            !scope.UsesShards(query) || keyed.Exists(test => ReferenceEquals(test.Query, query)) || IsTied(query, around)));
    }

    /// <summary>Whether every row on shards that a subquery can use has the sharding key of a row around it.</summary>
    private bool IsTied(SelectStatement query, IReadOnlyList<Relation> around) => query.With is null && IsTied(query.Body, query.OrderBy, around, null);

    private bool IsTied(QueryBody body, NodeList<OrderItem> orderBy, IReadOnlyList<Relation> around, Relation? tied) => body switch
    {
        SetOperation operation => IsTied(operation.Left, orderBy, around, null) && IsTied(operation.Right, orderBy, around, null),
        NestedQuery nested => IsTied(nested.Query, around),
        SelectCore core => IsTied(core, orderBy, around, tied),
        _ => !scope.UsesShards(body),
    };

    private bool IsTied(SelectCore core, NodeList<OrderItem> orderBy, IReadOnlyList<Relation> around, Relation? tied)
    {
        var block = scope.Binding.BlockOf(core);
        if (SqlTree.All<DerivedTable>(core, node => node is not SelectStatement).Any(table => scope.UsesShards(table.Query))) return false;
        var open = block.Relations.Where(IsOnShards).Where(relation => !ReferenceEquals(relation, tied)).ToList();
        var known = new List<Relation>(around);
        if (tied is not null) known.Add(tied);
        var classes = scope.ClassesOf(block);
        while (open.Find(relation => known.Exists(other => scope.HaveEqualKeys(relation, other, classes))) is { } next)
        {
            open.Remove(next);
            known.Add(next);
        }

        if (open.Count > 0) return false;
        var inner = SqlTree.All<SelectStatement>(core, node => node is not SelectStatement).Concat(orderBy.SelectMany(item => SqlTree.All<SelectStatement>(item, node => node is not SelectStatement)));
        return inner.All(query => !scope.UsesShards(query) || IsTied(query, known));
    }

    // key IN (SELECT key …): the row that would match is on the same shard. Neither side can be NULL, so that no answer is unknown.
    private bool IsAmongKeys(InQuery test, IReadOnlyList<Relation> anchors)
    {
        if (test.Query is not { With: null, Limit: null, Offset: null, Body: SelectCore { Having: null, GroupBy.Count: 0, Items: [{ Value: ColumnRef output }] } core }) return false;
        if (ColumnOf(test.Operand) is not { } key || ColumnOf(output) is not { } found || !anchors.Contains(key.Relation)) return false;
        if (core.From.Any(table => SqlTree.Any(table, node => node is Join { Kind: not (JoinKind.Inner or JoinKind.Cross) }))) return false;
        if (!scope.Binding.BlockOf(core).Relations.Contains(found.Relation) || !IsKey(key) || !IsKey(found)) return false;
        return scope.PlaceOf(key.Relation)!.IsColocatedWith(scope.PlaceOf(found.Relation)!) && ShardKey.AreComparable(key.Column!, found.Column!)
            && IsTied(core, test.Query.OrderBy, [], found.Relation);
    }

    private bool IsKey(ColumnBinding column) => IsSharded(column.Relation) && scope.PlaceOf(column.Relation)!.ShardColumns is [var key] && key == column.Index;

    private bool IsSharded(Relation relation) => scope.PlaceOf(relation) is { IsSharded: true };

    private bool IsOnShards(Relation relation) => scope.PlaceOf(relation) is { IsReference: false } || (relation.Table is not null && scope.PlaceOf(relation) is null);

    private ColumnBinding? ColumnOf(Expr expression) => expression is ColumnRef name && scope.Binding.ColumnOf(name) is { Column: not null } column ? column : null;

    private static IEnumerable<T> Own<T>(IEnumerable<SqlNode> parts)
        where T : SqlNode => parts.SelectMany(part => SqlTree.All<T>(part, node => node is not SelectStatement));
}
