using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Runs RESTORE KEYSPACE, and RESTORE DATABASE, which at a gate is the target's keyspace.</summary>
internal static class RestoreStatements
{
    /// <summary>Restores a keyspace; one row says the bookmark that undoes it. Errors: TRANSACTION_ERROR (25001) inside a transaction; those of <see cref="SchemaChanges.RestoreAsync"/>.</summary>
    public static async ValueTask<GateResult> RunAsync(
        RestoreStatement restore, ParsedSql parsed, GateRequest request, GateSession session, GateTransaction? transaction, RunningStatement running, KeyedStatements keyed, SchemaChanges schema)
    {
        if (transaction is not null)
        {
            throw new VitessException(ErrorCodes.TransactionError, "RESTORE cannot be part of a transaction", sqlState: "25001", hint: "Send it outside of transactions; it gives out the bookmark that undoes it.");
        }

        if (session.IsShard) throw new VitessException(ErrorCodes.QueryError, "one shard cannot be restored alone: its rows belong together with those of the others", sqlState: "0A000", hint: "Name the keyspace without a shard as the target.");
        var values = ValuesOf(parsed, request);
        var point = TimePoints.Resolve(restore.Point, expression => Value(expression, values));
        var name = restore.Name?.Name ?? session.Keyspace.Name;
        var done = await RestoreAsync(name, point, restore.Point, keyed, schema, running);
        var rows = new RowSet([new Field("bookmark", "text")]);
        rows.Add([SqlValue.Text(done.Undo)]);
        var result = new GateResult(rows) { Tier = "gate", Shards = done.Shards, Notices = done.Notices };
        return running.Key is { } key ? await KeepAsync(key, result, name, keyed, schema, running) : result;
    }

    private static async ValueTask<RestoredKeyspace> RestoreAsync(string name, TimePoint point, SystemTimePoint written, KeyedStatements keyed, SchemaChanges schema, RunningStatement running)
    {
        try
        {
            return await schema.RestoreAsync(name, point, keyed.RenewAsync, running.Token);
        }
        catch (VitessException failure) when (failure is { Position: null, Shard: null } && failure.Code.StartsWith("TT_", StringComparison.Ordinal))
        {
            throw new VitessException(failure.Code, failure.Message, null, failure.SqlState, failure.IsTransient, failure.Hint, written.Span.Start + 1);
        }
    }

    // The shards as they are now keep the answer: those that have been left would not be asked.
    private static async ValueTask<GateResult> KeepAsync(AnswerKey key, GateResult result, string keyspace, KeyedStatements keyed, SchemaChanges schema, RunningStatement running)
    {
        try
        {
            var first = schema.AllTablets.Of(keyspace)[0];
            return await OwnTransaction.RunAsync(schema.AllTablets.Locks, async own =>
            {
                await keyed.KeepAsync(key, [result], own, first, running.Token);
                return result;
            }, running.Token);
        }
        catch (VitessException failure)
        {
            return result with { Notices = [.. result.Notices, $"the keyspace is restored, but the answer could not be kept under its idempotency key: {failure.Message}"] };
        }
    }

    private static IReadOnlyList<SqlValue> ValuesOf(ParsedSql parsed, GateRequest request)
    {
        var values = request.NamedParams is null ? request.Params : [.. parsed.ParameterNames.Select(name => name is null ? throw BoundValues.Positional()
            : request.NamedParams.TryGetValue(name, out var value) ? value : throw BoundValues.NoValue(name))];
        return values.Count == parsed.ParameterCount ? values : throw BoundValues.WrongCount(parsed.ParameterCount, values.Count);
    }

    private static SqlValue Value(Expr expression, IReadOnlyList<SqlValue> values) => expression is Parameter parameter ? values[parameter.Index - 1] : throw new VitessException(
        ErrorCodes.InvalidPoint, "RESTORE takes a constant or a parameter", hint: "Compute the moment first: RESTORE KEYSPACE main TO TIMESTAMP '2024-01-31 12:00:00'.", position: expression.Span.Start + 1);
}
