namespace Shale.Vitess;

/// <summary>Statements that read the past: their points are found first, and then they are like any other.</summary>
internal sealed partial class StatementRunner
{
    /// <summary>A statement of which every table without a point of its own is read at one point. It only reads, so no answer has to be kept.</summary>
    private async ValueTask<GateResult> RunAtAsync(GateRequest request, GateTransaction? transaction, RunningStatement running)
    {
        if (transaction is not null) throw new VitessException(ErrorCodes.TransactionError, "a statement of a transaction is read at the point of its transaction", sqlState: "0A000", hint: "Begin another transaction with asOf.");
        return await RunAloneAsync(await AtMomentAsync(request, running), running);
    }

    private async ValueTask<GateRequest> AtMomentAsync(GateRequest request, RunningStatement running) => request.AsOf is not { } point ? request
        : request with { Moment = await past.MomentAsync(point, SessionOf(request, null), running.Token) };

    private async ValueTask<GateResult> RunPastAsync(TimedPlan timed, SqlValue[] values, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        var found = await FindPastAsync(timed, values, session, transaction, running);
        return await RunAsync(found.Plan, found.Values, found.Past.Session, transaction, running);
    }

    private async ValueTask<PastStatement> FindPastAsync(TimedPlan timed, SqlValue[] values, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        var found = await ResolveAsync();
        running.Reads(found.Past);
        return found;

        async ValueTask<PastStatement> ResolveAsync()
        {
            try
            {
                return await past.ResolveAsync(timed, values, session, Now(transaction), running.Token);
            }
            catch (VitessException failure) when (failure.Position is not null && timed.Types is not null)
            {
                // The place must be told in the user's own text.
                var own = PrepareAsItIs(running.Request, session, transaction);
                if (own.Plan is not TimedPlan whole) throw;
                return await past.ResolveAsync(whole, own.Values!, session, Now(transaction), running.Token);
            }
        }
    }
}
