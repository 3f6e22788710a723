using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// One transaction over the shards it comes to touch: it begins on a shard with the first statement there, or, where the isolation pins what is read, on all shards of a keyspace
/// with the first statement that reads (SEMANTICS S4.3). One statement at a time; the owner serialises. States: open, then over by <see cref="CommitAsync"/> or
/// <see cref="RollbackAsync"/>; nothing is allowed afterwards.
/// </summary>
/// <param name="locks">Watches whom it waits for.</param>
/// <param name="options">Isolation and read-only, as each shard is told.</param>
/// <param name="pins">Whether it is a client's, whose statements must agree on what they read.</param>
internal sealed partial class CrossShardTransaction(LockGraph locks, TransactionOptions options, bool pins = false)
{
    private readonly bool _pins = pins && options.Isolation is IsolationLevel.RepeatableRead or IsolationLevel.Serializable;
    private readonly LockOwner _owner = locks.NewOwner();
    private readonly List<Part> _parts = [];
    private readonly List<(string Name, int Entries, int Steps, ConstraintMode Constraints)> _savepoints = [];
    private readonly WriteLog _log = new();
    private ITablet[]? _pinned;
    private bool _rebuilds;

    /// <summary>The shards it writes on and its ids there, in the order in which they will commit.</summary>
    public IReadOnlyList<(ITablet Tablet, string TxId)> Writers => [.. Arranged(out _).Select(part => (part.Tablet, part.TxId))];

    /// <summary>What its statements have done to entries of lookup vindexes: it decides in which order the shards commit.</summary>
    public EntryChanges Entries { get; } = new();

    /// <summary>Whether its one statement can be undone and run again: see <see cref="WriteInTurnAsync"/>.</summary>
    public bool MayRunAgain { get; init; }

    /// <summary>Whether its isolation pins what is read; then entries and rows are read as they were when it began on their shards.</summary>
    public bool Pins => _pins;

    /// <summary>Whether no entry of a lookup vindex changed while it began to read on one shard after the other: then entries that it reads name the rows that it reads.</summary>
    public bool PinsAgree { get; private set; } = true;

    /// <summary>Lets it make tables anew that foreign keys point at: they are checked when it commits, not before. False once it has begun on a shard, or if it is a client's.</summary>
    public bool TryRebuild() => _rebuilds = _rebuilds || (_parts.Count == 0 && !pins);

    /// <summary>The transaction's id on a shard for reading, begun there if it has not been.</summary>
    /// <param name="keyspace">The tablets of its keyspace.</param>
    /// <param name="shard">Which of them.</param>
    /// <param name="cancellationToken">May leave snapshots on some shards of the keyspace.</param>
    public async ValueTask<string> ReadOnAsync(ITablet[] keyspace, int shard, CancellationToken cancellationToken)
    {
        if (_pins && !ReferenceEquals(_pinned, keyspace))
        {
            var before = locks.EntryCommits.Now.All;
            foreach (var tablet in keyspace)
            {
                if (Find(tablet) is null && HasOneWriter(tablet)) await BeginAsync(tablet, write: false, cancellationToken);
            }

            PinsAgree &= locks.EntryCommits.AreUnchanged(before) && keyspace.All(tablet => Find(tablet) is not null);
            _pinned = keyspace;
        }

        return (Find(keyspace[shard]) ?? await BeginAsync(keyspace[shard], write: false, cancellationToken)).TxId;
    }

    /// <summary>The transaction's id on a shard for writing: it begins there, or goes on as a writer. Errors: LOCK_TIMEOUT; SERIALIZATION_FAILURE if what it has read there has changed.</summary>
    public async ValueTask<string> WriteOnAsync(ITablet tablet, CancellationToken cancellationToken)
    {
        var part = Find(tablet) ?? await BeginAsync(tablet, write: true, cancellationToken);
        if (part.Writes)
        {
            await LimitAsync(part, cancellationToken);
            return part.TxId;
        }

        // Savepoints mean nothing to a SQLite shard that only reads: they are set where work is to be undone.
        if (!part.Locks && HasOneWriter(tablet)) await WaitAsync(LockName.Of(tablet), token => LockAsync(part, token), cancellationToken);
        await CatchUpAsync(part, cancellationToken);
        return part.TxId;
    }

