using System.Collections.Frozen;

namespace Shale;

/// <summary>The error registry: every code that Shale can answer with. docs/errors.md is generated from it; a test keeps both equal.</summary>
public static class ErrorCodes
{
    private static readonly List<ErrorCode> Registered = [];

    /// <summary>The gate cannot be reached.</summary>
    public static readonly ErrorCode ConnectionError = Add("CONNECTION_ERROR", "08006", true,
        "The gate cannot be reached, or the connection broke.", "Check the endpoint and that `shale serve` runs.");

    /// <summary>A statement failed for a reason without a code of its own.</summary>
    public static readonly ErrorCode QueryError = Add("QUERY_ERROR", "XX000", false,
        "A statement failed, or asks for what the engine cannot give.", "See the message and the SQLSTATE.");

    /// <summary>A transaction cannot do what was asked.</summary>
    public static readonly ErrorCode TransactionError = Add("TRANSACTION_ERROR", "25000", false,
        "The transaction is not in a state that allows this.", "Roll the transaction back and begin again.");

    /// <summary>The statement is not SQL that Shale understands.</summary>
    public static readonly ErrorCode SyntaxError = Add("SYNTAX_ERROR", "42601", false,
        "The statement cannot be parsed.", "See line and column in the message.");

    /// <summary>A constraint refused a row.</summary>
    public static readonly ErrorCode ConstraintViolation = Add("CONSTRAINT_VIOLATION", "23000", false,
        "A unique, primary key, foreign key, not null or check constraint refused a row.", "Change the row, or the constraint.");

    /// <summary>A value does not fit its type.</summary>
    public static readonly ErrorCode TypeError = Add("TYPE_ERROR", "22000", false,
        "A value cannot be converted to the type that is needed, or is out of its range.", "Change the value or cast it.");

    /// <summary>Something named does not exist.</summary>
    public static readonly ErrorCode NotFound = Add("NOT_FOUND", "42P01", false,
        "A keyspace, table, column, function or vindex that was named does not exist.", "Check the name; SHOW VSCHEMA TABLES lists the tables.");

    /// <summary>Time ran out.</summary>
    public static readonly ErrorCode Timeout = Add("TIMEOUT", "57014", true,
        "The operation took longer than its limit and was cancelled.", "Try again, narrow the statement, or raise the limit.");

    /// <summary>Somebody cancelled it.</summary>
    public static readonly ErrorCode Cancelled = Add("CANCELLED", "57014", false,
        "The statement was cancelled by KILL.", "Ask whoever runs the server; SHOW PROCESSLIST shows what runs.");

    /// <summary>No or a wrong token.</summary>
    public static readonly ErrorCode Unauthorized = Add("UNAUTHORIZED", "28000", false,
        "The token is missing or wrong.", "Send the server's token as `Authorization: Bearer …`.");

    /// <summary>A shard failed.</summary>
    public static readonly ErrorCode ShardError = Add("SHARD_ERROR", "58000", false,
        "A shard is not available or failed in itself: its disk, its file, its process.", "See the shard's own message; status() shows its health. With SQLSTATE 08007 a COMMIT may have been done: look before trying again.");

    /// <summary>The transaction id means nothing.</summary>
    public static readonly ErrorCode TransactionNotFound = Add("TRANSACTION_NOT_FOUND", "25P01", false,
        "There is no open transaction with that id.", "Begin a new transaction.");

    /// <summary>The transaction was rolled back because of its age.</summary>
    public static readonly ErrorCode TransactionExpired = Add("TRANSACTION_EXPIRED", "25P03", true,
        "The transaction was idle or open for too long and was rolled back.", "Run the transaction again, in less time.");

    /// <summary>A write in a read-only transaction.</summary>
    public static readonly ErrorCode ReadOnlyTransaction = Add("READ_ONLY_TRANSACTION", "25006", false,
        "A write was sent in a read-only transaction.", "Begin the transaction without readOnly.");

    /// <summary>A lock was not to be had in time.</summary>
    public static readonly ErrorCode LockTimeout = Add("LOCK_TIMEOUT", "55P03", true,
        "A lock was not to be had within lock_timeout.", "Try again; keep transactions short.");

    /// <summary>Transactions waited for one another.</summary>
    public static readonly ErrorCode DeadlockDetected = Add("DEADLOCK_DETECTED", "40P01", true,
        "Transactions waited for one another in a circle; the youngest of them was rolled back.", "Run the whole transaction again; let all transactions write in the same order.");

    /// <summary>The snapshot is too old to write on.</summary>
    public static readonly ErrorCode SerializationFailure = Add("SERIALIZATION_FAILURE", "40001", true,
        "Another transaction has committed since this one's snapshot was taken.", "Run the whole transaction again.");

    /// <summary>One key for two statements.</summary>
    public static readonly ErrorCode IdempotencyKeyReused = Add("IDEMPOTENCY_KEY_REUSED", "22023", false,
        "An idempotency key was sent that had been used for another statement within ten minutes.", "Use a new key for each statement; send a key again only with the same statement.");

    /// <summary>Too much is going on.</summary>
    public static readonly ErrorCode ResourceExhausted = Add("RESOURCE_EXHAUSTED", "53000", true,
        "A limit on memory, size, or things open at once was met.", "Narrow the statement, try again later, or raise the limit.");

