namespace Shale.Vitess;

/// <summary>Runs the same work for several shards at once.</summary>
internal static class Scatter
{
    /// <summary>
    /// Runs all and waits for all; the first failure, in order of the shards, is thrown when all have ended. The last one runs on the caller's thread:
    /// engines may work synchronously.
    /// </summary>
    /// <param name="count">How many there are.</param>
    /// <param name="work">The work for one of them.</param>
    /// <param name="cancelOthers">Whether a failure stops the others. Not for writes: SQLite rolls a whole transaction back when one of its writes is stopped.</param>
    /// <param name="cancellationToken">Stops all.</param>
    /// <param name="atOnce">How many run at a time. Not for writes: what one of them holds another may wait for.</param>
    public static async ValueTask<T[]> RunAsync<T>(
        int count, Func<int, CancellationToken, ValueTask<T>> work, bool cancelOthers, CancellationToken cancellationToken, int atOnce = int.MaxValue)
    {
        if (count == 1) return [await work(0, cancellationToken)];
        using var turns = count > atOnce ? new SemaphoreSlim(atOnce) : null;
        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tasks = new Task<T>[count];
        for (var i = 0; i < count; i++)
        {
            var index = i;
            tasks[i] = index == count - 1 ? GuardAsync(index) : Task.Run(() => GuardAsync(index), CancellationToken.None);
        }

        try
        {
            return await Task.WhenAll(tasks);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Those that were cancelled because another failed are not the cause.
            var cause = tasks.FirstOrDefault(task => task.Exception?.InnerException is { } inner && !IsCancelled(inner));
            if (cause is not null) await cause;
            throw;
        }

        async Task<T> GuardAsync(int index)
        {
            if (turns is not null) await turns.WaitAsync(others.Token);
            try
            {
                return await work(index, others.Token);
            }
            catch
            {
                if (cancelOthers) await others.CancelAsync();
                throw;
            }
            finally
            {
                turns?.Release();
            }
        }
    }

    private static bool IsCancelled(Exception exception) =>
        exception is OperationCanceledException || exception is VitessException { SqlState: "57014" };
}
