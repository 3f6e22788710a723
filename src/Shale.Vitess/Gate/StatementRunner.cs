using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Runs one statement of a client: finds or makes its plan, binds its values, runs it, and gives the result its shape. Thread-safe.</summary>
internal sealed partial class StatementRunner(SchemaChanges schema, VTGateOptions options, SequenceAllocator sequences, ProcessList processes, GateTransactions transactions, GateLimits limits, PastStatements past)
{
    private readonly KeyedStatements _keyed = new(schema, options.Clock);
    private readonly SequenceExecutor _sequences = new(sequences);
    private readonly GateStatements _others = new(schema, new ProcessStatements(processes, transactions, options.Clock), past, options.Backup, options.Clock);

    /// <summary>Runs a statement. One that stands alone fails with <see cref="RowsMovedException"/>, or another failure that <see cref="RunsAgain"/> knows, where rows moved to other shards meanwhile.</summary>
    /// <param name="request">The statement.</param>
    /// <param name="transaction">The transaction it belongs to, whose turn the caller holds; null for one of its own.</param>
    /// <param name="running">Its place in the process list; cancelling it undoes the statement.</param>
    public ValueTask<GateResult> RunAsync(GateRequest request, GateTransaction? transaction, RunningStatement running)
    {
        if (request.AsOf is not null) return RunAtAsync(request, transaction, running);
        if (transaction is not null) return InTransactionAsync(request, transaction, running);
        return IsKept(request) ? _keyed.RunAsync(request, running, RunAloneAsync) : RunOnceAsync(request, null, running);
    }

    /// <summary>The answers that are kept under keys.</summary>
    public KeyedStatements Keyed => _keyed;

    private static bool IsKept(GateRequest request) => request.IdempotencyKey is not null && !KeyedStatements.OnlyReads(request.Sql, request.Dialect ?? SqlDialect.Postgres);

    /// <summary>What a transaction has read is elsewhere once rows have moved: it fails, in every dialect.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<GateResult> InTransactionAsync(GateRequest request, GateTransaction transaction, RunningStatement running)
    {
        transaction.Statements++;
        if (transaction.Failed || transaction.Moment is not null) return await RunOnceAsync(request, transaction, running);
        try
        {
            if (transaction.Epoch is null && (schema.Moves.Epoch & 1) != 0) await schema.Moves.WhenOpenAsync(running.Token);
            transaction.Epoch ??= schema.Moves.Epoch;
            if (schema.Moves.Epoch != transaction.Epoch) throw new RowsMovedException();
            var result = await RunOnceAsync(request, transaction, running);
            if (!transaction.Shards.Constraints.Checked.IsEmpty && result.Rest is null) await transaction.Shards.CheckConstraintsAsync(running.Token);
            return schema.Moves.Epoch == transaction.Epoch ? result : throw new RowsMovedException();
        }
        catch (Exception failure) when (failure is RowsMovedException || (failure is VitessException && transaction.Epoch is { } epoch && schema.Moves.Epoch != epoch))
        {
            // It can never commit: others need not wait for what it holds.
            transaction.Failed = true;
            await transaction.Shards.AbortAsync();
            throw RowMoves.Moved();
        }
        catch (VitessException failure) when (transaction is { Schema: null, Id.Length: > 0 } && IsOutdated(failure, request, running))
        {
            throw new VitessException(ErrorCodes.SerializationFailure, "a table has changed since the statement was planned", inner: failure);
        }
    }

    private ValueTask<GateResult> RunOnceAsync(GateRequest request, GateTransaction? transaction, RunningStatement running)
    {
        var session = SessionOf(request, transaction);
        running.Session = session;
        NormalizedRequest? normalized = null;
        if (transaction is { Failed: true }) return RunSlowlyAsync(request, request.Typed is null ? Normalize(request, session) : null, session, transaction, running);
        return TryFind(request, session, transaction, ref normalized, out var plan, out var values)
            ? RunAsync(plan, values, session, transaction, running)
            : RunSlowlyAsync(request, normalized, session, transaction, running);
    }

