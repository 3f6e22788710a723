using System.Diagnostics.CodeAnalysis;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// The connections of a tablet for one kind of access, opened as they are needed. A connection belongs to one borrower at a time; who waits is served in turn.
/// Thread-safe.
/// </summary>
internal sealed class ConnectionPool(IStorageEngine engine, VTTabletOptions options, EngineAccess access, int connections)
{
    // Idle ones beyond these are closed: bursts should not hold memory for ever.
    private static readonly int MaxIdle = Math.Max(8, 2 * Environment.ProcessorCount);

    private readonly FifoSemaphore _permits = new(connections);
    private readonly Lock _lock = new();
    private readonly Stack<IEngineConnection> _idle = new(MaxIdle);
    private readonly IdleVersions _idleVersions = new(options.IdleVersions);

    // With the version that each reads; null for the newest.
    private readonly Dictionary<IEngineConnection, ShardVersion?> _lent = [];

    // Those of engines that the tablet has left; the last one to come back closes its engine.
    private readonly Dictionary<IEngineConnection, LeftEngine> _old = [];
    private IStorageEngine _engine = engine;
    private int _limit = connections;

    /// <summary>How many are lent and how many are idle.</summary>
    public (int Used, int Idle) Counts
    {
        get
        {
            lock (_lock) return (_lent.Count, _idle.Count + _idleVersions.Count);
        }
    }

    /// <summary>An idle connection, if there is one and nobody waits. Allocates nothing.</summary>
    /// <param name="version">What it reads; null for the newest.</param>
    /// <param name="reader">The connection.</param>
    public bool TryTake(ShardVersion? version, [NotNullWhen(true)] out IEngineConnection? reader)
    {
        reader = null;
        if (!_permits.TryAcquire()) return false;
        lock (_lock)
        {
            if (TryTakeIdle(version, out reader)) return true;
        }

        _permits.Release();
        return false;
    }

    /// <summary>A connection: idle, new, or the next that comes back. Errors: RESOURCE_EXHAUSTED (53300) if none came in time.</summary>
    /// <param name="version">What it reads; null for the newest.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask<IEngineConnection> TakeAsync(ShardVersion? version, CancellationToken cancellationToken)
    {
        if (!await _permits.AcquireAsync(options.LockTimeout, options.TimeProvider, cancellationToken))
        {
            throw new VitessException(ErrorCodes.ResourceExhausted, $"all {_limit} {(access == EngineAccess.Read ? "reading" : "writing")} connections are in use", sqlState: "53300");
        }

        try
        {
            while (true)
            {
                IEngineConnection? reader;
                IStorageEngine current;
                lock (_lock)
                {
                    current = _engine;
                    if (TryTakeIdle(version, out reader)) return reader;
                }

                try
                {
                    reader = version is null ? await current.OpenAsync(access, cancellationToken) : await current.OpenAsync(version, cancellationToken);
                }
                catch (VitessException) when (HasLeft(current))
                {
                    // It was closed under the opening.
                    continue;
                }

                lock (_lock)
                {
                    if (current == _engine && _lent.TryAdd(reader, version)) return reader;
                }

                // The tablet went to another engine meanwhile.
                await reader.DisposeAsync();
            }
        }
        catch
        {
            _permits.Release();
            throw;
        }
    }

    /// <summary>Takes a connection back; it has no transaction open.</summary>
    /// <param name="reader">The connection.</param>
    /// <param name="isSound">False after a failure of the engine itself: the connection is closed.</param>
    public void Return(IEngineConnection reader, bool isSound = true)
    {
        IEngineConnection? unused = null;
        bool keep;
        lock (_lock)
        {
            _lent.Remove(reader, out var version);
            keep = isSound && reader.IsUsable && (_old.Count == 0 || !_old.ContainsKey(reader));
            if (keep && version is not null) unused = _idleVersions.Add(version, reader, options.TimeProvider.GetTimestamp());
            else if (keep = keep && _idle.Count < MaxIdle) _idle.Push(reader);
        }

        if (keep) _permits.Release();
        else _ = DiscardAsync(reader);
        if (unused is not null) _ = TryDisposeAsync(unused).AsTask();
    }

    /// <summary>Closes connections to versions that nobody has asked for in a while, or all that are idle: each keeps its version from being removed.</summary>
    public async ValueTask CloseVersionsAsync(bool all = false)
    {
        IEngineConnection[] unused;
        lock (_lock)
        {
            if (_idleVersions.Count == 0) return;
            unused = _idleVersions.TakeAll(since => all || options.TimeProvider.GetElapsedTime(since) >= options.IdleVersionAge);
        }

        foreach (var reader in unused) await TryDisposeAsync(reader);
    }

