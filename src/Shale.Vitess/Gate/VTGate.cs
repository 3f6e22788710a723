using System.Runtime.CompilerServices;
using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// The gate (seed 001): it parses statements, routes them over shards, merges what they answer, and coordinates transactions. In process or behind a door, every
/// client meets this class. Thread-safe.
/// </summary>
public sealed partial class VTGate : IVTGate
{
    private readonly VTGateOptions _options;
    private readonly GateTransactions _transactions;
    private readonly SequenceAllocator _sequences;
    private readonly SchemaChanges _schema;
    private readonly StatementRunner _runner;
    private readonly PastStatements _past;
    private readonly ProcessList _processes;

    /// <summary>Opens a gate over tablets that are open already; they are closed with it.</summary>
    public VTGate(VTGateOptions options)
    {
        _processes = new ProcessList(options.Clock);
        options = options with { Space = GateSpace.Of(options), Processes = _processes };
        _options = options;
        _sequences = new SequenceAllocator(options.Topology);
        var locks = new LockGraph();
        _schema = new SchemaChanges(options, _sequences, locks);
        var limits = new GateLimits(options, VSchema);
        _transactions = new GateTransactions(options, _processes, locks);
        _past = new PastStatements(_schema);
        _runner = new StatementRunner(_schema, options, _sequences, _processes, _transactions, limits, _past);
        GateTelemetry.Add(_processes, _transactions, Memory);
    }

    /// <summary>The memory of its statements.</summary>
    internal GateMemory Memory => _options.Space!.Memory;

    /// <summary>The VSchema, and how it changes.</summary>
    internal SchemaChanges Schema => _schema;

    /// <summary>The VSchema as it is now.</summary>
    public VSchema VSchema => _schema.Current.VSchema;

    /// <inheritdoc/>
    public bool KeepsThreads
    {
        get
        {
            foreach (var tablet in _schema.Current.Tablets.Tablets)
            {
                if (tablet.Engine != StorageEngineType.Postgres) return true;
            }

            return false;
        }
    }

    /// <inheritdoc/>
    public int ThreadsKept(TimeSpan longerThan) => KeepsThreads ? _processes.CountRunning(longerThan) : 0;

    /// <inheritdoc/>
    public void Show(IDoorSessions door, bool isOpen) => _processes.Show(door, isOpen);

    /// <inheritdoc/>
    public ValueTask<GateResult> ExecuteAsync(GateRequest request, CancellationToken cancellationToken = default) =>
        GateTelemetry.IsTraced ? TracedAsync(request, cancellationToken) : RunAsync(request, cancellationToken);

    /// <inheritdoc/>
    public long SchemaVersion => _schema.Current.VSchema.Version;

