using System.Security.Cryptography;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// One open transaction. Its members are used by whoever holds <see cref="Turn"/>, except where it says otherwise. Reading at first on readers,
/// then on the writer from the first write on.
/// </summary>
internal sealed class TabletTransaction(IsolationLevel isolation, bool readOnly, TimeSpan maxAge, long startedAt)
{
    private readonly Lock _interrupting = new();
    private IEngineConnection? _running;
    private long _lastUsedAt = startedAt;

    /// <summary>Unguessable: 128 random bits.</summary>
    public string Id { get; } = "tx-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public bool ReadOnly { get; } = readOnly;

    public IsolationLevel Isolation { get; } = isolation;

    /// <summary>Whether it makes tables anew; see <see cref="IEngineConnection.BeginRebuildAsync"/>.</summary>
    public bool Rebuilds { get; set; }

    /// <summary>Whether all statements see the state at the first one.</summary>
    public bool PinsSnapshot => Isolation is IsolationLevel.RepeatableRead or IsolationLevel.Serializable;

    /// <summary>One statement after another.</summary>
    public FifoSemaphore Turn { get; } = new(1);

    public TransactionState State { get; set; }

    /// <summary>The reader that holds the snapshot, in a transaction of its own.</summary>
    public IEngineConnection? Reader { get; set; }

    /// <summary>The shard's writer, in the transaction.</summary>
    public IEngineConnection? Writer { get; set; }

    /// <summary>How many commits there had been when the snapshot was taken.</summary>
    public long SnapshotCommits { get; set; }

    /// <summary>When it started, in the clock's ticks. Any thread.</summary>
    public long StartedAt { get; } = startedAt;

    /// <summary>When its last statement ended, in the clock's ticks. Any thread.</summary>
    public long LastUsedAt
    {
        get => Volatile.Read(ref _lastUsedAt);
        set => Volatile.Write(ref _lastUsedAt, value);
    }

    /// <summary>Whether it is too old. Any thread.</summary>
    public bool IsTooOld(TimeProvider time) => time.GetElapsedTime(StartedAt) >= maxAge;

    /// <summary>A statement starts on this connection; <see cref="Stop"/> reaches it until <see cref="Left"/>.</summary>
    public void Entered(IEngineConnection connection)
    {
        lock (_interrupting)
        {
            _running = connection;
        }
    }

    /// <summary>The statement has ended.</summary>
    public void Left()
    {
        lock (_interrupting)
        {
            _running = null;
        }
    }

    /// <summary>Interrupts the running statement. Any thread.</summary>
    public void Stop()
    {
        lock (_interrupting)
        {
            _running?.Interrupt();
        }
    }
}
