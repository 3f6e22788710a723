using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Statements by lookup while entries and rows change: they miss no row that was there all the time, and see each shard in one state.</summary>
public sealed class LookupConsistencyTests
{
    private const int Shards = 4;
    private readonly Hooks _hooks = new();

    [Theory]
    [Trait("Rule", "S2.8")]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Select_WhileARowIsInDoubt_FindsItByOneOfItsValues(int held)
    {
        await using var cluster = await OpenAsync();

        // Both entries on one shard, the row on another: whichever commits first, the row lacks an entry until both have.
        var id = Id(1);
        var (old, changed) = (Value(0, 0), Value(0, 1));
        await cluster.RunAsync($"INSERT INTO t (id, n) VALUES ({id}, {old})");
        var commits = 0;
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _hooks.Before = async (_, what) =>
        {
            if (what != "commit" || commits++ != held) return;
            reached.SetResult();
            await go.Task;
        };
        var update = cluster.RunAsync($"UPDATE t SET n = {changed} WHERE id = {id}");
        await reached.Task;

        Assert.Equal(1, await CountAsync(cluster, old) + await CountAsync(cluster, changed));
        Assert.Equal([$"{id}"], await cluster.RowsAsync($"SELECT id FROM t WHERE n IN ({old}, {changed})"));
        go.SetResult();
        await update;
        var result = await cluster.RunAsync($"SELECT id FROM t WHERE n = {changed}");
        Assert.Equal(("T0", 1), (result.Tier, result.Rows.RowCount));
    }

    [Fact]
    [Trait("Rule", "S4.2")]
    public async Task Select_OfSeveralValues_FindsARowThatChangesFromOneToTheOther()
    {
        await using var cluster = await OpenAsync();
        var id = Id(1);
        var (old, changed) = (Value(3, 0), Value(2, 0));
        await cluster.RunAsync($"INSERT INTO t (id, n) VALUES ({id}, {old})");

        // The new value's entry is looked for before it comes, the old one's when it has gone.
        OnceBefore(3, IsManyRead, () => cluster.RunAsync($"UPDATE t SET n = {changed} WHERE id = {id}"));

        Assert.Equal([$"{id}"], await cluster.RowsAsync($"SELECT id FROM t WHERE n IN ({old}, {changed})"));
    }

    [Fact]
    [Trait("Rule", "S4.2")]
    public async Task Select_OfOtherTablesToo_SeesAShardInOneState()
    {
        await using var cluster = await OpenAsync();
        await cluster.RunAsync("CREATE TABLE o (id BIGINT PRIMARY KEY)");
        var (id, value) = (Id(2), Value(1, 0));
        OnceAfter(1, IsRead, async () =>
        {
            var transaction = (await cluster.Gate.BeginAsync("main")).TxId;
            await cluster.InAsync(transaction, $"INSERT INTO o VALUES ({id})");
            await cluster.InAsync(transaction, $"INSERT INTO t (id, n) VALUES ({id}, {value})");
            await cluster.Gate.CommitAsync(transaction);
        });

        var both = Assert.Single(await cluster.RowsAsync($"SELECT (SELECT count(*) FROM t WHERE n = {value}), (SELECT count(*) FROM o)"));

        Assert.Equal("1|1", both);
        Assert.Null(_hooks.After);
    }

    [Fact]
    [Trait("Rule", "S4.2")]
    public async Task Join_ByEntriesOfFetchedValues_SeesAShardInOneState()
    {
        await using var cluster = await OpenAsync();
        var (id, value) = (Id(2), Value(1, 0));
        foreach (var sql in (string[])["CREATE TABLE o (id BIGINT PRIMARY KEY, n INT)", "CREATE TABLE p (id BIGINT PRIMARY KEY)", $"INSERT INTO o VALUES ({Id(3)}, {value})"]) await cluster.RunAsync(sql);
        
        // The value has no entry yet when it is looked up; the shard of its row is read later, for another table.
        OnceBefore(2, what => what == "begin", async () =>
        {
            var transaction = (await cluster.Gate.BeginAsync("main")).TxId;
            await cluster.InAsync(transaction, $"INSERT INTO p VALUES ({id})");
            await cluster.InAsync(transaction, $"INSERT INTO t (id, n) VALUES ({id}, {value})");
            await cluster.Gate.CommitAsync(transaction);
        });

        Assert.Equal("1|1", Assert.Single(await cluster.RowsAsync($"SELECT count(t.id), count(p.id) FROM o LEFT JOIN t ON t.n = o.n LEFT JOIN p ON true WHERE o.id = {Id(3)}")));
        Assert.Null(_hooks.Before);
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Transaction_ThatPinned_LooksUpWhatItSees()
    {
        await using var cluster = await OpenAsync(SqlDialect.Sqlite);
        var id = Id(1);
        var (old, changed) = (Value(2, 0), Value(3, 0));
        await cluster.RunAsync($"INSERT INTO t (id, n) VALUES ({id}, {old})");
        var transaction = (await cluster.Gate.BeginAsync("main", null, SqlDialect.Sqlite)).TxId;

        // Its snapshot of the row's shard is older than that of the entry's.
        OnceBefore(2, what => what == "begin", () => cluster.RunAsync($"UPDATE t SET n = {changed} WHERE id = {id}"));
        var rows = Cluster.Rows((await cluster.InAsync(transaction, $"SELECT n FROM t WHERE id = {id}")).Rows);

        Assert.Equal([$"{old}"], rows);
        Assert.Equal([$"{id}"], Cluster.Rows((await cluster.InAsync(transaction, $"SELECT id FROM t WHERE n = {old}")).Rows));
        Assert.Empty(Cluster.Rows((await cluster.InAsync(transaction, $"SELECT id FROM t WHERE n = {changed}")).Rows));
        await cluster.Gate.RollbackAsync(transaction);

        var next = (await cluster.Gate.BeginAsync("main", null, SqlDialect.Sqlite)).TxId;
        Assert.Equal("T0", (await cluster.InAsync(next, $"SELECT id FROM t WHERE n = {changed}")).Tier);
        await cluster.Gate.RollbackAsync(next);
    }

    [Theory]
    [Trait("Rule", "S4.2")]
    [InlineData("UPDATE t SET v = 5 WHERE n = {0}")]
    [InlineData("DELETE FROM t WHERE n = {0}")]
    [InlineData("UPDATE t SET n = 77 WHERE n = {0}")]
    public async Task Write_ByAnEntryThatLeadsElsewhereMeanwhile_ChangesTheRow(string sql)
    {
        await using var cluster = await OpenAsync();
        var value = Value(0, 0);
        await cluster.RunAsync($"INSERT INTO t (id, n) VALUES ({Id(3)}, {value})");
        OnceAfter(0, IsRead, async () =>
        {
            await cluster.RunAsync($"DELETE FROM t WHERE id = {Id(3)}");
            await cluster.RunAsync($"INSERT INTO t (id, n) VALUES ({Id(1)}, {value})");
        });

        Assert.Equal(1, (await cluster.RunAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, value))).Affected);

