using Shale.Contracts;
using Shale.Engines;
using Shale.PageLog;
using Shale.Vitess;

namespace Shale.Engine.Specification.Sqlite;

public sealed class SqliteLogStatementTests : StatementSpecification
{
    protected override IStorageEngine Create() => new SqliteEngine(new SqliteEngineOptions { HasHistory = true });
}

public sealed class SqliteLogTransactionTests : TransactionSpecification
{
    protected override IStorageEngine Create() => new SqliteEngine(new SqliteEngineOptions { HasHistory = true });
}

public sealed class SqliteLogLenientTests : LenientSpecification
{
    protected override IStorageEngine Create() => new SqliteEngine(new SqliteEngineOptions { HasHistory = true });
}

public sealed class SqliteLogPointTests : PointSpecification
{
    protected override IStorageEngine Open(string directory, TimeProvider clock) => Logs.Open(directory, clock);

    protected override void Compact(string directory, TimeProvider clock) => Logs.Compact(directory, clock);
}

public sealed class SqliteLogBranchTests : BranchSpecification
{
    protected override IStorageEngine Open(string directory, TimeProvider clock) => Logs.Open(directory, clock);

    protected override void Compact(string directory, TimeProvider clock) => Logs.Compact(directory, clock);
}

public sealed class SqliteBranchStatementTests : StatementSpecification
{
    protected override IStorageEngine Create() => Logs.OnBranch(new SqliteEngine(new SqliteEngineOptions { HasHistory = true }));
}

public sealed class SqliteBranchTransactionTests : TransactionSpecification
{
    protected override IStorageEngine Create() => Logs.OnBranch(new SqliteEngine(new SqliteEngineOptions { HasHistory = true }));
}

public sealed class SqliteBranchPointTests : PointSpecification
{
    protected override IStorageEngine Open(string directory, TimeProvider clock) => Logs.OnBranch(Logs.Open(directory, clock));

    protected override void Compact(string directory, TimeProvider clock) => Logs.Compact(directory, clock);
}

public sealed class SqliteBranchBranchTests : BranchSpecification
{
    protected override IStorageEngine Open(string directory, TimeProvider clock) => Logs.OnBranch(Logs.Open(directory, clock));

    protected override void Compact(string directory, TimeProvider clock) => Logs.Compact(directory, clock);
}

public sealed class SqliteLogHistoryRaceTests : HistoryRaceSpecification
{
    protected override IStorageEngine Open(string directory, TimeProvider clock) => Logs.Open(directory, clock);

    protected override void Compact(string directory, TimeProvider clock) => Logs.Compact(directory, clock);
}

public sealed class SqliteBranchHistoryRaceTests : HistoryRaceSpecification
{
    protected override IStorageEngine Open(string directory, TimeProvider clock) => Logs.OnBranch(Logs.Open(directory, clock));

    protected override void Compact(string directory, TimeProvider clock) => Logs.Compact(directory, clock);
}

/// <summary>Page logs for specifications, and engines of a branch of one.</summary>
internal static class Logs
{
    private const string Branch = "side/a";

    private static readonly PageStoreOptions Small = new() { SegmentBytesMin = 1 << 16, SegmentBytesMax = 1 << 16, CheckpointBytes = 1 << 16, MaintainsItself = false };

    public static SqliteEngine Open(string directory, TimeProvider clock) =>
        new(new SqliteEngineOptions { HasHistory = true, Path = directory, Durable = false, Log = Small with { Clock = clock } });

    /// <summary>The engine of a branch, once the one of main has been closed.</summary>
    public static IStorageEngine OnBranch(SqliteEngine engine)
    {
        if (!engine.History!.BranchesAsync(default).AsTask().Result.ContainsKey(Branch)) engine.History.CreateBranchAsync(Branch, new ShardVersion("main", Lsn.Zero), default).AsTask().Wait();
        var branch = engine.OpenBranch(Branch);
        engine.DisposeAsync().AsTask().Wait();
        return branch;
    }

    public static void Compact(string directory, TimeProvider clock)
    {
        using var store = PageStore.Open(new LocalDisk(directory), Small with { Clock = clock, Retention = TimeSpan.Zero });
        store.Checkpoint();
        while (store.Compact())
        {
        }
    }
}
