using System.Collections.Concurrent;
using System.Security.Cryptography;
using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// The open transactions of a gate. Those idle or open for too long are rolled back by a timer (SEMANTICS S4.3); their ids are remembered for a while so that the client
/// learns why. Thread-safe.
/// </summary>
internal sealed class GateTransactions : IAsyncDisposable
{
    private const int RememberedIds = 10_000;

    private readonly ConcurrentDictionary<string, GateTransaction> _open = new();
    private readonly ConcurrentQueue<string> _expiredOrder = new();
    private readonly ConcurrentDictionary<string, bool> _expired = new();
    private readonly VTGateOptions _options;
    private readonly LockGraph _locks;
    private readonly ProcessList _processes;
    private readonly ITimer _timer;

    /// <summary>Starts the timer.</summary>
    public GateTransactions(VTGateOptions options, ProcessList processes, LockGraph locks)
    {
        _locks = locks;
        _processes = processes;
        _options = options;
        _timer = options.Clock.CreateTimer(_ => _ = ExpireAsync(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>How many are open.</summary>
    public int Count => _open.Count;

    /// <summary>Those that are open.</summary>
    public ICollection<GateTransaction> Open => _open.Values;

    /// <summary>Opens one.</summary>
    public GateTransaction Begin(Target target, SqlDialect dialect, TransactionOptions options)
    {
        if (_open.Count >= _options.MaxTransactions)
        {
            throw new VitessException(ErrorCodes.ResourceExhausted, $"{_options.MaxTransactions} transactions are open", sqlState: "53300");
        }

        var id = "tx-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var transaction = new GateTransaction(id, _locks, target, dialect, options, _options.Clock.GetUtcNow(), _processes.NextId());
        _open[id] = transaction;
        return transaction;
    }

    /// <summary>The open transaction of that id; TRANSACTION_NOT_FOUND or TRANSACTION_EXPIRED.</summary>
    public GateTransaction Get(string id) => _open.GetValueOrDefault(id) ?? throw Missing(id);

    /// <summary>Takes its turn, for one statement. The caller releases <see cref="GateTransaction.Turn"/>.</summary>
    public async ValueTask<GateTransaction> EnterAsync(string id, CancellationToken cancellationToken)
    {
        var transaction = Get(id);
        await transaction.Turn.WaitAsync(cancellationToken);
        if (transaction.Over)
        {
            transaction.Turn.Release();
            throw Missing(id);
        }

        transaction.UsedAt = _options.Clock.GetUtcNow();
        return transaction;
    }

    /// <summary>Forgets one that is over. The caller has its turn.</summary>
    public void End(GateTransaction transaction)
    {
        transaction.Over = true;
        _open.TryRemove(transaction.Id, out _);
    }

    /// <summary>Rolls one back, when the statement that runs in it has ended; its client learns that it has expired.</summary>
    public async ValueTask KillAsync(GateTransaction transaction)
    {
        Remember(transaction.Id);
        await RollBackAsync(transaction);
    }

    /// <summary>Rolls back all.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        foreach (var transaction in _open.Values) await RollBackAsync(transaction);
    }

    private async Task ExpireAsync()
    {
        var now = _options.Clock.GetUtcNow();
        foreach (var transaction in _open.Values)
        {
            if (!IsStale(transaction, now) || !transaction.Turn.Wait(0)) continue;
            try
            {
                if (transaction.Over || !IsStale(transaction, now) || (transaction.Options.OnConnection && !transaction.Shards.HoldsWriter)) continue;
                Remember(transaction.Id);
                End(transaction);
                await transaction.Shards.RollbackAsync();
            }
            finally
            {
                transaction.Turn.Release();
            }
        }
    }

    private bool IsStale(GateTransaction transaction, DateTimeOffset now) =>
        now - transaction.UsedAt >= _options.TransactionIdle || (!transaction.Options.OnConnection && now - transaction.StartedAt >= Age(transaction));

    private TimeSpan Age(GateTransaction transaction) =>
        transaction.Options.Timeout is > 0 and var limit ? TimeSpan.FromMilliseconds(limit) : _options.TransactionAge;

    private async ValueTask RollBackAsync(GateTransaction transaction)
    {
        await transaction.Turn.WaitAsync();
        try
        {
            if (transaction.Over) return;
            End(transaction);
            await transaction.Shards.RollbackAsync();
        }
        finally
        {
            transaction.Turn.Release();
        }
    }

    private void Remember(string id)
    {
        _expired[id] = true;
        _expiredOrder.Enqueue(id);
        while (_expiredOrder.Count > RememberedIds && _expiredOrder.TryDequeue(out var oldest)) _expired.TryRemove(oldest, out _);
    }

    private VitessException Missing(string id) => _expired.ContainsKey(id)
        ? new VitessException(ErrorCodes.TransactionExpired, $"transaction \"{id}\" was idle or open for too long, or killed, and was rolled back")
        : new VitessException(ErrorCodes.TransactionNotFound, $"there is no open transaction \"{id}\"");
}
