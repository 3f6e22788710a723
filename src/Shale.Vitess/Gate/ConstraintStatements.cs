using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// SET CONSTRAINTS. PostgreSQL's shards do it themselves. SQLite defers all foreign keys of a transaction or those that are INITIALLY DEFERRED: a choice that is between these two is refused, since it would be another answer.
/// </summary>
internal static class ConstraintStatements
{
    /// <summary>Runs one in a transaction. Errors: NOT_FOUND (42704) for a constraint that is none; QUERY_ERROR (42809) for one that is not deferrable, (0A000) for what SQLite cannot tell apart; CONSTRAINT_VIOLATION (23503).</summary>
    /// <param name="set">Names or <c>all</c>, then <c>deferred</c> or <c>immediate</c>.</param>
    /// <param name="session">The session.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="cancellationToken">Leaves it done on some shards.</param>
    public static async ValueTask<GateResult> RunAsync(SetStatement set, GateSession session, GateTransaction transaction, CancellationToken cancellationToken)
    {
        var names = set.Values.Take(set.Values.Count - 1).ToList();
        var isDeferred = set.Values[^1] == "deferred";
        var all = CatalogModel.Of(session.Catalog).Relations.Where(relation => ReferenceEquals(relation.Keyspace, session.Keyspace)).SelectMany(relation => relation.Constraints).ToList();
        var named = names is ["all"] ? all.Where(each => each.Deferral.Deferrable).ToList() : [.. names.SelectMany(name => Named(name, all))];
        var before = transaction.Shards.Constraints;
        var mode = session.Engine == SqlDialect.Sqlite ? OnSqlite(named, all, isDeferred, before)
            : before with { Statements = [.. before.Statements, $"SET CONSTRAINTS {(names is ["all"] ? "ALL" : string.Join(", ", names))} {(isDeferred ? "DEFERRED" : "IMMEDIATE")}"] };
        await transaction.Shards.SetConstraintsAsync(mode, cancellationToken);
        return new GateResult(new RowSet([])) { Tier = "gate" };
    }

    private static IEnumerable<ModelConstraint> Named(string written, List<ModelConstraint> all)
    {
        var name = written[(written.LastIndexOf('.') + 1)..].Trim();
        name = name.StartsWith('"') ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : name.ToLowerInvariant();
        var found = all.Where(each => each.Name == name).ToList();
        if (found.Count == 0) throw new VitessException(ErrorCodes.NotFound, $"constraint \"{name}\" does not exist", sqlState: "42704");
        return found.TrueForAll(each => each.Deferral.Deferrable) ? found : throw new VitessException(ErrorCodes.QueryError, $"constraint \"{name}\" is not deferrable", sqlState: "42809", hint: "Declare it DEFERRABLE.");
    }

    private static ConstraintMode OnSqlite(List<ModelConstraint> named, List<ModelConstraint> all, bool isDeferred, ConstraintMode before)
    {
        var keys = all.Where(each => each.Kind == 'f').ToList();
        var own = keys.Where(each => each.Deferral.Deferred).ToList();

        // As each of them would be checked from now on.
        var wanted = keys.Where(each => named.Contains(each) ? isDeferred : before.IsDeferred || (!before.IsImmediate && each.Deferral.Deferred)).ToList();
        if (wanted.Count == 0 && before.IsDeferred) return before with { IsDeferred = false, IsImmediate = true };
        if (wanted.Count == own.Count && wanted.TrueForAll(own.Contains)) return before with { IsDeferred = false, IsImmediate = false };
        if (wanted.Count == 0) return before with { IsDeferred = false, IsImmediate = true };
        if (wanted.Count == keys.Count) return before with { IsDeferred = true, IsImmediate = false };
        throw new VitessException(ErrorCodes.QueryError, "SET CONSTRAINTS that defers some foreign keys and not others is not supported on SQLite shards", sqlState: "0A000",
            hint: "Declare those INITIALLY DEFERRED that are to be deferred, and set all of them at once.");
    }
}
