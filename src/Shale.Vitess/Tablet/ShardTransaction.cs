using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// A transaction on one tablet, as an object. Its statements run one after another; disposing it rolls back unless it was committed. After its
/// end every use is TRANSACTION_ERROR.
/// </summary>
public sealed class ShardTransaction : IAsyncDisposable
{
    private readonly VTTablet _tablet;

    internal ShardTransaction(VTTablet tablet, string id)
    {
        _tablet = tablet;
        Id = id;
    }

    /// <summary>The id, for the requests of <see cref="ITablet"/>.</summary>
    public string Id { get; }

    /// <summary>Where it stands, as far as this object has ended it.</summary>
    public TransactionState State { get; private set; } = TransactionState.Active;

    /// <summary>Reads.</summary>
    public ValueTask<ShardResult> QueryAsync(string sql, params IReadOnlyList<SqlValue> parameters)
    {
        RequireActive();
        return _tablet.QueryAsync(new ShardQueryRequest(_tablet.Shard, sql, parameters, Id), CancellationToken.None);
    }

    /// <summary>Runs a statement that may write.</summary>
    public ValueTask<ShardResult> ExecuteAsync(string sql, params IReadOnlyList<SqlValue> parameters)
    {
        RequireActive();
        return _tablet.ExecuteAsync(new ShardExecuteRequest(_tablet.Shard, sql, parameters, Id), CancellationToken.None);
    }

    /// <summary>Commits. If that fails, the transaction is rolled back.</summary>
    public async ValueTask CommitAsync(CancellationToken cancellationToken = default)
    {
        RequireActive();
        State = TransactionState.RolledBack;
        await _tablet.CommitAsync(Id, cancellationToken);
        State = TransactionState.Committed;
    }

    /// <summary>Rolls back; after a rollback it does nothing.</summary>
    public async ValueTask RollbackAsync(CancellationToken cancellationToken = default)
    {
        if (State == TransactionState.RolledBack) return;
        RequireActive();
        State = TransactionState.RolledBack;
        await _tablet.RollbackAsync(Id, cancellationToken);
    }

    /// <summary>Rolls back unless the transaction has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (State == TransactionState.Active) await RollbackAsync();
    }

    private void RequireActive()
    {
        if (State == TransactionState.Active) return;
        throw new VitessException(ErrorCodes.TransactionError, State == TransactionState.Committed ? "Transaction committed" : "Transaction rolled back",
            _tablet.Shard);
    }
}
