namespace Shale.Vitess.Tests;

/// <summary>One point of the past gives the same rows whenever it is asked for, also while many write on several shards at once (SEMANTICS S5.2).</summary>
public sealed class PastConcurrencyTests
{
    private const int Accounts = 40;

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Query_WhileOthersWriteOverShards_TwoReadingsAreEqual()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE accounts (id BIGINT PRIMARY KEY, amount BIGINT)");
        for (var i = 0; i < Accounts; i++) await cluster.RunAsync($"INSERT INTO accounts VALUES ({i}, 100)");
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(seed => Task.Run(() => WriteAsync(cluster, new Random(seed), stop.Token))).ToArray();
        var readings = new List<(string Moment, string[] Rows)>();
        for (var i = 0; i < 60; i++)
        {
            var moment = TimestampText.Write(DateTimeOffset.UtcNow);
            var rows = await ReadAsync(cluster, moment);
            Assert.Equal(rows, await ReadAsync(cluster, moment));
            Assert.Equal(Accounts, rows.Length);
            readings.Add((moment, rows));
            if (i == 20) await cluster.RunAsync("ALTER TABLE accounts ADD COLUMN note TEXT");
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        foreach (var (moment, rows) in readings) Assert.Equal(rows, await ReadAsync(cluster, moment));
        Assert.True(readings.Select(reading => string.Join(';', reading.Rows)).Distinct().Count() > 10);
    }

    private static Task<string[]> ReadAsync(Cluster cluster, string moment) => cluster.RowsAsync($"SELECT id, amount FROM accounts AS OF '{moment}' ORDER BY id");

    private static async Task WriteAsync(Cluster cluster, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            int from = random.Next(Accounts), to = random.Next(Accounts);
            await cluster.RunAsync($"UPDATE accounts SET amount = amount + CASE WHEN id = {from} THEN -1 ELSE 1 END WHERE id IN ({from}, {to})");
        }
    }
}
