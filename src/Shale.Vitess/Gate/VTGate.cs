using System.Runtime.CompilerServices;
using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// The gate (seed 001): it parses statements, routes them over shards, merges what they answer, and coordinates transactions. In process or behind a door, every
/// client meets this class. Thread-safe.
/// </summary>
public sealed class VTGate : IVTGate
{
    private readonly VTGateOptions _options;
    private readonly GateTransactions _transactions;
    private readonly SequenceAllocator _sequences;
    private readonly SchemaChanges _schema;
    private readonly StatementRunner _runner;

    /// <summary>Opens a gate over tablets that are open already; they are closed with it.</summary>
    public VTGate(VTGateOptions options)
    {
        _options = options;
        _sequences = new SequenceAllocator(options.Topology);
        _schema = new SchemaChanges(options, _sequences);
        _transactions = new GateTransactions(options);
        _runner = new StatementRunner(_schema, options, _sequences);
    }

    /// <summary>The VSchema as it is now.</summary>
    public VSchema VSchema => _schema.Current.VSchema;

    /// <inheritdoc/>
    public ValueTask<GateResult> ExecuteAsync(GateRequest request, CancellationToken cancellationToken = default)
    {
        if (request.TxId is not null) return InTransactionAsync(request, cancellationToken);
        return request.Timeout is null ? _runner.RunAsync(request, null, cancellationToken) : WithTimeoutAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RowSet> StreamAsync(GateRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (request.TxId is not null) throw new VitessException(ErrorCodes.TransactionError, "a stream cannot be part of a transaction");
        await foreach (var chunk in _runner.StreamAsync(request, cancellationToken)) yield return chunk;
    }

    /// <inheritdoc/>
    public async ValueTask<GateBatchResult> BatchAsync(GateBatchRequest request, CancellationToken cancellationToken = default)
    {
        if (!request.Atomic || request.TxId is not null) return await RunBatchAsync(request, request.TxId, cancellationToken);
        var transaction = await BeginAsync(request.Target, null, request.Dialect, cancellationToken);
        try
        {
            var result = await RunBatchAsync(request, transaction.TxId, cancellationToken);
            if (result.FailedAt is null) await CommitAsync(transaction.TxId, cancellationToken);
            else await RollbackAsync(transaction.TxId, CancellationToken.None);
            return result.FailedAt is null ? result : result with { Results = [] };
        }
        catch (VitessException failure)
        {
            await RollbackQuietlyAsync(transaction.TxId);
            return new GateBatchResult([], request.Statements.Count, failure);
        }
    }

    /// <inheritdoc/>
    public ValueTask<GateTransactionInfo> BeginAsync(
        string? target, TransactionOptions? options = null, SqlDialect? dialect = null, CancellationToken cancellationToken = default)
    {
        var parsed = Target.Parse(target);
        var chosen = dialect ?? SqlDialect.Postgres;
        var session = _schema.Current.For(parsed, chosen);
        options ??= new TransactionOptions();
        if (options.Isolation is null)
        {
            options = options with { Isolation = chosen == SqlDialect.Sqlite ? IsolationLevel.Serializable : IsolationLevel.ReadCommitted };
        }

        var transaction = _transactions.Begin(parsed, chosen, options);
        return new ValueTask<GateTransactionInfo>(new GateTransactionInfo(transaction.Id, [.. session.Tablets.Of(session.Keyspace).Select(tablet => tablet.Shard)]));
    }

    /// <inheritdoc/>
    public async ValueTask CommitAsync(string txId, CancellationToken cancellationToken = default)
    {
        var transaction = await _transactions.EnterAsync(txId, cancellationToken);
        try
        {
            _transactions.End(transaction);
            if (transaction.Failed)
            {
                await transaction.Shards.RollbackAsync();
                throw new VitessException(ErrorCodes.TransactionError, "the transaction had failed and was rolled back", sqlState: "25P02");
            }

            if (transaction.SchemaEdits.Count == 0) await transaction.Shards.CommitAsync(cancellationToken);
            else await _schema.CommitAsync(transaction, cancellationToken);
        }
        finally
        {
            transaction.Turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask RollbackAsync(string txId, CancellationToken cancellationToken = default)
    {
        var transaction = await _transactions.EnterAsync(txId, cancellationToken);
        try
        {
            _transactions.End(transaction);
            await transaction.Shards.RollbackAsync();
        }
        finally
        {
            transaction.Turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ClusterStatus> StatusAsync(string? keyspace = null, CancellationToken cancellationToken = default)
    {
        var session = _schema.Current.For(Target.Parse(keyspace), SqlDialect.Postgres);
        var shards = new List<ShardHealth>();
        foreach (var tablet in session.Tablets.Of(session.Keyspace)) shards.Add(await tablet.HealthAsync(cancellationToken));
        return new ClusterStatus(session.Keyspace.Name, shards.Count, shards[0].Engine, shards, shards.Sum(shard => shard.QueryCount),
            shards.Sum(shard => shard.ErrorCount));
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ShardHealth>> HealthAsync(string? shard = null, CancellationToken cancellationToken = default)
    {
        var found = new List<ShardHealth>();
        foreach (var tablet in _schema.Current.Tablets.Tablets)
        {
            if (shard is null || tablet.Shard == shard) found.Add(await tablet.HealthAsync(cancellationToken));
        }

        return found.Count > 0 || shard is null ? found : throw new VitessException(ErrorCodes.NotFound, $"there is no shard \"{shard}\"", sqlState: "3D000");
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TableInfo>> SchemaAsync(string? keyspace = null, CancellationToken cancellationToken = default) =>
        new(SchemaLists.Tables(_schema.Current.For(Target.Parse(keyspace), SqlDialect.Postgres).Keyspace));

    /// <inheritdoc/>
    public ValueTask<VSchemaInfo> VSchemaAsync(string? keyspace = null, CancellationToken cancellationToken = default) =>
        new(VSchemaJson.ToInfo(_schema.Current.For(Target.Parse(keyspace), SqlDialect.Postgres).Keyspace));

    /// <summary>
    /// Compares the shards with the VSchema, makes tables and indexes that a crash kept from some, and refuses tables of which shards have other columns. Call it once, before the
    /// first statement.
    /// </summary>
    /// <returns>What was made, and what is refused, in words.</returns>
    public ValueTask<IReadOnlyList<string>> RepairAsync(CancellationToken cancellationToken = default) => _schema.RepairAsync(cancellationToken);

    /// <summary>Where a statement goes with these values (seed 001).</summary>
    public Route Route(string sql, IReadOnlyList<SqlValue>? parameters = null, string? target = null, SqlDialect? dialect = null) =>
        _runner.Route(new GateRequest(sql, parameters ?? []) { Target = target, Dialect = dialect });

    /// <summary>How a statement is run, before values are known (seed 001).</summary>
    public PlanInfo Plan(string sql, string? target = null, SqlDialect? dialect = null) =>
        _runner.Plan(new GateRequest(sql, []) { Target = target, Dialect = dialect });

    /// <summary>Rolls back what is open and closes the tablets.</summary>
    public async ValueTask DisposeAsync()
    {
        await _transactions.DisposeAsync();
        foreach (var tablet in _schema.Current.Tablets.Tablets) await tablet.DisposeAsync();
        _schema.Dispose();
    }

    private async ValueTask<GateResult> InTransactionAsync(GateRequest request, CancellationToken cancellationToken)
    {
        var transaction = await _transactions.EnterAsync(request.TxId!, cancellationToken);
        try
        {
            return request.Timeout is null
                ? await _runner.RunAsync(request, transaction, cancellationToken)
                : await WithTimeoutAsync(request.Timeout.Value, token => _runner.RunAsync(request, transaction, token), cancellationToken);
        }
        catch when (transaction.Dialect == SqlDialect.Postgres)
        {
            transaction.Failed = true;
            throw;
        }
        finally
        {
            transaction.UsedAt = _options.Clock.GetUtcNow();
            transaction.Turn.Release();
        }
    }

    private async ValueTask<GateBatchResult> RunBatchAsync(GateBatchRequest request, string? txId, CancellationToken cancellationToken)
    {
        var results = new List<GateResult>(request.Statements.Count);
        foreach (var statement in request.Statements)
        {
            try
            {
                results.Add(await ExecuteAsync(statement with { Target = request.Target, TxId = txId, Dialect = request.Dialect }, cancellationToken));
            }
            catch (VitessException failure)
            {
                return new GateBatchResult(results, results.Count, failure);
            }
        }

        return new GateBatchResult(results);
    }

    private async ValueTask RollbackQuietlyAsync(string txId)
    {
        try
        {
            await RollbackAsync(txId, CancellationToken.None);
        }
        catch (VitessException)
        {
            // It has ended already, by the failure that is reported.
        }
    }

    // Apart, so that statements without a limit do not pay for the closure.
    private ValueTask<GateResult> WithTimeoutAsync(GateRequest request, CancellationToken cancellationToken) =>
        WithTimeoutAsync(request.Timeout!.Value, token => _runner.RunAsync(request, null, token), cancellationToken);

    private async ValueTask<T> WithTimeoutAsync<T>(TimeSpan timeout, Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, _options.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await work(both.Token);
        }
        catch (Exception exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested
            && (exception is OperationCanceledException || exception is VitessException { SqlState: "57014" }))
        {
            throw new VitessException(ErrorCodes.Timeout, $"the statement took longer than {timeout.TotalMilliseconds:0} ms and was cancelled", inner: exception);
        }
    }
}
