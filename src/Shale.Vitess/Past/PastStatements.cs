using System.Text.RegularExpressions;
using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Makes of a statement that names points in time one like any other: the points become cuts, the tables that have them become tables of keyspaces of the past, and what plans and runs it
/// knows nothing of time. Thread-safe.
/// </summary>
/// <param name="schema">The VSchema, and when it changed.</param>
internal sealed class PastStatements(SchemaChanges schema)
{
    private readonly PastSessions _sessions = new();

    /// <summary>Finds the cuts, the plan, and its values.</summary>
    /// <param name="timed">The statement.</param>
    /// <param name="values">The user's values.</param>
    /// <param name="session">His session.</param>
    /// <param name="now">What now() is.</param>
    /// <param name="cancellationToken">Stops the shards.</param>
    public async ValueTask<PastStatement> ResolveAsync(TimedPlan timed, SqlValue[] values, GateSession session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var moments = new List<KeyspaceCut>();
        var places = new int[timed.Names.Count];
        for (var i = 0; i < places.Length; i++)
        {
            var cut = await CutOfAsync(timed, timed.Names[i], values, session, now, cancellationToken);
            places[i] = moments.FindIndex(known => known.IsSame(cut));
            if (places[i] >= 0) continue;
            places[i] = moments.Count;
            moments.Add(cut);
        }

        var isWhole = timed.IsWholly && moments is [{ Period: null } only] && VSchemaNames.Comparer.Equals(only.Keyspace.Name, session.Keyspace.Name);
        var all = new List<IReadOnlyList<KeyspaceCut>>();
        foreach (var cut in moments) all.Add(cut.Period is null ? [cut, .. await Finder(session).OthersAsync(cut, cancellationToken)] : [cut]);
        var past = new PastSession(isWhole ? _sessions.Whole(session, all[0]) : _sessions.Beside(session, all, places), moments, isWhole);
        try
        {
            var plan = PlanOf(timed, past, places);
            return new PastStatement(past, plan, BoundValues.Complete(plan, [.. values], now), places);
        }
        catch (VitessException failure)
        {
            throw past.Readable(failure);
        }
    }

    /// <summary>What every table without a point of its own is read at: the cut of the target's keyspace, or of the branch of it that the point names, and those of the others.</summary>
    public async ValueTask<IReadOnlyList<KeyspaceCut>> MomentAsync(TimePoint point, GateSession session, CancellationToken cancellationToken)
    {
        var cut = await Finder(session).FindAsync(session.Keyspace.Name, point, OnlyShard(session), cancellationToken);
        return [cut, .. await Finder(session).OthersAsync(cut, cancellationToken)];
    }

    /// <summary>The same for the point of SET TRANSACTION.</summary>
    public async ValueTask<IReadOnlyList<KeyspaceCut>> MomentAsync(SystemTimePoint point, ParsedSql parsed, string text, SqlValue[] values, GateSession session, DateTimeOffset now, CancellationToken cancellationToken) =>
        await MomentAsync(await PointAsync(point, parsed, text, values, session, now, cancellationToken), session, cancellationToken);

    /// <summary>The value of a point that a statement names. TT_INVALID_SYNTAX for one that is none.</summary>
    public static ValueTask<TimePoint> PointAsync(SystemTimePoint point, ParsedSql parsed, string text, SqlValue[] values, GateSession session, DateTimeOffset now, CancellationToken cancellationToken) =>
        PointOfAsync(point, new PointText(parsed, text, null), values, session, now, cancellationToken);

    /// <summary>The session in which names mean the tables of a moment; of the branch, if that is one of another branch than the target.</summary>
    public GateSession At(GateSession present, IReadOnlyList<KeyspaceCut> moment)
    {
        var keyspace = moment[0].Keyspace.Name;
        if (BranchNames.AreOfOneRoot(keyspace, present.Keyspace.Name) && !VSchemaNames.Comparer.Equals(keyspace, present.Keyspace.Name))
        {
            present = schema.Current.For(new Target(keyspace, present.IsShard ? present.Tablets.Of(present.Keyspace)[0].Shard : null), present.Dialect);
        }

        return _sessions.Whole(present, moment);
    }

    /// <summary>A statement whose points were found, with its tables as the session of the past names them.</summary>
    public static Statement Named(TimedPlan timed, PastStatement found) => Named(timed, found.Past, found.Places);

