namespace Shale.Vitess.Tests;

/// <summary>Holds reads back until it is told to let them go.</summary>
internal sealed class Held
{
    private TaskCompletionSource? _free;
    private TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Hold()
    {
        _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _free = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Release() => Interlocked.Exchange(ref _free, null)?.SetResult();

    public Task ReachedAsync() => _reached.Task.WaitAsync(TimeSpan.FromSeconds(20));

    public async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        if (_free is not { } free) return;
        _reached.TrySetResult();
        await free.Task.WaitAsync(cancellationToken);
    }
}