    /// <summary>Takes the turn to change the VSchema, which its owner gives back when it has ended. Errors: DEADLOCK_DETECTED.</summary>
    public async ValueTask TakeTurnAsync(SemaphoreSlim turn, CancellationToken cancellationToken)
    {
        var taken = false;
        try
        {
            await WaitAsync(LockName.VSchema, TakeAsync, cancellationToken);
        }
        catch
        {
            // It may have been chosen to give way in the moment that it got it.
            if (taken) turn.Release();
            throw;
        }

        async ValueTask TakeAsync(CancellationToken token)
        {
            await turn.WaitAsync(token);
            taken = true;
        }
    }

    /// <summary>
    /// As <see cref="WriteOnAsync"/>, for a shard that turns out to be needed while others are held. Where it comes before one of them, waiting could be for one another: a
    /// transaction that may run again takes the writer only if it is free, and else fails with <see cref="OutOfTurnException"/>.
    /// </summary>
    public async ValueTask<string> WriteInTurnAsync(ITablet[] keyspace, int shard, CancellationToken cancellationToken)
    {
        var part = Find(keyspace[shard]);
        if (part is { Writes: true } || !MayRunAgain || !HoldsBehind(keyspace, shard)) return await WriteOnAsync(keyspace[shard], cancellationToken);
        try
        {
            // One that may run again keeps no snapshots.
            if (part is not null) await part.Tablet.RollbackAsync(part.TxId, cancellationToken);
            if (part is not null) _parts.Remove(part);

            return (await BeginAsync(keyspace[shard], write: true, cancellationToken, noWait: true)).TxId;
        }
        catch (VitessException failure) when (failure.Code == ErrorCodes.LockTimeout.Code)
        {
            throw OutOfTurn(keyspace, shard);
        }
    }