    /// <summary>A shard range that is none.</summary>
    public static readonly ErrorCode InvalidShardRange = Add("INVALID_SHARD_RANGE", "22023", false,
        "A shard's key range is not of the form `start-end`, or the ranges leave gaps or overlap.", "Use names such as -80 and 80-.");

    /// <summary>A VSchema that contradicts itself.</summary>
    public static readonly ErrorCode InvalidVSchema = Add("INVALID_VSCHEMA", "22023", false,
        "The VSchema cannot be read, contradicts itself, or does not fit what is stored.", "The message names the entry.");

    /// <summary>A point in time that nothing is known of.</summary>
    public static readonly ErrorCode PointNotFound = Add("TT_POINT_NOT_FOUND", "22023", false,
        "There is no such point in time: nothing had been committed yet, or a version beyond the last was named.", "See SELECT * FROM dosql_log for the points there are.");

    /// <summary>A version that is no longer kept.</summary>
    public static readonly ErrorCode LsnNotAvailable = Add("TT_LSN_NOT_AVAILABLE", "72000", false,
        "The point lies before the retention window, or beyond the end of the log.", "`shale log stats` shows the oldest restorable point; a named snapshot keeps a point for ever.");

    /// <summary>No such named snapshot.</summary>
    public static readonly ErrorCode SnapshotNotFound = Add("TT_SNAPSHOT_NOT_FOUND", "42704", false,
        "There is no named snapshot of that name.", "CALL dosql_snapshot('name') makes one.");

    /// <summary>No such branch.</summary>
    public static readonly ErrorCode BranchNotFound = Add("TT_BRANCH_NOT_FOUND", "3D000", false,
        "There is no branch of that name.", "SELECT * FROM dosql_branches lists the branches.");

    /// <summary>A point that has not come yet.</summary>
    public static readonly ErrorCode FuturePoint = Add("TT_FUTURE_POINT", "22023", false,
        "The point lies in the future.", "Name a moment that has passed; the server's clock counts.");

    /// <summary>A hole in the history.</summary>
    public static readonly ErrorCode DataGap = Add("TT_DATA_GAP", "XX001", false,
        "A part of the history that is needed is missing or damaged.", "Run `shale log verify`; restore the log from a backup.");

    /// <summary>A time travel session that has ended.</summary>
    public static readonly ErrorCode SessionExpired = Add("TT_SESSION_EXPIRED", "25P03", true,
        "The time travel session has ended, so that its version may be gone.", "Open a new session.");

    /// <summary>A point that cannot be read, or not there.</summary>
    public static readonly ErrorCode InvalidPoint = Add("TT_INVALID_SYNTAX", "42601", false,
        "The point in time cannot be understood, or does not name one point of everything that is asked.", "Use a timestamp, a named snapshot or a bookmark over several shards.");

    /// <summary>Reading the past took too long.</summary>
    public static readonly ErrorCode TimeTravelTimeout = Add("TT_TIMEOUT", "57014", true,
        "Reading the past took longer than its limit.", "Try again, narrow the statement, or raise the limit.");

    /// <summary>Shards that do not agree on a point.</summary>
    public static readonly ErrorCode ConsistencyError = Add("TT_CONSISTENCY_ERROR", "40001", true,
        "The shards could not be brought to one point in time.", "Try again, or name an earlier point.");

    /// <summary>An engine without history.</summary>
    public static readonly ErrorCode TimeTravelNotSupported = Add("TT_NOT_SUPPORTED", "0A000", false,
        "The keyspace's engine keeps no history.", "Time travel needs SQLite shards.");

    /// <summary>The database of an adapter cannot be reached.</summary>
    public static readonly ErrorCode AdapterConnectionError = Add("PGLITE_CONNECTION_ERROR", "08006", true,
        "The PostgreSQL server of an adapter cannot be started or reached, or the connection broke.", "See the message; try again when the server is back.");

    /// <summary>A statement of an adapter failed.</summary>
    public static readonly ErrorCode AdapterQueryError = Add("PGLITE_QUERY_ERROR", "XX000", false,
        "A statement of an adapter failed.", "See the message and the SQLSTATE.");

    /// <summary>A transaction of an adapter cannot do what was asked.</summary>
    public static readonly ErrorCode AdapterTransactionError = Add("PGLITE_TRANSACTION_ERROR", "25000", false,
        "A transaction of an adapter has ended, has failed, or is not the caller's to end.", "Begin a new transaction.");

    /// <summary>An adapter that has not been opened.</summary>
    public static readonly ErrorCode AdapterNotReady = Add("PGLITE_NOT_READY", "55000", false,
        "An adapter was used before it was initialised.", "Await InitAsync first.");

    /// <summary>An adapter that has been closed.</summary>
    public static readonly ErrorCode AdapterClosed = Add("PGLITE_ALREADY_CLOSED", "57P01", false,
        "An adapter was used after it was closed.", "Make another one.");

    /// <summary>Every code, in order of declaration.</summary>
    public static IReadOnlyList<ErrorCode> All => Registered;

    /// <summary>Codes by name.</summary>
    public static FrozenDictionary<string, ErrorCode> ByName { get; } = Registered.ToFrozenDictionary(code => code.Code);

    private static ErrorCode Add(string code, string sqlState, bool isTransient, string meaning, string hint)
    {
        var entry = new ErrorCode(code, sqlState, isTransient, meaning, hint);
        Registered.Add(entry);
        return entry;
    }
}
