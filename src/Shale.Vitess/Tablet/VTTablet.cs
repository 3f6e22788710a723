using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// One shard: it runs statements on its engine, pools the connections, and keeps the transactions (SEMANTICS S4.3). Reads go to readers, each
/// statement in its own snapshot; writes take turns at the one writer, or go to one of many where the engine has them. Thread-safe. SQLite works on the caller's thread: a statement without
/// waits is finished when the call returns. Hot path: point SELECT.
/// </summary>
public sealed partial class VTTablet : ITablet
{
    private readonly VTTabletOptions _options;
    private readonly CancellationTokenSource _closing = new();
    private readonly ConnectionPool _readers;
    private volatile TabletWriter _writer;
    private readonly TabletTransactions _transactions;
    private readonly TabletMetrics _metrics;
    private readonly TabletHistory _history;
    private readonly ITimer _sweeper;
    private volatile IStorageEngine _engine;
    private int _sweeping;
    private int _closed;

    /// <summary>Describes the tablet; connections are opened when they are needed.</summary>
    public VTTablet(VTTabletOptions options)
    {
        options.Validate();
        _options = options;
        _engine = options.Engine;
        _readers = new ConnectionPool(_engine, options, EngineAccess.Read, options.MaxReaders);
        _writer = TabletWriter.Of(_engine, options);
        _transactions = new TabletTransactions(options, _writer, _readers);
        _metrics = new TabletMetrics(options);
        _history = new TabletHistory(this);
        var period = TimeSpan.FromTicks(Math.Clamp(options.IdleTimeout.Ticks / 4, TimeSpan.TicksPerMillisecond * 20, TimeSpan.TicksPerSecond));
        TabletTelemetry.Add(this);
        _sweeper = options.TimeProvider.CreateTimer(static self => _ = ((VTTablet)self!).SweepAsync(), this, period, period);
    }

    /// <inheritdoc/>
    public string Keyspace => _options.Keyspace;

    /// <inheritdoc/>
    public string Shard => _options.Shard;

    /// <inheritdoc/>
    public StorageEngineType Engine => _engine.Type;

    internal IStorageEngine StorageEngine => _engine;

    /// <inheritdoc/>
    public IShardHistory? History => _engine.History is null ? null : _history;

    /// <summary>
    /// A tablet of another branch of the shard, with a writer and readers of its own; whether the branch is there shows when it is used. The caller closes it, before or after this one. It goes over
    /// to no other engine. Errors: TT_NOT_SUPPORTED where there are no branches; SHARD_ERROR after closing.
    /// </summary>
    public VTTablet OpenBranch(string name) => OpenBranch(name, Keyspace);

    ITablet ITablet.OpenBranch(string name) => OpenBranch(name, BranchNames.Of(Keyspace, name));

    private VTTablet OpenBranch(string name, string keyspace)
    {
        try
        {
            Require(Shard);
            return new VTTablet(_options with { Engine = _engine.OpenBranch(name), Branch = name, Keyspace = keyspace });
        }
        catch (VitessException failure)
        {
            throw failure.OnShard(Shard);
        }
    }

    /// <summary>How many transactions are open.</summary>
    public int OpenTransactions => _transactions.Count;

