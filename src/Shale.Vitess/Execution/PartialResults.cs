using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// Answers without the shards that cannot give theirs, for who asks for it (<see cref="GateRequest.PartialResults"/>). Only where each shard's part stands by itself: what T1 does.
/// There every row that is given is right, and only rows are missing; aggregates over them say so.
/// </summary>
internal static class PartialResults
{
    /// <summary>Refuses what cannot be partial: QUERY_ERROR (0A000).</summary>
    /// <param name="plan">The statement's plan; null for one without.</param>
    /// <param name="transaction">Its transaction, or null.</param>
    /// <param name="streams">Whether its rows are streamed.</param>
    public static void Require(StatementPlan? plan, GateTransaction? transaction, bool streams)
    {
        if (transaction is not null) throw Refused("a transaction", "Send the query outside the transaction, or without partialResults.");
        if (streams) throw Refused("a stream, which could not say at its end what is missing", "Send it without stream, or without partialResults.");
        if (plan is not QueryPlan { Locks: false, CallsSequences: false }) throw Refused("a statement that does more than read", "Send it without partialResults.");
    }

    /// <summary>Asks all shards; those that cannot answer are told to the trace. When none can, the first failure is thrown.</summary>
    public static async ValueTask<RowSet[]> GatherAsync(
        (ITablet Tablet, ShardQueryRequest Request)[] requests, ReadLimit limit, int atOnce, SelectTrace trace, CancellationToken cancellationToken)
    {
        var answers = await Scatter.RunAsync(requests.Length, async (i, token) =>
        {
            try
            {
                return (Rows: (RowSet?)(await requests[i].Tablet.QueryAsync(limit.On(requests[i].Request), token)).Rows, Failure: (VitessException?)null);
            }
            catch (VitessException failure) when (IsOfTheShard(failure))
            {
                return (null, failure);
            }
        }, cancelOthers: true, cancellationToken, atOnce);
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i].Failure is { } failure) trace.Missing.Add((requests[i].Tablet.Shard, failure));
        }

        if (trace.Missing.Count == answers.Length) throw trace.Missing[0].Failure;
        RowSet[] parts = [.. answers.Select(answer => answer.Rows).OfType<RowSet>()];
        if (!limit.IsNone) limit.Check(parts.Sum(part => (long)part.RowCount), parts.Sum(part => part.SizeBytes));
        return parts;
    }

    /// <summary>The result with what it lacks.</summary>
    public static GateResult Tell(GateResult result, SelectTrace trace)
    {
        if (trace.Missing.Count == 0) return result;
        string[] missing = [.. trace.Missing.Select(each => each.Shard)];
        var notice = $"the answer lacks the rows of {missing.Length} of {trace.Shards.Count} shards: {string.Join(", ", trace.Missing.Select(each => $"{each.Shard} ({each.Failure.Message})"))}"
            + (trace.Computes ? "; counts, sums and other aggregates are without them" : "");
        return result with { Shards = [.. result.Shards.Except(missing)], Notices = [.. result.Notices, notice], MissingShards = missing };
    }

    // The shard itself, its connection or its readers; not what the statement did wrong.
    private static bool IsOfTheShard(VitessException failure) =>
        failure.Code == ErrorCodes.ShardError.Code || failure.Code == ErrorCodes.ConnectionError.Code || failure is { SqlState: "53300" };

    private static VitessException Refused(string what, string hint) =>
        new(ErrorCodes.QueryError, $"partial results are for queries that stand alone, not for {what}", sqlState: "0A000", hint: hint);
}
