using Shale.Contracts;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>The extended query protocol, message by message.</summary>
public abstract class ExtendedQueryTests(StorageEngineType engine) : DoorSuite(engine), IAsyncLifetime
{
    protected static readonly byte[] Sync = RawClient.Message('S');
    private static readonly byte[] Flush = RawClient.Message('H');
    private DoorCluster _cluster = null!;
    private RawClient _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await StartAsync();
        await _cluster.RunAsync("CREATE TABLE t (id bigint PRIMARY KEY, name text)", "INSERT INTO t SELECT g, 'n' || g FROM generate_series(1, 10) g");
        _client = await RawClient.OpenAsync(_cluster.Port);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Statement_PreparedBoundDescribedExecuted_GivesRows()
    {
        Assert.Equal("1 t T Z(I)", await AskAsync(Parse("s", "SELECT name FROM t WHERE id = $1"), Describe('S', "s"), Sync));
        for (var i = 1; i < 4; i++) Assert.Equal($"2 T D(n{i}) C(SELECT 1) Z(I)", await AskAsync(Bind("", "s", i.ToString()), Describe('P', ""), Execute(""), Sync));
        Assert.Equal("2 C(SELECT 0) Z(I)", await AskAsync(Bind("", "s", "77"), Execute(""), Sync));
        Assert.Equal("2 E(22P02) Z(I)", await AskAsync(Bind("", "s", "x"), Execute(""), Sync));
        Assert.Equal("E(08P01) Z(I)", await AskAsync(Bind("", "s"), Execute(""), Sync));
        Assert.Equal("3 Z(I)", await AskAsync(Close('S', "s"), Sync));
        Assert.Equal("E(26000) Z(I)", await AskAsync(Bind("", "s", "1"), Sync));
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Write_WhoseColumnsHaveChanged_LeavesNothing()
    {
        Assert.Equal("1 1 Z(I)", await AskAsync(Parse("i", "INSERT INTO t VALUES ($1) RETURNING *"), Parse("u", "UPDATE t SET id = id + 100 WHERE id = $1 RETURNING id"), Sync));
        await _cluster.RunAsync("ALTER TABLE t ADD COLUMN more int");

        for (var i = 50; i < 53; i++) Assert.Equal("2 E(0A000) Z(I)", await AskAsync(Bind("", "i", i.ToString()), Execute(""), Sync));
        for (var i = 1; i < 3; i++) Assert.Equal($"2 D({i + 100}) C(UPDATE 1) Z(I)", await AskAsync(Bind("", "u", i.ToString()), Execute(""), Sync));

        Assert.Equal("T D(10) C(SELECT 1) Z(I)", await AskQueryAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Cursor_IsDescribedAsAPortal()
    {
        Assert.Equal("C(BEGIN) C(DECLARE CURSOR) Z(T)", await AskAsync(RawClient.Query("BEGIN; DECLARE c CURSOR FOR SELECT id, name FROM t ORDER BY id")));
        Assert.Equal("T Z(T)", await AskAsync(Describe('P', "c"), Sync));
        Assert.Equal("T D(1,n1) C(FETCH 1) Z(T)", await AskAsync(RawClient.Query("FETCH c")));
        Assert.Equal("C(CLOSE CURSOR) Z(T)", await AskAsync(RawClient.Query("CLOSE c")));
        Assert.Equal("E(34000) Z(E)", await AskAsync(Describe('P', "c"), Sync));
    }

    [Fact]
    public async Task Portal_IsMovedAsACursor()
    {
        Assert.Equal("C(BEGIN) Z(T)", await AskAsync(RawClient.Query("BEGIN")));
        Assert.Equal("1 2 D(1) s Z(T)", await AskAsync(Parse("", "SELECT id FROM t ORDER BY id"), Bind("p", ""), Execute("p", 1), Sync));
        Assert.Equal("C(MOVE 3) Z(T)", await AskAsync(RawClient.Query("MOVE FORWARD 3 p")));
        Assert.Equal("D(5) D(6) s Z(T)", await AskAsync(Execute("p", 2), Sync));
        Assert.Equal("C(MOVE 0) Z(T)", await AskAsync(RawClient.Query("MOVE FORWARD 0 p")));
        Assert.Equal("C(MOVE 4) Z(T)", await AskAsync(RawClient.Query("MOVE ALL p")));
        Assert.Equal("C(SELECT 0) Z(T)", await AskAsync(Execute("p"), Sync));
        Assert.Equal("E(55000) Z(E)", await AskAsync(RawClient.Query("MOVE BACKWARD p")));
    }

    [Fact]
    public async Task Parameters_TypesAreDeclaredOrFound()
    {
        await _client.SendAsync(Parse("", "INSERT INTO t (id, name) VALUES ($1, $2)"), Describe('S', ""), Sync);
        var messages = await _client.ReadToReadyAsync();
        Assert.Equal("1 t n Z(I)", RawClient.Words(messages));
        Assert.Equal("0002" + "00000014" + "00000019", Convert.ToHexStringLower(messages[1].Body));
        await _client.SendAsync(Parse("", "SELECT $1 + 1, $2", 23, 1700), Describe('S', ""), Sync);
        messages = await _client.ReadToReadyAsync();
        Assert.Equal("0002" + "00000017" + "000006a4", Convert.ToHexStringLower(messages[1].Body));
        Assert.Equal("E(42883) Z(I)", await AskAsync(Parse("", "SELECT id FROM t WHERE id = $1", 25), Sync));
        Assert.Equal("E(0A000) Z(I)", await AskAsync(Parse("", "SELECT $1", 600), Sync));
    }

    [Fact]
    public async Task Portal_WithARowLimit_IsSuspendedAndGoesOn()
    {
        const string Sql = "SELECT id FROM t ORDER BY id";
        Assert.Equal("C(BEGIN) Z(T)", await AskQueryAsync("BEGIN"));
        Assert.Equal("1 2 T D(1) D(2) D(3) s Z(T)", await AskAsync(Parse("", Sql), Bind("p", ""), Describe('P', "p"), Execute("p", 3), Sync));

        // Another statement in between, which the transaction would have to wait for.
        Assert.Equal("T D(n1) C(SELECT 1) Z(T)", await AskQueryAsync("SELECT name FROM t WHERE id = 1"));
        Assert.Equal("C(UPDATE 10) Z(T)", await AskQueryAsync("UPDATE t SET name = 'x'"));
        Assert.Equal("D(4) D(5) s D(6) D(7) D(8) D(9) D(10) C(SELECT 5) Z(T)", await AskAsync(Execute("p", 2), Execute("p"), Sync));
        Assert.Equal("C(SELECT 0) Z(T)", await AskAsync(Execute("p"), Sync));
        Assert.Equal("C(COMMIT) Z(I)", await AskQueryAsync("COMMIT"));
        Assert.Equal("E(34000) Z(I)", await AskAsync(Execute("p"), Sync));

        // Outside of a block a portal ends with Sync.
        Assert.Equal("1 2 D(1) s D(2) s Z(I)", await AskAsync(Parse("", Sql), Bind("p", ""), Execute("p", 1), Execute("p", 1), Sync));
        Assert.Equal("E(34000) Z(I)", await AskAsync(Execute("p"), Sync));
    }

    [Fact]
    public async Task Portal_Suspended_EndsWithItsTransaction()
    {
        await AskQueryAsync("BEGIN");
        Assert.Equal("1 2 D(1) s Z(T)", await AskAsync(Parse("", "SELECT g FROM generate_series(1, 10000000) AS g"), Bind("p", ""), Execute("p", 1), Sync));
        Assert.Equal("E(54000) Z(E)", await AskQueryAsync("SELECT 1"));
        Assert.Equal("C(ROLLBACK) Z(I)", await AskQueryAsync("ROLLBACK"));
        await AskQueryAsync("BEGIN");
        Assert.Equal("1 2 D(1) s 3 Z(T)", await AskAsync(Parse("", "SELECT g FROM generate_series(1, 10000000) AS g"), Bind("p", ""), Execute("p", 1), Close('P', "p"), Sync));
        Assert.Equal("C(COMMIT) Z(I)", await AskQueryAsync("COMMIT"));
    }

    [Fact]
    public async Task Portal_Suspended_IsNothingThatCouldBeCancelled()
    {
        await AskQueryAsync("BEGIN");
        Assert.Equal("1 2 D(1) s Z(T)", await AskAsync(Parse("", "SELECT g FROM generate_series(1, 10000000) AS g"), Bind("p", ""), Execute("p", 1), Sync));
        using (var cancel = await RawClient.ConnectAsync(_cluster.Port))
        {
            await cancel.SendAsync([.. RawClient.Int(16), .. RawClient.Int(80877102), .. RawClient.Int(_client.Key.Process), .. RawClient.Int(_client.Key.Secret)]);
            Assert.Null(await cancel.ReadMessageAsync());
        }

        Assert.Equal("D(2) D(3) s Z(T)", await AskAsync(Execute("p", 2), Sync));
        Assert.Equal("C(ROLLBACK) Z(I)", await AskQueryAsync("ROLLBACK"));
    }

    [Fact]
    public async Task Pipeline_UpToSync_IsOneTransaction_AndAnErrorSkipsTheRest()
    {
        byte[][] failing = [.. Run("INSERT INTO t (id) VALUES (11)"), .. Run("INSERT INTO t (id) VALUES (1)"), .. Run("INSERT INTO t (id) VALUES (12)"), Sync, .. Run("SELECT count(*) FROM t"), Sync];
        await _client.SendAsync(failing);
        Assert.Equal("1 2 C(INSERT 0 1) 1 2 E(23505) Z(I)", await _client.ReadWordsAsync());
        Assert.Equal("1 2 D(10) C(SELECT 1) Z(I)", await _client.ReadWordsAsync());
        Assert.Equal("1 2 C(INSERT 0 1) 1 2 C(INSERT 0 1) Z(I)", await AskAsync([.. Run("INSERT INTO t (id) VALUES (11)"), .. Run("INSERT INTO t (id) VALUES (12)"), Sync]));
        Assert.Equal("T D(12) C(SELECT 1) Z(I)", await AskQueryAsync("SELECT count(*) FROM t"));
        Assert.Equal("1 2 C(BEGIN) 1 2 C(DELETE 12) Z(T)", await AskAsync([.. Run("BEGIN"), .. Run("DELETE FROM t"), Sync]));
        Assert.Equal("1 2 E(22012) Z(E)", await AskAsync([.. Run("SELECT 1/0"), Sync]));
        Assert.Equal("E(25P02) Z(E)", await AskAsync([.. Run("SELECT 1"), Sync]));
        Assert.Equal("1 2 C(ROLLBACK) Z(I)", await AskAsync([.. Run("ROLLBACK"), Sync]));
    }

    [Fact]
    public async Task Flush_GivesWhatThereIs()
    {
        await _client.SendAsync([.. Run("SELECT count(*) FROM t"), Flush]);
        var seen = new List<(char, byte[])>();
        for (var i = 0; i < 4; i++) seen.Add((await _client.ReadMessageAsync())!.Value);
        Assert.Equal("1 2 D(10) C(SELECT 1)", RawClient.Words(seen));
        Assert.Equal("Z(I)", await AskAsync(Sync));
    }

    [Theory]
    [InlineData("", "1 2 n I Z(I)")]
    [InlineData("SHOW server_version", "1 2 T D(15.0 (Shale)) C(SHOW) Z(I)")]
    [InlineData("SHOW KEYSPACES", "1 2 T D(main) C(SHOW) Z(I)")]
    [InlineData("VEXPLAIN PLAN DELETE FROM t WHERE id = 1", "1 2 T D(T0,aaaa-,null,DELETE FROM t WHERE id = 1) C(VEXPLAIN) Z(I)")]
    [InlineData("SET work_mem = '1MB'", "1 2 n C(SET) Z(I)")]
    [InlineData("CREATE TABLE u (id int PRIMARY KEY)", "1 2 n C(CREATE TABLE) Z(I)")]
    [InlineData("DELETE FROM t WHERE id = 3 RETURNING id + 10", "1 2 T D(13) C(DELETE 1) Z(I)")]
    [InlineData("WITH x AS (DELETE FROM t WHERE id = 3 RETURNING name) SELECT * FROM x", "1 2 T D(n3) C(SELECT 1) Z(I)")]
    [InlineData("VACUUM", "1 2 n N(00000) C(VACUUM) Z(I)")]
    [InlineData("SELECT 1; SELECT 2", "E(42601) Z(I)")]
    [InlineData("SELECT * FROM nope", "E(42P01) Z(I)")]
    public async Task Statement_OfAnyKind_IsDescribedAndRun(string sql, string expected) =>
        Assert.Equal(expected, await AskAsync(Parse("", sql), Bind("", ""), Describe('P', ""), Execute(""), Sync));

    [Fact]
    public async Task Statement_DescribedWithoutValues_SaysWhatItIs()
    {
        Assert.Equal("1 t T Z(I)", await AskAsync(Parse("", "SHOW KEYSPACES"), Describe('S', ""), Sync));
        Assert.Equal("1 t n Z(I)", await AskAsync(Parse("", "BEGIN"), Describe('S', ""), Sync));
        Assert.Equal("1 t E(0A000) Z(I)", await AskAsync(Parse("", "VEXPLAIN TRACE DELETE FROM t"), Describe('S', ""), Sync));
        Assert.Equal("T D(10) C(SELECT 1) Z(I)", await AskQueryAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Names_ThatAreTakenOrGone_AreTold()
    {
        Assert.Equal("1 E(42P05) Z(I)", await AskAsync(Parse("a", "SELECT 1"), Parse("a", "SELECT 2"), Sync));
        Assert.Equal("2 E(42P03) Z(I)", await AskAsync(Bind("p", "a"), Bind("p", "a"), Sync));
        Assert.Equal("C(DEALLOCATE) Z(I)", await AskQueryAsync("DEALLOCATE a"));
        Assert.Equal("E(26000) Z(I)", await AskAsync(Describe('S', "a"), Sync));
        Assert.Equal("E(26000) Z(I)", await AskQueryAsync("DEALLOCATE PREPARE a"));
        Assert.Equal("E(34000) Z(I)", await AskAsync(Describe('P', "a"), Sync));
        Assert.Equal("3 3 Z(I)", await AskAsync(Close('S', "a"), Close('P', "a"), Sync));
        await AskAsync(Parse("b", "SELECT 1"), Sync);
        await AskQueryAsync("DISCARD ALL");
        Assert.Equal("1 Z(I)", await AskAsync(Parse("b", "SELECT 1"), Sync));
    }

    [Theory]
    [InlineData("42000000050000")]
    [InlineData("5000000009007300ffff")]
    [InlineData("440000000578")]
    [InlineData("45000000050000")]
    [InlineData("4300000006530000")]
    public async Task Messages_Malformed_AreErrorsUpToSync(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Array.Copy(RawClient.Int(bytes.Length - 1), 0, bytes, 1, 4);
        var answer = await AskAsync(bytes, Parse("", "SELECT 1"), Sync);
        Assert.EndsWith(" Z(I)", answer, StringComparison.Ordinal);
        Assert.Contains("E(", answer, StringComparison.Ordinal);
        Assert.Equal("T D(1) C(SELECT 1) Z(I)", await AskQueryAsync("SELECT 1"));
    }

    private static byte[][] Run(string sql) => [Parse("", sql), Bind("", ""), Execute("")];

    protected static byte[] Parse(string name, string sql, params int[] oids) => RawClient.Message('P', [RawClient.Text(name), RawClient.Text(sql), RawClient.Short(oids.Length), .. oids.Select(RawClient.Int)]);

    protected static byte[] Bind(string portal, string statement, params string?[] values) => RawClient.Message('B', [RawClient.Text(portal), RawClient.Text(statement), RawClient.Short(0), RawClient.Short(values.Length),
        .. values.SelectMany(value => value is null ? (byte[][])[RawClient.Int(-1)] : [RawClient.Int(value.Length), System.Text.Encoding.ASCII.GetBytes(value)]), RawClient.Short(0)]);

    protected static byte[] Describe(char kind, string name) => RawClient.Message('D', [(byte)kind], RawClient.Text(name));

    private static byte[] Close(char kind, string name) => RawClient.Message('C', [(byte)kind], RawClient.Text(name));

    protected static byte[] Execute(string portal, int most = 0) => RawClient.Message('E', RawClient.Text(portal), RawClient.Int(most));

    protected Task RunAsync(params string[] statements) => _cluster.RunAsync(statements);

    private Task<string> AskQueryAsync(string sql) => AskAsync(RawClient.Query(sql));

    protected async Task<string> AskAsync(params byte[][] messages)
    {
        await _client.SendAsync(messages);
        return await _client.ReadWordsAsync();
    }
}
