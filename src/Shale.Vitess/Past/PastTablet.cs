using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// A shard as it was at a cut: every read is of that version, in no transaction, so that plans and what runs them need not know of time. It cannot be written. Never disposed: what it
/// stands for lives on.
/// </summary>
/// <param name="inner">The shard.</param>
/// <param name="name">What the keyspace is called in the statement's VSchema; of one statement other than that of the present, so that a transaction tells both apart.</param>
/// <param name="cut">The cut.</param>
/// <param name="shard">The shard's place on the ring.</param>
internal sealed class PastTablet(ITablet inner, string name, KeyspaceCut cut, int shard) : ForwardingTablet(inner)
{
    // What begins here is nothing, and is never looked up.
    private const string NoTransaction = "past";

    /// <inheritdoc/>
    public override string Keyspace => name;

    /// <inheritdoc/>
    public override async ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken) =>
        await base.QueryAsync(await ThenAsync(request, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public override async IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var chunk in base.StreamAsync(await ThenAsync(request, cancellationToken), cancellationToken)) yield return chunk;
    }

    /// <inheritdoc/>
    public override ValueTask<ShardResult> ExecuteAsync(ShardExecuteRequest request, CancellationToken cancellationToken) => throw Refused();

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ShardResult>> BatchAsync(ShardBatchRequest request, CancellationToken cancellationToken) => throw Refused();

    /// <inheritdoc/>
    public override ValueTask<string> BeginAsync(ShardBeginRequest request, CancellationToken cancellationToken) => request.Write ? throw Refused() : new(NoTransaction);

    /// <inheritdoc/>
    public override ValueTask CheckDeferredAsync(string txId, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public override ValueTask CommitAsync(string txId, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public override ValueTask RollbackAsync(string txId, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    // Where one moment stands before another, as a table's own does before that of its transaction, the outer one counts.
    private async ValueTask<ShardQueryRequest> ThenAsync(ShardQueryRequest request, CancellationToken cancellationToken) =>
        request.AsOf is not null ? request : request with { AsOf = await cut.VersionOnAsync(shard, cancellationToken), TxId = null };

    private VitessException Refused() => new(ErrorCodes.QueryError, $"the past cannot be written, nor its rows be locked: keyspace \"{cut.Keyspace.Name}\" is read at {cut.Point}", sqlState: "0A000",
        hint: "Write to the present; what you read of the past can be its source.");
}
