using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Says in words and rows how a plan runs and where it goes: for VEXPLAIN, and for the seed's route() and plan().</summary>
internal static class PlanDescription
{
    /// <summary>The rows of VEXPLAIN PLAN: one for each moment of the past, then for each statement and shard. Without values, the shards are those that could be meant.</summary>
    public static RowSet Rows(StatementPlan plan, SqlValue[]? values, GateSession session, IReadOnlyList<KeyspaceCut> cuts)
    {
        var rows = new List<string?[]>();
        for (var i = 0; i < cuts.Count; i++) rows.Add(["cut", null, PastNames.Of(cuts[i].Keyspace.Name, i + 1), cuts[i].Description]);
        foreach (var step in StepsWithLookups(plan, values, session)) rows.Add([step.Tier, step.Where, step.Table, step.Sql]);
        return SchemaLists.Text(["tier", "shard", "table", "sql"], rows);
    }

    /// <summary>The plan before values are known.</summary>
    public static PlanInfo InfoOf(StatementPlan? plan, GateSession session)
    {
        if (plan is null) return new PlanInfo("gate", "gate", null, []);
        var steps = StepsWithLookups(plan, null, session).Select(step => new PlanStep(step.Where == "gate" ? "gate" : "shard", step.Sql, step.Table)).Distinct().ToList();
        var select = (plan as QueryPlan)?.Select;
        var otherwise = select is SingleShardPlan single && HasOtherwise(single) ? single.Otherwise.Tier : null;
        return new PlanInfo(TypeOf(plan, session), select?.Tier ?? "T0", otherwise, steps);
    }

    /// <summary>Where a statement goes with these values.</summary>
    public static Route RouteOf(StatementPlan? plan, SqlValue[] values, GateSession session, Statement statement)
    {
        var table = SqlTree.All<TableRef>(statement) is [var first, ..] ? first.Name.Name.Name : (statement as InsertStatement)?.Table.Name.Name;
        IReadOnlyList<string> shards = plan is null ? [] : ShardsOf(plan, values, session);
        return new Route(session.Keyspace.Name, shards, shards.Count > 1, table);
    }

    /// <summary>The shards that a statement goes to with these values.</summary>
    public static IReadOnlyList<string> ShardsOf(StatementPlan plan, SqlValue[] values, GateSession session) =>
        [.. StepsOf(plan, values, session).Select(step => step.Where).Where(where => where != "gate").Distinct()];

    /// <summary>The shards on which rows are looked for: of an INSERT those that its query reads; of a reference table's change none, since all must change.</summary>
    public static IReadOnlyList<string> ReadShardsOf(StatementPlan plan, SqlValue[] values, GateSession session) => plan switch
    {
        InsertPlan { Source: { } source } => [.. StepsOf(source, values, session).Select(step => step.Where).Where(where => where != "gate").Distinct()],
        InsertPlan or DirectWritePlan { Broadcast: true } or RowChangePlan { Place.IsReference: true } => [],
        _ => ShardsOf(plan, values, session),
    };

    private static string TypeOf(StatementPlan plan, GateSession session)
    {
        if (session.Keyspace.Shards.Length == 1) return "unsharded";
        return plan switch
        {
            QueryPlan { Select: SingleShardPlan single } when !HasOtherwise(single) => "single_shard",
            QueryPlan { Select: SingleShardPlan { Routing.Uses: [{ Constraint: KeyNarrowing.Equal }] } } => "single_shard",
            QueryPlan { Select: SingleShardPlan { Routing.IsByOneEntry: true } } => "lookup",
            QueryPlan { Select: SingleShardPlan single } => TypeOf(single.Otherwise),
            QueryPlan query => TypeOf(query.Select),
            RowChangePlan => "assembly",
            DirectWritePlan { Target.Uses: [{ Constraint: KeyNarrowing.Equal }] } => "single_shard",
            InsertPlan => "insert",
            _ => "scatter",
        };
    }

    private static string TypeOf(SelectPlan plan) => plan switch
    {
        ScatterPlan { Merge.Final.Sql: var sql } when sql.Contains("sum(", StringComparison.Ordinal) || sql.Contains("min(", StringComparison.Ordinal)
            || sql.Contains("max(", StringComparison.Ordinal) => "scatter_aggregate",
        ScatterPlan => "scatter",
        _ => "assembly",
    };

    private static bool HasOtherwise(SingleShardPlan plan) => plan.Routing.Keyspace.Shards.Length > 1 && plan.Routing.Uses.Count > 0;

    /// <summary>The entries of lookup vindexes that are read first, then what the statement does.</summary>
    private static IEnumerable<Step> StepsWithLookups(StatementPlan plan, SqlValue[]? values, GateSession session) =>
        [.. plan.Lookups.SelectMany(read => StepsOf(read, values, session)), .. StepsOf(plan, values, session)];