    /// <summary>Finds a plan that is known, and binds the request's values; allocates nothing but those.</summary>
    /// <param name="request">The statement.</param>
    /// <param name="session">The session.</param>
    /// <param name="transaction">Its transaction, or null.</param>
    /// <param name="normalized">Where no plan is found: the normalised request, for <see cref="Prepare"/>; null where the statement must be taken as it is.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="values">Its values.</param>
    private bool TryFind(GateRequest request, GateSession session, GateTransaction? transaction, ref NormalizedRequest? normalized,
        [NotNullWhen(true)] out StatementPlan? plan, out SqlValue[] values)
    {
        if (session.Plans.TryGet(request.Typed?.Key ?? request.Sql, out var known))
        {
            plan = known.Plan;
            values = BoundValues.Of(plan, known.Names, Copy(request.Params), request, Now(transaction));
            return true;
        }

        plan = null;
        values = [];
        if (request.Typed is not null) return false;
        normalized = Normalize(request, session);
        if (normalized is null || !session.Plans.TryGet(normalized.Key, out known)) return false;
        plan = known.Plan;
        values = BoundValues.Complete(plan, normalized.Values(request), Now(transaction));
        return true;
    }

    private static NormalizedRequest? Normalize(GateRequest request, GateSession session)
    {
        var normalized = NormalizedRequest.Current;
        return normalized.TryRead(request.Sql, session.Dialect) ? normalized : null;
    }

    /// <summary>Where a statement goes.</summary>
    public Route Route(GateRequest request)
    {
        var session = SessionOf(request, null);
        var statement = Prepare(request, Normalize(request, session), session, null);
        if (statement.Plan is TimedPlan timed) TimeTravel.Refuse(timed.Parsed.Statement);
        return PlanDescription.RouteOf(statement.Plan, statement.Values ?? [], session, statement.Parsed.Statement);
    }

    /// <summary>How a statement is run.</summary>
    public PlanInfo Plan(GateRequest request)
    {
        var session = SessionOf(request, null);
        var parsed = SqlParser.ParseWithParameters(request.Sql, session.Dialect);
        var plan = session.Compiler.Compile(parsed, request.Sql);
        if (plan is TimedPlan timed) TimeTravel.Refuse(timed.Parsed.Statement);
        return PlanDescription.InfoOf(plan, session);
    }

    private GateSession SessionOf(GateRequest request, GateTransaction? transaction)
    {
        if (transaction is null)
        {
            var present = schema.Current.For(Target.Parse(request.Target), request.Dialect ?? SqlDialect.Postgres, request.NamesSchemas);
            return request.Moment is null ? present : past.At(present, request.Moment);
        }

        var target = request.Target is null ? transaction.Target : Target.Parse(request.Target);
        var session = (transaction.Schema ?? schema.Current).For(target, transaction.Dialect, request.NamesSchemas);
        return transaction.Moment is null ? session : past.At(session, transaction.Moment);
    }

    private async ValueTask<GateResult> RunSlowlyAsync(
        GateRequest request, NormalizedRequest? normalized, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        Statement? parsed = null;
        if (SharedThread.IsHere)
        {
            // What was normalised is in memory of the thread that is left.
            await SharedThread.LeaveAsync();
            normalized = request.Typed is null ? Normalize(request, session) : null;
        }

        try
        {
            if (transaction is { Failed: true }) RefuseButRollback(SqlParser.Parse(request.Sql, session.Dialect));
            var statement = Prepare(request, normalized, session, transaction);
            parsed = statement.Parsed.Statement;
            if (request.PartialResults && statement.Plan is null && parsed is not VExplainStatement) PartialResults.Require(null, transaction, streams: false);
            if (statement.Plan is null) running.Streams = false;
            if (statement.Plan is null && ModifyingWith.Is(parsed)) return await WriteInPartsAsync(statement.Parsed, request, session, transaction, running);
            if (parsed is VExplainStatement { Kind: "trace" } explain)
            {
                return running.Key is null || explain.Inner is SelectStatement ? await TraceAsync(explain, request, session, transaction, running)
                    : await InOneAsync(inner => TraceAsync(explain, request, session, inner, running), request, session, transaction, running);
            }

            return statement.Plan is { } plan
                ? await RunAsync(plan, statement.Values!, session, transaction, running)
                : await _others.RunAsync(statement, request, session, transaction, running, _keyed);
        }
        catch (VitessException failure) when (failure.Code == ErrorCodes.SyntaxError.Code && parsed is null && PassThrough.IsPossible(session, transaction))
        {
            if (running.Key is not { } key || transaction is not null) return await PassThrough.RunAsync(request, session, transaction?.Shards, failure, running.Token);
            return await _keyed.WriteAsync(key, null, own => PassThrough.RunAsync(request, session, own, failure, running.Token), running.Token);
        }
        catch (VitessException failure) when (PostgresConstraints.TryRead(failure, session.Catalog, null, false, out var inWords))
        {
            throw inWords;
        }
    }