    private static StatementPlan PlanOf(TimedPlan timed, PastSession past, int[] places)
    {
        var session = past.Session;
        if (session.Plans.TryGet(timed.Key, out var known)) return known.Plan;
        var plan = session.Compiler.CompileAt(timed, Named(timed, past, places));
        session.RefuseToPlace(plan);
        session.Plans.Add(timed.Key, new CachedPlan(plan, timed.Parsed.ParameterNames));
        return plan;
    }

    private static Statement Named(TimedPlan timed, PastSession past, int[] places) => timed.Rename((table, place) =>
    {
        var cut = past.Cuts[places[place]];
        if (cut.Period is not null)
        {
            var alias = new Identifier(PastNames.Of(cut.Keyspace.Name, places[place] + 1), true);
            return table with { Name = table.Name with { Schema = alias, Name = new Identifier(ShardPeriod.Relation, true) }, Alias = table.Alias ?? table.Name.Name };
        }

        if (!cut.Keyspace.HasRelation(table.Name.Name.Name)) throw Missing(table, cut);
        return past.IsWhole ? table : table with
        {
            Name = table.Name with { Schema = new Identifier(PastNames.Of(cut.Keyspace.Name, places[place] + 1), true) },
        };
    });

    private async ValueTask<KeyspaceCut> CutOfAsync(TimedPlan timed, TimedName name, SqlValue[] values, GateSession session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var keyspace = session.Catalog.KeyspaceOf(name.Table) ?? throw Catalog.Unknown(name.Table);
        var text = new PointText(timed.Parsed, timed.Text, timed.Types);
        var start = name.Time.Start is { } first ? await PointOfAsync(first, text, values, session, now, cancellationToken) : null;
        var end = name.Time.End is { } last ? await PointOfAsync(last, text, values, session, now, cancellationToken) : null;
        try
        {
            if (name.Time.IsPeriod)
            {
                return await Finder(session).FindPeriodAsync(keyspace.Name, name, start, end, ReferenceEquals(keyspace, session.Keyspace) ? OnlyShard(session) : null, session.Dialect, cancellationToken);
            }

            var point = start!;
            var cut = await Finder(session).FindAsync(keyspace.Name, point, !ReferenceEquals(keyspace, session.Keyspace) ? null : OnlyShard(session) ?? ProvedShard(point, timed, values, session, now), cancellationToken);
            if (!session.IsShard || cut.Keyspace.Shards.Length == 1 || VSchemaNames.Comparer.Equals(cut.Keyspace.Name, keyspace.Name)) return cut;
            throw new VitessException(ErrorCodes.QueryError, $"the target is one shard of keyspace \"{keyspace.Name}\", and {point} is another keyspace", sqlState: "0A000", hint: "Name the keyspace without a shard as the target, or the shard of the branch: keyspace:shard/branch.");
        }
        catch (VitessException failure) when (failure.Position is null && failure.Shard is null)
        {
            throw PositionOf(name) is { } position ? failure.At(position) : failure;
        }
    }

    private static int? PositionOf(TimedName name) => (name.Time.IsPeriod ? name.Time.Span : name.Time.Start!.Span) is { Length: > 0 } span ? span.Start + 1 : null;

    private CutFinder Finder(GateSession session) => new(schema.Times, schema.AllTablets, schema.Current.VSchema, session.Moment);

    /// <summary>The one shard that the target is.</summary>
    private int? OnlyShard(GateSession session)
    {
        if (!session.IsShard) return null;
        var shard = session.Tablets.Of(session.Keyspace)[0].Shard;
        return Array.FindIndex(schema.AllTablets.Of(session.Keyspace), tablet => tablet.Shard == shard);
    }

    /// <summary>
    /// The one shard on which all rows are that a query can read, for points that are another moment on each: as the present routes it. If it went elsewhere then, the other shard has no version to read, and
    /// refuses. Null if there are several, or if nobody can say.
    /// </summary>
    private static int? ProvedShard(TimePoint point, TimedPlan timed, SqlValue[] values, GateSession session, DateTimeOffset now)
    {
        if (session.Keyspace.Shards.Length == 1 || !timed.IsWholly || CutFinder.IsOfAllShards(point)) return null;
        try
        {
            var plan = session.Compiler.CompileAt(timed, timed.Rename((table, _) => table with { Time = null }));
            if (plan is not QueryPlan { Lookups.Count: 0, Select.Routing: var routing } || !ReferenceEquals(routing.Keyspace, session.Keyspace) || routing.Uses.Count == 0) return null;
            var shard = routing.SingleShard(BoundValues.Complete(plan, [.. values], now));
            return shard >= 0 ? shard : null;
        }
        catch (VitessException)
        {
            // There is no such table any more.
            return null;
        }
    }

