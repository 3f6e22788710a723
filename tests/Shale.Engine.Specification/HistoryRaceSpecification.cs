using System.Globalization;
using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Engine.Specification;

/// <summary>Writes, definitions and restores, while others read the present, the past and snapshots: every version stays what it was when it was made.</summary>
public abstract class HistoryRaceSpecification : HistorySpecification
{
    private readonly List<(ShardMoment At, long N, long Columns)> _versions = [];

    [Fact]
    [Trait("Category", "Random")]
    public async Task Reads_WhileTheShardIsWrittenAndRestored_SeeWholeVersions()
    {
        var seed = Environment.GetEnvironmentVariable("SHALE_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : 5;
        try
        {
            await RunAsync("DELETE FROM t");
            _versions.Add((await RunAsync("INSERT INTO t VALUES (1, 0), (2, 0)"), 0, 2));
            using var stop = new CancellationTokenSource();
            var readers = Enumerable.Range(1, 4).Select(reader => Task.Run(() => ReadAsync(new Random(seed + reader), stop.Token))).ToArray();
            await WriteAsync(new Random(seed), readers);
            await stop.CancelAsync();
            await Task.WhenAll(readers);
            await RestartAsync();
            foreach (var version in _versions) await CheckAsync(version);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"SHALE_SEED={seed}: {exception.Message}", exception);
        }
    }

    private async Task WriteAsync(Random random, Task[] readers)
    {
        var (n, columns) = (0L, 2L);
        for (var i = 1; i <= 250 && !readers.Any(reader => reader.IsFaulted); i++)
        {
            ShardMoment made;
            switch (random.Next(10))
            {
                case < 2:
                    (var to, n, columns) = _versions[random.Next(_versions.Count)];
                    made = await History.RestoreAsync(Branch, to.At.Lsn, null, default);
                    break;
                case < 3:
                    made = await RunAsync($"ALTER TABLE t ADD COLUMN c{i} TEXT");
                    columns++;
                    break;
                default:
                    n = i;
                    made = await RunAsync($"UPDATE t SET n = CASE id WHEN 1 THEN {n} ELSE -{n} END");
                    break;
            }

            lock (_versions) _versions.Add((made, n, columns));
        }
    }

    private async Task ReadAsync(Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            (ShardMoment, long, long) version;
            lock (_versions) version = _versions[random.Next(_versions.Count)];
            switch (random.Next(3))
            {
                case 0:
                    await CheckAsync(version);
                    break;
                case 1:
                    Assert.Equal(0, await ReadAsync(null, "SELECT sum(n) FROM t"));
                    break;
                default:
                    await using (var transaction = await Tablet.BeginTransactionAsync(new TransactionOptions(IsolationLevel.RepeatableRead), CancellationToken.None))
                    {
                        var n = await ReadAsync(txId: transaction.Id);
                        Assert.Equal(-n, await ReadAsync(null, "SELECT n FROM t WHERE id = 2", transaction.Id));
                    }

                    break;
            }
        }
    }

    private async Task CheckAsync((ShardMoment At, long N, long Columns) version)
    {
        var rows = (await Tablet.QueryAsync(new ShardQueryRequest(Shard, "SELECT * FROM t ORDER BY id", []) { AsOf = version.At.At }, default)).Rows;
        Assert.Equal((version.N, -version.N, version.Columns), (rows[0][1].AsInteger(), rows[1][1].AsInteger(), rows.Fields.Count));
    }
}
