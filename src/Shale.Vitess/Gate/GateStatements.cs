using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Runs the statements that are not SELECT, INSERT, UPDATE or DELETE: definitions, savepoints, SHOW, VEXPLAIN, PRAGMA.</summary>
internal sealed class GateStatements(SchemaChanges schema, ProcessStatements processes, PastStatements past, IKeyspaceBackup? backup, TimeProvider clock)
{
    /// <summary>Runs one.</summary>
    /// <param name="prepared">The statement.</param>
    /// <param name="request">As it came.</param>
    /// <param name="session">The session.</param>
    /// <param name="transaction">Its transaction, or null.</param>
    /// <param name="running">Its token undoes it.</param>
    /// <param name="keyed">Keeps the answers of definitions.</param>
    public async ValueTask<GateResult> RunAsync(PreparedStatement prepared, GateRequest request, GateSession session, GateTransaction? transaction,
        RunningStatement running, KeyedStatements keyed)
    {
        var cancellationToken = running.Token;
        var statement = prepared.Parsed.Statement;
        if (IsForShard(statement, session)) return await PassThrough.RunAsync(request, session, transaction?.Shards, null, cancellationToken);
        if (DefinitionRunner.Takes(statement)) return await DefineAsync(statement, request, session, transaction, running, keyed);
        switch (statement)
        {
            case SetStatement { AsOf: { } point } when transaction is not null:
                if (transaction.Statements > 1) throw new VitessException(ErrorCodes.TransactionError, "SET TRANSACTION AS OF comes before anything is read or written", sqlState: "25001", hint: "Begin another transaction.");
                transaction.Moment = await past.MomentAsync(point, prepared.Parsed, request.Sql, BoundValues.Of(prepared.Parsed, request), session, transaction.StartedAt, cancellationToken);
                return new GateResult(new RowSet([])) { Tier = "gate" };
            case SetStatement { Name: "constraints" } constraints when transaction is not null && session.Dialect == SqlDialect.Postgres:
                return await ConstraintStatements.RunAsync(constraints, session, transaction, cancellationToken);
            case BeginStatement or CommitStatement or RollbackStatement { Savepoint: null } or SetStatement:
                throw new VitessException(ErrorCodes.TransactionError, "BEGIN, COMMIT, ROLLBACK, SET and USE are not statements of this door", sqlState: "0A000",
                    hint: "Use the messages BEGIN, COMMIT and ROLLBACK with txId, and the options keyspace, dialect and asOf.");
            case SavepointStatement or RollbackStatement:
                await SavepointAsync(statement, transaction, session, cancellationToken);
                return new GateResult(new RowSet([])) { Tier = "gate" };
            case ShowStatement { What: "processlist" or "full processlist" } show:
                return new GateResult(processes.List(show)) { Tier = "gate" };
            case KillStatement kill:
                return await processes.KillAsync(kill);
            case BackupStatement taken:
                return await BackupStatements.RunAsync(taken, running, transaction, schema, backup);
            case SetEngineStatement set:
                return await EngineStatements.RunAsync(set, transaction, schema, cancellationToken);
            case CheckVindexStatement check:
                return await LookupStatements.RunAsync(check, session, transaction, running);
            case ShowStatement show:
                return new GateResult(await ShowStatements.RunAsync(show, session, cancellationToken)) { Tier = "gate" };
            case VExplainStatement explain:
                return await new ExplainStatements(past, clock).RunAsync(explain, request, session, transaction, cancellationToken);
            case PragmaStatement pragma:
                return await PragmaStatements.RunAsync(pragma, request, session, transaction, cancellationToken);
            case ExplainStatement explain when session.IsPast || SqlTree.Any(explain, node => node is SystemTime) || !PassThrough.IsPossible(session, transaction):
                return await new ExplainStatements(past, clock).RunOnShardAsync(explain, request, session, transaction, cancellationToken);
            case ExplainStatement or RawStatement when PassThrough.IsPossible(session, transaction):
                return await PassThrough.RunAsync(request, session, transaction?.Shards, null, cancellationToken);
            case RestoreStatement or CallStatement:
                return await new PastCommands(schema, keyed, clock).RunAsync(prepared.Parsed, request, session, transaction, running);
            case LockStatement locked:
                return await LockAsync(locked, session, transaction, cancellationToken);
            case RawStatement raw:
                return await MaintainAsync(raw, session, cancellationToken);
            default:
                throw Refused($"{statement.GetType().Name} is not supported", null);
        }
    }

    /// <summary>Whether a statement makes or drops a trigger of one shard, which the VSchema knows nothing of (SEMANTICS S2.7).</summary>
    private static bool IsForShard(Statement statement, GateSession session) => session.IsShard && session.Dialect == session.Engine && statement switch
    {
        CreateTriggerStatement => true,
        DropStatement { Kind: "trigger" } drop => !TriggerDefinitions.Has(session.Keyspace, drop.Names[0].Name.Name),
        _ => false,
    };

