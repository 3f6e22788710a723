using Npgsql;
using Shale.Contracts;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>Statements that wait on PostgreSQL's shards behind another session's ALTER TABLE.</summary>
public sealed class ChangedTableTests : IAsyncLifetime
{
    private static readonly byte[] Sync = RawClient.Message('S');

    private ShardDatabases _databases = null!;
    private DoorCluster _cluster = null!;
    private RawClient _definer = null!, _client = null!;

    public async Task InitializeAsync()
    {
        _databases = await SharedServer.DatabasesAsync(2);

        // Who waits is waited for: how long that takes is not said.
        var engines = new PostgresSource(new PostgresSourceOptions
        {
            Connections = KeyRange.Split(2).Zip(_databases.Connections).ToDictionary(each => $"main:{each.First}", each => each.Second), LockTimeout = TimeSpan.FromHours(1),
        });
        _cluster = await DoorCluster.StartAsync(shards: options => options with { Shards = 2, Engine = StorageEngineType.Postgres, Engines = [engines] });
        await _cluster.RunAsync("CREATE TABLE t (id int PRIMARY KEY, v text, w int)", "CREATE TABLE u (id int PRIMARY KEY)", "INSERT INTO t SELECT g, 'v' || g, g * 10 FROM generate_series(1, 8) g");
        (_definer, _client) = (await RawClient.OpenAsync(_cluster.Port), await RawClient.OpenAsync(_cluster.Port));
    }

    public async Task DisposeAsync()
    {
        _definer.Dispose();
        _client.Dispose();
        await _cluster.DisposeAsync();
        await _databases.DisposeAsync();
    }

    [Theory]
    [InlineData("SELECT * FROM t WHERE id = $1", "D(1,v1,10) C(SELECT 1)")]
    [InlineData("SELECT t.* FROM t WHERE $1 = 1 ORDER BY id LIMIT 2", "D(1,v1,10) D(2,v2,20) C(SELECT 2)")]
    [InlineData("SELECT * FROM (SELECT * FROM t) x NATURAL JOIN t WHERE id = $1", "D(1,v1,10) C(SELECT 1)")]
    [InlineData("UPDATE t SET v = 'new' WHERE id = $1 RETURNING *", "D(1,new,10) C(UPDATE 1)")]
    [InlineData("DELETE FROM t WHERE id = $1 RETURNING t.*", "D(1,v1,10) C(DELETE 1)")]
    [InlineData("INSERT INTO t VALUES ($1 + 100) RETURNING *", "D(101,null,null) C(INSERT 0 1)")]
    [InlineData("INSERT INTO t SELECT * FROM t WHERE id = $1 ON CONFLICT (id) DO UPDATE SET w = 5 RETURNING *", "D(1,v1,5) C(INSERT 0 1)")]
    public async Task Star_BehindAnAddedColumn_IsWhatItWasWhenItWasPrepared(string sql, string answer)
    {
        Assert.Equal("1 Z(I)", await AskAsync(_client, Parse("s", sql), Sync));
        var waiting = await WaitBehindAsync("ALTER TABLE t ADD COLUMN more int DEFAULT 7", Bind("s", "1"), Execute, Sync);
        Assert.Equal($"2 {answer} Z(I)", await waiting);

        // Whoever has prepared it with fewer columns learns that there are more before anything is done.
        Assert.Equal("2 E(0A000) Z(I)", await AskAsync(_client, Bind("s", "2"), Execute, Sync));
        Assert.Equal("T D(2,v2,20,7) C(SELECT 1) Z(I)", await AskAsync(_client, RawClient.Query("SELECT * FROM t WHERE id = 2")));
        Assert.Equal("T D(0) C(SELECT 1) Z(I)", await AskAsync(_client, RawClient.Query("SELECT count(*) FROM t WHERE id > 101 OR v = 'new' AND id = 2")));
    }

