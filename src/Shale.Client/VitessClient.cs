using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Client;

/// <summary>
/// Speaks to a gate by HTTP. Thread-safe; one client serves a whole program. Every failure is a <see cref="VitessException"/>, except
/// cancellation. A cancelled or timed-out write may have happened; what is tried again because a connection broke happens once (SEMANTICS S4.4).
/// </summary>
public sealed class VitessClient : IAsyncDisposable
{
    private readonly VitessConfig _config;
    private readonly HttpTransport _transport;
    private volatile bool _connected;

    /// <summary>A client; nothing is sent yet.</summary>
    public VitessClient(VitessConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        _config = config;
        _transport = new HttpTransport(config);
    }

    /// <summary>A client; nothing is sent yet.</summary>
    public static VitessClient Create(VitessConfig config) => new(config);

    /// <summary>Whether <see cref="ConnectAsync"/> has succeeded and <see cref="DisconnectAsync"/> has not been called since.</summary>
    public bool IsConnected => _connected;

    /// <summary>Asks the gate whether it is there. Not needed before other calls; a second call does nothing.</summary>
    public async Task ConnectAsync(CancellationToken cancellationToken = default)
    {
        if (_connected) return;
        try
        {
            await _transport.SendAsync<HealthRequest, HealthResponse>(Messages.CreateHealthRequest(), true, cancellationToken).ConfigureAwait(false);
        }
        catch (VitessException failure)
        {
            throw new VitessException(
                new ErrorCode(failure.Code, failure.SqlState ?? ErrorCodes.ConnectionError.SqlState, failure.IsTransient, "", failure.Hint ?? ""), "Connection failed: " + failure.Message, failure.Shard, inner: failure);
        }
        _connected = true;
    }