        Assert.Null(_hooks.After);
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Fact]
    public void EntryCommits_Moments_TellWhatHasChangedSince()
    {
        var commits = new EntryCommits();
        var before = commits.Now;
        Assert.True(commits.AreTrue(before) && commits.AreOfOneState(before) && commits.AreUnchanged(before.All));
        Assert.Null(commits.Begin(new EntryChanges(), false));

        var doubt = commits.Begin(Changes(true), inDoubt: true)!;
        Assert.False(commits.AreTrue(commits.Now) || commits.AreTrue(before) || commits.AreOfOneState(commits.Now) || commits.AreUnchanged(commits.Now.All));
        doubt.Dispose();
        Assert.True(commits.AreTrue(commits.Now));

        var start = commits.Now;
        using (commits.Begin(Changes(true), inDoubt: false)) Assert.True(commits.AreOfOneState(commits.Now) && commits.AreOfOneState(start) && !commits.AreUnchanged(start.All));
        using (commits.Begin(Changes(false), inDoubt: false)) Assert.True(!commits.AreOfOneState(start) && commits.AreTrue(start));

        var stays = commits.Begin(Changes(false), inDoubt: true)!;
        stays.StaysInDoubt();
        stays.Dispose();
        Assert.False(commits.AreTrue(commits.Now));
    }

    private static EntryChanges Changes(bool added)
    {
        var changes = new EntryChanges();
        changes.Add(new EntryChange(null!, [], added, false));
        return changes;
    }

    private static bool IsRead(string what) => what.StartsWith("SELECT keyspace_id FROM", StringComparison.Ordinal);

    private static bool IsManyRead(string what) => IsRead(what) && what.Contains(" IN (", StringComparison.Ordinal);

    private Task<OwnerCluster> OpenAsync(SqlDialect dialect = SqlDialect.Postgres) => OwnerCluster.OpenAsync(Shards, dialect, null, _hooks.Around, "t_n_key");

    private static async Task<int> CountAsync(OwnerCluster cluster, long value) => (await cluster.RowsAsync($"SELECT id FROM t WHERE n = {value}")).Length;

    private void OnceBefore(int shard, Func<string, bool> isMeant, Func<Task> work) => _hooks.Before = Once(shard, isMeant, () => _hooks.Before = null, work);

    private void OnceAfter(int shard, Func<string, bool> isMeant, Func<Task> work) => _hooks.After = Once(shard, isMeant, () => _hooks.After = null, work);

    private static Func<string, string, Task> Once(int shard, Func<string, bool> isMeant, Action forget, Func<Task> work) => (name, what) =>
    {
        if (name != KeyRange.Split(Shards)[shard].ToString() || !isMeant(what)) return Task.CompletedTask;
        forget();
        return work();
    };

    /// <summary>An id whose row is on a shard.</summary>
    private static long Id(int shard) => Value(shard, 0);

    /// <summary>A value that hashes to a shard, as an id and as what is looked up: both are sharded by hash.</summary>
    private static long Value(int shard, int nth)
    {
        var map = new ShardMap(KeyRange.Split(Shards));
        var vindex = VKeyspace.Create("k", KeyRange.Split(Shards)).CreateVindex(VindexDefinition.Plain("hash"));
        return Enumerable.Range(100, 1_000).Select(value => (long)value).Where(value => vindex.TryMap([SqlValue.Integer(value)], out var id) && map.IndexOf(id) == shard).ElementAt(nth);
    }
}
