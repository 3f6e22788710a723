using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Transactions that wait for one another, or for a lock: the youngest is ended at once, and nobody else. The limit on waits is far away, so that nothing here ends by it.</summary>
[Trait("Rule", "S4.3")]
public sealed class DeadlockTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(SqlDialect.Postgres)]
    [InlineData(SqlDialect.Sqlite)]
    public async Task Update_TwoCrosswise_EndsTheYoungerAndLetsTheOlderGoOn(SqlDialect dialect)
    {
        await using var cluster = await OpenAsync();
        var (keys, older, younger) = await BeginTwoAsync(cluster, dialect);
        var waiting = AddAsync(cluster, older, keys[1]);
        var failure = await Assert.ThrowsAsync<VitessException>(() => AddAsync(cluster, younger, keys[0]));
        Assert.Equal(("DEADLOCK_DETECTED", "40P01", true), (failure.Code, failure.SqlState, failure.IsTransient));
        Assert.Contains("shard main:", failure.Message, StringComparison.Ordinal);
        await waiting.WaitAsync(Soon);
        await cluster.Gate.CommitAsync(older);
        Assert.Equal("25P02", (await Assert.ThrowsAsync<VitessException>(() => AddAsync(cluster, younger, keys[2]))).SqlState);
        await cluster.Gate.RollbackAsync(younger);
        Assert.Equal(["1", "1", "0", "0"], await cluster.RowsAsync("SELECT n FROM t ORDER BY place"));
    }

    [Fact]
    public async Task Insert_OfWhatItsTransactionHasWrittenToAReferenceTable_SeesIt()
    {
        await using var cluster = await OpenAsync();
        await cluster.RunAllAsync("CREATE TABLE stamps (id BIGINT PRIMARY KEY)", "CREATE TABLE words (id BIGINT) WITH (reference = true)");
        var transaction = (await cluster.Gate.BeginAsync(null)).TxId;
        await cluster.InAsync(transaction, "INSERT INTO words VALUES (1), (2)");
        await cluster.InAsync(transaction, "INSERT INTO stamps SELECT id + 10 FROM words");
        await cluster.Gate.CommitAsync(transaction);
        Assert.Equal(["11", "12"], await cluster.RowsAsync("SELECT id FROM stamps ORDER BY id"));
    }

    [Fact]
    public async Task Insert_OfValuesThatAreComputed_WaitsForItsOwnShardOnly()
    {
        await using var cluster = await OpenAsync();
        await cluster.RunAsync("CREATE TABLE stamps (id BIGINT PRIMARY KEY, at TIMESTAMP, word TEXT)");
        var (keys, older, younger) = await BeginTwoAsync(cluster);
        const string Insert = "INSERT INTO stamps (id, at, word) VALUES ($1, CURRENT_TIMESTAMP, upper('a' || 'b'))";
        await cluster.InAsync(younger, Insert, SqlValue.Integer(keys[1])).WaitAsync(Soon);
        await cluster.InAsync(older, Insert, SqlValue.Integer(keys[0])).WaitAsync(Soon);
        await cluster.Gate.CommitAsync(younger);
        await cluster.Gate.CommitAsync(older);
        Assert.Equal(["2|AB"], await cluster.RowsAsync("SELECT count(*), max(word) FROM stamps WHERE at IS NOT NULL"));
    }

    [Fact]
    public async Task Lock_InATransaction_KeepsOtherWritersWaitingAndReadersNot()
    {
        await using var cluster = await OpenAsync();
        var keys = await KeysAsync(cluster);
        var holder = await BeginAsync(cluster);
        await cluster.InAsync(holder, "LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
        var waiting = cluster.RunAsync("UPDATE t SET n = n + 10");
        Assert.Equal(["0", "0", "0", "0"], await cluster.RowsAsync("SELECT n FROM t"));
        foreach (var key in keys) await AddAsync(cluster, holder, key);
        Assert.False(waiting.IsCompleted);
        await cluster.Gate.CommitAsync(holder);
        await waiting.WaitAsync(Soon);
        Assert.Equal(["11", "11", "11", "11"], await cluster.RowsAsync("SELECT n FROM t"));
    }

    [Theory]
    [InlineData("LOCK t", "25P01")]
    [InlineData("LOCK nothing", "25P01")]
    public async Task Lock_OutsideOfATransaction_IsRefused(string sql, string state)
    {
        await using var cluster = await OpenAsync();
        Assert.Equal(state, (await cluster.FailsAsync(sql)).SqlState);
    }

    [Fact]
    public async Task Update_TheOlderClosesTheCircle_TheYoungerIsStoppedInItsWait()
    {
        await using var cluster = await OpenAsync();
        var (keys, older, younger) = await BeginTwoAsync(cluster);
        var waiting = AddAsync(cluster, younger, keys[0]);
        await AddAsync(cluster, older, keys[1]).WaitAsync(Soon);
        Assert.Equal("40P01", (await Assert.ThrowsAsync<VitessException>(() => waiting)).SqlState);
        Assert.Equal("25P02", (await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.CommitAsync(younger))).SqlState);
        await cluster.Gate.CommitAsync(older);
        Assert.Equal(["1", "1", "0", "0"], await cluster.RowsAsync("SELECT n FROM t ORDER BY place"));
    }

    [Fact]
    public async Task Update_FourInARing_EndsOnlyTheYoungest()
    {
        await using var cluster = await OpenAsync();
        var keys = await KeysAsync(cluster);
        string[] ids = [await BeginAsync(cluster), await BeginAsync(cluster), await BeginAsync(cluster), await BeginAsync(cluster)];
        for (var i = 0; i < 4; i++) await AddAsync(cluster, ids[i], keys[i]);
        var waits = ids.Select((id, i) => AddAsync(cluster, id, keys[(i + 1) % 4])).ToArray();
        Assert.Equal("40P01", (await Assert.ThrowsAsync<VitessException>(() => waits[3].WaitAsync(Soon))).SqlState);
        for (var i = 2; i >= 0; i--)
        {
            await waits[i].WaitAsync(Soon);
            await cluster.Gate.CommitAsync(ids[i]);
        }

        Assert.Equal(["1", "2", "2", "1"], await cluster.RowsAsync("SELECT n FROM t ORDER BY place"));
    }

    [Theory]
    [InlineData("UPDATE t SET n = n + 1")]
    [InlineData("INSERT INTO log SELECT id, n FROM t")]
    [InlineData("CREATE INDEX t_n ON t (n)")]
    public async Task Statement_OnSeveralShardsThatStandsAlone_TakesPart(string sql)
    {
        await using var cluster = await OpenAsync();
        var keys = await KeysAsync(cluster);
        var transaction = await BeginAsync(cluster);
        await AddAsync(cluster, transaction, keys[2]);

        // The statement gets the first two shards and waits for the third; then it is in the way.
        var statement = cluster.RunAsync(sql);
        await AddAsync(cluster, transaction, keys[0]).WaitAsync(Soon);
        Assert.Equal("40P01", (await Assert.ThrowsAsync<VitessException>(() => statement)).SqlState);
        await cluster.Gate.CommitAsync(transaction);
        Assert.Equal(["1", "0", "1", "0"], await cluster.RowsAsync("SELECT n FROM t ORDER BY place"));
        await cluster.RunAsync(sql);
    }

    [Fact]
    public async Task Commit_OfADefinitionThatWaitsForAnother_TakesPart()
    {
        await using var cluster = await OpenAsync();
        var transaction = await BeginAsync(cluster);
        await cluster.InAsync(transaction, "CREATE TABLE other (id INT PRIMARY KEY)");
        var statement = cluster.RunAsync("CREATE TABLE more (id INT PRIMARY KEY)");
        await cluster.Gate.CommitAsync(transaction).AsTask().WaitAsync(Soon);
        Assert.Equal("40P01", (await Assert.ThrowsAsync<VitessException>(() => statement)).SqlState);
        Assert.Empty(await cluster.RowsAsync("SELECT * FROM other"));
    }

    [Fact]
    public async Task Rollback_ToASavepointAfterADeadlock_RevivesNothing()
    {
        await using var cluster = await OpenAsync();
        var (keys, older, younger) = await BeginTwoAsync(cluster);
        await cluster.InAsync(younger, "SAVEPOINT a");
        var waiting = AddAsync(cluster, older, keys[1]);
        await Assert.ThrowsAsync<VitessException>(() => AddAsync(cluster, younger, keys[0]));
        await waiting.WaitAsync(Soon);
        Assert.Equal("3B001", (await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(younger, "ROLLBACK TO SAVEPOINT a"))).SqlState);
        Assert.Equal("25P02", (await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.CommitAsync(younger))).SqlState);
    }

    [Fact]
    public async Task Update_ManyWaitForOneThatWaitsForNobody_EndsNone()
    {
        await using var cluster = await OpenAsync();
        var keys = await KeysAsync(cluster);
        var holder = await BeginAsync(cluster);
        for (var i = 0; i < 4; i++) await AddAsync(cluster, holder, keys[i]);
        var waits = Enumerable.Range(0, 40).Select(async i =>
        {
            var id = await BeginAsync(cluster);
            await AddAsync(cluster, id, keys[i % 3]);
            await AddAsync(cluster, id, keys[3]);
            await cluster.Gate.CommitAsync(id);
        }).ToArray();
        await cluster.Gate.CommitAsync(holder);
        await Task.WhenAll(waits).WaitAsync(Soon);
        Assert.Equal(41, int.Parse((await cluster.RowsAsync("SELECT n FROM t WHERE place = 3"))[0]));
    }

    [Theory]
    [Trait("Category", "Random")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Transactions_InRandomOrders_AllEndAndEachCountsOnce(bool serialised)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 7;
        await using var cluster = await OpenAsync(serialised ? tablet => new SerializingTablet(tablet) : null);
        var keys = await KeysAsync(cluster);
        int ended = 0, added = 0;
        var clients = Enumerable.Range(0, 12).Select(client => Task.Run(async () =>
        {
            var random = new Random(seed + client);
            for (var round = 0; round < 25; round++)
            {
                var places = Enumerable.Range(0, 4).ToArray();
                random.Shuffle(places);
                places = places[..random.Next(2, 5)];
                try
                {
                    Interlocked.Add(ref added, await RoundAsync(cluster, keys, places, random.Next(8)));
                }
                catch (VitessException failure)
                {
                    Assert.Equal("40P01", failure.SqlState);
                    Interlocked.Increment(ref ended);
                }
            }
        })).ToArray();
        try
        {
            await Task.WhenAll(clients).WaitAsync(TimeSpan.FromSeconds(120));
            Assert.Equal(added.ToString(), (await cluster.RowsAsync("SELECT sum(n) FROM t"))[0]);
            Assert.True(ended < 12 * 25, "not all can have been the youngest");
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"SHALE_SEED={seed}", failure);
        }
    }

    // Transactions that take shards as they come, among them statements that stand alone on one shard or on all. Tells how often a row was changed.
    private static async Task<int> RoundAsync(Cluster cluster, long[] keys, int[] places, int kind)
    {
        if (kind == 0) return (int)(await cluster.RunAsync("UPDATE t SET n = n + 1")).Affected;
        if (kind == 1) return (int)(await cluster.RunAsync("UPDATE t SET n = n + 1 WHERE id = $1", SqlValue.Integer(keys[places[0]]))).Affected;
        var id = await BeginAsync(cluster);
        try
        {
            foreach (var place in places)
            {
                if (kind == 2) await cluster.InAsync(id, "SELECT n FROM t WHERE id = $1", SqlValue.Integer(keys[place]));
                await AddAsync(cluster, id, keys[place]);
            }

            await cluster.Gate.CommitAsync(id);
            return places.Length;
        }
        catch
        {
            await cluster.Gate.RollbackAsync(id);
            throw;
        }
    }

    private static async Task<Cluster> OpenAsync(Func<ITablet, ITablet>? wrap = null)
    {
        var cluster = await Cluster.OpenAsync(4, configure: options => options with { LockTimeout = TimeSpan.FromMinutes(5), WrapTablet = wrap });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, place INT, n INT NOT NULL)", "CREATE TABLE log (id BIGINT PRIMARY KEY, n INT)");
        return cluster;
    }

    /// <summary>One row on each shard, in order of the ring.</summary>
    private static async Task<long[]> KeysAsync(Cluster cluster)
    {
        string[] shards = ["-40", "40-80", "80-c0", "c0-"];
        var keys = shards.Select(shard => Enumerable.Range(1, 1000).First(id => cluster.Gate.Route("SELECT * FROM t WHERE id = $1", [SqlValue.Integer(id)]).Shards[0] == shard)).Select(id => (long)id).ToArray();
        for (var i = 0; i < keys.Length; i++) await cluster.RunAsync("INSERT INTO t VALUES ($1, $2, 0)", SqlValue.Integer(keys[i]), SqlValue.Integer(i));
        return keys;
    }

    private static async Task<string> BeginAsync(Cluster cluster, SqlDialect dialect = SqlDialect.Postgres) =>
        (await cluster.Gate.BeginAsync(null, new TransactionOptions(IsolationLevel.ReadCommitted), dialect)).TxId;

    /// <summary>Two transactions, each of which has written on a shard of its own.</summary>
    private static async Task<(long[] Keys, string Older, string Younger)> BeginTwoAsync(Cluster cluster, SqlDialect dialect = SqlDialect.Postgres)
    {
        var keys = await KeysAsync(cluster);
        var older = await BeginAsync(cluster, dialect);
        var younger = await BeginAsync(cluster, dialect);
        await AddAsync(cluster, older, keys[0]);
        await AddAsync(cluster, younger, keys[1]);
        return (keys, older, younger);
    }

    private static Task<GateResult> AddAsync(Cluster cluster, string id, long key) => cluster.InAsync(id, "UPDATE t SET n = n + 1 WHERE id = $1", SqlValue.Integer(key));
}
