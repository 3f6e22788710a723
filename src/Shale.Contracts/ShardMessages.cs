using System.Text.Json.Serialization;
namespace Shale.Contracts;

/// <summary>SHARD_QUERY (0x30): one statement that only reads, on one shard.</summary>
/// <param name="Shard">The shard, by its key range.</param>
/// <param name="Sql">One statement in the engine's dialect.</param>
/// <param name="Params">Values for its parameters, in order.</param>
/// <param name="TxId">The shard's transaction, or null for a snapshot of its own.</param>
public sealed record ShardQueryRequest(string Shard, string Sql, IReadOnlyList<SqlValue> Params, string? TxId = null) : Message(MessageType.ShardQuery)
{
    /// <summary>How many rows the answer may have; beyond, the shard stops with RESOURCE_EXHAUSTED (54000). Null for no limit; not for streams.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long? MaxRows { get; init; }

    /// <summary>How many bytes the answer may have, likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long? MaxBytes { get; init; }

    /// <summary>The version that is read, instead of the newest; without a transaction. TT_NOT_SUPPORTED where the shard keeps no versions, TT_LSN_NOT_AVAILABLE where this one is not kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ShardVersion? AsOf { get; init; }

    /// <summary>The form in which the rows may come as the shard's server sends them; null for values. Within one process only.</summary>
    [JsonIgnore]
    public RowEncoding? Encoding { get; init; }

    /// <summary>Whether it reads one row by its key and nothing else, so that it may go to the shard's server together with others of the same text. Within one process only.</summary>
    [JsonIgnore]
    public bool IsOneRow { get; init; }
}

/// <summary>A version of a shard's database.</summary>
/// <param name="Branch">A branch of the shard's log.</param>
/// <param name="Lsn">A commit of the branch, or of one that it left; 0 before the first.</param>
public sealed record ShardVersion(string Branch, Lsn Lsn)
{
    /// <summary>The table whose versions over a period are read there, as the relation <see cref="ShardPeriod.Relation"/>; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ShardPeriod? Period { get; init; }
}

/// <summary>Which versions of a table's rows a shard gives, by the commits that began and ended them (docs/time-travel.md). Errors of reading it: TT_NOT_SUPPORTED, TT_LSN_NOT_AVAILABLE, RESOURCE_EXHAUSTED.</summary>
/// <param name="Table">The table.</param>
/// <param name="BeginsAfter">They began after this commit.</param>
/// <param name="BeginsUpTo">They began at or before this one.</param>
/// <param name="EndsAfter">They ended after this one, or are still valid.</param>
/// <param name="EndsUpTo">They ended at or before this one; null for those that may be still valid.</param>
/// <param name="WithZone">Whether times are written as timestamptz of dialect postgres, else as those of dialect sqlite.</param>
public sealed record ShardPeriod(string Table, Lsn BeginsAfter, Lsn BeginsUpTo, Lsn EndsAfter, Lsn? EndsUpTo, bool WithZone)
{
    /// <summary>The name by which SQL reads it.</summary>
    public const string Relation = "_dosql_period1";
}

/// <summary>A version, and where it stands.</summary>
/// <param name="At">The version.</param>
/// <param name="Version">How many commits the branch has up to there.</param>
/// <param name="Time">When it was committed; 0 before the first commit.</param>
public sealed record ShardMoment(ShardVersion At, long Version, HlcTimestamp Time);

/// <summary>A commit of a shard.</summary>
/// <param name="Moment">The version that it made.</param>
/// <param name="Rows">How many rows it changed.</param>
/// <param name="Message">What was said of it, or null.</param>
public sealed record ShardCommit(ShardMoment Moment, long Rows, string? Message);

/// <summary>SHARD_EXECUTE (0x31): one statement that may write, on one shard; without a transaction it commits by itself.</summary>
/// <param name="Shard">The shard, by its key range.</param>
/// <param name="Sql">One statement in the engine's dialect.</param>
/// <param name="Params">Values for its parameters, in order.</param>
/// <param name="TxId">The shard's transaction, or null for one of its own.</param>
public sealed record ShardExecuteRequest(string Shard, string Sql, IReadOnlyList<SqlValue> Params, string? TxId = null) : Message(MessageType.ShardExecute)
{
    /// <summary>The rows of a COPY … FROM STDIN; null for any other statement.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ShardRows? Rows { get; init; }

    /// <summary>The form in which rows may come as the shard's server sends them; null for values. Within one process only.</summary>
    [JsonIgnore]
    public RowEncoding? Encoding { get; init; }
}

/// <summary>Rows as COPY's statement says that they are written.</summary>
/// <param name="Data">All that the client of COPY sends; the sender's until the answer is there.</param>
/// <param name="Count">How many rows that is.</param>
public sealed record ShardRows(ReadOnlyMemory<byte> Data, long Count);

/// <summary>One statement of a <see cref="ShardBatchRequest"/>, run once for each row of parameters.</summary>
/// <param name="Sql">One statement in the engine's dialect.</param>
/// <param name="Rows">One list of parameters for each run.</param>
public sealed record ShardStatement(string Sql, IReadOnlyList<IReadOnlyList<SqlValue>> Rows);

/// <summary>SHARD_BATCH (0x32): statements in order, all or nothing, on one shard.</summary>
/// <param name="Shard">The shard, by its key range.</param>
/// <param name="Statements">The statements.</param>
/// <param name="TxId">The shard's transaction, or null for one of its own.</param>
public sealed record ShardBatchRequest(string Shard, IReadOnlyList<ShardStatement> Statements, string? TxId = null) : Message(MessageType.ShardBatch);

/// <summary>Opens a transaction on one shard.</summary>
/// <param name="Shard">The shard, by its key range.</param>
/// <param name="Options">Isolation, read-only, timeout; null for the engine's defaults.</param>
/// <param name="Write">Whether the writer is taken at once; otherwise with the first write.</param>
public sealed record ShardBeginRequest(string Shard, TransactionOptions? Options = null, bool Write = false) : Message(MessageType.Begin)
{
    /// <summary>Whether the snapshot of an isolation that has one is taken at once; otherwise with the first statement.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Pin { get; init; }

    /// <summary>Whether tables are made anew: foreign keys are not enforced by its statements, but all of them when it commits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Rebuild { get; init; }

    /// <summary>With Write: fails at once (LOCK_TIMEOUT) where another has the writer, instead of waiting for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NoWait { get; init; }
}

/// <summary>What a shard answers to SHARD_QUERY and SHARD_EXECUTE.</summary>
/// <param name="Rows">The rows, of SELECT or RETURNING; without fields where the statement gives none.</param>
/// <param name="Affected">How many rows were inserted, changed or deleted; 0 for a query.</param>
/// <param name="LastInsertId">The last id that the engine itself gave to a row of this statement; null if it gave none.</param>
public sealed record ShardResult(RowSet Rows, long Affected = 0, long? LastInsertId = null);

/// <summary>A table, index, view or trigger as a shard has it.</summary>
/// <param name="Type">table, index, view or trigger.</param>
/// <param name="Name">Its name.</param>
/// <param name="Table">The table it belongs to.</param>
/// <param name="Sql">The statement that made it; null for indexes the engine made by itself.</param>
public sealed record ShardObject(string Type, string Name, string Table, string? Sql);
