namespace Shale.Vitess;

/// <summary>
/// A thread that many share, each for a short while: sessions whose statements only wait for servers go on where their bytes come in. It works in rounds: whatever has come meanwhile is handed out, one after the
/// other.
/// </summary>
internal static class SharedThread
{
    /// <summary>How many requests of sessions go together at most at the end of a round.</summary>
    public const int MostTogether = 32;

    [ThreadStatic]
    private static bool _isHere;

    [ThreadStatic]
    private static bool _hasMore;

    [ThreadStatic]
    private static List<Func<bool>>? _atEnd;

    /// <summary>Whether the calling thread is one.</summary>
    public static bool IsHere => _isHere;

    /// <summary>Whether the calling thread is one that hands out more in this round, behind what it does now.</summary>
    public static bool HasMore
    {
        get => _hasMore;
        set => _hasMore = value;
    }

    /// <summary>Whether something waits for the end of the calling thread's round.</summary>
    public static bool IsGathering => _atEnd is { Count: > 0 };

    /// <summary>The calling thread is one from now on.</summary>
    public static void Begin() => _isHere = true;

    /// <summary>Calls something when all of this round is handed out; it tells whether the requests of several sessions went together.</summary>
    public static void AtEndOfRound(Func<bool> work) => (_atEnd ??= []).Add(work);

    /// <summary>All of this round is handed out.</summary>
    /// <returns>Whether the requests of several sessions went together.</returns>
    public static bool EndRound()
    {
        if (_atEnd is not { Count: > 0 } work) return false;
        var together = false;
        for (var i = 0; i < work.Count; i++) together |= work[i]();
        work.Clear();
        return together;
    }

    /// <summary>Goes on on a thread of the pool, if this one is shared: what follows computes for long, or waits without giving the thread back.</summary>
    public static ValueTask LeaveAsync()
    {
        return _isHere ? YieldAsync() : ValueTask.CompletedTask;

        static async ValueTask YieldAsync() => await Task.Yield();
    }
}
