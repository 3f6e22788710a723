namespace Shale.Vitess.Tests;

/// <summary>Who waits for whom.</summary>
public sealed class LockGraphTests
{
    private static readonly LockName X = new("main", "-80");
    private static readonly LockName Y = new("main", "80-");

    [Fact, Trait("Rule", "S4.3")]
    public async Task TakeFree_OfWhatAWaiterHolds_EndsNobody()
    {
        var graph = new LockGraph();
        var (first, second) = (graph.NewOwner(), graph.NewOwner());
        var free = new TaskCompletionSource();
        await graph.TakeAsync(first, X, _ => ValueTask.CompletedTask, default);
        await graph.TakeAsync(second, Y, _ => ValueTask.CompletedTask, default);
        var waiting = graph.TakeAsync(second, X, token => new ValueTask(free.Task.WaitAsync(token)), default);

        // It holds what the other waits for, and tries what the other holds: that would close a circle, were it a wait.
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await graph.TakeFreeAsync(first, Y, _ => throw new InvalidOperationException("not free"), default));
        Assert.False(waiting.IsCompleted);
        graph.Release(first);
        free.SetResult();
        await waiting;
        Assert.Equal([Y, X], second.Holds);
    }
}
