using Shale.PageLog;

namespace Shale.DoSql;

/// <summary>How a database is opened. Immutable.</summary>
public sealed record DoSqlOptions
{
    /// <summary>How the log is kept: segments, caches, durability, the clock, and how long: 30 days by default, in a fifth of the disk.</summary>
    public PageStoreOptions Log { get; init; } = new();

    /// <summary>The page cache of each connection, in KiB. Default 2048.</summary>
    public int CacheKib { get; init; } = 2048;

    /// <summary>Connections that read one branch at a time, at most; further queries wait for one. Default twice the processors, at least 4.</summary>
    public int Readers { get; init; } = Math.Max(4, 2 * Environment.ProcessorCount);

    /// <summary>Connections to versions of the past that are kept open for the next query, the least recently used closed first. Default 16.</summary>
    public int PastReaders { get; init; } = 16;

    /// <summary>
    /// Bytes of memory that a table in a period may take for the keys of rows that have changed, some 70 a row; then RESOURCE_EXHAUSTED (53200). Default 256 MiB.
    /// </summary>
    public long PeriodBytes { get; init; } = Sqlite.PastRelations.DefaultMostBytes;

    /// <summary>How long a write waits for the writer of its branch, then LOCK_TIMEOUT (55P03). Default 5 s.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a transaction that holds the writer may rest between two statements before it is rolled back (TRANSACTION_EXPIRED). Default 10 s.</summary>
    public TimeSpan TransactionIdle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a transaction may hold the writer in all; then it is rolled back between two of its statements (TRANSACTION_EXPIRED). Default: as long as it works.</summary>
    public TimeSpan? TransactionAge { get; init; }

    /// <summary>Writes that wait for the writer of a branch, at most; then RESOURCE_EXHAUSTED. Default 10,000.</summary>
    public int WaitingWrites { get; init; } = 10_000;

    /// <summary>Writes that share one wait for the disk, at most. Default 256.</summary>
    public int WritesPerFlush { get; init; } = 256;

    /// <summary>
    /// Whether writes that wait at the same moment become one commit with one LSN; each is still undone alone if it fails. Faster where many write, but their versions cannot be told apart. Those that
    /// insert a row each by the same text, of parameters and literals, are run as one statement where each comes to the same. Default false.
    /// </summary>
    public bool BatchCommits { get; init; }
}
