using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// The one writing connection of a shard: whoever holds it may write, the others wait in a queue. Who has committed gives it on before the disk has what was committed, and many wait for that together:
/// nobody is told of what a holder has seen before it is durable (<see cref="Mark"/>). It counts the commits, so that a transaction can tell whether the shard has changed since its snapshot. Thread-safe;
/// the connection is the holder's.
/// </summary>
internal class TabletWriter(IStorageEngine engine, VTTabletOptions options)
{
    private readonly FifoSemaphore _permit = new(1);
    private readonly Lock _interrupting = new();
    private IEngineConnection? _connection;
    private long _commits;
    private long _visible;
    private bool _held;
    private volatile TabletWriter? _successor;
    private volatile bool _turnsAway;

    /// <summary>Of an engine: its one writer, or its many.</summary>
    public static TabletWriter Of(IStorageEngine engine, VTTabletOptions options) => engine.SingleWriter ? new TabletWriter(engine, options) : new ManyWriters(engine, options);

    /// <summary>Whether one transaction at a time can write, and so all of them read elsewhere until they do.</summary>
    public virtual bool IsOne => true;

    /// <summary>What it writes to.</summary>
    public IStorageEngine Engine => engine;

    /// <summary>Who has taken its place; who still waits here goes there.</summary>
    protected TabletWriter? Successor => _successor;

    /// <summary>See <see cref="TurnAway"/>.</summary>
    protected bool TurnsAway
    {
        get => _turnsAway;
        set => _turnsAway = value;
    }

    /// <summary>How many commits there have been, durable or not. It rises before the writer is released: the holder knows of every one.</summary>
    public long Commits => Volatile.Read(ref _commits);

    /// <summary>How many commits are durable and seen by readers, at least: a snapshot taken after reading it may be newer than it says, never older.</summary>
    public long Visible => Volatile.Read(ref _visible);

