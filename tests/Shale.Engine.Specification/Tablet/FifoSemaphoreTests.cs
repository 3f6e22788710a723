using Shale.Vitess;

namespace Shale.Engine.Specification.Tablet;

public sealed class FifoSemaphoreTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Release_WithWaiters_ServesThemInOrder()
    {
        var semaphore = new FifoSemaphore(1);
        Assert.True(semaphore.TryAcquire());
        var first = AcquireAsync(semaphore);
        var second = AcquireAsync(semaphore);
        Assert.False(semaphore.TryAcquire());
        semaphore.Release();
        Assert.True(await first);
        Assert.False(second.IsCompleted);
        semaphore.Release();
        Assert.True(await second);
    }

    [Fact]
    public async Task Acquire_TimedOutOrCancelled_LeavesThePermitToTheNext()
    {
        var semaphore = new FifoSemaphore(1);
        Assert.True(semaphore.TryAcquire());
        using var source = new CancellationTokenSource();
        var late = AcquireAsync(semaphore);
        var cancelled = AcquireAsync(semaphore, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(await late);
        semaphore.Release();
        Assert.True(semaphore.TryAcquire());
        Assert.False(semaphore.TryAcquire());
    }

    [Fact]
    public async Task AcquireForClosing_WithAStubbornHolder_GivesUp()
    {
        var semaphore = new FifoSemaphore(1);
        Assert.True(semaphore.TryAcquire());
        var asked = 0;
        Assert.False(await semaphore.AcquireForClosingAsync(TimeSpan.FromMilliseconds(100), () => asked++));
        Assert.True(asked > 0);
        Assert.True(await semaphore.AcquireForClosingAsync(TimeSpan.FromMinutes(1), semaphore.Release));
    }

    private Task<bool> AcquireAsync(FifoSemaphore semaphore, CancellationToken cancellationToken = default) =>
        semaphore.AcquireAsync(TimeSpan.FromSeconds(1), _time, cancellationToken).AsTask();
}
