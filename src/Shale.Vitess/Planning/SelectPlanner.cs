using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Plans a SELECT in the engine's dialect: T0 where one shard may turn out to be enough, else T1 where the merge is proved, else T2.
/// </summary>
internal sealed class SelectPlanner(Catalog catalog, SqlDialect engine, LookupReads lookups)
{
    /// <summary>The one use of a rowid that may be fetched from several shards: whoever asks for it knows the shard of each row. Null for none.</summary>
    public ColumnRef? RowIdentity { get; init; }

    /// <summary>Whether the statement is over the gate's own tables alone, and runs at the gate whatever the shards are.</summary>
    public bool IsOverCatalog { get; init; }

    /// <summary>Makes the plan.</summary>
    /// <param name="statement">Bound by <paramref name="binding"/>, views expanded.</param>
    /// <param name="binding">Names and types.</param>
    /// <param name="text">The statement's own text if it may go to an engine as it is; null if the tree has to be printed.</param>
    public SelectPlan Plan(SelectStatement statement, Binding binding, Fragment? text)
    {
        var scope = StatementScope.Of(statement, binding, catalog, lookups);
        scope.RowIdentity = RowIdentity;
        var whole = text is not null && !scope.NamesKeyspaces ? text : Fragment.Print(scope.WithoutKeyspaces(statement), engine);
        if (scope.Keyspaces.Count > 1 || scope.HasGateTables || IsOverCatalog) return Assemble(scope, statement, whole);

        var keyspace = scope.Keyspaces.Count == 1 ? scope.Keyspaces[0] : catalog.Keyspace;
        var routing = new Routing(keyspace, scope.Uses);
        var needsMore = keyspace.Shards.Length > 1 && scope.Uses.Count > 0;
        return new SingleShardPlan(whole, needsMore ? () => PlanSeveral(scope, statement, whole, routing) : null) { Routing = routing };
    }

    private SelectPlan PlanSeveral(StatementScope scope, SelectStatement statement, Fragment whole, Routing routing)
    {
        var assembly = new Lazy<SelectPlan>(() => Assemble(scope, statement, whole));
        return new MergePlanner(scope, engine).TryPlan(statement, whole, routing, assembly) ?? assembly.Value;
    }

    private AssemblyPlan Assemble(StatementScope scope, SelectStatement statement, Fragment whole) =>
        new AssemblyPlanner(scope, engine).Plan(statement, whole, IsOverCatalog);
}