    /// <summary>Runs a statement, and gives what each shard did for it instead of its rows.</summary>
    private async ValueTask<GateResult> TraceAsync(
        VExplainStatement explain, GateRequest request, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        var trace = new ShardTrace(options.Clock);
        var traced = session.On(session.Tablets.Wrap(tablet => new TracedTablet(tablet, trace)), session.Epoch, session.Moment);
        var statement = PrepareAsItIs(request with { Sql = request.Sql.Substring(explain.Inner.Span.Start, explain.Inner.Span.Length) }, traced, transaction);
        if (statement.Plan is not { } plan) throw new VitessException(ErrorCodes.QueryError, "VEXPLAIN TRACE runs SELECT, INSERT, UPDATE and DELETE", sqlState: "0A000", hint: "Run the statement without it.");
        var result = await RunAsync(plan, statement.Values!, traced, transaction, running);
        var advice = new KeyAdvice(session);
        return new GateResult(trace.Rows(result), result.Affected, result.LastInsertId)
        {
            Tier = result.Tier, Shards = result.Shards, Notices = result.Shards.Count > 1 ? [.. result.Notices.Union(advice.For(advice.UsesOf(explain.Inner)))] : result.Notices,
        };
    }

    private async ValueTask<GateResult> WriteInPartsAsync(ParsedSql parsed, GateRequest request, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        if (request.Told is { } told) RequireTold(told, DescribeBound(parsed, request.Sql, TypesOf(request, parsed), session).Fields!);
        running.Told = null;
        return (await InOneAsync(inner => new ModifyingWith(this, request, session, inner).RunAsync(parsed.Statement, running), request, session, transaction, running)) with { Command = StatementPlan.CommandOf(parsed.Statement) };
    }

    /// <summary>Runs what is more than one plan in the transaction, or in one of its own: all of it or nothing.</summary>
    private async ValueTask<GateResult> InOneAsync(
        Func<GateTransaction, ValueTask<GateResult>> work, GateRequest request, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        if (transaction is not null) return await work(transaction);
        using var own = new GateTransaction("", session.Tablets.Locks, Target.Parse(request.Target), session.Dialect, new Contracts.TransactionOptions(Contracts.IsolationLevel.ReadCommitted), options.Clock.GetUtcNow());
        using var turn = await limits.EnterAsync(session.Keyspace.Name, running);
        try
        {
            var result = await work(own);
            if (running.Key is { } key) await _keyed.KeepAsync(key, [result], own.Shards, null, running.Token);
            await own.Shards.CommitAsync(running.Token);
            return result;
        }
        catch
        {
            await own.Shards.RollbackAsync();
            throw;
        }
    }

    /// <summary>Parses and plans a statement that is in no cache, and binds its values.</summary>
    private PreparedStatement Prepare(GateRequest request, NormalizedRequest? normalized, GateSession session, GateTransaction? transaction)
    {
        if (normalized is null) return PrepareAsItIs(request, session, transaction);
        var key = normalized.Key.ToString();
        var text = normalized.Text;
        var types = normalized.KnownTypes();
        var given = normalized.Values(request);
        if (!TryCompile(text, types, session, out var parsed, out var plan)) return PrepareAsItIs(request, session, transaction);
        Keep(key, plan, parsed, session);
        if (request.NamedParams is null && text == request.Sql) session.Plans.Add(text, new CachedPlan(plan, parsed.ParameterNames));
        return new PreparedStatement(parsed, plan, BoundValues.Complete(plan, given, Now(transaction)));
    }

    /// <summary>Parses and plans a normalised text; false where it fails at a place, which must be told in the user's own text.</summary>
    private static bool TryCompile(
        string text, SqlType[] types, GateSession session, [NotNullWhen(true)] out ParsedSql? parsed, [NotNullWhen(true)] out StatementPlan? plan)
    {
        try
        {
            parsed = SqlParser.ParseWithParameters(text, session.Dialect);
            plan = session.Compiler.Compile(parsed, text, types);
            return plan is not null;
        }
        catch (VitessException failure) when (failure.Position is not null)
        {
            parsed = null;
            plan = null;
            return false;
        }
    }

