using System.Diagnostics.Metrics;
using Shale.Contracts;
using Shale.Engines;
using Shale.PageLog;
using Shale.Vitess;

namespace Shale.Engine.Specification.Tablet;

/// <summary>What a shard tells of how long it keeps its versions, and of its log's maintenance.</summary>
public sealed class ShardRetentionTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("shale-retention-");
    private readonly ManualTime _time = new();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    [Trait("Rule", "S5.7")]
    public async Task Cluster_RetentionBytesAreTooFew_IsToldOnceForEachShard()
    {
        var warnings = new List<ShardWarning>();
        await using var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions
        {
            DataDirectory = _directory.FullName, Keyspace = "kept", Shards = 2, Durable = false, Clock = _time, RetentionBytes = 1000,
            Warned = warning =>
            {
                lock (warnings) warnings.Add(warning);
            },
        });
        await RunAsync(cluster, "CREATE TABLE t(id INTEGER PRIMARY KEY, data BLOB)");
        for (var round = 0; round < 2; round++)
        {
            for (var id = 0; id < 40; id++)
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                await RunAsync(cluster, $"INSERT INTO t VALUES ({(round * 40) + id}, randomblob(200000))");
            }

            foreach (var tablet in cluster.Tablets) Maintain(tablet);
        }

        Assert.Equal(["-80", "80-"], warnings.Select(warning => warning.Shard).Order(StringComparer.Ordinal));
        Assert.All(warnings, warning => Assert.Contains("retention_bytes", warning.Message, StringComparison.Ordinal));
        var health = await cluster.Gate.HealthAsync();
        Assert.All(health, shard => Assert.Equal((true, "retention_bytes", null), (shard.Healthy, shard.Retention!.Shortened, shard.Retention.Failure)));
        Assert.All(health, shard => Assert.InRange(shard.Retention!.Oldest, DateTimeOffset.UnixEpoch.AddYears(50).ToUnixTimeMilliseconds() + 1, _time.GetUtcNow().ToUnixTimeMilliseconds()));

        var tablets = await RunAsync(cluster, "SHOW VITESS_TABLETS");
        Assert.Equal(["shard", "type", "state", "engine", "queries", "oldest", "shortened", "failure"], tablets.Rows.Fields.Select(field => field.Name));
        Assert.Equal("retention_bytes", tablets.Rows[0][6].AsText());
        Assert.Equal([1, 1], Measured("shale.tablet.history.shortened"));
        Assert.Equal([0, 0], Measured("shale.tablet.log.failing"));
        Assert.All(Measured("shale.tablet.history.age"), age => Assert.InRange(age, 60, 79 * 60));
        Assert.Equal(health.Sum(shard => shard.Retention!.WindowBytes + shard.Retention.KeptBytes), Measured("shale.tablet.log.size").Sum());
    }

    [Fact]
    [Trait("Rule", "S5.7")]
    public async Task Cluster_RetentionIsOver_IsNotTold()
    {
        var warnings = 0;
        await using var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions
        {
            DataDirectory = _directory.FullName, Keyspace = "over", Shards = 1, Durable = false, Clock = _time, Retention = TimeSpan.FromHours(1), Warned = _ => Interlocked.Increment(ref warnings),
        });
        await RunAsync(cluster, "CREATE TABLE t(data BLOB)");
        for (var i = 0; i < 20; i++) await RunAsync(cluster, "INSERT INTO t VALUES (randomblob(200000))");
        var before = (await cluster.Gate.HealthAsync())[0].Retention!;
        Assert.Equal(0, before.KeptBytes);
        _time.Advance(TimeSpan.FromHours(2));
        Maintain(cluster.Tablets[0]);

        var after = (await cluster.Gate.HealthAsync())[0].Retention!;
        Assert.True(after.KeptBytes > 0 && after.WindowBytes < before.WindowBytes, "nothing was let go of");
        Assert.Null(after.Shortened);
        Assert.Equal(0, warnings);
    }

    [Fact]
    public async Task Health_MaintenanceFails_SaysWhyAndTheShardServes()
    {
        var told = new TaskCompletionSource<VitessException>(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = new SqliteEngineOptions
        {
            Path = _directory.FullName, HasHistory = true, Disk = directory => new HeldDisk(new LocalDisk(directory)) { IsFull = true },
            Log = new PageStoreOptions { CheckpointBytes = 10_000, Clock = _time, OnMaintenanceFailure = failure => told.TrySetResult(failure) },
        };
        await using var tablet = new VTTablet(new VTTabletOptions { Keyspace = "full", Shard = "-", Engine = new SqliteEngine(options), TimeProvider = _time });
        Assert.Null((await tablet.HealthAsync(default)).Retention!.Failure);
        await tablet.ExecuteAsync("CREATE TABLE t(a)");
        await tablet.ExecuteAsync("INSERT INTO t VALUES (randomblob(50000))");

        Assert.Equal("53100", (await told.Task).SqlState);
        var health = await tablet.HealthAsync(default);
        Assert.Equal((true, "the disk is full"), (health.Healthy, health.Retention!.Failure));
    }

    private static ValueTask<GateResult> RunAsync(LocalCluster cluster, string sql) => cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Dialect = Shale.Sql.SqlDialect.Sqlite });

    private static void Maintain(VTTablet tablet)
    {
        var store = ((SqliteEngine)tablet.StorageEngine).Store!;
        store.Checkpoint();
        store.Maintain();
    }

    private static List<long> Measured(string name)
    {
        var values = new List<long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, heard) =>
        {
            if (instrument.Name == name) heard.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tags.ToArray().Contains(KeyValuePair.Create<string, object?>("db.namespace", "kept"))) values.Add(value);
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }
}