    /// <inheritdoc/>
    public async ValueTask<GateDescription> DescribeAsync(GateRequest request, CancellationToken cancellationToken = default)
    {
        await SharedThread.LeaveAsync();
        return _runner.Describe(request, request.TxId is null ? null : _transactions.Get(request.TxId));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<VariableUse>> FindVariablesAsync(GateRequest request, IVariableSource variables) =>
        new(_runner.FindVariables(request, variables, request.TxId is null ? null : _transactions.Get(request.TxId)));

    /// <inheritdoc/>
    public async IAsyncEnumerable<RowSet> StreamAsync(GateRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var result = await ExecuteAsync(request with { Streams = true, ReadsAll = true }, cancellationToken);
        await using var rest = result.Rest;
        yield return result.Rows;
        while (rest is not null && await rest.MoveNextAsync()) yield return rest.Current;
    }

    /// <inheritdoc/>
    public async ValueTask<GateBatchResult> BatchAsync(GateBatchRequest request, CancellationToken cancellationToken = default)
    {
        if (request.TxId is not null) RefuseKey(request.IdempotencyKey);
        if (!request.Atomic || request.TxId is not null) return await RunBatchAsync(request, request.TxId, cancellationToken);
        if (request.IdempotencyKey is null) return await RunAtomicAsync(request, null, cancellationToken);
        try
        {
            return await _runner.Keyed.RunAsync(request, key => RunAtomicAsync(request, key, cancellationToken), cancellationToken);
        }
        catch (VitessException failure)
        {
            return new GateBatchResult([], 0, failure);
        }
    }

    private async ValueTask<GateBatchResult> RunAtomicAsync(GateBatchRequest request, AnswerKey? key, CancellationToken cancellationToken)
    {
        var transaction = await BeginAsync(request.Target, null, request.Dialect, cancellationToken);
        try
        {
            var result = await RunBatchAsync(request, transaction.TxId, cancellationToken);
            if (key is not null && result.FailedAt is null) await KeepAsync(key, result.Results, transaction.TxId, cancellationToken);
            if (result.FailedAt is null) await CommitAsync(transaction.TxId, cancellationToken);
            else await RollbackAsync(transaction.TxId, CancellationToken.None);
            return result.FailedAt is null ? result : result with { Results = [] };
        }
        catch (VitessException failure)
        {
            await RollbackQuietlyAsync(transaction.TxId);
            return new GateBatchResult([], request.Statements.Count, failure);
        }
        catch
        {
            await RollbackQuietlyAsync(transaction.TxId);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<GateTransactionInfo> BeginAsync(
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

        var moment = options.AsOf is { } point ? await _past.MomentAsync(TimePoints.Read(point), session, cancellationToken) : null;
        var transaction = _transactions.Begin(parsed with { Keyspace = session.Keyspace.Name, Branch = null }, chosen, options with { AsOf = null });
        transaction.Moment = moment;
        return new GateTransactionInfo(transaction.Id, [.. session.Tablets.Of(session.Keyspace).Select(tablet => tablet.Shard)]);
    }

    /// <summary>A keyspace at a moment, for as many queries as it takes (seed 003). Errors: the TT_ codes of points that are not there; TT_INVALID_SYNTAX for a point that is not of the scope.</summary>
    /// <param name="asOf">The point.</param>
    /// <param name="scope">How far it reaches; null for what the point means by itself.</param>
    /// <param name="target">The target; null for the default keyspace.</param>
    /// <param name="dialect">Whose SQL its queries are; null for postgres.</param>
    /// <param name="cancellationToken">Stops the shards.</param>
    public async ValueTask<GateTimeTravelSession> CreateTimeTravelSessionAsync(
        TimePoint asOf, TimeTravelScope? scope = null, string? target = null, SqlDialect? dialect = null, CancellationToken cancellationToken = default)
    {
        var reach = TimeTravelScopes.Of(asOf, scope);
        var session = _schema.Current.For(Target.Parse(target), dialect ?? SqlDialect.Postgres);
        return new GateTimeTravelSession(this, target, session.Dialect, await _past.MomentAsync(asOf, session, cancellationToken), reach);
    }

    /// <summary>Restores a keyspace, as RESTORE DATABASE does (docs/time-travel.md). Errors: the TT_ codes of the point; LOCK_TIMEOUT while others write; SHARD_ERROR.</summary>
    /// <param name="to">The point.</param>
    /// <param name="target">The keyspace; null for the default one.</param>
    /// <param name="cancellationToken">Changes nothing, up to the moment at which it is decided.</param>
    /// <returns>The bookmark that undoes it.</returns>
    public ValueTask<string> RestoreAsync(TimePoint to, string? target = null, CancellationToken cancellationToken = default) => CommandAsync($"RESTORE DATABASE TO {to}", [], target, cancellationToken);

    /// <summary>Names a moment of a keyspace and keeps it until the name is dropped. Errors: QUERY_ERROR (42710) for a name that is taken, (42602) for one that is none; the TT_ codes of the moment.</summary>
    /// <param name="name">Letters, digits and <c>. _ / -</c>, at most 255.</param>
    /// <param name="at">A timestamp, a bookmark or another snapshot; null for now.</param>
    /// <param name="target">The keyspace; null for the default one.</param>
    /// <param name="cancellationToken">Leaves nothing.</param>
    /// <returns>Its bookmark.</returns>
    public ValueTask<string> SnapshotAsync(string name, TimePoint? at = null, string? target = null, CancellationToken cancellationToken = default) => at is null
        ? CommandAsync("CALL dosql_snapshot($1)", [SqlValue.Text(name)], target, cancellationToken)
        : CommandAsync("CALL dosql_snapshot($1, $2)", [SqlValue.Text(name), SqlValue.Text(at.ToArgument())], target, cancellationToken);

    /// <summary>Forgets a name. TT_SNAPSHOT_NOT_FOUND if there is none.</summary>
    public async ValueTask DropSnapshotAsync(string name, string? target = null, CancellationToken cancellationToken = default) =>
        await CommandAsync("CALL dosql_drop_snapshot($1)", [SqlValue.Text(name)], target, cancellationToken);

    /// <summary>Makes a branch of a keyspace: a keyspace of its own that begins with all that this one has at a moment. Errors: QUERY_ERROR (42710) for a name that is taken, (42602) for one that is none; the TT_ codes of the moment.</summary>
    /// <param name="name">Letters, digits and <c>- _ .</c>, at most 63.</param>
    /// <param name="from">A timestamp, a bookmark or a snapshot; null for now.</param>
    /// <param name="target">The keyspace, which may be a branch; null for the default one.</param>
    /// <param name="cancellationToken">Leaves nothing.</param>
    /// <returns>The keyspace that it is: a target.</returns>
    public ValueTask<string> BranchAsync(string name, TimePoint? from = null, string? target = null, CancellationToken cancellationToken = default) => from is null
        ? CommandAsync("CALL dosql_branch($1)", [SqlValue.Text(name)], target, cancellationToken)
        : CommandAsync("CALL dosql_branch($1, $2)", [SqlValue.Text(name), SqlValue.Text(from.ToArgument())], target, cancellationToken);

    /// <summary>Drops a branch with all that is on it. TT_BRANCH_NOT_FOUND if there is none.</summary>
    public async ValueTask DropBranchAsync(string name, string? target = null, CancellationToken cancellationToken = default) =>
        await CommandAsync("CALL dosql_drop_branch($1)", [SqlValue.Text(name)], target, cancellationToken);

    /// <summary>How many commits lie between two points of one shard; negative if the second is the earlier. Errors: TT_INVALID_SYNTAX over several shards, or for points of two branches; the TT_ codes of points that are not there.</summary>
    /// <param name="from">The first point.</param>
    /// <param name="to">The second point.</param>
    /// <param name="target">A shard, <c>keyspace:shard</c>, or an unsharded keyspace; null for the default one.</param>
    /// <param name="cancellationToken">Stops the shard.</param>
    public async ValueTask<long> GetDistanceAsync(TimePoint from, TimePoint to, string? target = null, CancellationToken cancellationToken = default)
    {
        var session = _schema.Current.For(Target.Parse(target), SqlDialect.Postgres);
        _schema.Times.RequireHistory(session.Keyspace);
        if (session.Tablets.Of(session.Keyspace) is not [var only]) throw KeyspaceCut.OneShardOnly(from);
        var first = await only.History!.FindAsync(only.History.Branch, from, cancellationToken);
        var second = await only.History.FindAsync(only.History.Branch, to, cancellationToken);
        return first.At.Branch == second.At.Branch ? second.Version - first.Version : throw new VitessException(
            ErrorCodes.InvalidPoint, $"{from} is on {first.At.Branch}, {to} on {second.At.Branch}: there is no distance between branches", hint: "Name two points of one branch.");
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

            if (transaction.Schema is null) await transaction.Shards.CommitAsync(cancellationToken);
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

    /// <summary>
    /// Takes a backup of a keyspace at one moment, into a directory of this machine: everything the first time, later what is new. Errors: those of <see cref="IKeyspaceBackup.TakeAsync"/>; NOT_FOUND
    /// (3D000).
    /// </summary>
    /// <param name="keyspace">The keyspace; null for the gate's default.</param>
    /// <param name="directory">A full path; for backups of this keyspace alone.</param>
    /// <param name="progress">Is told how far the copy is; null for nobody.</param>
    /// <param name="cancellationToken">Leaves the directory's earlier backup whole.</param>
    public ValueTask<KeyspaceBackupInfo> BackupAsync(string? keyspace, string directory, IProgress<BackupProgress>? progress = null, CancellationToken cancellationToken = default) =>
        BackupStatements.TakeAsync(_schema.Current.For(Target.Parse(keyspace), SqlDialect.Postgres).Keyspace.Name, directory, _schema, _options.Backup, progress, cancellationToken);

    /// <summary>Where a statement goes with these values (seed 001).</summary>
    public Route Route(string sql, IReadOnlyList<SqlValue>? parameters = null, string? target = null, SqlDialect? dialect = null) =>
        _runner.Route(new GateRequest(sql, parameters ?? []) { Target = target, Dialect = dialect });

    /// <summary>How a statement is run, before values are known (seed 001).</summary>
    public PlanInfo Plan(string sql, string? target = null, SqlDialect? dialect = null) =>
        _runner.Plan(new GateRequest(sql, []) { Target = target, Dialect = dialect });

    /// <summary>Rolls back what is open and closes the tablets.</summary>
    public async ValueTask DisposeAsync()
    {
        GateTelemetry.Remove(_processes);
        await _transactions.DisposeAsync();
        await _schema.Current.Tablets.Notes.ClearAsync();
        foreach (var tablet in _schema.Current.Tablets.Tablets) await tablet.DisposeAsync();
        _schema.Dispose();
    }

    private async ValueTask<string> CommandAsync(string sql, IReadOnlyList<SqlValue> values, string? target, CancellationToken cancellationToken) =>
        (await ExecuteAsync(new GateRequest(sql, values) { Target = target }, cancellationToken)).Rows[0][0].AsText();

    private async ValueTask<GateBatchResult> RunBatchAsync(GateBatchRequest request, string? txId, CancellationToken cancellationToken)
    {
        var results = new List<GateResult>(request.Statements.Count);
        var key = request.Atomic ? null : request.IdempotencyKey;
        var digest = key is null ? null : AnswerKey.DigestOf(request);
        foreach (var statement in request.Statements)
        {
            try
            {
                var own = statement with { Target = request.Target, TxId = txId, Dialect = request.Dialect, IdempotencyKey = key, Part = results.Count, Digest = digest };
                results.Add(await ExecuteAsync(own, cancellationToken));
            }
            catch (VitessException failure)
            {
                return new GateBatchResult(results, results.Count, failure);
            }
        }

        return new GateBatchResult(results);
    }

    private async ValueTask KeepAsync(AnswerKey key, IReadOnlyList<GateResult> results, string txId, CancellationToken cancellationToken)
    {
        var transaction = await _transactions.EnterAsync(txId, cancellationToken);
        try
        {
            await _runner.Keyed.KeepAsync(key, results, transaction.Shards, null, cancellationToken);
        }
        finally
        {
            transaction.Turn.Release();
        }
    }

    // What a transaction has not committed has not happened: there is no answer that could be kept for later.
    private static void RefuseKey(string? key)
    {
        if (key is null) return;
        throw new VitessException(ErrorCodes.TransactionError, "an idempotency key belongs to a statement that stands alone, not to one of a transaction", sqlState: "0A000",
            hint: "Leave out the key; after a failure, run the whole transaction again.");
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
}