    private PreparedStatement PrepareAsItIs(GateRequest request, GateSession session, GateTransaction? transaction)
    {
        var parsed = SqlParser.ParseWithParameters(request.Sql, session.Dialect);
        var plan = session.Compiler.Compile(parsed, request.Sql, TypesOf(request, parsed), areDeclared: true);
        if (plan is null) return new PreparedStatement(parsed, null, null);
        Keep(request.Typed?.Key ?? request.Sql, plan, parsed, session);
        return new PreparedStatement(parsed, plan, BoundValues.Of(plan, parsed.ParameterNames, Copy(request.Params), request, Now(transaction)));
    }

    private static void Keep(string key, StatementPlan plan, ParsedSql parsed, GateSession session)
    {
        session.RefuseToPlace(plan);
        session.Plans.Add(key, new CachedPlan(plan, parsed.ParameterNames));
    }

    private ValueTask<GateResult> RunAsync(StatementPlan plan, SqlValue[] values, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        if (plan is TimedPlan timed) return RunPastAsync(timed, values, session, transaction, running);
        return limits.IsNone ? RunFreelyAsync(plan, values, session, transaction, running) : RunLimitedAsync(plan, values, session, transaction, running);
    }

    // Statements of transactions take no turns: they may hold what those that have the turns wait for.
    private async ValueTask<GateResult> RunLimitedAsync(
        StatementPlan plan, SqlValue[] values, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        running.Planned(plan, values);
        limits.LimitTime(session.Keyspace.Name, running);
        var looked = plan.SequenceCalls.Count == 0 ? await session.Selects.Lookups.ReadAsync(plan.Lookups, values, transaction?.Shards, running.Token) : values;
        var notices = ScatterNotices(plan, looked, session, running);
        var turn = transaction is null ? await limits.EnterAsync(session.Keyspace.Name, running) : default;
        try
        {
            // A write reads the entries again when it holds the writers.
            var result = await RunFreelyAsync(plan, plan.Writes ? values : looked, session, transaction, running);
            if (notices.Count > 0) result = result with { Notices = [.. result.Notices, .. notices] };
            if (result.Rest is not { } rest) return result;
            var limited = new LimitedRest(rest, turn, running.Request.ReadsAll ? default : GateLimits.ReadLimitOf(options, session.Keyspace.Name));
            turn = default;
            return await limited.CountFirstAsync(result);
        }
        finally
        {
            turn.Dispose();
        }
    }

    /// <summary>What the keyspace's policy says to a statement that goes to several shards: nothing, notices, or QUERY_ERROR (42501).</summary>
    private IReadOnlyList<string> ScatterNotices(StatementPlan plan, SqlValue[] values, GateSession session, RunningStatement running)
    {
        var policy = limits.PolicyOf(session.Keyspace.Name);
        if (policy == CrossShardPolicy.Allow || PlanDescription.ReadShardsOf(plan, values, session) is not { Count: > 1 } shards) return [];
        var parsed = SqlParser.ParseWithParameters(running.Request.Sql, session.Dialect).Statement;
        var advice = new KeyAdvice(session);
        var notices = advice.For(advice.UsesOf(parsed is VExplainStatement explain ? explain.Inner : parsed));
        var what = $"the statement goes to {shards.Count} shards of keyspace \"{session.Keyspace.Name}\"";
        if (policy == CrossShardPolicy.Warn) return [what, .. notices];
        throw new VitessException(ErrorCodes.QueryError, $"{what}, which its policy denies", sqlState: "42501",
            hint: notices.Count > 0 ? string.Join(". ", notices.Select(notice => char.ToUpperInvariant(notice[0]) + notice[1..])) + "." : "Compare the sharding key with a value, or change crossShard of the keyspace.");
    }

    private ValueTask<GateResult> RunFreelyAsync(
        StatementPlan plan, SqlValue[] values, GateSession session, GateTransaction? transaction, RunningStatement running) =>
        !plan.CallsSequences ? RunBoundAsync(plan, values, session, transaction, running) : NumberedAsync(plan, values, session, transaction, running);

    private async ValueTask<GateResult> NumberedAsync(
        StatementPlan plan, SqlValue[] values, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        var memory = MemoryOf(transaction, running) ?? new SequenceMemory();
        var readsOnly = session.IsPast || transaction?.IsReadOnly == true;
        if (readsOnly && (plan.RowSettings.Count > 0 || plan.SequenceCalls.Any(call => call.Writes))) throw new VitessException(ErrorCodes.ReadOnlyTransaction, "a sequence cannot be changed in a read-only transaction");
        for (var i = 0; i < plan.SequenceCalls.Count; i++)
        {
            values[plan.UserParameters + i] = await _sequences.RunAsync(plan.SequenceCalls[i], values, memory, running.Token);
        }

        if (plan.RowSettings.Count == 0) return await RunBoundAsync(plan, values, session, transaction, running);
        running.Streams = false;
        var result = await RunBoundAsync(plan, values, session, transaction, running);
        result.Rows.Decode();
        return result with { Rows = plan.Shape!.Apply(await _sequences.SetAsync(plan.RowSettings, result.Rows, memory, running.Token), merged: true) };
    }

