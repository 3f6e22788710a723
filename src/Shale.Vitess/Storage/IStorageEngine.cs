using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>What a connection is opened for.</summary>
public enum EngineAccess
{
    /// <summary>Reading: a stable snapshot while others write.</summary>
    Read,

    /// <summary>Writing. What is committed is durable, and seen by readers, when the call returns.</summary>
    Write,

    /// <summary>
    /// Writing, and leaving the wait for the disk to the caller: what is committed is surely durable, and seen by readers, once <see cref="IStorageEngine.WaitDurableAsync"/> has returned. So
    /// the next can write while many wait for one write to the disk.
    /// </summary>
    WriteTogether,
}

/// <summary>
/// A database that can be a shard. It opens connections and knows no transactions of its own: the tablet pools, counts and times
/// them. Every engine passes Shale.Engine.Specification.
/// </summary>
public interface IStorageEngine : IScratchSource, IAsyncDisposable
{
    /// <summary>Which engine it is.</summary>
    StorageEngineType Type { get; }

    /// <summary>Whether only one transaction can write at a time (SQLite).</summary>
    bool SingleWriter { get; }

    /// <summary>The versions of the database; null where it keeps none.</summary>
    IShardHistory? History { get; }

    /// <summary>How far back it can be read, asked of memory; null where it keeps no versions, and while it is not open.</summary>
    ShardRetention? Retention => null;

    /// <summary>
    /// An engine of another branch of the same database, with a writer and readers of its own; whether the branch is there shows when a connection is opened (TT_BRANCH_NOT_FOUND). It lives by
    /// itself: what all branches lie on is closed with the last of their engines. Errors: TT_NOT_SUPPORTED without a history; SHARD_ERROR (57P01) after closing.
    /// </summary>
    IStorageEngine OpenBranch(string name);

    /// <summary>Opens a connection that reads one version. Errors: TT_NOT_SUPPORTED without a history, TT_LSN_NOT_AVAILABLE, TT_BRANCH_NOT_FOUND; SHARD_ERROR.</summary>
    ValueTask<IEngineConnection> OpenAsync(ShardVersion version, CancellationToken cancellationToken);

    /// <summary>Opens a connection. Errors: SHARD_ERROR if the database cannot be opened or is damaged.</summary>
    ValueTask<IEngineConnection> OpenAsync(EngineAccess access, CancellationToken cancellationToken);

    /// <summary>
    /// Returns once a commit of a connection for <see cref="EngineAccess.WriteTogether"/> (<see cref="IEngineConnection.LastCommit"/>), and all before it, are durable and seen by readers that begin
    /// then. Holds no thread while others do the work. Errors: SHARD_ERROR (58030): then nothing is acknowledged any more.
    /// </summary>
    ValueTask WaitDurableAsync(long commit);

    /// <summary>
    /// Fills the database, which must be empty, with the schema and all rows of another of the same kind, verifies the copy, and makes it durable; or leaves it empty.
    /// Errors: QUERY_ERROR (55006) if it is not empty, (0A000) for what cannot be copied; SHARD_ERROR (XX001) if the copy differs.
    /// </summary>
    /// <param name="source">The other database, in a snapshot.</param>
    /// <param name="cancellationToken">Leaves it empty.</param>
    ValueTask CopyFromAsync(IEngineConnection source, CancellationToken cancellationToken);
}

/// <summary>Opens scratch databases of one engine, for assembly (T2) and merges (T1).</summary>
public interface IScratchSource
{
    /// <summary>An empty private database with the engine's functions and rules; disposing it removes it.</summary>
    ValueTask<IScratchDatabase> OpenScratchAsync(CancellationToken cancellationToken);
}

/// <summary>A scratch database: in memory as far as it may, in a temporary file beyond, which is gone with it, or with the process.</summary>
public interface IScratchDatabase : IEngineConnection
{
    /// <summary>Says how much of it is kept in memory, in bytes, from now on.</summary>
    ValueTask KeepInMemoryAsync(long bytes);
}

/// <summary>
/// One connection: one statement at a time, not thread-safe, except <see cref="Interrupt"/>. Prepared statements are cached by text.
/// Cancelling a call stops the engine's work and leaves the connection usable; the statement's effects are undone.
/// Errors carry the common codes (CONSTRAINT_VIOLATION with 23505, 23503, 23502, 23514; NOT_FOUND with 42P01, 42703, 42883; SYNTAX_ERROR;
/// TYPE_ERROR; SHARD_ERROR for a full disk (53100), I/O (58030), a damaged file (XX001); LOCK_TIMEOUT; QUERY_ERROR else); the shard is added by the tablet.
/// </summary>
public interface IEngineConnection : IAsyncDisposable
{
    /// <summary>Whether it can be used again; false once the way to the database is known to be gone. Then it is closed, and another is opened.</summary>
    bool IsUsable => true;

    /// <summary>
    /// Whether the transaction of <see cref="BeginAsync"/> is still open. Some failures (a write interrupted, a full disk) end it: then the engine
    /// has rolled it back.
    /// </summary>
    bool InTransaction { get; }

    /// <summary>The last commit of the database that this writing connection has made or found: numbers rise. 0 where every commit is durable when it is made.</summary>
    long LastCommit { get; }

