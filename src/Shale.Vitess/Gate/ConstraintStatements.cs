using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// SET CONSTRAINTS. PostgreSQL's shards do it themselves. SQLite defers all foreign keys of a transaction or those that are INITIALLY DEFERRED: of a choice between these two the gate checks what is not to wait.
/// </summary>
internal static class ConstraintStatements
{
    /// <summary>Runs one in a transaction. Errors: NOT_FOUND (42704) for a constraint that is none; QUERY_ERROR (42809) for one that is not deferrable; CONSTRAINT_VIOLATION (23503).</summary>
    /// <param name="set">Names or <c>all</c>, then <c>deferred</c> or <c>immediate</c>.</param>
    /// <param name="session">The session.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="cancellationToken">Leaves it done on some shards.</param>
    public static async ValueTask<GateResult> RunAsync(SetStatement set, GateSession session, GateTransaction transaction, CancellationToken cancellationToken)
    {
        var names = set.Values.Take(set.Values.Count - 1).ToList();
        var isDeferred = set.Values[^1] == "deferred";
        var relations = CatalogModel.Of(session.Catalog).Relations.Where(relation => ReferenceEquals(relation.Keyspace, session.Keyspace)).ToList();
        var all = relations.SelectMany(relation => relation.Constraints).ToList();
        var named = names is ["all"] ? all.Where(each => each.Deferral.Deferrable).ToList() : [.. names.SelectMany(name => Named(name, all))];
        var before = transaction.Shards.Constraints;
        var mode = session.Engine == SqlDialect.Sqlite ? OnSqlite([.. named], [.. relations.SelectMany(relation => relation.Constraints.Where(each => each.Kind == 'f').Select(each => (relation.Name, each)))], isDeferred, before)
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

    // The engine lets all keys wait or those that say so of themselves; what should not wait there is looked at after each statement. Once all wait they do until the end: the engine would forget what is violated.
    private static ConstraintMode OnSqlite(HashSet<ModelConstraint> named, List<(string Table, ModelConstraint Key)> keys, bool isDeferred, ConstraintMode before)
    {
        bool Waits((string Table, ModelConstraint Key) each) => named.Contains(each.Key) ? isDeferred : before.Waiting?.Contains((each.Table, each.Key.Name)) ?? each.Key.Deferral.Deferred;
        var engineDefers = before.IsDeferred || keys.Exists(each => Waits(each) && !each.Key.Deferral.Deferred);
        return before with
        {
            IsDeferred = engineDefers,
            Waiting = [.. keys.Where(Waits).Select(each => (each.Table, each.Key.Name))],
            Checked = [.. keys.Where(each => !Waits(each) && (engineDefers || each.Key.Deferral.Deferred)).Select(each => new CheckedKey(each.Table, each.Key.ForeignKey!.Columns, each.Key.ForeignKey.Parent))],
        };
    }
}