    private static IEnumerable<Step> StepsOf(LookupRead read, SqlValue[]? values, GateSession session)
    {
        var all = session.Tablets.Of(read.Entries.Keyspace);
        IEnumerable<string> shards = values is not null ? (read.Bind(values) ?? []).Select(each => all[each.Shard].Shard)
            : read.KeyCount == 1 ? ["one"] : all.Select(tablet => tablet.Shard);
        return shards.Select(shard => new Step("lookup", shard, read.Entries.Table.Name, read.Sql));
    }

    private static IEnumerable<Step> StepsOf(StatementPlan plan, SqlValue[]? values, GateSession session) => plan switch
    {
        QueryPlan query => StepsOf(query.Select, values, session),
        DirectWritePlan direct => StepsOf(direct, values, session),
        InsertPlan insert => StepsOf(insert, values, session),
        RowChangePlan change => StepsOf(change, values, session),
        _ => [],
    };

    private static IEnumerable<Step> StepsOf(SelectPlan plan, SqlValue[]? values, GateSession session)
    {
        switch (plan)
        {
            case SingleShardPlan single:
                var shard = values is not null ? plan.Routing.SingleShard(values) : HasOtherwise(single) ? -1 : 0;
                if (shard >= 0) return [new Step("T0", Name(plan.Routing, shard, session), null, single.Statement.Sql)];
                if (values is null && (single.Routing.Uses is [{ Constraint: KeyNarrowing.Equal }] || single.Routing.IsByOneEntry)) return [new Step("T0", "one", null, single.Statement.Sql)];
                return StepsOf(single.Otherwise, values, session);
            case ScatterPlan scatter:
                var steps = Names(plan.Routing, values, session).Select(name => new Step("T1", name, null, scatter.PerShard.Sql)).ToList();
                if (scatter.Merge is { } merge) steps.Add(new Step("T1", "gate", Merge.Table, merge.Final.Sql));
                return steps;
            case AssemblyPlan assembly:
                return [.. assembly.Fetches.SelectMany(IEnumerable<Step> (fetch) => fetch.Place is null
                    ? [new Step("T2", "gate", fetch.Table, fetch.Statement.Sql)]
                    : [.. fetch.Sources.Select(source => new Step("T2 keys", "gate", fetch.Table, source.Values.Sql)),
                        .. Names(fetch.Routing, values, session).Select(name => new Step("T2", name, fetch.Table, fetch.Statement.Sql))]),
                    new Step("T2", "gate", null, assembly.Final.Sql)];
            default:
                return [];
        }
    }

    private static IEnumerable<Step> StepsOf(DirectWritePlan plan, SqlValue[]? values, GateSession session)
    {
        if (plan.All is { } all && (values is null || all.SingleShard(values) < 0)) return StepsOf(plan.Otherwise!.Value, values, session);
        var names = plan.Broadcast ? [.. session.Tablets.Of(plan.Target.Keyspace).Select(tablet => tablet.Shard)] : Names(plan.Target, values, session);
        return names.Select(name => new Step(names.Count == 1 ? "T0" : "T1", name, null, plan.Statement.Sql));
    }

    private static IEnumerable<Step> StepsOf(InsertPlan plan, SqlValue[]? values, GateSession session)
    {
        var all = session.Tablets.Of(plan.Place.Keyspace);
        var before = plan.Source is null ? [] : StepsOf(plan.Source, values, session);
        IEnumerable<int> shards = Enumerable.Range(0, plan.Place.IsSharded || plan.Place.IsReference ? all.Length : 1);
        if (values is not null && plan.Source is null && plan.Place.IsSharded && !plan.Template.KeyCells.Contains(plan.Template.AutoCell))
        {
            shards = plan.Rows.Select(row => plan.Place.ShardOfNew(plan.Template.KeyCells.Select(cell => row[cell].Of(values)).ToArray())).Distinct().Order();
        }

        return [.. before, .. shards.Select(shard => new Step("T0", all[shard].Shard, plan.Place.Table.Name, plan.Template.Sql))];
    }

    private static IEnumerable<Step> StepsOf(RowChangePlan plan, SqlValue[]? values, GateSession session)
    {
        var names = plan.Place.IsReference ? [.. session.Tablets.Of(plan.Place.Keyspace).Select(tablet => tablet.Shard)] : Names(plan.Target, values, session);
        return [.. StepsOf(plan.Source, values, session), .. names.Select(name => new Step("T2", name, plan.Place.Table.Name, plan.InPlaceSql))];
    }

    private static string Name(Routing routing, int shard, GateSession session) => session.Tablets.Of(routing.Keyspace)[shard].Shard;

    private static List<string> Names(Routing routing, SqlValue[]? values, GateSession session)
    {
        var all = session.Tablets.Of(routing.Keyspace);
        return values is null ? [.. all.Select(tablet => tablet.Shard)] : [.. routing.ShardsOf(values).Select(shard => all[shard].Shard)];
    }

    private sealed record Step(string Tier, string Where, string? Table, string Sql);
}