    [Theory]
    [InlineData("SELECT * FROM t WHERE id = 1", "T D(1,v1) C(SELECT 1)")]
    [InlineData("SELECT * FROM t ORDER BY id LIMIT 2", "T D(1,v1) D(2,v2) C(SELECT 2)")]
    [InlineData("SELECT sum(w) FROM t", "E(42703)")]
    [InlineData("UPDATE t SET v = 'new' WHERE id = 1 RETURNING *", "T D(1,new) C(UPDATE 1)")]
    [InlineData("UPDATE t SET v = 'new' RETURNING w", "E(42703)")]
    [InlineData("INSERT INTO t VALUES (101, 'a'), (102, 'b'), (103, 'c'), (104, 'd')", "C(INSERT 0 4)")]
    [InlineData("WITH gone AS (DELETE FROM t WHERE id = 1 RETURNING *) SELECT * FROM gone", "T D(1,v1) C(SELECT 1)")]
    public async Task Statement_BehindADroppedColumn_IsMadeAnew(string sql, string answer)
    {
        Assert.Equal($"{answer} Z(I)", await await WaitBehindAsync("ALTER TABLE t DROP COLUMN w", RawClient.Query(sql)));
    }

    [Theory]
    [InlineData("UPDATE t SET v = 'new' RETURNING *")]
    [InlineData("INSERT INTO t VALUES (101) RETURNING *")]
    [InlineData("WITH made AS (INSERT INTO u VALUES (1) RETURNING id) DELETE FROM t WHERE id IN (SELECT id FROM made) RETURNING *")]
    public async Task Write_BehindADroppedColumnThatItWasToGive_LeavesNothing(string sql)
    {
        Assert.Equal("1 Z(I)", await AskAsync(_client, Parse("s", sql), Sync));
        Assert.Equal("2 E(0A000) Z(I)", await await WaitBehindAsync("ALTER TABLE t DROP COLUMN w", Bind("s"), Execute, Sync));
        Assert.Equal("T D(8) C(SELECT 1) Z(I)", await AskAsync(_client, RawClient.Query("SELECT count(*) FROM t WHERE v LIKE 'v%' AND NOT EXISTS (SELECT * FROM u)")));
    }

    [Fact]
    public async Task Transaction_BehindADroppedColumn_CanBeTriedAgain()
    {
        Assert.Equal("C(BEGIN) Z(T)", await AskAsync(_client, RawClient.Query("BEGIN")));
        Assert.Equal("E(40001) Z(E)", await await WaitBehindAsync("ALTER TABLE t DROP COLUMN w", RawClient.Query("UPDATE t SET v = 'new' WHERE id = 1 RETURNING *")));
        Assert.Equal("C(ROLLBACK) Z(I)", await AskAsync(_client, RawClient.Query("ROLLBACK")));
        Assert.Equal("C(BEGIN) T D(1,new) C(UPDATE 1) C(COMMIT) Z(I)", await AskAsync(_client, RawClient.Query("BEGIN; UPDATE t SET v = 'new' WHERE id = 1 RETURNING *; COMMIT")));
    }

    private static byte[] Execute { get; } = RawClient.Message('E', RawClient.Text(""), RawClient.Int(0));

    /// <summary>Sends a statement that meets a definition whose transaction goes on, which then commits; gives the answer to it.</summary>
    private async Task<Task<string>> WaitBehindAsync(string definition, params byte[][] messages)
    {
        Assert.Equal("C(BEGIN) C(ALTER TABLE) Z(T)", await AskAsync(_definer, RawClient.Query("BEGIN; " + definition)));
        await _client.SendAsync(messages);
        var answer = _client.ReadWordsAsync();
        await using var first = NpgsqlDataSource.Create(_databases.Connections[0]);
        await using var second = NpgsqlDataSource.Create(_databases.Connections[1]);
        while (!answer.IsCompleted && await WaitingAsync(first) + await WaitingAsync(second) == 0) await Task.Yield();
        Assert.False(answer.IsCompleted, answer.IsCompleted ? await answer : "");
        Assert.Equal("C(COMMIT) Z(I)", await AskAsync(_definer, RawClient.Query("COMMIT")));
        return answer;
    }

    private static async Task<long> WaitingAsync(NpgsqlDataSource server)
    {
        await using var command = server.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static byte[] Parse(string name, string sql) => RawClient.Message('P', RawClient.Text(name), RawClient.Text(sql), RawClient.Short(0));

    private static byte[] Bind(string statement, params string[] values) => RawClient.Message('B', [RawClient.Text(""), RawClient.Text(statement), RawClient.Short(0), RawClient.Short(values.Length),
        .. values.SelectMany(value => (byte[][])[RawClient.Int(value.Length), System.Text.Encoding.ASCII.GetBytes(value)]), RawClient.Short(0)]);

    private static async Task<string> AskAsync(RawClient client, params byte[][] messages)
    {
        await client.SendAsync(messages);
        return await client.ReadWordsAsync();
    }
}
