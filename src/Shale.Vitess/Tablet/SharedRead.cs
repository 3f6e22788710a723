using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// A read of one row from when a session has asked for it until the session has its answer, alone on a connection or together with others. It is answered once, and then used for another read: whoever answers
/// it does not touch it again. Not thread-safe, but for its cancelling.
/// </summary>
/// <remarks>Hot path: the point query to a PostgreSQL shard.</remarks>
internal sealed class SharedRead : IValueTaskSource<ShardResult>
{
    private const int MostFree = 64;

    [ThreadStatic]
    private static Stack<SharedRead>? _free;

    private readonly Lock _lock = new();
    private readonly Action _endAlone;
    private ManualResetValueTaskSourceCore<ShardResult> _answer;
    private VTTablet _tablet = null!;
    private ShardQueryRequest _request = null!;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private TabletMetrics.Measured _start;
    private Activity? _parent;
    private IEngineConnection? _connection;
    private ConfiguredValueTaskAwaitable<ShardResult>.ConfiguredValueTaskAwaiter _alone;

    private SharedRead() => _endAlone = EndAlone;

    /// <summary>The shard.</summary>
    public VTTablet Tablet => _tablet;

    /// <summary>What is read.</summary>
    public ShardQueryRequest Request => _request;

    /// <summary>Whether nobody wants it any more.</summary>
    public bool IsCancelled => _token.IsCancellationRequested;

    /// <summary>The answer, for whoever has asked.</summary>
    public ValueTask<ShardResult> Answer => new(this, _answer.Version);

    /// <summary>A read that is asked for.</summary>
    public static SharedRead Of(VTTablet tablet, ShardQueryRequest request, CancellationToken cancellationToken)
    {
        if (_free is null || !_free.TryPop(out var read)) read = new SharedRead();
        (read._tablet, read._request, read._parent) = (tablet, request, Activity.Current);
        lock (read._lock) read._token = cancellationToken;
        return read;
    }

    /// <summary>Whether the other one may go with it.</summary>
    public bool GoesWith(SharedRead other) => ReferenceEquals(_tablet, other._tablet) && ReferenceEquals(_request.Sql, other._request.Sql) && ReferenceEquals(_request.Encoding, other._request.Encoding);

    /// <summary>It has been sent, with others.</summary>
    /// <param name="connection">On which it is until <see cref="Leave"/> or its answer; stopped where it is cancelled.</param>
    public void Enter(IEngineConnection connection)
    {
        Measure();
        lock (_lock) _connection = connection;
        if (_token.CanBeCanceled) _registration = _token.UnsafeRegister(static (self, token) => ((SharedRead)self!).Interrupt(token), this);
    }

    /// <summary>It is not on the connection any more, and has no answer.</summary>
    public void Leave()
    {
        _start.Activity?.Dispose();
        ForgetConnection();
    }

    /// <summary>It is answered.</summary>
    public void Succeed(ShardResult result)
    {
        ForgetConnection();
        _tablet.Metrics.End(_start, null);
        if (result.Rows.SizeBytes > SharedReads.MostBytes) SharedReads.KeepAlone(_request.Sql);
        _answer.SetResult(result);
    }

    /// <summary>The server has told that it failed.</summary>
    public void Fail(VitessException failure)
    {
        ForgetConnection();
        _tablet.Metrics.End(_start, failure);
        _answer.SetException(failure.OnShard(_tablet.Shard));
    }

    /// <summary>Runs it by itself.</summary>
    public void GoAlone()
    {
        var (current, parent) = (Activity.Current, _parent);
        if (current != parent) Activity.Current = parent;
        bool ended;
        try
        {
            ended = Begin(_tablet.QueryAloneAsync(_request, _token));
        }
        catch (Exception failure)
        {
            // Whoever calls is the thread that all share: it must not end.
            ended = Begin(ValueTask.FromException<ShardResult>(failure));
        }

        if (current != parent) Activity.Current = current;
        if (ended) EndAlone();
    }

    ShardResult IValueTaskSource<ShardResult>.GetResult(short token)
    {
        try
        {
            return _answer.GetResult(token);
        }
        finally
        {
            // The one who asks twice gets here, too: GetResult has refused him, and the version is another one.
            if (token == _answer.Version) Free();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ShardResult>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<ShardResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _answer.OnCompleted(continuation, state, token, flags);

    // Whether it has ended; else its end is told.
    private bool Begin(ValueTask<ShardResult> alone)
    {
        _alone = alone.ConfigureAwait(false).GetAwaiter();
        if (_alone.IsCompleted) return true;
        _alone.UnsafeOnCompleted(_endAlone);
        return false;
    }

    private void EndAlone()
    {
        ShardResult result;
        try
        {
            result = _alone.GetResult();
        }
        catch (Exception failure)
        {
            _answer.SetException(failure);
            return;
        }

        _answer.SetResult(result);
    }

    private void Measure()
    {
        var current = Activity.Current;
        if (current != _parent) Activity.Current = _parent;
        _start = _tablet.Metrics.Start(_request.Sql);
        if (current != _parent) Activity.Current = current;
    }

    // A cancellation that is told late must meet neither the connection's next user nor this object's next read.
    private void Interrupt(CancellationToken token)
    {
        lock (_lock)
        {
            if (token == _token) _connection?.Interrupt();
        }
    }

    private void ForgetConnection()
    {
        _registration.Unregister();
        lock (_lock) _connection = null;
    }

    private void Free()
    {
        _answer.Reset();
        (_tablet, _request, _parent, _registration, _start, _alone) = (null!, null!, null, default, default, default);
        lock (_lock) _token = default;
        if ((_free ??= []).Count < MostFree) _free.Push(this);
    }
}