    /// <summary>Takes the writer if it is free and open already.</summary>
    public virtual bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IEngineConnection? connection)
    {
        connection = null;
        if (_turnsAway || !_permit.TryAcquire()) return false;
        if (!_turnsAway) connection = _connection;
        if (connection is null) _permit.Release();
        else _held = true;
        return connection is not null;
    }

    /// <summary>Takes the writer. Errors: LOCK_TIMEOUT (55P03).</summary>
    /// <param name="wait">Whether it waits for it; else it fails at once where another has it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public virtual async ValueTask<IEngineConnection> TakeAsync(bool wait, CancellationToken cancellationToken)
    {
        if (!(wait ? await _permit.AcquireAsync(options.LockTimeout, options.TimeProvider, cancellationToken) : _permit.TryAcquire()))
        {
            throw new VitessException(ErrorCodes.LockTimeout, "the shard's writer was not to be had within lock_timeout",
                hint: "Another transaction is writing: try again, and keep transactions short.");
        }

        if (_turnsAway || _successor is not null)
        {
            _permit.Release();
            return _turnsAway ? throw Leaves() : await _successor!.TakeAsync(wait, cancellationToken);
        }

        try
        {
            _connection ??= await engine.OpenAsync(EngineAccess.WriteTogether, cancellationToken);
            _held = true;
            return _connection;
        }
        catch
        {
            _permit.Release();
            throw;
        }
    }

    /// <summary>Runs work that commits by itself and gives the writer to the next. Returns, or fails, once everything that the work has seen is durable.</summary>
    /// <param name="connection">The writer, which the caller holds.</param>
    /// <param name="work">The work.</param>
    public async ValueTask<T> RunAsync<T>(IEngineConnection connection, Func<IEngineConnection, ValueTask<T>> work)
    {
        var isSound = true;
        try
        {
            var result = await work(connection);
            Committed();
            return result;
        }
        catch (VitessException failure) when (VTTablet.IsEngineFailure(failure))
        {
            isSound = false;
            throw;
        }
        finally
        {
            var seen = isSound ? Mark(connection) : default;
            await ReleaseAsync(connection, isSound);
            await seen.WaitAsync();
        }
    }

    /// <summary>Lets the database become another version of itself, durably, which is a commit, and gives the writer to the next.</summary>
    /// <param name="connection">The writer, which the caller holds.</param>
    /// <param name="restore">What makes it that version.</param>
    public async ValueTask<ShardMoment> RestoreAsync(IEngineConnection connection, Func<ValueTask<ShardMoment>> restore)
    {
        try
        {
            // What SQLite has cached is of the line that is left.
            await connection.DisposeAsync();
            var restored = await restore();
            Committed();
            Saw(Commits);
            return restored;
        }
        finally
        {
            await ReleaseAsync(connection, isSound: false);
        }
    }

    /// <summary>The holder has committed.</summary>
    public void Committed() => Interlocked.Increment(ref _commits);

    /// <summary>What the holder has seen and done: it may be told once <see cref="WriterMark.WaitAsync"/> has returned, which may be after the writer has been released.</summary>
    public WriterMark Mark(IEngineConnection connection)
    {
        var mark = new WriterMark(this, engine, connection.LastCommit, _commits);
        if (mark.Commit == 0) Saw(mark.Commits);
        return mark;
    }

    /// <summary>So many commits are visible.</summary>
    public void Saw(long commits)
    {
        for (var seen = Visible; seen < commits;) seen = Interlocked.CompareExchange(ref _visible, commits, seen) is var other && other == seen ? commits : other;
    }

    /// <summary>Gives the writer to the next, rolled back if the holder left a transaction open. Never fails.</summary>
    /// <param name="connection">The writer.</param>
    /// <param name="isSound">False after a failure of the engine itself: the connection is closed, the next holder opens another.</param>
    public virtual async ValueTask ReleaseAsync(IEngineConnection connection, bool isSound)
    {
        lock (_interrupting)
        {
            _held = false;
        }

        if (!isSound || !await TryRollbackAsync(connection)) await DiscardAsync(connection);
        _permit.Release();
    }

    /// <summary>Waits until nobody writes and all that was written is durable, and lets nobody write until <see cref="OpenAsync"/>. Errors: LOCK_TIMEOUT (55P03).</summary>
    public virtual async ValueTask CloseForAllAsync(CancellationToken cancellationToken)
    {
        var connection = await TakeAsync(wait: true, cancellationToken);
        try
        {
            // Readers see what is durable.
            await Mark(connection).WaitAsync();
        }
        catch
        {
            await ReleaseAsync(connection, isSound: false);
            throw;
        }
    }

    /// <summary>Lets others write again after <see cref="CloseForAllAsync"/>.</summary>
    public virtual async ValueTask OpenAsync()
    {
        if (!_turnsAway) await ReleaseAsync(_connection!, isSound: true);
        _turnsAway = false;
    }

    /// <summary>After <see cref="CloseForAllAsync"/>: whoever waits, and whoever comes until <see cref="OpenAsync"/>, fails with SERIALIZATION_FAILURE (40001).</summary>
    public virtual void TurnAway()
    {
        _turnsAway = true;
        _permit.Release();
    }

    /// <summary>After <see cref="TurnAway"/>: whoever comes waits again.</summary>
    public virtual async ValueTask HoldBackAsync(CancellationToken cancellationToken)
    {
        // Whoever is turned away has the permit for a moment only.
        _ = await _permit.AcquireAsync(Timeout.InfiniteTimeSpan, options.TimeProvider, cancellationToken);
        _turnsAway = false;
    }

    /// <summary>After <see cref="Precede"/>: lets go those who wait here.</summary>
    public virtual ValueTask GiveWayAsync() => _turnsAway ? DiscardAsync(_connection!) : ReleaseAsync(_connection!, isSound: false);

    /// <summary>What <see cref="TurnAway"/> says.</summary>
    protected static VitessException Leaves() => new(ErrorCodes.SerializationFailure, "the shard is going over to another engine", hint: "Run the whole transaction again.");

    /// <summary>After <see cref="CloseForAllAsync"/>: whoever waits, and whoever comes, finds a writer of another engine, which has the same rows. What was counted counts on.</summary>
    public void Precede(TabletWriter successor)
    {
        (successor._commits, successor._visible) = (_commits, _visible);
        _successor = successor;
    }

    /// <summary>Waits for the holder, interrupting what he runs, and closes the connection.</summary>
    public virtual async ValueTask CloseAsync(TimeSpan patience)
    {
        if (!await _permit.AcquireForClosingAsync(patience, InterruptHolder)) return;
        if (_connection is { } connection)
        {
            await TryWaitAsync(Mark(connection));
            await connection.DisposeAsync();
        }

        _connection = null;
        _permit.Release();
    }

    private void InterruptHolder()
    {
        lock (_interrupting)
        {
            if (_held) _connection?.Interrupt();
        }
    }

    /// <summary>Rolls back if a transaction is open; false if that fails.</summary>
    protected static async ValueTask<bool> TryRollbackAsync(IEngineConnection connection)
    {
        if (!connection.InTransaction) return true;
        try
        {
            await connection.RollbackAsync(CancellationToken.None);
            return true;
        }
        catch (VitessException)
        {
            return false;
        }
    }

    // Those who still wait will find that it is done; if it failed, they have been told.
    private static async ValueTask TryWaitAsync(WriterMark mark)
    {
        try
        {
            await mark.WaitAsync();
        }
        catch (VitessException)
        {
            // The log has stopped: closing it is all that can be done.
        }
    }

    // Closing rolls back for certain.
    private async ValueTask DiscardAsync(IEngineConnection connection)
    {
        _connection = null;
        try
        {
            await connection.DisposeAsync();
        }
        catch (VitessException)
        {
            // It is being thrown away because it failed; nobody needs to hear that again.
        }
    }
}