    private static async ValueTask<TimePoint> PointOfAsync(SystemTimePoint point, PointText text, SqlValue[] values, GateSession session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var computed = new Dictionary<Expr, SqlValue>(ReferenceEqualityComparer.Instance);
        for (var at = point; at is not null; at = at.OnBranch)
        {
            if (at.Value is Literal) continue;
            computed[at.Value] = at.Value is Parameter parameter && parameter.Index <= values.Length
                ? values[parameter.Index - 1]
                : await ComputeAsync(at.Value, text, values, session, now, cancellationToken);
        }

        return TimePoints.Resolve(point, expression => computed[expression]);
    }

    private static async ValueTask<SqlValue> ComputeAsync(Expr expression, PointText text, SqlValue[] values, GateSession session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        TimePoints.RequireConstant(expression, session.Dialect);
        var query = new SelectStatement(null, new SelectCore([new SelectItem(expression, null)])) { Span = expression.Span };
        if (session.Compiler.CompilePart(text.Parsed, query, text.Text, text.Types) is not QueryPlan { Select: SingleShardPlan single } plan) throw new InvalidOperationException("an expression without tables has a plan of its own");
        var rows = await session.ComputeAsync(single.Statement, BoundValues.Complete(plan, [.. values], now), cancellationToken);
        return (plan.Shape?.Apply(rows, merged: false) ?? rows)[0][0];
    }

    private sealed record PointText(ParsedSql Parsed, string Text, IReadOnlyList<SqlType>? Types);

    private static VitessException Missing(TableRef table, KeyspaceCut cut) => new(ErrorCodes.NotFound, $"relation \"{table.Name.Name.Name}\" does not exist at {cut.Point}", sqlState: "42P01",
        hint: "The tables of a point in time are those of then: it was made later, had been dropped, or had another name.", position: table.Time!.Span.Length > 0 && table.Name.Span.Length > 0 ? table.Name.Span.Start + 1 : null);
}

/// <summary>A statement whose points have been found.</summary>
/// <param name="Past">What it reads.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="Values">The plan's values.</param>
/// <param name="Places">For each of the statement's <see cref="TimedPlan.Names"/>, its cut.</param>
internal sealed record PastStatement(PastSession Past, StatementPlan Plan, SqlValue[] Values, int[] Places);

/// <summary>A session that reads the past.</summary>
/// <param name="Session">The session.</param>
/// <param name="Cuts">The moments, by their number less one.</param>
/// <param name="IsWhole">Whether nothing of the present is read, so that names are the keyspaces' own.</param>
internal sealed record PastSession(GateSession Session, IReadOnlyList<KeyspaceCut> Cuts, bool IsWhole)
{
    /// <summary>A failure in words that users know: the names of <see cref="PastNames"/> are not theirs.</summary>
    public VitessException Readable(VitessException failure)
    {
        var message = InWords(failure.Message);
        var hint = failure.Hint is null ? null : InWords(failure.Hint);
        return message == failure.Message && hint == failure.Hint ? failure
            : new VitessException(failure.Code, message, failure.Shard, failure.SqlState, failure.IsTransient, hint, failure.Position);
    }

    private string InWords(string text)
    {
        for (var i = 0; i < Cuts.Count; i++)
        {
            var alias = PastNames.Of(Cuts[i].Keyspace.Name, i + 1);
            if (!text.Contains(alias, StringComparison.Ordinal)) continue;
            if (Cuts[i].Period is { } period)
            {
                text = text.Replace($"{alias}.{ShardPeriod.Relation}", period.Table, StringComparison.Ordinal).Replace(alias, Cuts[i].Keyspace.Name, StringComparison.Ordinal);
                continue;
            }

            text = Regex.Replace(text, $@"{Regex.Escape(alias)}\.(\w+)", match => $"{match.Groups[1].Value} AS OF {Cuts[i].Point}");
            text = text.Replace(alias, $"{Cuts[i].Keyspace.Name} AS OF {Cuts[i].Point}", StringComparison.Ordinal);
        }

        return text;
    }
}