    /// <summary>
    /// Begins a transaction. For a writer of a single-writer engine it takes the engine's write lock at once; on a reader of such an engine the
    /// snapshot is taken here.
    /// </summary>
    ValueTask BeginAsync(IsolationLevel isolation, bool readOnly, CancellationToken cancellationToken);

    /// <summary>
    /// Begins a writing transaction that makes tables anew: dropping one does nothing to the rows that refer to it. <see cref="CheckDeferredAsync"/> and
    /// <see cref="CommitAsync"/> check every foreign key of the database (23503; another code where a key has lost what it refers to).
    /// </summary>
    ValueTask BeginRebuildAsync(CancellationToken cancellationToken);

    /// <summary>Checks now what COMMIT would check, deferred constraints above all; CONSTRAINT_VIOLATION (23503) leaves the transaction open.</summary>
    ValueTask CheckDeferredAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Has foreign keys not looked at for a while, or looked at again, in the writing transaction that is open: tables that they point at are made anew in between. CONSTRAINT_VIOLATION (23503), behind it, where more rows violate
    /// one than before; QUERY_ERROR (0A000) where the engine cannot.
    /// </summary>
    ValueTask SuspendKeysAsync(bool suspends, CancellationToken cancellationToken) => throw new VitessException(ErrorCodes.QueryError, "foreign keys cannot be suspended", sqlState: "0A000", hint: "Drop the foreign keys first.");

    /// <summary>Makes the transaction durable. If it fails, the transaction is rolled back.</summary>
    ValueTask CommitAsync(CancellationToken cancellationToken);

    /// <summary>Undoes the transaction; does nothing without one.</summary>
    ValueTask RollbackAsync(CancellationToken cancellationToken);

    /// <summary>Runs one statement of any kind and returns all its rows.</summary>
    /// <param name="sql">One statement in the engine's dialect.</param>
    /// <param name="parameters">Its values; too few or too many are QUERY_ERROR (08P01).</param>
    /// <param name="cancellationToken">Interrupts the engine.</param>
    ValueTask<ShardResult> ExecuteAsync(string sql, IReadOnlyList<SqlValue> parameters, CancellationToken cancellationToken);

    /// <summary>Runs one statement of any kind. Its rows may come encoded, where the engine has a server that sends them so.</summary>
    /// <param name="sql">One statement in the engine's dialect.</param>
    /// <param name="parameters">Its values.</param>
    /// <param name="encoding">The form in which encoded rows may come; null for values.</param>
    /// <param name="cancellationToken">Interrupts the engine.</param>
    ValueTask<ShardResult> QueryAsync(string sql, IReadOnlyList<SqlValue> parameters, RowEncoding? encoding, CancellationToken cancellationToken) => ExecuteAsync(sql, parameters, cancellationToken);

    /// <summary>Runs one statement for each row of parameters; affected counts add up, RETURNING rows follow one another.</summary>
    ValueTask<ShardResult> ExecuteManyAsync(string sql, IReadOnlyList<IReadOnlyList<SqlValue>> rows, CancellationToken cancellationToken);

    /// <summary>Runs a COPY … FROM STDIN: all of its rows, or none. Errors: those of the rows, with <see cref="VitessException.Row"/>, the 0-based line of the data; QUERY_ERROR (0A000) where the engine has no such statement.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="cancellationToken">Interrupts the engine.</param>
    ValueTask<ShardResult> CopyAsync(string sql, ShardRows rows, CancellationToken cancellationToken) =>
        throw new VitessException(ErrorCodes.QueryError, "the engine takes no rows as COPY writes them", sqlState: "0A000", hint: "Insert them.");

    /// <summary>Runs one statement and gives its rows in chunks as the engine finds them; at least one chunk, so that the fields are known.</summary>
    /// <param name="sql">One statement in the engine's dialect.</param>
    /// <param name="parameters">Its values.</param>
    /// <param name="chunkBytes">About how many bytes (<see cref="SqlValue.SizeBytes"/>) a chunk holds.</param>
    /// <param name="cancellationToken">Interrupts the engine.</param>
    IAsyncEnumerable<RowSet> StreamAsync(string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, CancellationToken cancellationToken);

    /// <summary>The same; rows may come encoded. The memory of an encoded chunk is used again for the next.</summary>
    /// <param name="sql">One statement in the engine's dialect.</param>
    /// <param name="parameters">Its values.</param>
    /// <param name="chunkBytes">About how many bytes a chunk holds.</param>
    /// <param name="encoding">The form in which encoded rows may come; null for values.</param>
    /// <param name="cancellationToken">Interrupts the engine.</param>
    IAsyncEnumerable<RowSet> StreamAsync(string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, RowEncoding? encoding, CancellationToken cancellationToken) =>
        StreamAsync(sql, parameters, chunkBytes, cancellationToken);

    /// <summary>Adds rows to a table, by position, without the columns that it generates; faster than any statement.</summary>
    ValueTask InsertRowsAsync(string table, RowSet rows, CancellationToken cancellationToken);

    /// <summary>The objects of the database.</summary>
    ValueTask<IReadOnlyList<ShardObject>> SchemaAsync(CancellationToken cancellationToken);

    /// <summary>Stops the running statement, from any thread; it fails with TIMEOUT (57014).</summary>
    void Interrupt();
}
