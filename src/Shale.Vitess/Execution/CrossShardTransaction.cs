using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// One transaction over the shards it comes to touch: it begins on a shard with the first statement there. One statement at a time; the owner
/// serialises. States: open, then over by <see cref="CommitAsync"/> or <see cref="RollbackAsync"/>; nothing is allowed afterwards.
/// </summary>
internal sealed class CrossShardTransaction(TransactionOptions options)
{
    private readonly List<(ITablet Tablet, string TxId)> _enlisted = [];
    private readonly List<string> _savepoints = [];

    /// <summary>Isolation and read-only, as each shard is told.</summary>
    public TransactionOptions Options => options;

    /// <summary>The shards touched so far.</summary>
    public IReadOnlyList<(ITablet Tablet, string TxId)> Enlisted => _enlisted;

    /// <summary>The transaction's id on a shard, begun there if it has not been.</summary>
    /// <param name="tablet">The shard.</param>
    /// <param name="write">Whether the write lock is wanted at once; only heeded where the transaction begins.</param>
    /// <param name="cancellationToken">Leaves the shard untouched.</param>
    public async ValueTask<string> OnAsync(ITablet tablet, bool write, CancellationToken cancellationToken)
    {
        foreach (var (known, id) in _enlisted)
        {
            if (ReferenceEquals(known, tablet)) return id;
        }

        var txId = await tablet.BeginAsync(new ShardBeginRequest(tablet.Shard, options, write), cancellationToken);
        _enlisted.Add((tablet, txId));
        foreach (var savepoint in _savepoints) await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, $"SAVEPOINT {savepoint}", [], txId), cancellationToken);
        return txId;
    }

    /// <summary>Begins on several shards for writing, in order of the ring, so that two statements cannot wait for one another crosswise.</summary>
    public async ValueTask LockAsync(ITablet[] tablets, IEnumerable<int> shards, CancellationToken cancellationToken)
    {
        foreach (var shard in shards) await OnAsync(tablets[shard], write: true, cancellationToken);
    }

    /// <summary>Sets a savepoint on every shard touched, and on those touched later as they come.</summary>
    /// <param name="name">Quoted already.</param>
    /// <param name="cancellationToken">Leaves it set on some.</param>
    public async ValueTask SavepointAsync(string name, CancellationToken cancellationToken)
    {
        await EverywhereAsync($"SAVEPOINT {name}", cancellationToken);
        _savepoints.Add(name);
    }

    /// <summary>Goes back to a savepoint, which stays set; TRANSACTION_ERROR (3B001) if there is none of the name.</summary>
    public async ValueTask RollbackToAsync(string name, CancellationToken cancellationToken)
    {
        var place = Require(name);
        await EverywhereAsync($"ROLLBACK TO {name}", cancellationToken);
        _savepoints.RemoveRange(place + 1, _savepoints.Count - place - 1);
    }

    /// <summary>Forgets a savepoint and those after it, keeping the work; TRANSACTION_ERROR (3B001) if there is none of the name.</summary>
    public async ValueTask ReleaseAsync(string name, CancellationToken cancellationToken)
    {
        var place = Require(name);
        await EverywhereAsync($"RELEASE {name}", cancellationToken);
        _savepoints.RemoveRange(place, _savepoints.Count - place);
    }

    /// <summary>
    /// Commits shard after shard, once all have said that they can. If the first fails, nothing is committed; if a later one fails, the shards before it have committed and the error
    /// says so (until commits over shards are atomic).
    /// </summary>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        if (_enlisted.Count > 1) await CheckAsync(cancellationToken);
        for (var i = 0; i < _enlisted.Count; i++)
        {
            try
            {
                await _enlisted[i].Tablet.CommitAsync(_enlisted[i].TxId, cancellationToken);
            }
            catch (Exception exception)
            {
                var done = _enlisted.Take(i).Select(each => each.Tablet.Shard).ToList();
                _enlisted.RemoveRange(0, i + 1);
                await RollbackAsync();
                if (done.Count == 0 || exception is not VitessException failure) throw;
                throw new VitessException(ErrorCodes.TransactionError, $"{failure.Message}; shards {string.Join(", ", done)} had committed already", failure.Shard,
                    sqlState: "40003", hint: "Compare the rows of the named shards; keep transactions on one shard where this must not happen.", inner: failure);
            }
        }

        _enlisted.Clear();
    }

    /// <summary>Rolls back on all shards. Never fails: a shard that cannot answer has nothing that could be committed.</summary>
    public async ValueTask RollbackAsync()
    {
        foreach (var (tablet, txId) in _enlisted)
        {
            try
            {
                await tablet.RollbackAsync(txId, CancellationToken.None);
            }
            catch (VitessException)
            {
                // The tablet rolls back by itself what it cannot be told to.
            }
        }

        _enlisted.Clear();
    }

    private async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (tablet, txId) in _enlisted) await tablet.CheckDeferredAsync(txId, cancellationToken);
        }
        catch
        {
            await RollbackAsync();
            throw;
        }
    }

    private int Require(string name)
    {
        var place = _savepoints.LastIndexOf(name);
        return place >= 0 ? place : throw new VitessException(ErrorCodes.TransactionError, $"savepoint {name} does not exist", sqlState: "3B001");
    }

    private async ValueTask EverywhereAsync(string sql, CancellationToken cancellationToken)
    {
        foreach (var (tablet, txId) in _enlisted) await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, sql, [], txId), cancellationToken);
    }
}
