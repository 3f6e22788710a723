using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// The gate: every way in (the JSON door, the prompt, a program that embeds Shale) speaks to it through this. Thread-safe; statements of one
/// transaction run one after another. Every failure is a <see cref="VitessException"/>.
/// </summary>
public interface IVTGate : IAsyncDisposable
{
    /// <summary>Whether statements may keep the thread that they are called on until a shard has answered: those on SQLite do.</summary>
    bool KeepsThreads => true;

    /// <summary>How many statements have kept a thread for longer than a time, at most: those that have run for so long where <see cref="KeepsThreads"/>.</summary>
    int ThreadsKept(TimeSpan longerThan) => 0;

    /// <summary>A number that rises when a definition changes what statements may mean.</summary>
    long SchemaVersion => 0;

    /// <summary>Has PostgreSQL's catalog show the sessions of a door, or no longer.</summary>
    void Show(IDoorSessions door, bool isOpen)
    {
    }

    /// <summary>Runs one statement.</summary>
    ValueTask<GateResult> ExecuteAsync(GateRequest request, CancellationToken cancellationToken = default);

    /// <summary>Says what a statement takes and gives, without running it. Its values are not looked at. Errors: those that it fails with whatever its values are.</summary>
    ValueTask<GateDescription> DescribeAsync(GateRequest request, CancellationToken cancellationToken = default);

    /// <summary>The names in a SELECT, INSERT, UPDATE or DELETE that stand for variables of the block of PL/pgSQL that it is of. Errors: those of its names.</summary>
    ValueTask<IReadOnlyList<VariableUse>> FindVariablesAsync(GateRequest request, IVariableSource variables) => new([]);

    /// <summary>Runs one statement and gives its rows in chunks; at least one, so that the fields are known. A transaction takes no other statement until the last chunk was read.</summary>
    IAsyncEnumerable<RowSet> StreamAsync(GateRequest request, CancellationToken cancellationToken = default);

    /// <summary>Runs statements in order up to the first failure. Only a malformed request throws.</summary>
    ValueTask<GateBatchResult> BatchAsync(GateBatchRequest request, CancellationToken cancellationToken = default);

    /// <summary>Opens a transaction.</summary>
    ValueTask<GateTransactionInfo> BeginAsync(
        string? target, TransactionOptions? options = null, SqlDialect? dialect = null, CancellationToken cancellationToken = default);

    /// <summary>Commits. On failure nothing of the failed shard is committed and the transaction is over.</summary>
    ValueTask CommitAsync(string txId, CancellationToken cancellationToken = default);

    /// <summary>Rolls back; TRANSACTION_NOT_FOUND for an unknown id.</summary>
    ValueTask RollbackAsync(string txId, CancellationToken cancellationToken = default);

    /// <summary>Health and counters of a keyspace; null for the default one.</summary>
    ValueTask<ClusterStatus> StatusAsync(string? keyspace = null, CancellationToken cancellationToken = default);

    /// <summary>Health of one shard, or of all shards of all keyspaces.</summary>
    ValueTask<IReadOnlyList<ShardHealth>> HealthAsync(string? shard = null, CancellationToken cancellationToken = default);

    /// <summary>Tables and columns of a keyspace.</summary>
    ValueTask<IReadOnlyList<TableInfo>> SchemaAsync(string? keyspace = null, CancellationToken cancellationToken = default);

    /// <summary>The VSchema of a keyspace in the shape of seed 001.</summary>
    ValueTask<VSchemaInfo> VSchemaAsync(string? keyspace = null, CancellationToken cancellationToken = default);
}
