using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>One statement for the gate.</summary>
/// <param name="Sql">One statement; a second one is SYNTAX_ERROR.</param>
/// <param name="Params">Values of positional parameters, in order.</param>
public sealed record GateRequest(string Sql, IReadOnlyList<SqlValue> Params)
{
    // One of three, or null for the present and nothing told: a request is made for every statement.
    private readonly object? _pastOrTold;

    /// <summary>The same text with the types that its parameters were declared with; null where all are found from the text.</summary>
    public TypedSql? Typed { get; init; }

    /// <summary>Values of named parameters, names without their sign; null for none.</summary>
    public IReadOnlyDictionary<string, SqlValue>? NamedParams { get; init; }

    /// <summary>The target <c>keyspace[:shard][/branch][@tablet_type]</c> (SEMANTICS S1.1); null for the gate's default keyspace.</summary>
    public string? Target { get; init; }

    /// <summary>The transaction it belongs to; null for one of its own.</summary>
    public string? TxId { get; init; }

    /// <summary>Whose SQL it is; null for that of the transaction, or postgres.</summary>
    public SqlDialect? Dialect { get; init; }

    /// <summary>Whether no schema is searched for names, as with an empty search_path: what PostgreSQL's catalog writes of tables has their schema in front. Tables are found without it, too.</summary>
    public bool NamesSchemas { get; init; }

    /// <summary>Who sends it, as the process list shows it: the address of a connection. Null if nobody knows.</summary>
    public string? Client { get; init; }

    /// <summary>
    /// What the session that it is of has taken from sequences, where that is a session that a door shows (<see cref="IVTGate.Show"/>): then the session stands for it where
    /// PostgreSQL's catalog lists what runs. Null for none.
    /// </summary>
    public SequenceMemory? Session { get; init; }

    /// <summary>How long it may take; null for the gate's limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long a statement of a transaction waits for what another one has, where that is shorter than the shards' own limit; null for that.</summary>
    public TimeSpan? LockTimeout { get; init; }

    /// <summary>
    /// Whether a query over several shards may be answered without those that fail; <see cref="GateResult.MissingShards"/> and a notice tell them. Only for SELECT outside
    /// transactions; queries that bring rows together at the gate (T2), and those of one shard, still fail.
    /// </summary>
    public bool PartialResults { get; init; }

    /// <summary>The key under which the answer to a write is kept for ten minutes (SEMANTICS S4.4); null for none. Not inside a transaction.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>
    /// The rows of an INSERT as COPY writes them, instead of its values, which are NULL: only where <see cref="GateDescription.RowKeys"/> says so. Null for everything else.
    /// </summary>
    public CopySource? Copied { get; init; }

    /// <summary>Whether the rows of a SELECT that may give many come in chunks: <see cref="GateResult.Rest"/> has those behind the first.</summary>
    public bool Streams { get; init; }

    /// <summary>The form in which its rows may come as a PostgreSQL shard sends them; null for values.</summary>
    public RowEncoding? Encoding { get; init; }

    /// <summary>Whether the limits on what a statement may read do not hold for it: its rows are nowhere gathered.</summary>
    internal bool ReadsAll { get; init; }

    /// <summary>The point in time at which every table without one of its own is read; null for the present. Not inside a transaction, which has its own.</summary>
    public TimePoint? AsOf
    {
        get => _pastOrTold as TimePoint;
        init => _pastOrTold = value;
    }

    /// <summary>The same, found already.</summary>
    internal IReadOnlyList<KeyspaceCut>? Moment
    {
        get => _pastOrTold as IReadOnlyList<KeyspaceCut>;
        init => _pastOrTold = value;
    }

    /// <summary>The columns that its client has been told of: a write that would give others fails with QUERY_ERROR (0A000) before it does anything. Null for none; never of a statement that reads the past.</summary>
    public IReadOnlyList<Field>? Told
    {
        get => _pastOrTold as IReadOnlyList<Field>;
        init => _pastOrTold = value;
    }

    /// <summary>Which statement of a batch it is, for its key.</summary>
    internal int Part { get; init; }

    /// <summary>What tells its batch from others, for its key; null if it is of none.</summary>
    internal byte[]? Digest { get; init; }
}

/// <summary>A statement whose parameters have been given types, as drivers declare them: it is bound with these, and its plan is kept apart from that of the text alone. Immutable; made once, run often.</summary>
/// <param name="sql">One statement.</param>
/// <param name="types">For each parameter its type; <see cref="SqlType.Unknown"/> where the text tells it.</param>
public sealed class TypedSql(string sql, IReadOnlyList<SqlType> types)
{
    /// <summary>The statement.</summary>
    public string Sql => sql;