    private async ValueTask<GateResult> DefineAsync(
        Statement statement, GateRequest request, GateSession session, GateTransaction? transaction, RunningStatement running, KeyedStatements keyed)
    {
        if (session.IsShard) throw Refused("a definition cannot be sent to one shard", "Name the keyspace without a shard as the target.");
        if (request.Params.Count > 0) throw new VitessException(ErrorCodes.QueryError, "a definition takes no parameters", sqlState: "08P01");
        if (transaction?.IsReadOnly == true || session.IsPast) throw new VitessException(ErrorCodes.ReadOnlyTransaction, session.IsPast ? "a definition was sent to the past" : "a definition was sent in a read-only transaction");
        ReservedNames.Refuse(statement);
        OwnNames.Require(statement, session.Catalog);
        return transaction is null
            ? await DefineAloneAsync(statement, request, session, running, keyed)
            : await DefineInAsync(transaction, statement, request, session, running.Token);
    }

    private async ValueTask<GateResult> DefineAloneAsync(Statement statement, GateRequest request, GateSession session, RunningStatement running, KeyedStatements keyed)
    {
        var target = Target.Parse(request.Target);
        var build = await LookupBuild.BeginAsync(statement, target, session.Dialect, schema, running.Token);
        try
        {
            if (build is not null) await build.FillAsync(running);
            DefinitionRunner? runner = null;
            var result = Defined(null, build, session);
            await schema.RunAsync(async (state, shards) =>
            {
                build?.EndFill();
                Func<VSchema, VSchema> edit = vschema => vschema;
                if (build is not { IsAll: true })
                {
                    ValueTask Close() => schema.Moves.CloseAsync(running.Token);
                    runner = new DefinitionRunner(state.For(target, session.Dialect), shards, _ => Close(), running.Token) { Past = past, Now = clock.GetUtcNow(), BeforeDropping = Close };
                    edit = await runner.RunAsync(statement, request.Sql);
                    result = Defined(runner, build, session);
                }

                if (running.Key is { } key) await keyed.KeepAsync(key, [result], shards, session.Tablets.Of(session.Keyspace)[0], running.Token);
                return build is null ? edit : vschema => build.Ready(edit(vschema));
            }, running.Token);
            if (runner?.AfterSaving is { } rest) await rest(schema.Sequences, running.Token);
            if (runner?.AfterCommit is { } cleaning) await cleaning(schema);
            return result;
        }
        catch when (build is not null)
        {
            await build.UndoAsync();
            throw;
        }
    }

    private async ValueTask<GateResult> DefineInAsync(
        GateTransaction transaction, Statement statement, GateRequest request, GateSession session, CancellationToken cancellationToken)
    {
        var needs = LookupNeed.Of(statement, session);
        if (needs.Count > 0)
        {
            LookupDefinitions.Refuse(statement, session);
            var shards = new ShardDefinitions(session, transaction.Shards, cancellationToken);
            await RequireOwnAndEmptyAsync(needs[0].Owner, session.Keyspace, shards);
            var (made, lookups) = await LookupBuild.MakeEmptyAsync(needs, session, shards);
            transaction.Edit(made, schema.StateOf(made(session.Catalog.VSchema)));
            if (lookups.All(need => need.IsAll)) return Defined(null, null, session);
            session = transaction.Schema!.For(request.Target is null ? transaction.Target : Target.Parse(request.Target), transaction.Dialect);
        }

        var runner = new DefinitionRunner(session, transaction.Shards, table => RefuseToMove(table, session.Keyspace), cancellationToken) { Past = past, Now = transaction.Now(clock) };
        var edit = await runner.RunAsync(statement, request.Sql);
        if (runner.AfterSaving is not null && statement is TruncateStatement) runner.Notices.Add("RESTART IDENTITY is left out in a transaction, since it could not be taken back: the sequences go on");
        else if (runner.AfterSaving is not null) throw Refused("numbers of a sequence cannot be changed in a transaction: they could not be taken back", "Send the ALTER SEQUENCE outside of transactions.");
        transaction.Edit(edit, schema.StateOf(edit(session.Catalog.VSchema)));
        return Defined(runner, null, session);
    }

    /// <summary>A lookup vindex of a table with rows is filled by many small transactions: a client's own can only make one that needs none.</summary>
    private async ValueTask RequireOwnAndEmptyAsync(string table, VKeyspace own, ShardDefinitions shards)
    {
        var isOwn = !schema.Current.VSchema.Get(own.Name).Tables.ContainsKey(table);
        if (isOwn && (await shards.RowsAsync($"SELECT 1 FROM {ScratchTable.Quote(table)} LIMIT 1", firstOnly: false)).RowCount == 0) return;
        throw Refused($"a lookup vindex of table \"{table}\" cannot be made inside a transaction, unless that has just made the table and put no rows into it", "Send the statement outside of transactions.");
    }

