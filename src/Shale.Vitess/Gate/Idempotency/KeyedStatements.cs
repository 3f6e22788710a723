using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Runs statements that carry an idempotency key (SEMANTICS S4.4): each key once, whoever sends it again gets the answer of the first. Thread-safe.</summary>
internal sealed class KeyedStatements(SchemaChanges schema, TimeProvider clock)
{
    private readonly AnswerStore _answers = new();
    private readonly KeyTurns _turns = new();

    /// <summary>
    /// Whether a statement needs no key: it changes nothing but sequences, whose numbers are never given twice anyway. Its first word decides where it can; else it is parsed.
    /// </summary>
    public static bool OnlyReads(string sql, SqlDialect dialect)
    {
        var text = sql.AsSpan().TrimStart();
        if (StartsWith(text, "SELECT") || StartsWith(text, "VALUES") || StartsWith(text, "SHOW")) return true;
        if (StartsWith(text, "INSERT") || StartsWith(text, "UPDATE") || StartsWith(text, "DELETE")) return false;
        try
        {
            var statement = SqlParser.Parse(sql, dialect);
            return statement is ShowStatement or SelectStatement && !ModifyingWith.Is(statement);
        }
        catch (VitessException)
        {
            return false;
        }
    }

    /// <summary>Gives the answer that a statement's key has, or runs the statement.</summary>
    /// <param name="request">The statement.</param>
    /// <param name="running">Holds the key while the statement runs, for whoever commits what it writes.</param>
    /// <param name="run">Runs it.</param>
    public async ValueTask<GateResult> RunAsync(GateRequest request, RunningStatement running, Func<GateRequest, RunningStatement, ValueTask<GateResult>> run)
    {
        var key = AnswerKey.Of(request, clock);
        running.State = "waiting for its idempotency key";
        using var turn = await _turns.EnterAsync(key, running.Token);
        running.State = "running";
        if (await _answers.FindAsync(key, schema.Current.Tablets.Tablets, running.Token) is { } known) return known[0];
        running.Key = key;
        return await run(request, running);
    }

    /// <summary>Gives the answer that the key of a batch has, or runs the batch, all of it or nothing.</summary>
    public async ValueTask<GateBatchResult> RunAsync(GateBatchRequest request, Func<AnswerKey, ValueTask<GateBatchResult>> run, CancellationToken cancellationToken)
    {
        var key = AnswerKey.Of(request, clock);
        using var turn = await _turns.EnterAsync(key, cancellationToken);
        if (await _answers.FindAsync(key, schema.Current.Tablets.Tablets, cancellationToken) is { } known) return new GateBatchResult(known);
        return await run(key);
    }

    /// <summary>Runs a write that stands alone in a transaction over shards that keeps its answer.</summary>
    public async ValueTask<GateResult> WriteAsync(AnswerKey key, StatementPlan? plan, Func<CrossShardTransaction, ValueTask<GateResult>> work, CancellationToken cancellationToken)
    {
        // A write whose rows may go elsewhere the second time could have been done by the shard that did not answer.
        if (key.Unasked is { } failure && (plan is null or InsertPlan { Sequence: not null } or InsertPlan { Source: not null } || plan.CallsSequences)) throw failure;
        return await OwnTransaction.RunAsync(
            schema.Current.Tablets.Locks,
            async own =>
            {
                var result = await work(own);
                await _answers.KeepAsync(key, [result], own, null, cancellationToken);
                return result;
            },
            cancellationToken);
    }

    /// <summary>See <see cref="AnswerStore.KeepAsync"/>.</summary>
    public ValueTask KeepAsync(
        AnswerKey key, IReadOnlyList<GateResult> results, CrossShardTransaction transaction, ITablet? otherwise, CancellationToken cancellationToken) =>
        _answers.KeepAsync(key, results, transaction, otherwise, cancellationToken);

    /// <summary>See <see cref="AnswerStore.RenewAsync"/>.</summary>
    public ValueTask RenewAsync(IReadOnlyList<ITablet> tablets) => _answers.RenewAsync(tablets, CancellationToken.None);

    private static bool StartsWith(ReadOnlySpan<char> text, string word) =>
        text.Length > word.Length && text.StartsWith(word, StringComparison.OrdinalIgnoreCase) && !char.IsLetterOrDigit(text[word.Length]) && text[word.Length] != '_';
}
