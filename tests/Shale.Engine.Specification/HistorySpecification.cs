using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Engine.Specification;

/// <summary>The base of the specifications of engines that keep versions, behind a tablet: a table t(id, n) with one row, each write of which is a version and takes a minute.</summary>
public abstract class HistorySpecification : ShardSpecification, IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-history-").FullName;

    protected ManualTime Time { get; private set; } = new();

    protected VTTablet Tablet { get; private set; } = null!;

    protected IShardHistory History => Tablet.History!;

    protected string Branch => History.Branch;

    /// <summary>Opens the engine of a directory, which is empty at first.</summary>
    protected abstract IStorageEngine Open(string directory, TimeProvider clock);

    /// <summary>Lets go of everything that a retention of no time need not keep, while no engine has the directory.</summary>
    protected abstract void Compact(string directory, TimeProvider clock);

    /// <summary>For tablets that differ.</summary>
    protected virtual VTTabletOptions Options(VTTabletOptions options) => options;

    public async Task InitializeAsync()
    {
        Tablet = NewTablet();
        await RunAsync("CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER)");
        await RunAsync("INSERT INTO t VALUES (1, 1)");
    }

    public async Task DisposeAsync()
    {
        await Tablet.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Closes the engine and opens it again, with another clock if one is given; in between history may go.</summary>
    protected async Task RestartAsync(ManualTime? clock = null, bool compacts = false)
    {
        await Tablet.DisposeAsync();
        if (compacts) Compact(_directory, Time);
        Time = clock ?? Time;
        Tablet = NewTablet();
    }

    /// <summary>Runs a statement and returns the version that it has made.</summary>
    protected async Task<ShardMoment> RunAsync(string sql, string? txId = null)
    {
        Time.Advance(TimeSpan.FromMinutes(1));
        await Tablet.ExecuteAsync(new ShardExecuteRequest(Shard, sql, [], txId), default);
        return await HeadAsync();
    }

    /// <summary>Sets the row's number.</summary>
    protected Task<ShardMoment> SetAsync(long n) => RunAsync($"UPDATE t SET n = {n}");

    protected Task<ShardMoment> HeadAsync() => FindAsync(TimePoint.OfBranch(Branch));

    protected Task<ShardMoment> FindAsync(TimePoint point) => History.FindAsync(Branch, point, default).AsTask();

    protected async Task<long> ReadAsync(ShardMoment? at = null, string sql = "SELECT n FROM t", string? txId = null) =>
        (await Tablet.QueryAsync(new ShardQueryRequest(Shard, sql, [], txId) { AsOf = at?.At }, default)).Rows[0][0].AsInteger();

    private VTTablet NewTablet() => new(Options(new VTTabletOptions { Shard = Shard, Keyspace = "main", Engine = Open(_directory, Time), TimeProvider = Time }.BehindAGate()));
}
