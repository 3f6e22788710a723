using Shale.Cli.Status;
using Shale.Contracts;

namespace Shale.Cli.Tests;

public class StatusTableTests
{
    [Fact]
    public void Of_TwoReadings_IsAligned()
    {
        var before = Reading(10, Shard("-80", 100, 0), Shard("80-", 50, 2));
        var now = Reading(12, Shard("-80", 3_100, 0, new ShardLatency(0.0123, 1.5, 12.34)), Shard("80-", 57, 3, healthy: false));

        var table = StatusTable.Of(before, now, new Dictionary<string, long> { ["-80"] = 1_234_567 });

        Assert.Equal("""
            keyspace main, 2 shards on sqlite

            shard  state         rows  queries/s  p50 ms  p95 ms  p99 ms  errors  errors/s
            -80    serving  1,234,567      1,500   0.012   1.500    12.3       0       0.0
            80-    DOWN             ?        3.5       -       -       -       3       0.5
            all    1 DOWN           ?      1,504                               3       0.5
            """, table);
    }

    [Fact]
    public void Of_OneReading_SaysNothingPerSecond()
    {
        var only = Reading(10, Shard("-", 100, 0));
        var lines = StatusTable.Of(only, only, new Dictionary<string, long> { ["-"] = 0 }).Split('\n');
        Assert.Equal("keyspace main, 1 shard on sqlite", lines[0]);
        Assert.Equal(["-", "serving", "0", "-", "-", "-", "-", "0", "-"], lines[3].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static ShardHealth Shard(string id, long queries, long errors, ShardLatency? latency = null, bool healthy = true) =>
        new(id, healthy, StorageEngineType.Sqlite, queries, errors, 0, latency);

    private static StatusReading Reading(int seconds, params ShardHealth[] shards) => new(TimeSpan.FromSeconds(seconds),
        new ClusterStatus("main", shards.Length, StorageEngineType.Sqlite, shards, shards.Sum(shard => shard.QueryCount), shards.Sum(shard => shard.ErrorCount)));
}