    /// <summary>Runs a statement that writes rows on a shard, for each row of parameters, and remembers it: where it must, a start does it again.</summary>
    /// <param name="tablet">The shard.</param>
    /// <param name="txId">The transaction's id there.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="rows">The parameters; one row or more.</param>
    /// <param name="cancellationToken">Leaves part of it done.</param>
    /// <param name="encoding">The form in which the rows that one row of parameters gives may come encoded; null for values.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ShardResult> ExecuteAsync(ITablet tablet, string txId, string sql, IReadOnlyList<IReadOnlyList<SqlValue>> rows, CancellationToken cancellationToken, RowEncoding? encoding = null)
    {
        if (rows.Count > 1) return (await BatchAsync(tablet, txId, [new ShardStatement(sql, rows)], cancellationToken))[0];
        try
        {
            var result = await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, sql, rows[0], txId) { Encoding = encoding }, cancellationToken);
            _log.Add(tablet, [new ShardStatement(sql, rows)], MayRunAgain);
            return result;
        }
        catch when (sql.Contains("FAIL", StringComparison.OrdinalIgnoreCase))
        {
            // Any other statement is undone by the engine.
            _log.AddUnknown(tablet);
            throw;
        }
    }

    /// <summary>As <see cref="ExecuteAsync"/>, for several statements.</summary>
    public async ValueTask<IReadOnlyList<ShardResult>> BatchAsync(ITablet tablet, string txId, IReadOnlyList<ShardStatement> statements, CancellationToken cancellationToken)
    {
        try
        {
            var results = await tablet.BatchAsync(new ShardBatchRequest(tablet.Shard, statements, txId), cancellationToken);
            _log.Add(tablet, statements, MayRunAgain);
            return results;
        }
        catch
        {
            _log.AddUnknown(tablet);
            throw;
        }
    }

    /// <summary>Runs a COPY on a shard, which no start does again.</summary>
    public ValueTask<ShardResult> CopyAsync(ITablet tablet, string txId, string sql, ShardRows rows, CancellationToken cancellationToken)
    {
        _log.AddUnknown(tablet);
        return tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, sql, [], txId) { Rows = rows }, cancellationToken);
    }

    /// <summary>A shard does something that cannot be remembered.</summary>
    public void CannotRepeat(ITablet tablet) => _log.AddUnknown(tablet);

    /// <summary>Whether it is the writer of any shard.</summary>
    public bool HoldsWriter => _parts.Exists(part => part.Locks || part.Writes);

    /// <summary>Whether it is the writer of a shard.</summary>
    public bool WritesOn(ITablet tablet) => Find(tablet) is { Writes: true };

    /// <summary>Begins on several shards for writing, in order of the ring, so that two statements cannot wait for one another crosswise.</summary>
    public async ValueTask LockAsync(ITablet[] tablets, IEnumerable<int> shards, CancellationToken cancellationToken)
    {
        foreach (var shard in shards) await WriteInTurnAsync(tablets, shard, cancellationToken);
    }

    /// <summary>
    /// As <see cref="LockAsync(ITablet[], IEnumerable{int}, CancellationToken)"/>, for a statement that reads rows of a table in order to write it: nobody else writes the table there meanwhile, also
    /// where many write.
    /// </summary>
    public ValueTask LockAsync(ITablet[] tablets, IEnumerable<int> shards, VTable table, CancellationToken cancellationToken) =>
        LockAsync(tablets, shards, table, "SHARE ROW EXCLUSIVE MODE", noWait: false, cancellationToken);

    /// <summary>Locks a table in one of PostgreSQL's modes (<c>EXCLUSIVE MODE</c>), without waiting if need be: LOCK_TIMEOUT (55P03). Where one writes at a time, whoever is the writer has every lock there is.</summary>
    public async ValueTask LockAsync(ITablet[] tablets, IEnumerable<int> shards, VTable table, string mode, bool noWait, CancellationToken cancellationToken)
    {
        foreach (var shard in shards)
        {
            if (noWait && HasOneWriter(tablets[shard]))
            {
                await LockNowAsync(tablets[shard], table, cancellationToken);
                continue;
            }

            var txId = await WriteInTurnAsync(tablets, shard, cancellationToken);
            if (HasOneWriter(tablets[shard])) continue;
            var sql = $"LOCK TABLE {ScratchTable.Quote(table.Name)} IN {mode}{(noWait ? " NOWAIT" : "")}";
            await tablets[shard].ExecuteAsync(new ShardExecuteRequest(tablets[shard].Shard, sql, [], txId), cancellationToken);
        }
    }

    private async ValueTask LockNowAsync(ITablet tablet, VTable table, CancellationToken cancellationToken)
    {
        var part = Find(tablet);
        if (part is { Locks: true } or { Writes: true })
        {
            await WriteOnAsync(tablet, cancellationToken);
            return;
        }

        try
        {
            if (part is not null && _pins) throw new VitessException(ErrorCodes.QueryError, "LOCK … NOWAIT of what has been read at this isolation is not supported on SQLite shards", sqlState: "0A000", hint: "Lock before reading, or without NOWAIT.");
            if (part is not null) await part.Tablet.RollbackAsync(part.TxId, cancellationToken);
            if (part is not null) _parts.Remove(part);
            await BeginAsync(tablet, write: true, cancellationToken, noWait: true);
        }
        catch (VitessException failure) when (failure.Code == ErrorCodes.LockTimeout.Code)
        {
            throw new VitessException(ErrorCodes.LockTimeout, $"could not obtain lock on relation \"{table.Name}\"", tablet.Shard, "55P03", "Try again, or wait without NOWAIT.", failure);
        }
    }

    /// <summary>When deferrable constraints are checked.</summary>
    public ConstraintMode Constraints { get; private set; } = ConstraintMode.Own;

    /// <summary>SET CONSTRAINTS, on the shards written to and on those written to later. CONSTRAINT_VIOLATION (23503) where what is to be checked at once is violated.</summary>
    public async ValueTask SetConstraintsAsync(ConstraintMode mode, CancellationToken cancellationToken)
    {
        Constraints = mode;
        foreach (var part in _parts)
        {
            if (part.Follows) await ApplyAsync(part, mode, cancellationToken);
        }
    }

    /// <summary>Has foreign keys of SQLite's shards that are written to not looked at for a while, or looked at again. Errors: CONSTRAINT_VIOLATION (23503) where rows have lost what they refer to in between.</summary>
    public async ValueTask SuspendKeysAsync(bool suspends, CancellationToken cancellationToken)
    {
        foreach (var part in _parts.Where(part => part.Writes)) await part.Tablet.SuspendKeysAsync(part.TxId, suspends, cancellationToken);
    }

    /// <summary>A statement has ended: what SET CONSTRAINTS wants checked then is checked where the engine does not do so itself. CONSTRAINT_VIOLATION (23503).</summary>
    public async ValueTask CheckConstraintsAsync(CancellationToken cancellationToken)
    {
        foreach (var part in _parts)
        {
            if (part.Writes && HasOneWriter(part.Tablet)) await CheckAsync(part, Constraints, cancellationToken);
        }
    }

    // SQLite counts what is violated, and does not say of which foreign key: rows are looked at where some may wait.
    private static async ValueTask CheckAsync(Part part, ConstraintMode mode, CancellationToken cancellationToken)
    {
        try
        {
            await part.Tablet.CheckDeferredAsync(part.TxId, cancellationToken);
        }
        catch (VitessException failure) when (failure.SqlState == "23503" && mode.Waiting is { IsEmpty: false })
        {
            var found = await part.Tablet.ExecuteAsync(new ShardExecuteRequest(part.Tablet.Shard, mode.Violation, [], part.TxId), cancellationToken);
            if (found.Rows.RowCount > 0) throw;
        }
    }

    // SQLite counts keys that it has been told to defer apart from those that do so by themselves: what one count holds the other may take back, and then neither is right.
    private static async ValueTask RequireNoneAsync(Part part, CancellationToken cancellationToken)
    {
        try
        {
            await part.Tablet.CheckDeferredAsync(part.TxId, cancellationToken);
        }
        catch (VitessException failure) when (failure.SqlState == "23503")
        {
            throw new VitessException(ErrorCodes.QueryError, "SET CONSTRAINTS that defers more foreign keys is not supported on SQLite shards while rows violate one", part.Tablet.Shard, "0A000", "Send it before the rows are written.", failure);
        }
    }

    private static async ValueTask ApplyAsync(Part part, ConstraintMode mode, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(part.Applied, mode) || (part.Applied is null && ReferenceEquals(mode, ConstraintMode.Own))) return;
        if (!HasOneWriter(part.Tablet))
        {
            // What was said before counts there: said again, it would check what has been deferred since.
            foreach (var statement in mode.Statements.Skip(part.Applied?.Statements.Count ?? 0)) await part.RunAsync(statement, cancellationToken);
        }
        else
        {
            if (mode.IsDeferred && part.Applied is not { IsDeferred: true }) await RequireNoneAsync(part, cancellationToken);
            if (!mode.Checked.IsEmpty) await CheckAsync(part, mode, cancellationToken);
            await part.RunAsync($"PRAGMA defer_foreign_keys = {(mode.IsDeferred ? 1 : 0)}", cancellationToken);
        }

        part.Applied = mode;
    }

    private async ValueTask CatchUpAsync(Part part, CancellationToken cancellationToken)
    {
        await FollowAsync(part, cancellationToken);
        await LimitAsync(part, cancellationToken);
        part.Writes = true;
    }

    // As if it had been there from the beginning: a way back to a savepoint finds what was said before it.
    private async ValueTask FollowAsync(Part part, CancellationToken cancellationToken)
    {
        if (part.Follows) return;
        foreach (var savepoint in _savepoints)
        {
            await ApplyAsync(part, savepoint.Constraints, cancellationToken);
            await part.RunAsync($"SAVEPOINT {savepoint.Name}", cancellationToken);
        }

        await ApplyAsync(part, Constraints, cancellationToken);
        part.Follows = true;
    }

    /// <summary>Sets a savepoint on every shard written to, and on those written to later as they come; where a read that fails fails the transaction, on those read from, too.</summary>
    /// <param name="name">Quoted already.</param>
    /// <param name="cancellationToken">Leaves it set on some.</param>
    public async ValueTask SavepointAsync(string name, CancellationToken cancellationToken)
    {
        await EverywhereAsync($"SAVEPOINT {name}", cancellationToken);
        _savepoints.Add((name, Entries.Count, _log.Count, Constraints));
    }

    /// <summary>Goes back to a savepoint, which stays set; TRANSACTION_ERROR (3B001) if there is none of the name.</summary>
    /// <returns>Which one it is: how many were set before it.</returns>
    public async ValueTask<int> RollbackToAsync(string name, CancellationToken cancellationToken)
    {
        var place = Require(name);
        await EverywhereAsync($"ROLLBACK TO {name}", cancellationToken);
        Constraints = _savepoints[place].Constraints;
        foreach (var part in _parts.Where(part => part.Limit is not null)) part.Limit = TimeSpan.Zero;
        foreach (var part in _parts.Where(part => part.Follows))
        {
            // PostgreSQL takes back what was said since by itself.
            if (HasOneWriter(part.Tablet)) await ApplyAsync(part, Constraints, cancellationToken);
            else part.Applied = Constraints;
        }

        Entries.Truncate(_savepoints[place].Entries);
        _log.Truncate(_savepoints[place].Steps);
        _savepoints.RemoveRange(place + 1, _savepoints.Count - place - 1);
        return place;
    }

    /// <summary>Forgets a savepoint and those after it, keeping the work; TRANSACTION_ERROR (3B001) if there is none of the name.</summary>
    /// <returns>Which one it was: how many are left.</returns>
    public async ValueTask<int> ReleaseAsync(string name, CancellationToken cancellationToken)
    {
        var place = Require(name);
        await EverywhereAsync($"RELEASE {name}", cancellationToken);
        _savepoints.RemoveRange(place, _savepoints.Count - place);
        return place;
    }

    /// <summary>Rolls back on all shards. Never fails: a shard that cannot answer has nothing that could be committed.</summary>
    public async ValueTask RollbackAsync()
    {
        foreach (var part in _parts)
        {
            try
            {
                await part.Tablet.RollbackAsync(part.TxId, CancellationToken.None);
            }
            catch (VitessException)
            {
                // The tablet rolls back by itself what it cannot be told to.
            }
        }

        _parts.Clear();
        locks.Release(_owner);
    }

    /// <summary>Rolls back because others wait for it; none of its savepoints is there any more.</summary>
    public ValueTask AbortAsync()
    {
        _savepoints.Clear();
        return RollbackAsync();
    }

    private Part? Find(ITablet tablet)
    {
        foreach (var part in _parts)
        {
            if (ReferenceEquals(part.Tablet, tablet) || (part.Tablet.Shard == tablet.Shard && part.Tablet.Keyspace == tablet.Keyspace)) return part;
        }

        return null;
    }

    private bool HoldsBehind(ITablet[] keyspace, int shard)
    {
        for (var i = shard + 1; i < keyspace.Length; i++)
        {
            if (WritesOn(keyspace[i])) return true;
        }

        return false;
    }

    private OutOfTurnException OutOfTurn(ITablet[] keyspace, int needed) =>
        new(keyspace, [.. Enumerable.Range(0, keyspace.Length).Where(shard => shard == needed || WritesOn(keyspace[shard]))]);

    private async ValueTask<Part> BeginAsync(ITablet tablet, bool write, CancellationToken cancellationToken, bool noWait = false)
    {
        var request = new ShardBeginRequest(tablet.Shard, options, write) { Pin = !write && _pins, Rebuild = _rebuilds, NoWait = noWait };
        Part? part = null;
        if (write && !HasOneWriter(tablet)) await TakeAsync(cancellationToken);
        else if (noWait) await locks.TakeFreeAsync(_owner, LockName.Of(tablet), TakeAsync, cancellationToken);
        else if (write) await WaitAsync(LockName.Of(tablet), TakeAsync, cancellationToken);
        else _parts.Add(part = new Part(tablet, await tablet.BeginAsync(request, cancellationToken)));
        if (write) await CatchUpAsync(part!, cancellationToken);
        else if (!HasOneWriter(tablet)) await FollowAsync(part!, cancellationToken);
        return part!;

        async ValueTask TakeAsync(CancellationToken token) => _parts.Add(part = new Part(tablet, await tablet.BeginAsync(request, token)) { Locks = true });
    }

    // Where many write, the engine knows who waits for whom on it, and ends a wait that is too long: over shards, by its lock_timeout.
    private static bool HasOneWriter(ITablet tablet) => tablet.Engine == StorageEngineType.Sqlite;

    // Any statement that may write takes the writer.
    private static async ValueTask LockAsync(Part part, CancellationToken cancellationToken)
    {
        await part.RunAsync("SELECT 1", cancellationToken);
        part.Locks = true;
    }

    private int Require(string name)
    {
        var place = _savepoints.FindLastIndex(savepoint => savepoint.Name == name);
        return place >= 0 ? place : throw new VitessException(ErrorCodes.TransactionError, $"savepoint {name} does not exist", sqlState: "3B001");
    }

    private async ValueTask EverywhereAsync(string sql, CancellationToken cancellationToken)
    {
        foreach (var part in _parts)
        {
            if (part.Follows) await part.RunAsync(sql, cancellationToken);
        }
    }

    /// <summary>The transaction on one shard.</summary>
    private sealed class Part(ITablet tablet, string txId)
    {
        public ITablet Tablet => tablet;

        public string TxId => txId;

        /// <summary>Whether it has taken the write lock.</summary>
        public bool Locks { get; set; }

        /// <summary>The lock_timeout that it has been told; null for its own, zero where nobody knows.</summary>
        public TimeSpan? Limit { get; set; }

        /// <summary>What SET CONSTRAINTS has said there; null for nothing.</summary>
        public ConstraintMode? Applied { get; set; }

        /// <summary>Whether its savepoints are set there, too.</summary>
        public bool Follows { get; set; }

        /// <summary>Whether it can be written on.</summary>
        public bool Writes { get; set; }

        public async ValueTask RunAsync(string sql, CancellationToken cancellationToken) =>
            await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, sql, [], txId), cancellationToken);
    }
}
