using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Engine.Specification;

/// <summary>A connection that does what another one does, but for what a test changes.</summary>
public abstract class ForwardingConnection(IEngineConnection inner) : IEngineConnection
{
    public bool InTransaction => inner.InTransaction;

    public long LastCommit => inner.LastCommit;

    public virtual ValueTask BeginAsync(IsolationLevel isolation, bool readOnly, CancellationToken cancellationToken) => inner.BeginAsync(isolation, readOnly, cancellationToken);

    public ValueTask BeginRebuildAsync(CancellationToken cancellationToken) => inner.BeginRebuildAsync(cancellationToken);

    public ValueTask CheckDeferredAsync(CancellationToken cancellationToken) => inner.CheckDeferredAsync(cancellationToken);

    public ValueTask SuspendKeysAsync(bool suspends, CancellationToken cancellationToken) => inner.SuspendKeysAsync(suspends, cancellationToken);

    public virtual ValueTask CommitAsync(CancellationToken cancellationToken) => inner.CommitAsync(cancellationToken);

    public ValueTask RollbackAsync(CancellationToken cancellationToken) => inner.RollbackAsync(cancellationToken);

    public ValueTask<ShardResult> ExecuteAsync(string sql, IReadOnlyList<SqlValue> parameters, CancellationToken cancellationToken) => inner.ExecuteAsync(sql, parameters, cancellationToken);

    public ValueTask<ShardResult> ExecuteManyAsync(string sql, IReadOnlyList<IReadOnlyList<SqlValue>> rows, CancellationToken cancellationToken) =>
        inner.ExecuteManyAsync(sql, rows, cancellationToken);

    public virtual IAsyncEnumerable<RowSet> StreamAsync(string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, CancellationToken cancellationToken) =>
        inner.StreamAsync(sql, parameters, chunkBytes, cancellationToken);

    public virtual ValueTask InsertRowsAsync(string table, RowSet rows, CancellationToken cancellationToken) => inner.InsertRowsAsync(table, rows, cancellationToken);

    public ValueTask<IReadOnlyList<ShardObject>> SchemaAsync(CancellationToken cancellationToken) => inner.SchemaAsync(cancellationToken);

    public void Interrupt() => inner.Interrupt();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }
}