    /// <inheritdoc/>
    public ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken)
    {
        if (request is not { MaxRows: null, MaxBytes: null }) return QueryLimitedAsync(request, cancellationToken);
        if (request.TxId is { } txId)
        {
            RequireOneSnapshot(request);
            return QueryInTransactionAsync(txId, request, cancellationToken);
        }

        if (request is { IsOneRow: true, AsOf: null } && SharedReads.AreGathered && request.Shard == Shard) return SharedReads.AskAsync(this, request, cancellationToken);
        return QueryAloneAsync(request, cancellationToken);
    }

    /// <summary>Reads in a snapshot of its own, on a connection of its own.</summary>
    internal ValueTask<ShardResult> QueryAloneAsync(ShardQueryRequest request, CancellationToken cancellationToken)
    {
        if (request.Shard != Shard || !_readers.TryTake(request.AsOf, out var reader)) return QuerySlowlyAsync(request, cancellationToken);
        var start = _metrics.Start(request.Sql);
        VitessException? failure = null;
        var isPending = false;
        try
        {
            var pending = reader.QueryAsync(request.Sql, request.Params, request.Encoding, cancellationToken);
            if (pending.IsCompleted) return new(pending.GetAwaiter().GetResult());
            isPending = true;
            return FinishAsync(pending, reader, start);
        }
        catch (VitessException exception)
        {
            failure = exception;
            return ValueTask.FromException<ShardResult>(exception.OnShard(Shard));
        }
        finally
        {
            if (!isPending)
            {
                _metrics.End(start, failure);
                _readers.Return(reader, !IsEngineFailure(failure));
            }
        }
    }

    /// <summary>Reads, with the parameters as they stand; a snapshot of its own.</summary>
    public ValueTask<ShardResult> QueryAsync(string sql, params IReadOnlyList<SqlValue> parameters) =>
        QueryAsync(new ShardQueryRequest(Shard, sql, parameters), CancellationToken.None);

    /// <inheritdoc/>
    public ValueTask<ShardResult> ExecuteAsync(ShardExecuteRequest request, CancellationToken cancellationToken)
    {
        if (request.TxId is { } txId) return ExecuteInTransactionAsync(txId, request, cancellationToken);
        return ExecuteAloneAsync(request, cancellationToken);
    }

    /// <summary>Runs a statement that may write, with the parameters as they stand; it commits by itself.</summary>
    public ValueTask<ShardResult> ExecuteAsync(string sql, params IReadOnlyList<SqlValue> parameters) =>
        ExecuteAsync(new ShardExecuteRequest(Shard, sql, parameters), CancellationToken.None);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = await TabletStream.OpenAsync(this, request, cancellationToken);
        try
        {
            while (await stream.MoveNextAsync()) yield return stream.Current;
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ShardResult>> BatchAsync(ShardBatchRequest request, CancellationToken cancellationToken)
    {
        return request.TxId is { } txId ? BatchInTransactionAsync(txId, request, cancellationToken) : BatchAloneAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<string> BeginAsync(ShardBeginRequest request, CancellationToken cancellationToken)
    {
        try
        {
            Require(request.Shard);
            var transaction = await _transactions.BeginAsync(request, cancellationToken);
            if (Volatile.Read(ref _closed) == 0) return transaction.Id;
            await _transactions.RollbackAsync(transaction.Id, CancellationToken.None);
            throw Closed();
        }
        catch (Exception exception) when (Translate(exception) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Begins a transaction and returns a handle to it; disposing the handle rolls back unless it was committed.</summary>
    public async ValueTask<ShardTransaction> BeginTransactionAsync(
        TransactionOptions? options = null, CancellationToken cancellationToken = default) =>
        new(this, await BeginAsync(new ShardBeginRequest(Shard, options), cancellationToken));

    /// <inheritdoc/>
    public ValueTask CheckDeferredAsync(string txId, CancellationToken cancellationToken)
    {
        Require(Shard);
        return NamingTheShardAsync(_transactions.CheckDeferredAsync(txId, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask SuspendKeysAsync(string txId, bool suspends, CancellationToken cancellationToken)
    {
        Require(Shard);
        return NamingTheShardAsync(_transactions.SuspendKeysAsync(txId, suspends, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask CommitAsync(string txId, CancellationToken cancellationToken)
    {
        Require(Shard);
        return NamingTheShardAsync(_transactions.CommitAsync(txId, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask RollbackAsync(string txId, CancellationToken cancellationToken) => NamingTheShardAsync(_transactions.RollbackAsync(txId, cancellationToken));

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask NamingTheShardAsync(ValueTask work)
    {
        try
        {
            await work;
        }
        catch (Exception exception) when (Translate(exception) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ShardHealth> HealthAsync(CancellationToken cancellationToken)
    {
        var healthy = false;
        try
        {
            Require(Shard);
            var reader = await TakeReaderAsync(null, cancellationToken);
            try
            {
                healthy = (await reader.ExecuteAsync("SELECT 1", [], cancellationToken)).Rows.RowCount == 1;
            }
            finally
            {
                _readers.Return(reader, healthy);
            }
        }
        catch (Exception exception) when (Translate(exception) is not null)
        {
            // That it does not answer is the answer.
        }

        return _metrics.Snapshot(Shard, healthy, Engine) with { Retention = _engine.Retention, Keyspace = Keyspace };
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ShardObject>> SchemaAsync(CancellationToken cancellationToken)
    {
        IEngineConnection? reader = null;
        try
        {
            Require(Shard);
            reader = await TakeReaderAsync(null, cancellationToken);
            return await reader.SchemaAsync(cancellationToken);
        }
        catch (Exception exception) when (Translate(exception) is { } failure)
        {
            throw failure;
        }
        finally
        {
            if (reader is not null) _readers.Return(reader);
        }
    }

    /// <summary>Rolls back what is open, waits for what runs, and closes the engine. Later calls fail with SHARD_ERROR; closing again does nothing.</summary>
    public async ValueTask CloseAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        TabletTelemetry.Remove(this);
        await _closing.CancelAsync();
        await _sweeper.DisposeAsync();
        await _transactions.CloseAsync(_options.CloseWait);
        await _writer.CloseAsync(_options.CloseWait);
        await _readers.CloseAsync(_options.CloseWait);
        await _engine.DisposeAsync();
        _closing.Dispose();
    }

    /// <summary>See <see cref="CloseAsync"/>.</summary>
    public ValueTask DisposeAsync() => CloseAsync();

    internal VTTabletOptions Options => _options;

    internal TabletMetrics Metrics => _metrics;

    internal TabletTransactions Transactions => _transactions;

    internal ConnectionPool Readers => _readers;

    internal TabletWriter Writer => _writer;

    /// <summary>What the engine keeps. Errors: TT_NOT_SUPPORTED.</summary>
    internal IShardHistory EngineHistory => _engine.History ?? throw new VitessException(ErrorCodes.TimeTravelNotSupported, "the shard keeps no versions", hint: "Keep it on a page log.");

    internal async ValueTask<IEngineConnection> TakeReaderAsync(ShardVersion? version, CancellationToken cancellationToken)
    {
        var reader = await _readers.TakeAsync(version, cancellationToken);
        if (Volatile.Read(ref _closed) == 0) return reader;
        _readers.Return(reader);
        throw Closed();
    }

    /// <summary>Refuses what is not for this shard, and everything after closing.</summary>
    internal void Require(string shard)
    {
        if (Volatile.Read(ref _closed) != 0) throw Closed();
        if (shard != Shard) throw new VitessException(ErrorCodes.ShardError, $"a request for shard {shard} came to the tablet of {Shard}");
    }

    /// <summary>What a caller gets to see of a failure; null for our own bugs, which pass as they are.</summary>
    internal VitessException? Translate(Exception exception) => exception switch
    {
        VitessException failure => failure.OnShard(Shard),
        OperationCanceledException => new VitessException(ErrorCodes.Timeout, "the statement was cancelled while it waited", Shard, inner: exception),
        ObjectDisposedException when Volatile.Read(ref _closed) != 0 => Closed(),
        _ => null,
    };

    /// <summary>Refuses a version inside a transaction, which has its own.</summary>
    internal static void RequireOneSnapshot(ShardQueryRequest request)
    {
        if (request.AsOf is not null) throw new ArgumentException("a query in a transaction reads what that sees, not a version", nameof(request));
    }

    internal static bool IsEngineFailure(VitessException? failure) => failure is not null && failure.Code == ErrorCodes.ShardError.Code;

    private VitessException Closed() => new(ErrorCodes.ShardError, "the tablet is closed", Shard, sqlState: "57P01",
        hint: "The server is stopping; try again when it is back.");

    private async ValueTask<ShardResult> QueryLimitedAsync(ShardQueryRequest request, CancellationToken cancellationToken)
    {
        try
        {
            // Chunks that are gathered must be values: of those that are encoded each takes the memory of the one before.
            return new ShardResult(await ReadLimit.Of(request).ReadAsync(StreamAsync(request with { Encoding = null }, cancellationToken)));
        }
        catch (VitessException failure)
        {
            throw failure.OnShard(Shard);
        }
    }

    private async ValueTask<ShardResult> QuerySlowlyAsync(ShardQueryRequest request, CancellationToken cancellationToken)
    {
        try
        {
            Require(request.Shard);
            var reader = await TakeReaderAsync(request.AsOf, cancellationToken);
            var start = _metrics.Start(request.Sql);
            return await FinishAsync(reader.QueryAsync(request.Sql, request.Params, request.Encoding, cancellationToken), reader, start);
        }
        catch (Exception exception) when (Translate(exception) is { } failure)
        {
            throw failure;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ShardResult> FinishAsync(ValueTask<ShardResult> pending, IEngineConnection reader, TabletMetrics.Measured start)
    {
        VitessException? failure = null;
        try
        {
            return await pending;
        }
        catch (Exception exception) when (Translate(exception) is { } translated)
        {
            failure = translated;
            throw failure;
        }
        finally
        {
            _metrics.End(start, failure);
            _readers.Return(reader, !IsEngineFailure(failure));
        }
    }

    private ValueTask<ShardResult> ExecuteAloneAsync(ShardExecuteRequest request, CancellationToken cancellationToken) => WriteAloneAsync(
        request.Shard, request.Sql, connection => ExecuteAsync(connection, request, cancellationToken), cancellationToken);

    private static ValueTask<ShardResult> ExecuteAsync(IEngineConnection connection, ShardExecuteRequest request, CancellationToken cancellationToken) =>
        request.Rows is { } rows ? connection.CopyAsync(request.Sql, rows, cancellationToken)
        : request.Encoding is { } encoding ? connection.QueryAsync(request.Sql, request.Params, encoding, cancellationToken)
        : connection.ExecuteAsync(request.Sql, request.Params, cancellationToken);

    private ValueTask<IReadOnlyList<ShardResult>> BatchAloneAsync(ShardBatchRequest request, CancellationToken cancellationToken) => WriteAloneAsync(
        request.Shard, null,
        async connection =>
        {
            // Many rows are all or nothing by themselves.
            if (request.Statements.Count == 1) return await ShardBatch.RunAllAsync(connection, request.Statements, cancellationToken);
            await connection.BeginAsync(IsolationLevel.ReadCommitted, readOnly: false, cancellationToken);
            var results = await ShardBatch.RunAllAsync(connection, request.Statements, cancellationToken);
            await connection.CommitAsync(cancellationToken);
            return results;
        },
        cancellationToken);

    /// <summary>Runs work that commits by itself on the writer.</summary>
    private async ValueTask<T> WriteAloneAsync<T>(string shard, string? sql, Func<IEngineConnection, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        VitessException? failure = null;
        TabletMetrics.Measured? start = null;
        try
        {
            Require(shard);
            var connection = await TakeWriterAsync(cancellationToken);
            start = _metrics.Start(sql);
            return await _writer.RunAsync(connection, work);
        }
        catch (Exception exception) when (Translate(exception) is { } translated)
        {
            failure = translated;
            throw failure;
        }
        finally
        {
            if (start is { } started) _metrics.End(started, failure);
        }
    }

    private ValueTask<IReadOnlyList<ShardResult>> BatchInTransactionAsync(string txId, ShardBatchRequest request, CancellationToken cancellationToken) => TabletTurn.RunAsync(
        this, txId, request.Shard, null, write: true,
        (connection, savepoints) => savepoints
            ? ShardBatch.RunInSavepointAsync(connection, request.Statements, cancellationToken)
            : ShardBatch.RunAllAsync(connection, request.Statements, cancellationToken),
        cancellationToken);

    private ValueTask<ShardResult> QueryInTransactionAsync(string txId, ShardQueryRequest request, CancellationToken cancellationToken) => TabletTurn.RunAsync(
        this, txId, request.Shard, request.Sql, write: false, (connection, _) => connection.QueryAsync(request.Sql, request.Params, request.Encoding, cancellationToken), cancellationToken);

    private ValueTask<ShardResult> ExecuteInTransactionAsync(string txId, ShardExecuteRequest request, CancellationToken cancellationToken) => TabletTurn.RunAsync(
        this, txId, request.Shard, request.Sql, write: true, (connection, _) => ExecuteAsync(connection, request, cancellationToken), cancellationToken);

    internal async ValueTask<IEngineConnection> TakeWriterAsync(CancellationToken cancellationToken)
    {
        if (!_writer.TryTake(out var connection)) connection = await _writer.TakeAsync(wait: true, cancellationToken);
        if (Volatile.Read(ref _closed) == 0) return connection;
        await _writer.ReleaseAsync(connection, isSound: true);
        throw Closed();
    }

    private async Task SweepAsync()
    {
        if (Interlocked.Exchange(ref _sweeping, 1) != 0) return;
        try
        {
            await _transactions.SweepAsync();
            await _readers.CloseVersionsAsync();
        }
        catch (VitessException)
        {
            // The rollback of a broken connection fails; the connection is closed by then, and its owner will be told of the expiry.
        }
        finally
        {
            Volatile.Write(ref _sweeping, 0);
        }
    }
}
