using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>VEXPLAIN, but for TRACE, and EXPLAIN of what reads the past. A statement that names points in time is explained as it runs: with its values they become cuts first.</summary>
/// <param name="past">Finds the cuts.</param>
/// <param name="clock">What now() is.</param>
internal sealed class ExplainStatements(PastStatements past, TimeProvider clock)
{
    /// <summary>VEXPLAIN PLAN, ALL and KEYS. Errors: QUERY_ERROR (0A000) for a statement of another kind; those of planning it, and of its points.</summary>
    public async ValueTask<GateResult> RunAsync(VExplainStatement explain, GateRequest request, GateSession session, GateTransaction? transaction, CancellationToken cancellationToken)
    {
        if (explain.Inner is not (SelectStatement or InsertStatement or UpdateStatement or DeleteStatement)) throw Unknown();
        var advice = new KeyAdvice(session);
        var uses = advice.UsesOf(explain.Inner);
        if (explain.Kind == "keys" && !advice.ReadsThePast(explain.Inner)) return new GateResult(advice.Rows(uses)) { Tier = "gate", Notices = advice.For(uses) };
        var found = await FindAsync(explain.Inner, request, session, transaction, cancellationToken) ?? throw Unknown();
        if (explain.Kind == "keys") return new GateResult(KeysOf(found)) { Tier = "gate" };
        var scatters = found.Values is not null && PlanDescription.ShardsOf(found.Plan, found.Values, found.Session).Count > 1;
        var rows = PlanDescription.Rows(found.Plan, found.Values, found.Session, found.Cuts);
        if (explain.Kind == "all") rows = await EnginePlans.AddAsync(rows, found.Session, cancellationToken);
        return new GateResult(rows) { Tier = "gate", Notices = scatters ? advice.For(uses) : [] };
    }

    /// <summary>EXPLAIN of a statement that reads the past on one shard, by the shard's engine at that version. Errors: QUERY_ERROR (0A000) where it is not one shard that answers; as <see cref="RunAsync"/>.</summary>
    public async ValueTask<GateResult> RunOnShardAsync(ExplainStatement explain, GateRequest request, GateSession session, GateTransaction? transaction, CancellationToken cancellationToken)
    {
        if (session.Dialect == session.Engine && await FindAsync(explain.Inner, request, session, transaction, cancellationToken) is { Values: { } values } found
            && found.Plan is QueryPlan { Select: SingleShardPlan single } && found.Session.IsPast && found.Session.Selects.TryOne(single, values, out var tablet))
        {
            var sql = $"EXPLAIN {(explain.Options.Count > 0 ? "QUERY PLAN " : "")}{single.Statement.Sql}";
            var result = await tablet.QueryAsync(new ShardQueryRequest(tablet.Shard, sql, single.Statement.Bind(values)), cancellationToken);
            return new GateResult(result.Rows) { Tier = "T0", Shards = [tablet.Shard] };
        }

        throw session.Dialect == session.Engine
            ? new VitessException(ErrorCodes.QueryError, "EXPLAIN shows what one shard does", sqlState: "0A000", hint: "Use VEXPLAIN PLAN or VEXPLAIN ALL, or name a shard as the target, such as main:-80.")
            : new VitessException(ErrorCodes.QueryError, "EXPLAIN as PostgreSQL gives it is not supported on SQLite shards", sqlState: "0A000", hint: "VEXPLAIN shows the shards and what each of them runs; VEXPLAIN ALL adds SQLite's own plan.");
    }

    /// <summary>What is explained, with its values if the request has some or it needs none; null for a statement that has no plan.</summary>
    private async ValueTask<Explained?> FindAsync(Statement inner, GateRequest request, GateSession session, GateTransaction? transaction, CancellationToken cancellationToken)
    {
        var text = request.Sql.Substring(inner.Span.Start, inner.Span.Length);
        var parsed = SqlParser.ParseWithParameters(text, session.Dialect);
        if (session.Compiler.Compile(parsed, text) is not { } plan) return null;
        SqlValue[]? values = null;
        if (request.Params.Count > 0 || parsed.ParameterCount == 0)
        {
            values = BoundValues.Of(plan, parsed.ParameterNames, [.. request.Params], request, clock.GetUtcNow());
            values = await session.Selects.Lookups.ReadAsync(plan.Lookups, values, transaction?.Shards, cancellationToken);
        }

        if (plan is not TimedPlan timed) return new Explained(session, plan, values, [], inner);

        // Which tables there are depends on the points, and those on the values.
        if (values is null) throw BoundValues.WrongCount(parsed.ParameterCount, request.Params.Count);
        var found = await past.ResolveAsync(timed, values, session, clock.GetUtcNow(), cancellationToken);
        values = await session.Selects.Lookups.ReadAsync(found.Plan.Lookups, found.Values, transaction?.Shards, cancellationToken);
        return new Explained(found.Past.Session, found.Plan, values, found.Past.Cuts, PastStatements.Named(timed, found));
    }

    // Keys are those of then: nothing that is done now would change them, so that there is no advice.
    private static RowSet KeysOf(Explained explained)
    {
        var advice = new KeyAdvice(explained.Session);
        return advice.Rows(advice.UsesAt(explained.Statement));
    }

    private static VitessException Unknown() => new(ErrorCodes.QueryError, "VEXPLAIN shows SELECT, INSERT, UPDATE and DELETE", sqlState: "0A000");

    /// <summary>A plan, with what it is of: a statement with the names of the session.</summary>
    private sealed record Explained(GateSession Session, StatementPlan Plan, SqlValue[]? Values, IReadOnlyList<KeyspaceCut> Cuts, Statement Statement);
}
