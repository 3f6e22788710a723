using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Plans T1: one query block over partitioned tables, run on each shard, with a merge that is exact: concatenation, ORDER BY with LIMIT and
/// OFFSET, DISTINCT, or partial aggregates (SEMANTICS S3.5). The merge runs in a scratch database of the engine, so that order, equality and
/// arithmetic are the engine's own. Whatever is not proved here is left to T2.
/// </summary>
internal sealed class MergePlanner(StatementScope scope, SqlDialect engine)
{
    /// <summary>Makes the plan; null if T1 is not proved.</summary>
    public ScatterPlan? TryPlan(SelectStatement statement, Fragment whole, Routing routing, Lazy<SelectPlan> assembly)
    {
        if (statement.With is not null || statement.WithTies || !IsTheSameEverywhere(statement)) return null;
        var locality = new Locality(scope, engine);
        if (statement.Body is SetOperation operation) return new SetMerge(scope, engine, locality).TryPlan(statement, operation) is { } found ? Scatter(found) : null;
        if (statement.Body is not SelectCore core || core.DistinctOn.Count > 0 || !locality.HasLocalRows(core, statement.OrderBy, out var anchors) || !locality.WindowsStayTogether(statement, core, anchors)) return null;

        var computes = locality.IsAggregate(statement, core) && !locality.GroupsStayTogether(core, anchors);
        var parts = computes
            ? new AggregateMerge(scope, engine).TryPlan(statement, core)
            : new RowMerge(scope, engine).TryPlan(statement, core);
        return parts is null ? null : Scatter(parts, computes);

        ScatterPlan Scatter(Parts made, bool computes = false) => new() { Computes = computes, Routing = routing, PerShard = made.PerShard ?? whole, Merge = made.Merge, Assembly = assembly };
    }

    /// <summary>Nothing volatile, and nothing that differs from shard to shard.</summary>
    private bool IsTheSameEverywhere(SelectStatement statement) => !SqlTree.Any(statement, node => node switch
    {
        FunctionCall { Over: null } call when !FunctionCatalog.IsAggregate(call, engine) => FunctionCatalog.VolatilityOf(call, engine) == Volatility.Volatile,
        InTable => true,
        ColumnRef column => !ReferenceEquals(column, scope.RowIdentity) && scope.Binding.IsRowId(column, out _),
        _ => false,
    });

    /// <summary>The two halves of a T1.</summary>
    /// <param name="PerShard">What each shard runs; null for the statement as it is.</param>
    /// <param name="Merge">What makes the result; null for concatenation.</param>
    internal sealed record Parts(Fragment? PerShard, Merge? Merge);
}
