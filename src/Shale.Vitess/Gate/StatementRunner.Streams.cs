namespace Shale.Vitess;

/// <summary>Queries whose rows come in chunks.</summary>
internal sealed partial class StatementRunner
{
    /// <summary>Begins to read, and gives the first chunk; the rest comes as it is asked for.</summary>
    private async ValueTask<GateResult> OpenAsync(QueryPlan query, SqlValue[] values, GateSession session, GateTransaction? transaction, RunningStatement running)
    {
        var chunks = session.Selects.StreamAsync(query.Select, values, transaction?.Shards, running.Request.Encoding, running.Token).GetAsyncEnumerator(CancellationToken.None);
        try
        {
            if (!await chunks.MoveNextAsync()) throw new InvalidOperationException("a stream gave no chunk");
            var first = Shaped(query, chunks.Current, "T1", [], session);
            return first with { Tier = "", Rest = new ShapedRest(chunks, query.Shape, () => schema.Moves.IsStill(session.Epoch)) };
        }
        catch
        {
            await chunks.DisposeAsync();
            throw;
        }
    }
}