    /// <summary>Who keeps what the statement takes from sequences: its session, or the transaction of a client that has none. Null if nobody can ask for it.</summary>
    private static SequenceMemory? MemoryOf(GateTransaction? transaction, RunningStatement running) => running.Request.Session ?? transaction?.Numbers;

    private ValueTask<GateResult> RunBoundAsync(
        StatementPlan plan, SqlValue[] values, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        running.Planned(plan, values);
        if (running.Request.Copied is { } copied) plan = CopyPlan.Of(plan, copied, session.Catalog, session.Tablets);
        if (running.Request.PartialResults) PartialResults.Require(plan, transaction, running.Request.Streams);
        if (plan is not QueryPlan query) return WriteAsync(plan, values, session, transaction, running);
        if (!LookupRead.AreRead(query.Lookups, values)) return LookUpAndRunAsync(query, values, session, transaction, running);
        if (running.Streams && query is { GivesFew: false, Locks: false }) return OpenAsync(query, values, session, transaction, running);
        if (transaction is not null || query.Locks || query.Select is not SingleShardPlan single || !session.Selects.TryOne(single, values, out var tablet))
        {
            return QueryAsync(query, values, session, transaction, running);
        }

        // Hot path: bench main, point SELECT.
        var names = session.Tablets.NameOf(tablet);
        var pending = session.Selects.RunOneAsync(tablet, single, values, running.Request.Encoding, running.Token);
        return pending.IsCompletedSuccessfully && schema.Moves.IsStill(session.Epoch)
            ? new ValueTask<GateResult>(Unchecked(query, pending.Result.Rows, single.Tier, names)) : AwaitAsync(query, pending, single.Tier, names, session);
    }

    private ValueTask<GateResult> LookUpAndRunAsync(
        QueryPlan query, SqlValue[] values, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        var pending = session.Selects.Lookups.ReadAsync(query.Lookups, values, transaction?.Shards, running.Token);
        return pending.IsCompletedSuccessfully ? RunBoundAsync(query, pending.Result, session, transaction, running) : LookedUpAsync(query, pending, session, transaction, running);
    }

    private async ValueTask<GateResult> LookedUpAsync(
        QueryPlan query, ValueTask<SqlValue[]> pending, GateSession session, GateTransaction? transaction, RunningStatement running) =>
        await RunBoundAsync(query, await pending, session, transaction, running);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<GateResult> AwaitAsync(QueryPlan query, ValueTask<Contracts.ShardResult> pending, string tier, IReadOnlyList<string> shards, GateSession session) =>
        Shaped(query, (await pending).Rows, tier, shards, session);

    /// <summary>The result, unless rows have moved to other shards since the statement was planned.</summary>
    private GateResult Shaped(QueryPlan query, RowSet rows, string tier, IReadOnlyList<string> shards, GateSession session) => schema.Moves.IsStill(session.Epoch)
        ? Unchecked(query, rows, tier, shards)
        : throw new RowsMovedException();

    private static GateResult Unchecked(QueryPlan query, RowSet rows, string tier, IReadOnlyList<string> shards) =>
        new(query.Shape?.Apply(rows, tier == "T1") ?? rows) { Command = query.Command, Tier = tier, Shards = shards };

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<GateResult> QueryAsync(QueryPlan query, SqlValue[] values, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        var cancellationToken = running.Token;
        if (query.Locks && transaction is not null) values = await LockAsync(query.Select, values, session, transaction, cancellationToken);

        var trace = new SelectTrace { AllowsMissing = running.Request.PartialResults, Encoding = running.Request.Encoding };

        // PostgreSQL's readers take no locks; those of a statement that stands alone end with it.
        var rows = query.Locks && transaction is null && session.Engine == SqlDialect.Postgres
            ? await OwnTransaction.RunAsync(session.Tablets.Locks, own => session.Selects.RunAsync(query.Select, values, own, trace, cancellationToken), cancellationToken)
            : await session.Selects.RunAsync(query.Select, values, transaction?.Shards, trace, cancellationToken);
        return PartialResults.Tell(Shaped(query, rows, trace.Tier, trace.Shards, session), trace);
    }

