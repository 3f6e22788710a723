using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Plans UPDATE and DELETE in the engine's dialect. Where the statement names only its target, or all its tables lie on one shard, it runs as it is; else
/// a query finds the rows and their new values, and they are changed one by one.
/// </summary>
internal sealed class RowChangePlanner(Catalog catalog, SqlDialect engine, LookupReads lookups)
{
    /// <summary>Plans an UPDATE.</summary>
    public StatementPlan Plan(UpdateStatement update, Binding binding) =>
        Plan(RowChange.Of(update, catalog.Require(update.Table.Name)), binding);

    /// <summary>Plans a DELETE.</summary>
    public StatementPlan Plan(DeleteStatement delete, Binding binding) =>
        Plan(RowChange.Of(delete, catalog.Require(delete.Table.Name)), binding);

    private StatementPlan Plan(RowChange change, Binding binding)
    {
        WrittenRowIds.Refuse(change.Statement, binding, change.Place);
        var scope = StatementScope.Of(change.Statement, binding, catalog, lookups);
        var place = change.Place;
        var touched = OwnerLookups.Of(place, catalog, engine, change.Touches);
        var target = new Routing(place.Keyspace, scope.TargetOf(change.Statement) is { } use ? [use] : []);
        var computed = new Lazy<StatementPlan>(() => new RowChangeByKey(catalog, engine, change, lookups) { Lookups = touched, ParameterTypes = binding.ParameterTypes }.Plan(target));
        if (change.ReturnsJoined) return computed.Value;
        if (scope.HasGateTables || scope.Keyspaces.Exists(keyspace => !ReferenceEquals(keyspace, place.Keyspace))) return computed.Value;
        if (ReadsItself(change, scope)) return computed.Value;
        if (place.IsSharded && change.SetsShardKey) return computed.Value;
        if (touched is not null && !change.IsDelete) return computed.Value;
        if (change.Or == "replace" && !place.Table.Lookups.IsEmpty) return computed.Value;
        if (change.Cascades(new CascadingRows(catalog, engine), _ => 0).Count > 0) return computed.Value;

        var bare = scope.WithoutKeyspaces(change.Statement);
        if (touched is not null && bare is DeleteStatement delete) bare = delete with { Returning = touched.Returning(delete.Returning, delete.Using.Count > 0 ? delete.Table.Alias ?? delete.Table.Name.Name : null) };
        var statement = Fragment.Print(bare, engine);
        var half = change.Or is "ignore" or "replace";
        var alone = scope.Uses.Count == target.Uses.Count && !change.IsLimited;
        if (place.IsReference)
        {
            return scope.Uses.Count > 0 || change.IsLimited || IsVolatile(change.Statement)
                ? computed.Value
                : new DirectWritePlan { Target = target, Statement = statement, Broadcast = true };
        }

        if (alone || place.Keyspace.Shards.Length == 1) return new DirectWritePlan { Target = target, Statement = statement, Written = touched, MayStayHalf = half };
        return new DirectWritePlan { Target = target, MayStayHalf = half, All = new Routing(place.Keyspace, scope.Uses), Statement = statement, Otherwise = computed, Written = touched };
    }

    /// <summary>
    /// Whether an UPDATE has a subquery over its own target: SQLite before 3.44 may show such a subquery rows that the statement has changed already, so the rows are found
    /// first and changed afterwards, or it is refused where they cannot be told apart (a reference table without a primary key).
    /// </summary>
    private bool ReadsItself(RowChange change, StatementScope scope) => engine == SqlDialect.Sqlite && !change.IsDelete
        && scope.Tables.Values.Count(relation => ReferenceEquals(relation.Table, change.Place.Schema)) > 1;

    private bool IsVolatile(SqlNode node) => SqlTree.Any(node, child =>
        child is FunctionCall call && FunctionCatalog.VolatilityOf(call, engine) == Volatility.Volatile);
}
