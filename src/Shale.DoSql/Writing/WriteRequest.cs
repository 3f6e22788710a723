using Shale.Sqlite;

namespace Shale.DoSql;

/// <summary>
/// Something that waits for the writer of a branch. It is waiting, then taken or given up, never both. What it did is kept until it is durable, then told; its awaiter goes on on a thread of the
/// pool, never on the writer's.
/// </summary>
internal abstract class WriteRequest(CancellationToken cancellationToken) : TaskCompletionSource<RunResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private const int Waiting = 0, Taken = 1, GivenUp = 2;
    private int _state;
    private CancellationTokenRegistration _registration;
    private RunResult _result;
    private Lsn _lsn;
    private Exception? _failure;

    /// <summary>When it began to wait, in ticks of the clock.</summary>
    public long Since { get; set; }

    /// <summary>Whether it may share its transaction with others, if they are to.</summary>
    public virtual bool CanShare => false;

    /// <summary>Whether whoever asked for it no longer wants it.</summary>
    public bool IsCancelled => cancellationToken.IsCancellationRequested;

    /// <summary>Whether it has failed so far.</summary>
    public bool HasFailed => _failure is not null;

    /// <summary>Lets the token end the waiting. Before it is queued.</summary>
    public void Watch()
    {
        if (!cancellationToken.CanBeCanceled) return;
        _registration = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var request = (WriteRequest)state!;
                if (request.TryGiveUp()) request.TrySetCanceled(token);
            },
            this);
    }

    /// <summary>Takes it out of the queue to run it; false if it was given up.</summary>
    public bool TryTake()
    {
        if (Interlocked.CompareExchange(ref _state, Taken, Waiting) != Waiting) return false;
        _registration.Dispose();
        return true;
    }

    /// <summary>Gives it up with a failure, unless it was taken.</summary>
    public void GiveUp(Exception reason)
    {
        if (!TryGiveUp()) return;
        _registration.Dispose();
        TrySetException(reason);
    }

    private bool TryGiveUp() => Interlocked.CompareExchange(ref _state, GivenUp, Waiting) == Waiting;

    /// <summary>Runs on the writer's connection and keeps what came of it; once more where the first time was undone.</summary>
    public void Run(BranchConnection connection)
    {
        _failure = null;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var stop = connection.Sqlite.StopWhen(cancellationToken);
            _result = Execute(connection);
        }
        catch (Exception exception)
        {
            _failure = exception;
        }

        _lsn = connection.Sqlite.Commits!.Last;
    }

    /// <summary>Says what came of it where it was run together with others.</summary>
    public void Keep(in RunResult result) => (_result, _failure) = (result, null);

    /// <summary>Says that it came to nothing, whatever it did.</summary>
    public void Spoil(Exception exception) => _failure ??= exception;

    /// <summary>Says in which commit it is.</summary>
    public void MoveTo(Lsn lsn) => _lsn = lsn;

    /// <summary>Tells what came of it.</summary>
    public void Complete()
    {
        if (_failure is null) TrySetResult(_result with { Lsn = _lsn });
        else if (cancellationToken.IsCancellationRequested) TrySetCanceled(cancellationToken);
        else TrySetException(_failure);
    }

    /// <summary>Does what it is there for. Errors: what SQLite finds.</summary>
    protected abstract RunResult Execute(BranchConnection connection);
}
