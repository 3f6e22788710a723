namespace Shale.Vitess;

/// <summary>Runs the same work for several shards at once.</summary>
internal static class Scatter
{
    /// <summary>
    /// Runs all and waits for all; the first failure, in order of the shards, is thrown when all have ended, and cancels the others. The last one runs on
    /// the caller's thread: engines may work synchronously.
    /// </summary>
    public static async ValueTask<T[]> RunAsync<T>(int count, Func<int, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        if (count == 1) return [await work(0, cancellationToken)];
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
            try
            {
                return await work(index, others.Token);
            }
            catch
            {
                await others.CancelAsync();
                throw;
            }
        }
    }

    private static bool IsCancelled(Exception exception) =>
        exception is OperationCanceledException || exception is VitessException { SqlState: "57014" };
}
