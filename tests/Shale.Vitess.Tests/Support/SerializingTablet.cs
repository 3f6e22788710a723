using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess.Tests;

/// <summary>
/// A tablet whose every request, answer and failure goes through JSON and back, as if it were in another process: what this changes could
/// not cross one.
/// </summary>
internal sealed class SerializingTablet(ITablet inner) : ITablet
{
    public string Keyspace => inner.Keyspace;

    public string Shard => inner.Shard;

    public StorageEngineType Engine => inner.Engine;

    public ITablet OpenBranch(string name) => new SerializingTablet(inner.OpenBranch(name));

    public IShardHistory? History => inner.History is { } history ? new SerializingHistory(history) : null;

    public async ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken) =>
        Through(await Call(() => inner.QueryAsync(Through(request), cancellationToken)));

    public async IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var chunks = inner.StreamAsync(Through(request), cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await Call(chunks.MoveNextAsync)) yield return Through(chunks.Current);
    }

    public async ValueTask<ShardResult> ExecuteAsync(ShardExecuteRequest request, CancellationToken cancellationToken) =>
        Through(await Call(() => inner.ExecuteAsync(Through(request), cancellationToken)));

    public async ValueTask<IReadOnlyList<ShardResult>> BatchAsync(ShardBatchRequest request, CancellationToken cancellationToken) =>
        Through(await Call(() => inner.BatchAsync(Through(request), cancellationToken)));

    public async ValueTask<string> BeginAsync(ShardBeginRequest request, CancellationToken cancellationToken) =>
        Through(await Call(() => inner.BeginAsync(Through(request), cancellationToken)));

    public async ValueTask CheckDeferredAsync(string txId, CancellationToken cancellationToken) => await Call(async () =>
    {
        await inner.CheckDeferredAsync(Through(txId), cancellationToken);
        return true;
    });

    public async ValueTask SuspendKeysAsync(string txId, bool suspends, CancellationToken cancellationToken) => await Call(async () =>
    {
        await inner.SuspendKeysAsync(Through(txId), suspends, cancellationToken);
        return true;
    });

    public async ValueTask CommitAsync(string txId, CancellationToken cancellationToken) => await Call(async () =>
    {
        await inner.CommitAsync(Through(txId), cancellationToken);
        return true;
    });

    public async ValueTask RollbackAsync(string txId, CancellationToken cancellationToken) => await Call(async () =>
    {
        await inner.RollbackAsync(Through(txId), cancellationToken);
        return true;
    });

    public async ValueTask<ShardHealth> HealthAsync(CancellationToken cancellationToken) =>
        Through(await Call(() => inner.HealthAsync(cancellationToken)));

    public async ValueTask<IReadOnlyList<ShardObject>> SchemaAsync(CancellationToken cancellationToken) =>
        Through(await Call(() => inner.SchemaAsync(cancellationToken)));

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    internal static T Through<T>(T value) => ContractsJson.Deserialize<T>(ContractsJson.Serialize(value));

    // A failure arrives as what an ERROR message can carry, without its cause.
    internal static async ValueTask<T> Call<T>(Func<ValueTask<T>> call)
    {
        try
        {
            return await call();
        }
        catch (VitessException failure)
        {
            throw Through(ErrorResponse.From("", failure)).ToException();
        }
    }
}
