using Shale.Vitess;

namespace Shale.Server;

/// <summary>
/// Gives the pool of threads one more for each that a long statement keeps. The pool begins with one for each processor and adds others only after half a second or more each: as many computations as there are
/// processors would hold up everybody else for seconds, though the system would share the processors fairly. Short statements cost nothing: more threads from the start are slower.
/// A number of threads that the process was configured with (<c>System.Threading.ThreadPool.MinThreads</c>) stays as it is.
/// </summary>
internal sealed class ThreadReserve : IDisposable
{
    /// <summary>How long a statement runs before it counts.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    // More computations than that at once leave nobody much of a processor anyway.
    private const int Most = 64;

    private static readonly Lock _pool = new();
    private readonly IVTGate _gate;
    private readonly ManualResetEventSlim _stops = new();
    private readonly Thread _thread;
    private int _given;

    /// <summary>Watches the statements of a gate until it is disposed.</summary>
    public ThreadReserve(IVTGate gate)
    {
        _gate = gate;

        // A thread of its own: a timer's work would wait for the very threads that are kept.
        _thread = new Thread(Watch) { IsBackground = true, Name = "Shale thread reserve" };
        _thread.Start();
    }

    /// <summary>How many the pool has been given.</summary>
    public int Given => Volatile.Read(ref _given);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stops.Set();
        _thread.Join();
        _stops.Dispose();
    }

    private void Watch()
    {
        while (!_stops.Wait(Patience)) Give(Math.Min(_gate.ThreadsKept(Patience), Most));
        Give(0);
    }

    // Others in the process give to the same pool.
    private void Give(int threads)
    {
        if (threads == _given) return;
        lock (_pool)
        {
            ThreadPool.GetMinThreads(out var workers, out var completions);
            if (ThreadPool.SetMinThreads(workers + threads - _given, completions)) Volatile.Write(ref _given, threads);
        }
    }
}
