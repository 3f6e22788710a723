using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Postgres;

/// <summary>
/// One connection to a shard's database, whoever speaks the protocol. Invariants: the session has the settings it was opened with whenever no statement runs; after a failure in a transaction only its
/// end, or the way back to a savepoint, is possible.
/// </summary>
/// <param name="engine">Whose.</param>
/// <param name="generation">See <see cref="PostgresEngine.Generation"/>.</param>
internal abstract partial class ServerConnection(PostgresEngine engine, int generation) : IEngineConnection
{
    /// <inheritdoc/>
    public bool IsUsable => !IsDisposed && !IsBroken && generation == engine.Generation;

    /// <inheritdoc/>
    public long LastCommit => 0;

    /// <summary>Whose it is.</summary>
    protected PostgresEngine Engine => engine;

    /// <summary>Whether it has been closed.</summary>
    protected bool IsDisposed { get; set; }

    /// <summary>Whether the way to the server is gone.</summary>
    protected abstract bool IsBroken { get; }

    /// <inheritdoc/>
    public abstract ValueTask<ShardResult> ExecuteAsync(string sql, IReadOnlyList<SqlValue> parameters, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ShardResult> QueryAsync(string sql, IReadOnlyList<SqlValue> parameters, RowEncoding? encoding, CancellationToken cancellationToken) => ExecuteAsync(sql, parameters, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ShardResult> ExecuteManyAsync(string sql, IReadOnlyList<IReadOnlyList<SqlValue>> rows, CancellationToken cancellationToken)
    {
        if (rows.Count < 2) return rows.Count == 0 ? new ShardResult(new RowSet([])) : await ExecuteAsync(sql, rows[0], cancellationToken);
        try
        {
            RequireReady(cancellationToken);
            return await ExecuteRowsAsync(sql, rows, cancellationToken);
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    public abstract ValueTask<ShardResult> CopyAsync(string sql, ShardRows rows, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<RowSet> StreamAsync(string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, CancellationToken cancellationToken) => StreamAsync(sql, parameters, chunkBytes, null, cancellationToken);

    /// <inheritdoc/>
    public abstract IAsyncEnumerable<RowSet> StreamAsync(string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, RowEncoding? encoding, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<IReadOnlyList<ShardObject>> SchemaAsync(CancellationToken cancellationToken) => new SchemaReader(this, "public").ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public abstract void Interrupt();

    /// <summary>Closes the connection; the server rolls back what is open.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Notices what a failure has done to the connection, and says what a caller gets to see; null for our own bugs.</summary>
    internal abstract VitessException? Failed(Exception exception);

    /// <summary>Refuses work on a connection that is gone, and work that was cancelled before it began.</summary>
    internal void RequireReady(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (cancellationToken.IsCancellationRequested) throw new VitessException(ErrorCodes.Timeout, "the statement was cancelled before it began");
        if (IsBroken) throw PostgresErrors.Lost();
    }

    /// <summary>Runs commands of ours that give no rows.</summary>
    internal abstract ValueTask CommandAsync(string sql, CancellationToken cancellationToken);

    /// <summary>Runs a statement for two rows of parameters or more, all or nothing.</summary>
    protected abstract ValueTask<ShardResult> ExecuteRowsAsync(string sql, IReadOnlyList<IReadOnlyList<SqlValue>> rows, CancellationToken cancellationToken);

    /// <summary>Runs work in the transaction, or in one of its own.</summary>
    protected async ValueTask<ShardResult> InOneAsync(Func<ValueTask<ShardResult>> work, CancellationToken cancellationToken)
    {
        if (InTransaction) return await work();
        await BeginAsync(IsolationLevel.ReadCommitted, readOnly: false, cancellationToken);
        try
        {
            var result = await work();
            await CommitAsync(cancellationToken);
            return result;
        }
        catch
        {
            await RollbackAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Runs a statement for rows whose parameters do not go alike, one after the other; in a transaction.</summary>
    protected async ValueTask<ShardResult> ExecuteOneByOneAsync(string sql, IReadOnlyList<IReadOnlyList<SqlValue>> rows, CancellationToken cancellationToken)
    {
        RowSet? returned = null;
        long affected = 0;
        foreach (var row in rows)
        {
            var result = await ExecuteAsync(sql, row, cancellationToken);
            affected += result.Affected;
            if (returned is null) returned = result.Rows;
            else returned.AddAll(result.Rows);
        }

        return new ShardResult(returned!, affected);
    }

    /// <summary>QUERY_ERROR (08P01) for another number of values than the statement takes.</summary>
    protected static void RequireCount(StatementCheck check, int given)
    {
        if (check.Parameters == given) return;
        throw new VitessException(ErrorCodes.QueryError, $"the statement takes {check.Parameters} parameter(s), {given} given", sqlState: "08P01", hint: "Give one value for each parameter.");
    }

    /// <summary>What a COPY has failed with: where it was a row, which.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="place">Where the server was: "COPY t, line 3, column a: …"; null if it did not say.</param>
    protected static VitessException OfCopy(VitessException failure, string? place) => CopyContext.LineOf(place) is not { } line ? failure
        : new VitessException(new ErrorCode(failure.Code, failure.SqlState ?? "XX000", failure.IsTransient, "", failure.Hint ?? ""), failure.Message, inner: failure) { Row = line - 1, Context = place };
}
