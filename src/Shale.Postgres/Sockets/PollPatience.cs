namespace Shale.Postgres.Sockets;

/// <summary>
/// How often a <see cref="SocketPoll"/> looks, and lets other threads go on in between, before it sleeps: to be woken costs the machine more than some looks. Where sessions ask so close to one another that their
/// requests go together, the next comes soon, and it looks for longer; where that was in vain, as with servers that are far away, less and less often. Not thread-safe.
/// </summary>
internal sealed class PollPatience
{
    /// <summary>How often it looks at all times: who is answered at once need not wake it.</summary>
    public const int Few = 3;

    /// <summary>How often it looks under load: for about as long as a server takes for a few point queries.</summary>
    public const int Many = 100;

    // For how many rounds behind one in which requests went together; and how many of those have no such rounds behind them at most.
    private const int Rounds = 32, MostSkipped = 63;

    private int _rounds, _skips, _skipped;

    /// <summary>How often it looks now.</summary>
    public int Looks => _rounds > 0 ? Many : Few;

    /// <summary>A round has ended.</summary>
    /// <param name="together">Whether requests of several sessions went together.</param>
    public void RoundEnded(bool together)
    {
        if (!together) _rounds -= _rounds > 0 ? 1 : 0;
        else if (_skipped < _skips) _skipped++;
        else _rounds = Rounds;
    }

    /// <summary>Something has come.</summary>
    /// <param name="looks">How often it had looked in vain before.</param>
    public void Found(int looks)
    {
        if (looks >= Few) _skips = 0;
    }

    /// <summary>Nothing has come for as long as it looked.</summary>
    public void Slept()
    {
        if (_rounds == 0) return;
        _rounds = 0;
        (_skips, _skipped) = (Math.Min((2 * _skips) + 1, MostSkipped), 0);
    }
}