    /// <summary>Takes the place of every borrower; false if they do not all come back within the lock timeout, and then nothing is taken.</summary>
    public async ValueTask<bool> TryDrainAsync(CancellationToken cancellationToken)
    {
        var start = options.TimeProvider.GetTimestamp();
        var taken = 0;
        try
        {
            while (taken < _limit)
            {
                var left = options.LockTimeout - options.TimeProvider.GetElapsedTime(start);
                if (!await _permits.AcquireAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, options.TimeProvider, cancellationToken)) return false;
                taken++;
            }

            return true;
        }
        finally
        {
            if (taken < _limit) _permits.Add(taken);
        }
    }

    /// <summary>Gives the places back.</summary>
    public void Refill() => _permits.Add(_limit);

    /// <summary>Opens connections from now on with another engine, and closes the one before when the last of its connections has come back.</summary>
    /// <param name="other">The other engine.</param>
    /// <param name="connections">How many it may have open at once.</param>
    public async ValueTask SwitchAsync(IStorageEngine other, int connections)
    {
        IEngineConnection[] idle;
        LeftEngine left;
        lock (_lock)
        {
            left = new LeftEngine(_engine) { Lent = _lent.Keys.Count(reader => !_old.ContainsKey(reader)) + 1 };
            foreach (var reader in _lent.Keys) _old.TryAdd(reader, left);
            idle = [.. _idle, .. _idleVersions.TakeAll()];
            _idle.Clear();
            _engine = other;
            _permits.Add(connections - _limit);
            _limit = connections;
        }

        foreach (var reader in idle) await TryDisposeAsync(reader);
        await LeaveAsync(left);
    }

    /// <summary>Waits for all connections, interrupts those that do not come back by themselves, and closes them.</summary>
    public async ValueTask CloseAsync(TimeSpan patience)
    {
        for (var i = 0; i < _limit; i++)
        {
            // One that does not come back is in the hands of a caller who forgot it: it must not be closed under him.
            if (!await _permits.AcquireForClosingAsync(patience, InterruptLent)) break;
        }

        await CloseIdleAsync();
        await CloseVersionsAsync(all: true);
    }

    /// <summary>Closes those that nobody uses.</summary>
    public async ValueTask CloseIdleAsync()
    {
        while (TryPopIdle(out var reader)) await TryDisposeAsync(reader);
    }

    // Under the lock.
    private bool TryTakeIdle(ShardVersion? version, [NotNullWhen(true)] out IEngineConnection? reader)
    {
        if (version is not null) reader = _idleVersions.Take(version);
        else while (_idle.TryPop(out reader) && !reader.IsUsable) _ = TryDisposeAsync(reader).AsTask();
        if (reader is not null) _lent.Add(reader, version);
        return reader is not null;
    }

    private bool HasLeft(IStorageEngine engine)
    {
        lock (_lock) return engine != _engine;
    }

    private bool TryPopIdle([NotNullWhen(true)] out IEngineConnection? reader)
    {
        lock (_lock)
        {
            return _idle.TryPop(out reader);
        }
    }

    private void InterruptLent()
    {
        lock (_lock)
        {
            foreach (var reader in _lent.Keys) reader.Interrupt();
        }
    }

    private async Task DiscardAsync(IEngineConnection reader)
    {
        await TryDisposeAsync(reader);
        _permits.Release();
        LeftEngine? left;
        lock (_lock)
        {
            _old.Remove(reader, out left);
        }

        if (left is not null) await LeaveAsync(left);
    }

    private static async ValueTask TryDisposeAsync(IEngineConnection reader)
    {
        try
        {
            await reader.DisposeAsync();
        }
        catch (VitessException)
        {
            // It is being thrown away; nobody needs to hear that it failed.
        }
    }

    private async ValueTask LeaveAsync(LeftEngine left)
    {
        lock (_lock)
        {
            if (--left.Lent > 0) return;
        }

        try
        {
            await left.Engine.DisposeAsync();
        }
        catch (Exception failure) when (failure is VitessException or IOException or UnauthorizedAccessException)
        {
            // The tablet serves from another one: what is left of this one, such as a file that cannot be removed, harms nobody.
        }
    }

    /// <summary>An engine that the tablet has left.</summary>
    private sealed class LeftEngine(IStorageEngine engine)
    {
        public IStorageEngine Engine => engine;

        /// <summary>How many of its connections have not come back, and one while the idle ones are being closed.</summary>
        public int Lent { get; set; }
    }
}
