using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Runs what changes what a keyspace is, or what is kept of it: RESTORE KEYSPACE, RESTORE DATABASE (which at a gate is the target's keyspace), and CALL of <c>dosql_snapshot(name[, at])</c>,
/// <c>dosql_drop_snapshot(name)</c>, <c>dosql_branch(name[, from])</c> and <c>dosql_drop_branch(name)</c>. Each gives one row.
/// </summary>
/// <param name="schema">The VSchema, and how it changes.</param>
/// <param name="keyed">Keeps answers.</param>
/// <param name="clock">What now() is.</param>
internal sealed class PastCommands(SchemaChanges schema, KeyedStatements keyed, TimeProvider clock)
{
    private const string Known = "There are dosql_snapshot(name[, at]), dosql_drop_snapshot(name), dosql_branch(name[, from]), dosql_drop_branch(name).";

    /// <summary>Runs one. Errors: TRANSACTION_ERROR (25001) inside a transaction; QUERY_ERROR (0A000) for one shard; those of <see cref="SchemaChanges.RestoreAsync"/> and <see cref="KeyspaceSnapshots"/>.</summary>
    public async ValueTask<GateResult> RunAsync(ParsedSql parsed, GateRequest request, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        var what = parsed.Statement is RestoreStatement ? "RESTORE" : "CALL";
        if (transaction is not null) throw new VitessException(ErrorCodes.TransactionError, $"{what} cannot be part of a transaction", sqlState: "25001", hint: "Send it outside of transactions.");
        if (session.IsShard) throw new VitessException(ErrorCodes.QueryError, $"{what} concerns all shards of a keyspace: their rows belong together", sqlState: "0A000", hint: "Name the keyspace without a shard as the target.");
        var values = BoundValues.Of(parsed, request);
        var result = parsed.Statement switch
        {
            RestoreStatement restore => await RestoreAsync(restore, parsed, values, session, running),
            CallStatement call => await CallAsync(call.Call, values, session, running),
            _ => throw new InvalidOperationException($"{parsed.Statement.GetType().Name} is no command"),
        };
        return running.Key is { } key ? await KeepAsync(key, result, session, running) : result;
    }

    private async ValueTask<GateResult> RestoreAsync(RestoreStatement restore, ParsedSql parsed, SqlValue[] values, GateSession session, RunningStatement running)
    {
        var point = await PastStatements.PointAsync(restore.Point, parsed, running.Request.Sql, values, session, clock.GetUtcNow(), running.Token);
        try
        {
            var done = await schema.RestoreAsync(restore.Name?.Name ?? session.Keyspace.Name, point, keyed.RenewAsync, running.Token);
            return Row("bookmark", done.Undo) with { Shards = done.Shards, Notices = done.Notices };
        }
        catch (VitessException failure) when (failure is { Position: null, Shard: null } && failure.Code.StartsWith("TT_", StringComparison.Ordinal))
        {
            throw failure.At(restore.Point.Span.Start + 1);
        }
    }

    private async ValueTask<GateResult> CallAsync(FunctionCall call, SqlValue[] values, GateSession session, RunningStatement running)
    {
        var name = call.Name.Name.Name.ToLowerInvariant();
        string? Text(string argument, int place) => Argument(call, argument, place) is { } given ? TextOf(given, values) : null;
        var count = call.Args.Count;
        switch (name)
        {
            case "dosql_snapshot" when count is 1 or 2 && Text("name", 0) is { } made:
                var snapshot = await schema.Snapshots.CreateAsync(session.Keyspace.Name, made, count == 2 ? Text("at", 1) ?? throw Unknown(call) : null, running.Token);
                return Row("snapshot", snapshot) with { Shards = ShardsOf(session) };
            case "dosql_drop_snapshot" when count == 1 && Text("name", 0) is { } dropped:
                await schema.Snapshots.DropAsync(session.Keyspace.Name, dropped, running.Token);
                return Row("snapshot", dropped) with { Shards = ShardsOf(session) };
            case "dosql_branch" when count is 1 or 2 && Text("name", 0) is { } branch:
                var keyspace = await schema.Branches.CreateAsync(session.Keyspace.Name, branch, count == 2 ? Text("from", 1) ?? throw Unknown(call) : null, running.Token);
                return Row("branch", keyspace) with { Shards = ShardsOf(session) };
            case "dosql_drop_branch" when count == 1 && Text("name", 0) is { } left:
                await schema.Branches.DropAsync(session.Keyspace.Name, left, running.Token);
                return Row("branch", left) with { Shards = ShardsOf(session) };
            default:
                throw Unknown(call);
        }
    }

    // The shards as they are now keep the answer: after a restore, those that have been left would not be asked.
    private async ValueTask<GateResult> KeepAsync(AnswerKey key, GateResult result, GateSession session, RunningStatement running)
    {
        try
        {
            var first = schema.AllTablets.Of(session.Keyspace)[0];
            return await OwnTransaction.RunAsync(schema.AllTablets.Locks, async own =>
            {
                await keyed.KeepAsync(key, [result], own, first, running.Token);
                return result;
            }, running.Token);
        }
        catch (VitessException failure)
        {
            return result with { Notices = [.. result.Notices, $"this is done, but the answer could not be kept under its idempotency key: {failure.Message}"] };
        }
    }

    private static Expr? Argument(FunctionCall call, string name, int place)
    {
        var named = Enumerable.Range(0, call.ArgNames.Count).FirstOrDefault(i => string.Equals(call.ArgNames[i], name, StringComparison.OrdinalIgnoreCase), -1);
        if (named >= 0) return call.Args[named];
        return place < call.Args.Count && (place >= call.ArgNames.Count || call.ArgNames[place] is null) ? call.Args[place] : null;
    }

    private static string TextOf(Expr argument, SqlValue[] values) => Value(argument, values) is { Kind: SqlValueKind.Text } value
        ? value.AsText()
        : throw new VitessException(ErrorCodes.TypeError, "the arguments are strings", sqlState: "42804", position: argument.Span.Start + 1);

    private static SqlValue Value(Expr expression, SqlValue[] values) => expression switch
    {
        Literal { Kind: LiteralKind.String } literal => SqlValue.Text(literal.Text),
        Parameter parameter => values[parameter.Index - 1],
        _ => throw new VitessException(ErrorCodes.QueryError, "only strings and parameters can stand here", sqlState: "0A000", hint: "Compute the value first, and send it as a parameter.", position: expression.Span.Start + 1),
    };

    private static IReadOnlyList<string> ShardsOf(GateSession session) => [.. session.Tablets.Of(session.Keyspace).Select(tablet => tablet.Shard)];

    private static GateResult Row(string column, string value)
    {
        var rows = new RowSet([new Field(column, "text")]);
        rows.Add([SqlValue.Text(value)]);
        return new GateResult(rows) { Tier = "gate" };
    }

    private static VitessException Unknown(FunctionCall call) => new(ErrorCodes.NotFound, $"there is no procedure {call.Name.Name.Name} with such arguments", sqlState: "42883", hint: Known, position: call.Span.Start + 1);
}