    private static GateResult Defined(DefinitionRunner? runner, LookupBuild? build, GateSession session) => new(new RowSet([]), runner?.Affected ?? 0)
    {
        Tier = "gate", Notices = [.. build?.Notices ?? [], .. runner?.Notices ?? []], Shards = [.. session.Tablets.Of(session.Keyspace).Select(tablet => tablet.Shard)],
    };

    /// <summary>A client's transaction may keep others waiting for as long as it likes. A table that it has made itself is nobody else's yet.</summary>
    private ValueTask RefuseToMove(VTable table, VKeyspace own)
    {
        var known = schema.Current.VSchema.Get(own.Name).Tables;
        if (!known.ContainsKey(table.Name) && known.Keys.All(own.Tables.ContainsKey)) return ValueTask.CompletedTask;
        throw Refused($"the rows of table \"{table.Name}\" cannot move to other shards inside a transaction", "Send the statement outside of transactions.");
    }

    private static async ValueTask SavepointAsync(Statement statement, GateTransaction? transaction, GateSession session, CancellationToken cancellationToken)
    {
        if (transaction is null)
        {
            throw new VitessException(ErrorCodes.TransactionError, "a savepoint needs a transaction", sqlState: "25P01", hint: "Begin a transaction and send its txId.");
        }

        switch (statement)
        {
            case SavepointStatement { Release: false } savepoint:
                await transaction.SavepointAsync(Quoted(savepoint.Name, session), cancellationToken);
                break;
            case SavepointStatement savepoint:
                await transaction.ReleaseAsync(Quoted(savepoint.Name, session), cancellationToken);
                break;
            case RollbackStatement { Savepoint: { } name }:
                await transaction.RollbackToAsync(Quoted(name, session), cancellationToken);
                break;
        }
    }

    private static string Quoted(Identifier name, GateSession session) =>
        ScratchTable.Quote(session.Dialect == SqlDialect.Sqlite ? name.Name.ToLowerInvariant() : name.Name);

    /// <summary>VACUUM, ANALYZE and REINDEX run shard by shard, outside transactions (SEMANTICS S4.1).</summary>
    private static async ValueTask<GateResult> LockAsync(LockStatement locked, GateSession session, GateTransaction? transaction, CancellationToken cancellationToken)
    {
        if (transaction is null) throw new VitessException(ErrorCodes.TransactionError, "LOCK TABLE can only be used in transaction blocks", sqlState: "25P01", hint: "Begin a transaction: the lock ends with it.");
        var places = locked.Tables.Select(session.Catalog.Require).ToList();
        var result = new GateResult(new RowSet([])) { Tier = "gate" };

        // It keeps tables from being dropped or changed in form, which no reader here does.
        if (locked.Mode == LockStatement.Modes[0]) return result;
        if (transaction.IsReadOnly || session.IsPast) throw new VitessException(ErrorCodes.ReadOnlyTransaction, $"LOCK TABLE was sent {(session.IsPast ? "to the past" : "in a read-only transaction")}");
        foreach (var place in places)
        {
            var tablets = session.Tablets.Of(place.Keyspace);
            var shards = place.IsSharded || place.IsReference ? Enumerable.Range(0, tablets.Length) : [ShardKey.FallbackShard];
            await transaction.Shards.LockAsync(tablets, shards, place.Table, $"{locked.Mode.ToUpperInvariant()} MODE", locked.NoWait, cancellationToken);
        }

        return result;
    }

    private static async ValueTask<GateResult> MaintainAsync(
        RawStatement raw, GateSession session, CancellationToken cancellationToken)
    {
        var keyword = raw.Keyword.ToUpperInvariant();
        if (keyword is not ("VACUUM" or "ANALYZE" or "REINDEX"))
        {
            return ForeignStatements.Answer(raw, session.Engine);
        }

        // What it names every shard has; in another dialect than the engine's, all is maintained.
        var text = session.Dialect == session.Engine ? raw.Text : keyword;
        var shards = session.Tablets.Of(session.Keyspace);
        foreach (var tablet in shards)
        {
            await tablet.ExecuteAsync(new Contracts.ShardExecuteRequest(tablet.Shard, text, []), cancellationToken);
        }

        return new GateResult(new RowSet([])) { Tier = "gate", Shards = [.. shards.Select(tablet => tablet.Shard)], Notices = [$"{keyword} ran shard by shard"] };
    }

    private static VitessException Refused(string message, string? hint) => new(ErrorCodes.QueryError, message, sqlState: "0A000", hint: hint);
}