    /// <summary>Forgets that it is connected.</summary>
    public Task DisconnectAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _connected = false;
        return Task.CompletedTask;
    }

    /// <summary>Runs a statement and returns its rows.</summary>
    public Task<QueryResult<Row>> QueryAsync(
        string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) =>
        QueryAsync<Row>(sql, parameters, cancellationToken);

    /// <summary>Runs a statement with parameters by name and returns its rows.</summary>
    public Task<QueryResult<Row>> QueryAsync(
        string sql, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken = default) =>
        QueryAsync<Row>(sql, parameters, cancellationToken);

    /// <summary>
    /// Runs a statement and returns its rows as records (by constructor), classes (by property), tuples (by place) or single values. Errors:
    /// TYPE_ERROR for a value that does not fit.
    /// </summary>
    public Task<QueryResult<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) =>
        MapAsync<T>(QueryRowsAsync(sql, RequestParams.From(parameters), null, cancellationToken));

    /// <summary>See <see cref="QueryAsync{T}(string, IReadOnlyList{object?}?, CancellationToken)"/>; parameters by name.</summary>
    public Task<QueryResult<T>> QueryAsync<T>(
        string sql, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken = default) =>
        MapAsync<T>(QueryRowsAsync(sql, RequestParams.From(parameters), null, cancellationToken));

    /// <summary>Runs a statement and returns its rows as they came.</summary>
    public Task<QueryResult> QueryRowsAsync(string sql, RequestParams? parameters = null, CancellationToken cancellationToken = default) =>
        QueryRowsAsync(sql, parameters, null, cancellationToken);

    /// <summary>Runs a statement and returns how many rows it inserted, changed or deleted.</summary>
    public Task<ExecuteResult> ExecuteAsync(
        string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(sql, RequestParams.From(parameters), null, cancellationToken);

    /// <summary>Runs a statement with parameters by name and returns how many rows it inserted, changed or deleted.</summary>
    public Task<ExecuteResult> ExecuteAsync(
        string sql, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken = default) =>
        ExecuteAsync(sql, RequestParams.From(parameters), null, cancellationToken);

    /// <summary>Runs statements in order, up to the first failure, which the result tells.</summary>
    /// <param name="statements">The statements; may be none.</param>
    /// <param name="atomic">All or nothing.</param>
    /// <param name="cancellationToken">See the class.</param>
    public Task<BatchResult> BatchAsync(
        IReadOnlyList<BatchStatement> statements, bool atomic = false, CancellationToken cancellationToken = default) =>
        BatchAsync(statements, atomic, null, cancellationToken);

    /// <summary>Opens a transaction. Disposing it without a commit rolls it back.</summary>
    public async Task<Transaction> BeginAsync(TransactionOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (_config.Dialect is { } dialect) options = (options ?? new TransactionOptions()) with { Dialect = options?.Dialect ?? dialect };
        var answer = await _transport.SendAsync<BeginRequest, BeginResponse>(Messages.CreateBeginRequest(_config.Keyspace, options), false, cancellationToken)
            .ConfigureAwait(false);
        var begun = Expect<BeginResponse>(answer);
        return new Transaction(this, begun.TxId, begun.Shards);
    }

    /// <summary>Runs a function in a transaction: commits when it returns, rolls back when it throws.</summary>
    public async Task<T> TransactionAsync<T>(
        Func<Transaction, Task<T>> work, TransactionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);

        // Disposing rolls back whatever was not committed, also after a COMMIT that failed.
        var transaction = await BeginAsync(options, cancellationToken).ConfigureAwait(false);
        await using var ending = transaction.ConfigureAwait(false);
        var result = await work(transaction).ConfigureAwait(false);
        if (!transaction.IsEnded) await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <summary>Runs a function in a transaction: commits when it returns, rolls back when it throws.</summary>
    public Task TransactionAsync(Func<Transaction, Task> work, TransactionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return TransactionAsync<bool>(
            async transaction =>
            {
                await work(transaction).ConfigureAwait(false);
                return true;
            },
            options,
            cancellationToken);
    }

    /// <summary>Health and counters of the keyspace.</summary>
    public async Task<ClusterStatus> StatusAsync(CancellationToken cancellationToken = default) => Expect<StatusResponse>(
        await _transport.SendAsync<StatusRequest, StatusResponse>(Messages.CreateStatusRequest(_config.Keyspace), true, cancellationToken)
            .ConfigureAwait(false)).Status;

    /// <summary>The VSchema of the keyspace.</summary>
    public async Task<VSchemaInfo> VSchemaAsync(CancellationToken cancellationToken = default) => Expect<VSchemaResponse>(
        await _transport.SendAsync<VSchemaRequest, VSchemaResponse>(Messages.CreateVSchemaRequest(_config.Keyspace), true, cancellationToken)
            .ConfigureAwait(false)).VSchema;

    /// <summary>Tables and columns of the keyspace.</summary>
    public async Task<IReadOnlyList<TableInfo>> SchemaAsync(CancellationToken cancellationToken = default) => Expect<SchemaResponse>(
        await _transport.SendAsync<SchemaRequest, SchemaResponse>(Messages.CreateSchemaRequest(_config.Keyspace), true, cancellationToken)
            .ConfigureAwait(false)).Tables;

    /// <summary>Health of one shard, or of all.</summary>
    public async Task<IReadOnlyList<ShardHealth>> HealthAsync(string? shard = null, CancellationToken cancellationToken = default) => Expect<HealthResponse>(
        await _transport.SendAsync<HealthRequest, HealthResponse>(Messages.CreateHealthRequest(shard), true, cancellationToken)
            .ConfigureAwait(false)).Health;

    /// <summary>
    /// Runs a SELECT and gives its rows as they come, without holding them all. Never retried. Leaving the loop early cancels the statement.
    /// </summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        string sql, IReadOnlyList<object?>? parameters = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var rows in StreamRowsAsync(sql, RequestParams.From(parameters), cancellationToken).ConfigureAwait(false))
        {
            foreach (var row in RowMapper<T>.Map(rows)) yield return row;
        }
    }

    /// <summary>Runs a SELECT and gives its rows in chunks as they come; at least one, so that the fields are known.</summary>
    public async IAsyncEnumerable<RowSet> StreamRowsAsync(
        string sql, RequestParams? parameters = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = Stamped(new QueryRequest(sql, parameters, _config.Keyspace, null, Options(stream: true)));
        using var response = await _transport.OpenAsync(request, cancellationToken).ConfigureAwait(false);
        await foreach (var rows in ResultLines.ReadAsync(response, cancellationToken).ConfigureAwait(false)) yield return rows;
    }

    /// <summary>A keyspace at a moment, for as many queries as it takes; nothing is asked of the server yet. TT_INVALID_SYNTAX for a point that is not of the scope.</summary>
    /// <param name="asOf">The point: one that is fixed, since each query names it anew.</param>
    /// <param name="scope">How far it reaches; null for what the point means by itself.</param>
    public TimeTravelSession CreateTimeTravelSession(TimePoint asOf, TimeTravelScope? scope = null) => new(this, asOf, TimeTravelScopes.Of(asOf, scope));

    /// <summary>Restores the keyspace to a point of its past, on all shards. Errors: the TT_ codes of the point; LOCK_TIMEOUT while others write.</summary>
    /// <returns>The bookmark that undoes it.</returns>
    public Task<string> RestoreAsync(TimePoint to, CancellationToken cancellationToken = default) => CommandAsync($"RESTORE DATABASE TO {to}", [], cancellationToken);

    /// <summary>Names a moment of the keyspace and keeps it until the name is dropped. Errors: QUERY_ERROR (42710) for a name that is taken, (42602) for one that is none; the TT_ codes of the moment.</summary>
    /// <param name="name">Letters, digits and <c>. _ / -</c>, at most 255.</param>
    /// <param name="at">A timestamp, a bookmark or another snapshot; null for now.</param>
    /// <param name="cancellationToken">See the class.</param>
    /// <returns>Its bookmark.</returns>
    public Task<string> SnapshotAsync(string name, TimePoint? at = null, CancellationToken cancellationToken = default) => at is null
        ? CommandAsync("CALL dosql_snapshot($1)", [name], cancellationToken)
        : CommandAsync("CALL dosql_snapshot($1, $2)", [name, at.ToArgument()], cancellationToken);

    /// <summary>Forgets a name. TT_SNAPSHOT_NOT_FOUND if there is none.</summary>
    public Task DropSnapshotAsync(string name, CancellationToken cancellationToken = default) => CommandAsync("CALL dosql_drop_snapshot($1)", [name], cancellationToken);

    /// <summary>Makes a branch of the keyspace: a keyspace of its own that begins with all that this one has at a moment. QUERY_ERROR (42710) for a name that is taken, (42602) for one that is none.</summary>
    /// <param name="name">Letters, digits and <c>- _ .</c>, at most 63.</param>
    /// <param name="from">A timestamp, a bookmark or a snapshot; null for now.</param>
    /// <param name="cancellationToken">See the class.</param>
    /// <returns>The keyspace that it is: a target.</returns>
    public Task<string> BranchAsync(string name, TimePoint? from = null, CancellationToken cancellationToken = default) => from is null
        ? CommandAsync("CALL dosql_branch($1)", [name], cancellationToken)
        : CommandAsync("CALL dosql_branch($1, $2)", [name, from.ToArgument()], cancellationToken);

    /// <summary>Drops a branch with all that is on it. TT_BRANCH_NOT_FOUND if there is none.</summary>
    public Task DropBranchAsync(string name, CancellationToken cancellationToken = default) => CommandAsync("CALL dosql_drop_branch($1)", [name], cancellationToken);

    /// <summary>Closes the connections. Transactions that are open end when the server finds them idle.</summary>
    public ValueTask DisposeAsync()
    {
        _connected = false;
        _transport.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static async Task<QueryResult<T>> MapAsync<T>(Task<QueryResult> pending)
    {
        var result = await pending.ConfigureAwait(false);
        return new QueryResult<T>(RowMapper<T>.Map(result.Rows), result.Fields)
        {
            Duration = result.Duration is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
            Affected = result.Affected,
            MissingShards = result.MissingShards ?? [],
            Notices = result.Notices ?? [],
        };
    }

    internal async Task<QueryResult> QueryRowsAsync(string sql, RequestParams? parameters, string? txId, CancellationToken cancellationToken)
    {
        var partly = _config.PartialResults && txId is null && ReadOnlyText.Reads(sql);
        var request = Stamped(new QueryRequest(sql, parameters, _config.Keyspace, txId, Options(txId) with { PartialResults = partly ? true : null }));
        var answer = await _transport.SendAsync<QueryRequest, QueryResponse>(request, MayRepeat(sql, txId), cancellationToken).ConfigureAwait(false);
        return Expect<QueryResponse>(answer).Result;
    }

    internal async Task<ExecuteResult> ExecuteAsync(string sql, RequestParams? parameters, string? txId, CancellationToken cancellationToken)
    {
        var request = Stamped(new ExecuteRequest(sql, parameters, _config.Keyspace, txId, Options(txId)));
        var answer = await _transport.SendAsync<ExecuteRequest, ExecuteResponse>(request, MayRepeat(sql, txId), cancellationToken).ConfigureAwait(false);
        return Expect<ExecuteResponse>(answer).Result;
    }

    internal async Task<BatchResult> BatchAsync(IReadOnlyList<BatchStatement> statements, bool atomic, string? txId, CancellationToken cancellationToken)
    {
        var options = Options(txId) with { Atomic = atomic ? true : null };
        var request = Stamped(new BatchRequest(statements, _config.Keyspace, txId, options));
        var answer = await _transport.SendAsync<BatchRequest, BatchResponse>(request, txId is null && statements.All(statement => MayRepeat(statement.Sql, null)), cancellationToken).ConfigureAwait(false);
        return Expect<BatchResponse>(answer).Result;
    }

    internal async Task<QueryResult> QueryAtAsync(TimePoint asOf, string sql, RequestParams? parameters, CancellationToken cancellationToken)
    {
        var request = Stamped(new QueryRequest(sql, parameters, _config.Keyspace, null, Options() with { AsOf = asOf.ToString(), IdempotencyKey = null }));
        var answer = await _transport.SendAsync<QueryRequest, QueryResponse>(request, true, cancellationToken).ConfigureAwait(false);
        return Expect<QueryResponse>(answer).Result;
    }

    internal Task CommitAsync(string txId, CancellationToken cancellationToken) =>
        _transport.SendAsync<CommitRequest, AckResponse>(Messages.CreateCommitRequest(txId), false, cancellationToken);

    internal Task RollbackAsync(string txId, CancellationToken cancellationToken) =>
        _transport.SendAsync<RollbackRequest, AckResponse>(Messages.CreateRollbackRequest(txId), false, cancellationToken);

    private async Task<string> CommandAsync(string sql, IReadOnlyList<object?> parameters, CancellationToken cancellationToken) =>
        (await QueryRowsAsync(sql, RequestParams.From(parameters), cancellationToken).ConfigureAwait(false)).Rows[0][0].AsText();

    // With a key the gate does a write once. Without, in a transaction, only what reads may be sent twice; and what no key guards, never.
    private static bool MayRepeat(string sql, string? txId) => txId is null ? !ReadOnlyText.SetsSequence(sql) : ReadOnlyText.Reads(sql);

    // Outside a transaction each statement carries a key of its own (S4.4), the same for every attempt.
    private RequestOptions Options(string? txId = null, bool? stream = null) => new()
    {
        Dialect = _config.Dialect,
        RowMode = "array",
        IdempotencyKey = txId is null && stream is null ? Messages.NewId() : null,
        Stream = stream,
    };

    private static T Stamped<T>(T message)
        where T : Message => message with { Id = Messages.NewId(), Timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() };

    private static T Expect<T>(Message answer)
        where T : Message => answer as T
        ?? throw new VitessException(ErrorCodes.ConnectionError.Code, "the server acknowledged where a result was due", null,
            ErrorCodes.ConnectionError.SqlState, false, "Check that the endpoint is that of a gate.");
}
