using System.Collections.Concurrent;

namespace Shale.Vitess.Tests;

/// <summary>Many clients at once that want the same unique values.</summary>
public sealed class LookupConcurrencyTests
{
    private const int Clients = 12;

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Insert_OfTheSameValuesByManyClients_IsWonByOneEach()
    {
        const int Values = 60;
        await using var cluster = await OwnerCluster.OpenAsync(4);
        var won = new ConcurrentBag<int>();
        await RunAsync(async client =>
        {
            for (var i = 0; i < Values; i++)
            {
                var n = (i + (client * 7)) % Values;
                if (await SucceedsAsync(cluster, $"INSERT INTO t (id, n, a, b, tag) VALUES ({(client * 1000) + n}, {n}, {Values - n}, 'x', 'tag{n % 3}')")) won.Add(n);
            }
        });

        Assert.Equal(Enumerable.Range(0, Values), won.Order());
        Assert.Equal([$"{Values}"], await cluster.RowsAsync("SELECT count(*) FROM t"));
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    [Trait("Category", "Random")]
    public async Task Writes_OfAllKindsByManyClients_KeepEntriesAndWaitForOneAnotherNever()
    {
        await using var cluster = await OwnerCluster.OpenAsync(4);
        var seed = int.Parse(Environment.GetEnvironmentVariable("SHALE_SEED") ?? "1", System.Globalization.CultureInfo.InvariantCulture);
        await RunAsync(async client =>
        {
            var random = new Random((seed * 100) + client);
            for (var i = 0; i < 80; i++) await SucceedsAsync(cluster, StatementOf(random, client));
        });

        var faults = await cluster.FaultsAsync();
        Assert.True(faults.Count == 0, $"SHALE_SEED={seed}: {string.Join("; ", faults)}");
    }

    private static string StatementOf(Random random, int client)
    {
        var id = (client * 1000) + random.Next(20);
        var n = random.Next(40);
        return random.Next(9) switch
        {
            0 or 1 or 2 => $"INSERT INTO t (id, n, tag) VALUES ({id}, {n}, 'tag{random.Next(4)}')",
            3 => $"INSERT INTO t (id, n) VALUES ({id}, {n}), ({id + 20}, {n + 40}) ON CONFLICT DO NOTHING",
            4 => $"DELETE FROM t WHERE n = {n}",
            5 => $"UPDATE t SET n = {random.Next(40)} WHERE id = {id}",
            6 => $"UPDATE t SET id = {id + 40 + random.Next(20)}, tag = 'moved' WHERE id = {id}",
            7 => $"INSERT INTO t (id, n, v) VALUES ({id}, {n}, 1) ON CONFLICT (n) DO UPDATE SET v = 2",
            _ => $"DELETE FROM t WHERE id BETWEEN {id} AND {id + 5}",
        };
    }

    // Taken values are the only thing that may stop a statement.
    private static async Task<bool> SucceedsAsync(OwnerCluster cluster, string sql)
    {
        try
        {
            await cluster.RunAsync(sql);
            return true;
        }
        catch (VitessException failure) when (failure.SqlState == "23505")
        {
            return false;
        }
    }

    private static Task RunAsync(Func<int, Task> client) => Task.WhenAll(Enumerable.Range(0, Clients).Select(each => Task.Run(() => client(each))));
}
