using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>Runs a statement that stands alone in a transaction of its own: all or nothing.</summary>
internal static class OwnTransaction
{
    /// <summary>Runs work and commits it. Work that fails with <see cref="OutOfTurnException"/> is undone and runs again, when the writers that it needs have been taken in order of the ring.</summary>
    public static async ValueTask<T> RunAsync<T>(LockGraph locks, Func<CrossShardTransaction, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        OutOfTurnException? before = null;
        while (true)
        {
            var own = new CrossShardTransaction(locks, new TransactionOptions(IsolationLevel.ReadCommitted)) { MayRunAgain = true };
            try
            {
                if (before is not null) await own.LockAsync(before.Keyspace, before.Shards, cancellationToken);
                var result = await work(own);
                await own.CommitAsync(cancellationToken);
                return result;
            }
            catch (OutOfTurnException outOfTurn)
            {
                await own.RollbackAsync();
                before = before is null ? outOfTurn : outOfTurn.OfAll();
            }
            catch
            {
                await own.RollbackAsync();
                throw;
            }
        }
    }
}