    /// <summary>The types.</summary>
    public IReadOnlyList<SqlType> Types => types;

    /// <summary>What its plan is kept under: no text of a statement has a zero in it.</summary>
    internal string Key { get; } = sql + "\0types:" + string.Join(',', types.Select(type => type.Name));
}

/// <summary>What is known of a statement before it runs.</summary>
/// <param name="Command">SELECT, INSERT, UPDATE or DELETE; empty for statements of other kinds.</param>
/// <param name="Parameters">The type of each parameter.</param>
/// <param name="Fields">The columns of its rows; empty if it gives none; null if only running it tells.</param>
public sealed record GateDescription(string Command, IReadOnlyList<SqlType> Parameters, IReadOnlyList<Field>? Fields)
{
    /// <summary>How it is told that a statement would give other columns than its client knows: as in PostgreSQL.</summary>
    public const string ChangedColumns = "cached plan must not change result type";

    /// <summary>The columns of a write, for <see cref="GateRequest.Told"/>; null for anything else.</summary>
    public IReadOnlyList<Field>? Told => Command is "INSERT" or "UPDATE" or "DELETE" && Fields is { Count: > 0 } ? Fields : null;

    /// <summary>
    /// Of an INSERT of parameters alone: those that decide on which shard the row is, by their 0-based places, where its shards take rows as COPY writes them (<see cref="GateRequest.Copied"/>). Null where
    /// they do not, or where the gate has to see the whole row.
    /// </summary>
    public IReadOnlyList<int>? RowKeys { get; init; }

    /// <summary>QUERY_ERROR (0A000): whoever has prepared a statement knows the columns that it had then.</summary>
    public static VitessException Changed() => new(ErrorCodes.QueryError, ChangedColumns, sqlState: "0A000", hint: "Prepare the statement again.");
}

/// <summary>What the gate answers to a statement.</summary>
/// <param name="Rows">The rows; without fields where the statement gives none.</param>
/// <param name="Affected">How many rows were inserted, changed or deleted; 0 for a query.</param>
/// <param name="LastInsertId">The last id that was given to a row of this statement; null if none was.</param>
public sealed record GateResult(RowSet Rows, long Affected = 0, long? LastInsertId = null)
{
    /// <summary>SELECT, INSERT, UPDATE or DELETE; empty for statements of other kinds.</summary>
    public string Command { get; init; } = "";

    /// <summary>
    /// Where <see cref="GateRequest.Streams"/> asked for it: the chunks behind <see cref="Rows"/>, which the shards find as they are asked for. Whoever gets them disposes them: until then the statement
    /// runs, and its transaction takes no other. Null where <see cref="Rows"/> are all.
    /// </summary>
    public IAsyncEnumerator<RowSet>? Rest { get; init; }

    /// <summary>How it ran: T0, T1, T2, or a word for statements that the gate answers itself.</summary>
    public string Tier { get; init; } = "";

    /// <summary>The shards it ran on, by key range.</summary>
    public IReadOnlyList<string> Shards { get; init; } = [];

    /// <summary>The shards whose rows it lacks, by key range; see <see cref="GateRequest.PartialResults"/>.</summary>
    public IReadOnlyList<string> MissingShards { get; init; } = [];

    /// <summary>What the user should know: a table was pinned, a statement ran shard by shard.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];
}

/// <summary>Statements in order (SEMANTICS S4.5).</summary>
/// <param name="Statements">The statements; their Target, TxId and Dialect are ignored for those here.</param>
public sealed record GateBatchRequest(IReadOnlyList<GateRequest> Statements)
{
    /// <summary>See <see cref="GateRequest.Target"/>.</summary>
    public string? Target { get; init; }

    /// <summary>The transaction it belongs to; null for each statement one of its own.</summary>
    public string? TxId { get; init; }

    /// <summary>Whose SQL it is.</summary>
    public SqlDialect? Dialect { get; init; }

    /// <summary>All or nothing.</summary>
    public bool Atomic { get; init; }

    /// <summary>See <see cref="GateRequest.IdempotencyKey"/>; of a batch that is not atomic, each statement that has run keeps its answer.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>What the gate answers to a batch.</summary>
/// <param name="Results">The results before the first failure.</param>
/// <param name="FailedAt">0-based; null if all succeeded.</param>
/// <param name="Error">The failure; null if all succeeded.</param>
public sealed record GateBatchResult(IReadOnlyList<GateResult> Results, int? FailedAt = null, VitessException? Error = null);

/// <summary>A transaction that the gate has opened.</summary>
/// <param name="TxId">Its id, unguessable.</param>
/// <param name="Shards">All shards of the target, which it may come to touch.</param>
public sealed record GateTransactionInfo(string TxId, IReadOnlyList<string> Shards);
