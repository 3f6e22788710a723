namespace Shale.Server;

/// <summary>The advisory locks of one session: those that it holds until it gives them back or ends, and those of its transaction. Not thread-safe.</summary>
/// <param name="locks">Those of all sessions.</param>
/// <param name="process">The session's number.</param>
internal sealed class SessionLocks(AdvisoryLocks locks, int process)
{
    private readonly Dictionary<(AdvisoryKey Key, bool Exclusive), int> _kept = [];
    private readonly List<(AdvisoryKey Key, bool Exclusive)> _ofTransaction = [];

    /// <summary>The session's number.</summary>
    public int Process => process;

    /// <summary>How many the transaction has taken: what <see cref="Undo"/> goes back to.</summary>
    public int Taken => _ofTransaction.Count;

    /// <summary>Takes one. Errors: LOCK_TIMEOUT (55P03) after <paramref name="patience"/>; TIMEOUT (57014) after <paramref name="limit"/>; CANCELLED (57014); DEADLOCK_DETECTED (40P01).</summary>
    /// <param name="call">What is asked for.</param>
    /// <param name="patience">How long it may wait; null for ever.</param>
    /// <param name="limit">How long the statement may take; null for ever.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask TakeAsync(AdvisoryCall call, TimeSpan? patience, TimeSpan? limit, CancellationToken cancellationToken)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var most = patience is { } lockLimit && (limit is null || lockLimit <= limit) ? patience : limit;
        if (most is { } time) wait.CancelAfter(time);
        try
        {
            await locks.TakeAsync(this, call.Key, call.Exclusive, wait.Token);
        }
        catch (OperationCanceledException)
        {
            if (cancellationToken.IsCancellationRequested) throw new VitessException(ErrorCodes.Cancelled, "canceling statement due to user request", sqlState: "57014");
            if (most == patience) throw new VitessException(ErrorCodes.LockTimeout, "canceling statement due to lock timeout", sqlState: "55P03", hint: "Somebody else has the advisory lock.");
            throw new VitessException(ErrorCodes.Timeout, "canceling statement due to statement timeout", sqlState: "57014", hint: "Somebody else has the advisory lock.");
        }

        Note(call);
    }

    /// <summary>Takes one if it can be had at once.</summary>
    public bool TryTake(AdvisoryCall call)
    {
        if (!locks.TryTake(this, call.Key, call.Exclusive)) return false;
        Note(call);
        return true;
    }

    /// <summary>Gives one back that the session keeps; false where it has none.</summary>
    public bool Release(AdvisoryCall call)
    {
        var which = (call.Key, call.Exclusive);
        if (!_kept.TryGetValue(which, out var count)) return false;
        if (count == 1) _kept.Remove(which);
        else _kept[which] = count - 1;
        locks.Release(this, call.Key, call.Exclusive);
        return true;
    }

    /// <summary>Gives back all that the session keeps; those of the transaction stay.</summary>
    public void ReleaseKept()
    {
        foreach (var ((key, exclusive), count) in _kept)
            for (var i = 0; i < count; i++) locks.Release(this, key, exclusive);
        _kept.Clear();
    }

    /// <summary>Gives back what the transaction has taken since; all of it when it ends.</summary>
    /// <param name="taken">How many stay.</param>
    public void Undo(int taken)
    {
        for (var i = _ofTransaction.Count - 1; i >= taken; i--) locks.Release(this, _ofTransaction[i].Key, _ofTransaction[i].Exclusive);
        _ofTransaction.RemoveRange(taken, _ofTransaction.Count - taken);
    }

    private void Note(AdvisoryCall call)
    {
        if (call.OfTransaction) _ofTransaction.Add((call.Key, call.Exclusive));
        else _kept[(call.Key, call.Exclusive)] = _kept.GetValueOrDefault((call.Key, call.Exclusive)) + 1;
    }
}
