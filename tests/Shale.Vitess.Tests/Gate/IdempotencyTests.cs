using Shale.Contracts;
using Shale.Engine.Specification;
using Shale.Engines;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Writes with an idempotency key happen once, and are answered alike.</summary>
[Trait("Rule", "S4.4")]
public sealed class IdempotencyTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-keys-").FullName;
    private readonly ManualTime _clock = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("INSERT INTO items (name) VALUES ('a')")]
    [InlineData("INSERT INTO items (name) VALUES ('a'), ('b'), ('c'), ('d'), ('e') RETURNING id, name, made")]
    [InlineData("INSERT INTO items (name) SELECT name FROM items")]
    [InlineData("UPDATE items SET n = n + 1 RETURNING id, n, price")]
    [InlineData("UPDATE items SET n = n + 1 WHERE id = 3")]
    [InlineData("DELETE FROM items WHERE n < 3")]
    [InlineData("UPDATE items SET id = id + 100")]
    [InlineData("WITH gone AS (DELETE FROM items WHERE id < 5 RETURNING id) SELECT count(*) FROM gone")]
    [InlineData("CREATE TABLE more (id INT PRIMARY KEY)")]
    [InlineData("CREATE VIEW seen AS SELECT id FROM items")]
    [InlineData("CREATE SEQUENCE numbers")]
    [InlineData("ALTER TABLE items ADD COLUMN extra TEXT")]
    [InlineData("TRUNCATE items")]
    [InlineData("VEXPLAIN TRACE UPDATE items SET n = n + 1")]
    public async Task Execute_TheSameKeyAgain_DoesNothingAndAnswersAlike(string sql)
    {
        await using var cluster = await OpenAsync();
        await SetUpAsync(cluster);
        var first = await KeyedAsync(cluster, "k", sql);
        var rows = await RowsAsync(cluster);
        var second = await KeyedAsync(cluster, "k", sql);
        Assert.Equal(rows, await RowsAsync(cluster));
        Assert.Equal((first.Affected, first.LastInsertId, first.Tier), (second.Affected, second.LastInsertId, second.Tier));
        Assert.Equal(first.Shards, second.Shards);
        Assert.Equal(first.Notices, second.Notices);
        Assert.Equal(first.Rows.Fields.Select(field => (field.Name, field.Type, field.NativeType)), second.Rows.Fields.Select(field => (field.Name, field.Type, field.NativeType)));
        Assert.Equal(Cluster.Rows(first.Rows), Cluster.Rows(second.Rows));
    }

    [Theory]
    [InlineData("INSERT INTO items (name) VALUES ('a')")]
    [InlineData("UPDATE items SET n = n + 1")]
    public async Task Execute_AnotherKey_RunsAgain(string sql)
    {
        await using var cluster = await OpenAsync();
        await SetUpAsync(cluster);
        await KeyedAsync(cluster, "k", sql);
        var rows = await RowsAsync(cluster);
        await KeyedAsync(cluster, "l", sql);
        Assert.NotEqual(rows, await RowsAsync(cluster));
    }

    [Fact]
    public async Task Execute_TheKeyOfAnotherStatement_IsRefusedAndDoesNothing()
    {
        await using var cluster = await OpenAsync();
        await SetUpAsync(cluster);
        await KeyedAsync(cluster, "k", "INSERT INTO items (id, name) VALUES ($1, $2)", SqlValue.Integer(70), SqlValue.Text("a"));
        var rows = await RowsAsync(cluster);
        foreach (var value in (SqlValue[])[SqlValue.Integer(71), SqlValue.Text("70"), SqlValue.Null])
        {
            var failure = await Assert.ThrowsAsync<VitessException>(() => KeyedAsync(cluster, "k", "INSERT INTO items (id, name) VALUES ($1, $2)", value, SqlValue.Text("a")));
            Assert.Equal(("IDEMPOTENCY_KEY_REUSED", false), (failure.Code, failure.IsTransient));
            Assert.NotNull(failure.Hint);
        }

        await Assert.ThrowsAsync<VitessException>(() => KeyedAsync(cluster, "k", "DELETE FROM items"));
        Assert.Equal(rows, await RowsAsync(cluster));
    }

    [Theory]
    [InlineData("SELECT 1", true)]
    [InlineData("/* a */ SELECT 1", true)]
    [InlineData("(SELECT 1) UNION SELECT 2", true)]
    [InlineData("WITH a AS (SELECT 'INSERT') SELECT * FROM a", true)]
    [InlineData("WITH a AS (DELETE FROM items RETURNING id) SELECT * FROM a", false)]
    [InlineData("-- SELECT\nDELETE FROM items", false)]
    [InlineData("WITH a AS (", false)]
    [InlineData("VACUUM", false)]
    public void OnlyReads_Statement_IsParsedWhereItsFirstWordDoesNotTell(string sql, bool expected) => Assert.Equal(expected, KeyedStatements.OnlyReads(sql, SqlDialect.Postgres));

    [Fact]
    public async Task Execute_TenMinutesLater_RunsAgainAndOldAnswersAreRemoved()
    {
        await using var cluster = await OpenAsync();
        await SetUpAsync(cluster);
        for (var i = 0; i < 200; i++) await KeyedAsync(cluster, $"k{i}", "INSERT INTO items (name) VALUES ('a')");
        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        await KeyedAsync(cluster, "k0", "INSERT INTO items (name) VALUES ('a')");
        Assert.Equal(208, (await RowsAsync(cluster)).Length);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await KeyedAsync(cluster, "k0", "INSERT INTO items (name) VALUES ('a')");
        Assert.Equal(209, (await RowsAsync(cluster)).Length);

        // As long as they may still be needed, and one period more.
        _clock.Advance(TimeSpan.FromMinutes(20));
        for (var i = 0; i < 1000; i++) await KeyedAsync(cluster, $"l{i}", "UPDATE items SET n = n + 1 WHERE id = $1", SqlValue.Integer(i % 8 + 1));
        Assert.Equal(1000, await KeptAsync(cluster));
    }

    [Fact]
    public async Task Execute_AfterACrashAndARestart_AnswersAlike()
    {
        var copy = Directory.CreateTempSubdirectory("shale-keys-").FullName;
        try
        {
            GateResult[] first;
            await using (var cluster = await OpenAsync(_directory))
            {
                await SetUpAsync(cluster);
                first = [await KeyedAsync(cluster, "one", "INSERT INTO items (name) VALUES ('a') RETURNING id"), await KeyedAsync(cluster, "all", "UPDATE items SET n = n + 1"), await KeyedAsync(cluster, "table", "CREATE TABLE more (id INT PRIMARY KEY)")];

                // What lies on the disk while the cluster is open is what a crash would leave.
                Copy(_directory, copy);
            }

            await using var again = await OpenAsync(copy);
            Assert.Empty(again.Repairs);
            var rows = await RowsAsync(again);
            Assert.Equal(Cluster.Rows(first[0].Rows), Cluster.Rows((await KeyedAsync(again, "one", "INSERT INTO items (name) VALUES ('a') RETURNING id")).Rows));
            Assert.Equal(first[1].Affected, (await KeyedAsync(again, "all", "UPDATE items SET n = n + 1")).Affected);
            Assert.Equal(first[2].Shards, (await KeyedAsync(again, "table", "CREATE TABLE more (id INT PRIMARY KEY)")).Shards);
            Assert.Equal(rows, await RowsAsync(again));
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public async Task Execute_TheSameKeyAtOnce_RunsOnce()
    {
        await using var cluster = await OpenAsync();
        await SetUpAsync(cluster);
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => KeyedAsync(cluster, $"k{i % 2}", "INSERT INTO items (name) VALUES ('a') RETURNING id"))));
        Assert.Equal(2, answers.Select(answer => answer.Rows[0][0].AsInteger()).Distinct().Count());
        Assert.Equal(10, (await RowsAsync(cluster)).Length);
    }

    [Fact]
    public async Task Execute_CrashBetweenTheCommitsOfTwoShards_TellsWhichHaveCommitted()
    {
        string? failing = null;
        await using var cluster = await OpenAsync(wrap: tablet => new FailingCommits(tablet, () => failing));
        await SetUpAsync(cluster);
        failing = "80-c0";
        await Assert.ThrowsAsync<VitessException>(() => KeyedAsync(cluster, "k", "UPDATE items SET n = n + 1"));
        failing = null;
        var rows = await RowsAsync(cluster);
        var failure = await Assert.ThrowsAsync<VitessException>(() => KeyedAsync(cluster, "k", "UPDATE items SET n = n + 1"));
        Assert.Equal(("TRANSACTION_ERROR", "40003"), (failure.Code, failure.SqlState));
        Assert.Contains("main:-40, main:40-80, main:c0- and not on main:80-c0", failure.Message, StringComparison.Ordinal);
        Assert.Equal(rows, await RowsAsync(cluster));
    }

    [Fact]
    public async Task Execute_FailedBefore_RunsAgain()
    {
        await using var cluster = await OpenAsync();
        await SetUpAsync(cluster);
        await Assert.ThrowsAsync<VitessException>(() => KeyedAsync(cluster, "k", "INSERT INTO items (id, name) VALUES (1, 'a')"));
        await RunAsync(cluster, "DELETE FROM items WHERE id = 1");
        Assert.Equal(1, (await KeyedAsync(cluster, "k", "INSERT INTO items (id, name) VALUES (1, 'a')")).Affected);
        Assert.Equal(1, (await KeyedAsync(cluster, "k", "INSERT INTO items (id, name) VALUES (1, 'a')")).Affected);
    }

    [Fact]
    public async Task Execute_AShardThatDoesNotAnswer_RefusesOnlyWhatItMayHaveDone()
    {
        var failing = false;
        await using (var cluster = await OpenAsync(_directory))
        {
            await SetUpAsync(cluster);
            await KeyedAsync(cluster, "k", "UPDATE items SET n = n + 1");
        }

        await using var again = await OpenAsync(_directory, wrap: tablet => new FailingReads(tablet, () => failing && tablet.Shard == "-40"));
        var ids = (await RunAsync(again, "SELECT id FROM items ORDER BY id")).Rows;
        var elsewhere = Enumerable.Range(0, ids.RowCount).Select(i => ids[i][0]).First(id => again.Gate.Route("SELECT * FROM items WHERE id = $1", [id]).Shards[0] != "-40");
        failing = true;
        await KeyedAsync(again, "l", "UPDATE items SET n = 70 WHERE id = $1", elsewhere);
        foreach (var (key, sql) in (IEnumerable<(string, string)>)[("m", "INSERT INTO items (name) VALUES ('a')"), ("k", "UPDATE items SET n = n + 1")])
            Assert.Equal("SHARD_ERROR", (await Assert.ThrowsAsync<VitessException>(() => KeyedAsync(again, key, sql))).Code);
        failing = false;
        Assert.Equal(70, (await RunAsync(again, "SELECT n FROM items WHERE id = $1", elsewhere)).Rows[0][0].AsInteger());
        var rows = await RowsAsync(again);
        await KeyedAsync(again, "k", "UPDATE items SET n = n + 1");
        Assert.Equal(rows, await RowsAsync(again));
    }

    [Fact]
    public async Task Execute_NewKeys_AskNoShard()
    {
        var asked = 0;
        await using var cluster = await OpenAsync(wrap: tablet => new FailingReads(tablet, () => Interlocked.Increment(ref asked) < 0));
        await SetUpAsync(cluster);
        await KeyedAsync(cluster, "k", "UPDATE items SET n = n + 1 WHERE id = 1");
        asked = 0;
        await KeyedAsync(cluster, "l", "UPDATE items SET n = n + 1 WHERE id = 1");
        Assert.Equal(0, asked);
        await KeyedAsync(cluster, "l", "UPDATE items SET n = n + 1 WHERE id = 1");
        Assert.Equal(4, asked);
        Assert.Equal(3, (await RunAsync(cluster, "SELECT n FROM items WHERE id = 1")).Rows[0][0].AsInteger());
    }

    [Fact]
    public void SeenKeys_MoreThanCanBeHeld_MayAllHaveAnAnswer()
    {
        var seen = new SeenKeys();
        Assert.False(seen.MayHave(5, "k", 0));
        seen.Add(5, "k", 0);
        Assert.True(seen.MayHave(5, "k", 0) && seen.MayHave(6, "k", 0));
        Assert.False(seen.MayHave(5, "k", 1) || seen.MayHave(5, "l", 0) || seen.MayHave(7, "k", 0) || seen.MayHave(4, "k", 0));
        for (var i = 0; i <= SeenKeys.MaxKeys + 1000; i++) seen.Add(6, "k", i);
        Assert.True(seen.MayHave(6, "never", 0) && seen.MayHave(7, "never", 0));
        seen.Add(8, "k", 0);
        Assert.False(seen.MayHave(7, "never", 0));
    }

    [Fact]
    public async Task Batch_TheSameKeyAgain_GoesOnWhereItFailed()
    {
        await using var cluster = await OpenAsync();
        await SetUpAsync(cluster);
        GateBatchRequest batch = new([new("INSERT INTO items (name) VALUES ('x') RETURNING id", []), new("SELECT count(*) FROM items", []), new("INSERT INTO items (id, name) VALUES (1, 'a')", [])]) { IdempotencyKey = "k" };
        var first = await cluster.Gate.BatchAsync(batch);
        Assert.Equal((2, "23505"), (first.FailedAt, first.Error?.SqlState));
        await RunAsync(cluster, "DELETE FROM items WHERE id = 1");
        var second = await cluster.Gate.BatchAsync(batch);
        Assert.Null(second.Error);
        Assert.Equal(Cluster.Rows(first.Results[0].Rows), Cluster.Rows(second.Results[0].Rows));
        var rows = await RowsAsync(cluster);
        Assert.Null((await cluster.Gate.BatchAsync(batch)).Error);
        Assert.Equal(rows, await RowsAsync(cluster));
        var other = await cluster.Gate.BatchAsync(batch with { Statements = [batch.Statements[0]] });
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", other.Error?.Code);
    }

    [Fact]
    public async Task Batch_AtomicWithTheSameKeyAgain_AnswersAlike()
    {
        await using var cluster = await OpenAsync();
        await SetUpAsync(cluster);
        GateBatchRequest batch = new([new("UPDATE items SET n = n + 1", []), new("INSERT INTO items (name) VALUES ('x') RETURNING id", [])]) { IdempotencyKey = "k", Atomic = true };
        var first = await cluster.Gate.BatchAsync(batch);
        var rows = await RowsAsync(cluster);
        var second = await cluster.Gate.BatchAsync(batch);
        Assert.Null(second.Error);
        Assert.Equal(Cluster.Rows(first.Results[1].Rows), Cluster.Rows(second.Results[1].Rows));
        Assert.Equal(8, second.Results[0].Affected);
        Assert.Equal(rows, await RowsAsync(cluster));
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", (await cluster.Gate.BatchAsync(batch with { Statements = [batch.Statements[1]] })).Error?.Code);
    }

    [Fact]
    public async Task Execute_InATransaction_RefusesTheKey()
    {
        await using var cluster = await OpenAsync();
        var transaction = await cluster.Gate.BeginAsync(null);
        var failure = await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(new GateRequest("SELECT 1", []) { TxId = transaction.TxId, IdempotencyKey = "k" }));
        Assert.Equal(("TRANSACTION_ERROR", "0A000"), (failure.Code, failure.SqlState));
    }

    [Fact]
    public async Task Execute_AnswerTooLargeToBeKept_SaysThatItHasRun()
    {
        await using var cluster = await OpenAsync();
        await SetUpAsync(cluster);
        const string Sql = "INSERT INTO items (name) SELECT repeat('x', 100000) FROM generate_series(1, 12) RETURNING name";
        Assert.Equal(12, (await KeyedAsync(cluster, "k", Sql)).Rows.RowCount);
        var failure = await Assert.ThrowsAsync<VitessException>(() => KeyedAsync(cluster, "k", Sql));
        Assert.Equal(("RESOURCE_EXHAUSTED", false), (failure.Code, failure.IsTransient));
        Assert.Contains("affected 12 rows", failure.Message, StringComparison.Ordinal);
        Assert.Equal(20, (await RowsAsync(cluster)).Length);
    }

    [Fact]
    public async Task Execute_TextThatOnlyTheEngineKnows_HappensOnce()
    {
        await using var cluster = await OpenAsync(shards: 1);
        await RunAsync(cluster, "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)", SqlDialect.Sqlite);
        const string Sql = "INSERT INTO t (b) VALUES ('a') ON CONFLICT (a) DO NOTHING ON CONFLICT DO NOTHING";
        for (var i = 0; i < 3; i++) await cluster.Gate.ExecuteAsync(new GateRequest(Sql, []) { Dialect = SqlDialect.Sqlite, IdempotencyKey = "k" });
        Assert.Equal(1, (await RunAsync(cluster, "SELECT count(*) FROM t", SqlDialect.Sqlite)).Rows[0][0].AsInteger());
    }

    [Theory]
    [InlineData("SHOW TABLES", SqlDialect.Postgres)]
    [InlineData("SELECT name FROM sqlite_master", SqlDialect.Sqlite)]
    [InlineData("PRAGMA table_list", SqlDialect.Sqlite)]
    [InlineData("SELECT table_name FROM information_schema.tables", SqlDialect.Postgres)]
    [InlineData("SELECT relname FROM pg_class", SqlDialect.Postgres)]
    public async Task Catalogs_AnswersAreKept_ShowNothingOfThem(string sql, SqlDialect dialect)
    {
        await using var cluster = await OpenAsync(shards: 1);
        await SetUpAsync(cluster);
        await KeyedAsync(cluster, "k", "INSERT INTO items (name) VALUES ('a')");
        try
        {
            Assert.DoesNotContain("__shale", string.Join('\n', Cluster.Rows((await RunAsync(cluster, sql, dialect)).Rows)), StringComparison.Ordinal);
        }
        catch (VitessException failure) when (failure.SqlState is "42P01" or "0A000")
        {
            // What is not answered shows nothing either.
        }
    }

    [Theory]
    [InlineData("SELECT * FROM __shale_answers", "42P01")]
    [InlineData("DROP TABLE __shale_answers", "42P01")]
    [InlineData("CREATE TABLE __shale_answers (id INT PRIMARY KEY)", "42939")]
    [InlineData("CREATE TABLE __Shale_x AS SELECT 1 AS a", "42939")]
    [InlineData("CREATE VIEW __shale_answers AS SELECT 1", "42939")]
    [InlineData("CREATE INDEX __shale_answers ON items (n)", "42939")]
    [InlineData("ALTER TABLE items RENAME TO __shale_answers", "42939")]
    public async Task ReservedName_IsNotToBeHad(string sql, string sqlState)
    {
        await using var cluster = await OpenAsync();
        await SetUpAsync(cluster);
        await KeyedAsync(cluster, "k", "INSERT INTO items (name) VALUES ('a')");
        Assert.Equal(sqlState, (await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, sql))).SqlState);
    }

    private async Task<LocalCluster> OpenAsync(string? directory = null, int shards = 4, Func<ITablet, ITablet>? wrap = null) => await LocalCluster.OpenAsync(new LocalClusterOptions
    {
        DataDirectory = directory, Shards = shards, Durable = false, Clock = _clock, WrapTablet = wrap,
        VSchema = directory is null ? VSchema.Empty.WithKeyspace(VKeyspace.Create("main", KeyRange.Split(shards))) : null,
    });

    private static async Task SetUpAsync(LocalCluster cluster)
    {
        await RunAsync(cluster, "CREATE TABLE items (id SERIAL PRIMARY KEY, name TEXT, n INT NOT NULL DEFAULT 0, price NUMERIC, made TIMESTAMPTZ DEFAULT now())");
        await RunAsync(cluster, "INSERT INTO items (name, n, price) VALUES ('a', 1, 1.5), ('b', 2, NULL), ('c', 3, 3), ('d', 4, 4), ('e', 5, 5), ('f', 6, 6), ('g', 7, 7), ('h', 8, 8)");
    }

    private static async Task<GateResult> RunAsync(LocalCluster cluster, string sql, params SqlValue[] values) => await cluster.Gate.ExecuteAsync(new GateRequest(sql, values));

    private static async Task<GateResult> RunAsync(LocalCluster cluster, string sql, SqlDialect dialect) => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Dialect = dialect });

    private static async Task<GateResult> KeyedAsync(LocalCluster cluster, string key, string sql, params SqlValue[] values) =>
        await cluster.Gate.ExecuteAsync(new GateRequest(sql, values) { IdempotencyKey = key });

    private static async Task<string[]> RowsAsync(LocalCluster cluster) => Cluster.Rows((await RunAsync(cluster, "SELECT * FROM items ORDER BY id")).Rows);

    private static async Task<long> KeptAsync(LocalCluster cluster)
    {
        long sum = 0;
        foreach (var tablet in cluster.Tablets) sum += (await tablet.QueryAsync("SELECT count(*) FROM __shale_answers")).Rows[0][0].AsInteger();
        return sum;
    }

    private static void Copy(string from, string to)
    {
        foreach (var directory in Directory.GetDirectories(from, "*", SearchOption.AllDirectories)) Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, directory)));
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock")) File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    private sealed class FailingCommits(ITablet inner, Func<string?> shard) : ForwardingTablet(inner)
    {
        public override ValueTask CommitAsync(string txId, CancellationToken cancellationToken) =>
            shard() == Shard ? throw new VitessException(ErrorCodes.ShardError, "the shard has gone", Shard) : base.CommitAsync(txId, cancellationToken);
    }

    private sealed class FailingReads(ITablet inner, Func<bool> failing) : ForwardingTablet(inner)
    {
        public override ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken) =>
            failing() ? ValueTask.FromException<ShardResult>(new VitessException(ErrorCodes.ShardError, "the shard has gone", Shard)) : base.QueryAsync(request, cancellationToken);
    }
}
