namespace Shale.Vitess;

/// <summary>A thread that many share, each for a short while: sessions whose statements only wait for servers go on where their bytes come in.</summary>
internal static class SharedThread
{
    [ThreadStatic]
    private static bool _isHere;

    /// <summary>Whether the calling thread is one.</summary>
    public static bool IsHere => _isHere;

    /// <summary>The calling thread is one from now on.</summary>
    public static void Begin() => _isHere = true;

    /// <summary>Goes on on a thread of the pool, if this one is shared: what follows computes for long, or waits without giving the thread back.</summary>
    public static ValueTask LeaveAsync()
    {
        return _isHere ? YieldAsync() : ValueTask.CompletedTask;

        static async ValueTask YieldAsync() => await Task.Yield();
    }
}