    // PostgreSQL's shards lock the rows that they find themselves; where the gate finds them nobody else writes the tables, or the shards.
    private static async ValueTask<SqlValue[]> LockAsync(SelectPlan plan, SqlValue[] values, GateSession session, GateTransaction transaction, CancellationToken cancellationToken)
    {
        if (transaction.Options.ReadOnly) throw new VitessException(ErrorCodes.ReadOnlyTransaction, "SELECT FOR UPDATE was sent in a read-only transaction");
        if (transaction.IsReadOnly) return values;
        if (session.Engine != SqlDialect.Postgres || plan.Routing.Lookups.Count > 0 || !session.Selects.RunsOnShards(plan, values)) return await session.Selects.Lookups.LockAsync(plan.Routing, values, transaction.Shards, cancellationToken);
        await transaction.Shards.LockAsync(session.Tablets.Of(plan.Routing.Keyspace), plan.Routing.ShardsOf(values), cancellationToken);
        return values;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private ValueTask<GateResult> WriteAsync(StatementPlan plan, SqlValue[] values, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        if (transaction?.IsReadOnly == true || session.IsPast)
        {
            throw new VitessException(ErrorCodes.ReadOnlyTransaction, session.IsPast ? "a statement that writes was sent to the past" : "a statement that writes was sent in a read-only transaction");
        }

        if (running.Told is { } told) RequireTold(told, plan.Shape!.Fields);
        return transaction is null ? WriteAloneAsync(plan, values, session, running)
            : WriteAsync(plan, values, session, transaction.Shards, transaction.Dialect == SqlDialect.Sqlite, MemoryOf(transaction, running), running.Request.Encoding, running.Token);
    }

    private async ValueTask<GateResult> WriteAloneAsync(StatementPlan plan, SqlValue[] values, GateSession session, RunningStatement running)
    {
        var (memory, cancellationToken) = (MemoryOf(null, running), running.Token);
        await schema.Moves.EnterWriteAsync(cancellationToken);
        try
        {
            if (!schema.Moves.IsStill(session.Epoch)) throw new RowsMovedException();
            if (running.Key is not { } key) return await WriteAsync(plan, values, session, null, false, memory, running.Request.Encoding, cancellationToken);
            return await _keyed.WriteAsync(key, plan, own => WriteAsync(plan, values, session, own, false, memory, null, cancellationToken), cancellationToken);
        }
        finally
        {
            schema.Moves.LeaveWrite();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<GateResult> WriteAsync(
        StatementPlan plan, SqlValue[] values, GateSession session, CrossShardTransaction? transaction, bool undoAlone, SequenceMemory? memory, RowEncoding? encoding, CancellationToken cancellationToken)
    {
        WriteResult result;
        try
        {
            result = await session.Writes.RunAsync(plan, values, transaction, undoAlone, memory, encoding, cancellationToken);
        }
        catch (VitessException failure) when (PostgresConstraints.TryRead(failure, session.Catalog, plan.WrittenTable, plan.OnlyAdds, out var inWords))
        {
            throw inWords;
        }

        var rows = result.Rows.Fields.Count > 0 ? plan.Shape!.Apply(result.Rows, merged: false) : plan.Shape!.Empty();
        return new GateResult(rows, result.Affected, result.LastInsertId) { Command = plan.Command, Tier = result.Shards.Count == 1 ? "T0" : "T1", Shards = result.Shards };
    }

    /// <summary>In a transaction that has failed nothing is planned: whatever else is wrong with a statement, this is said first.</summary>
    private static void RefuseButRollback(Statement statement)
    {
        if (statement is RollbackStatement) return;
        throw new VitessException(ErrorCodes.TransactionError, "current transaction is aborted, commands ignored until end of transaction block", sqlState: "25P02",
            hint: "Roll the transaction back.");
    }

    private DateTimeOffset Now(GateTransaction? transaction) => transaction?.Now(options.Clock) ?? options.Clock.GetUtcNow();

    private static SqlValue[] Copy(IReadOnlyList<SqlValue> values)
    {
        if (values.Count == 0) return [];
        var copy = new SqlValue[values.Count];
        for (var i = 0; i < copy.Length; i++) copy[i] = values[i];
        return copy;
    }
}
