using Shale.Contracts;
using Shale.Engines;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Postgres.Tests.Engine;

/// <summary>Clusters with shards on PostgreSQL: private servers, databases of yours, and SQLite beside them.</summary>
public sealed class PostgresClusterTests : IDisposable
{
    private const string Mixed = """
        {"keyspaces": {
          "main": {"sharded": true, "shards": ["-80", "80-"], "engine": "postgres", "vindexes": {"hash": {"type": "hash"}}, "tables": {}},
          "lite": {"sharded": true, "shards": ["-80", "80-"], "vindexes": {"hash": {"type": "hash"}}, "tables": {}}}}
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("shale-cluster-").FullName;

    public PostgresClusterTests()
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [PostgresFact]
    [Trait("Rule", "S1.4")]
    public async Task Keyspaces_OnTwoEngines_StandBehindOneGateAndAreNotReadTogether()
    {
        await using var cluster = await OpenAsync(options => options with { VSchemaJson = Mixed });
        foreach (var keyspace in new[] { "main", "lite" })
        {
            await RunAsync(cluster, keyspace, $"CREATE TABLE t_{keyspace} (id bigint PRIMARY KEY, v numeric(10,2))");
            await RunAsync(cluster, keyspace, $"INSERT INTO t_{keyspace} SELECT g, g * 1.5 FROM generate_series(1, 50) g");
            Assert.Equal("50|1912.5", await RunAsync(cluster, keyspace, $"SELECT count(*), round(sum(v), 1) FROM t_{keyspace}"));
        }

        var failure = await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, "main", "SELECT count(*) FROM t_main JOIN lite.t_lite ON t_main.id = t_lite.id"));
        Assert.Equal("0A000", failure.SqlState);
        Assert.False(string.IsNullOrEmpty(failure.Hint));
        Assert.Equal("0A000", (await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, "main", "INSERT INTO t_main SELECT id, v FROM lite.t_lite"))).SqlState);
        Assert.Equal("0A000", (await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(new GateRequest("SELECT 1", []) { Dialect = SqlDialect.Sqlite, Target = "main" }))).SqlState);
        Assert.Equal([StorageEngineType.Sqlite, StorageEngineType.Postgres], cluster.Tablets.Select(tablet => tablet.Engine).Distinct().Order().Reverse());
    }

    [PostgresFact]
    public async Task Cluster_OpenedAgain_HasItsEngineAndItsRows()
    {
        await using (var cluster = await OpenAsync(options => options with { Engine = StorageEngineType.Postgres, Shards = 2 }))
        {
            await RunAsync(cluster, null, "CREATE TABLE t (id bigint PRIMARY KEY, v text UNIQUE)");
            await RunAsync(cluster, null, "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
        }

        await using var again = await OpenAsync(options => options);
        Assert.Empty(again.Repairs);
        Assert.Equal("3", await RunAsync(again, null, "SELECT count(*) FROM t"));
        Assert.Equal("2", await RunAsync(again, null, "SELECT id FROM t WHERE v = 'b'"));
        var failure = await Assert.ThrowsAsync<VitessException>(() => RunAsync(again, null, "INSERT INTO t VALUES (4, 'a')"));
        Assert.Equal("23505", failure.SqlState);
        failure = await Assert.ThrowsAsync<VitessException>(() => RunAsync(again, null, "SELECT * FROM t AS OF TIMESTAMP '2020-01-01'"));
        Assert.Equal("TT_NOT_SUPPORTED", failure.Code);
    }

    [PostgresFact]
    public async Task Values_ThatOnlySqliteCouldNotHold_AreTheServers()
    {
        await using var cluster = await OpenAsync(options => options with { Engine = StorageEngineType.Postgres, Shards = 2 });
        await RunAsync(cluster, null, "CREATE TABLE t (id bigint PRIMARY KEY, f float8, r real, z timetz, s timestamp)");
        await RunAsync(cluster, null, "INSERT INTO t VALUES (1, 'NaN', 'nan', '10:00+02', '10000-01-01'), (2, 'Infinity', 1, '10:00+00', '0044-03-15 BC'), (3, 1, 1, NULL, NULL)");
        Assert.Equal("NaN|NaN|10:00:00+02|10000-01-01 00:00:00", await RunAsync(cluster, null, "SELECT f, r, z, s FROM t WHERE f = 'NaN'"));
        Assert.Equal("2", await RunAsync(cluster, null, "SELECT id FROM t WHERE s = '0044-3-15 BC'"));
        await RunAsync(cluster, null, "UPDATE t SET f = 'NaN' WHERE id = 3");
        Assert.Equal("2", await RunAsync(cluster, null, "SELECT count(*) FROM t WHERE f = 'nan'"));
        Assert.Equal("22P02", (await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, null, "INSERT INTO t (id, f) VALUES (4, 'Nano')"))).SqlState);

        // The gate has to understand a sharding key.
        await RunAsync(cluster, null, "CREATE TABLE d (day date PRIMARY KEY)");
        Assert.Contains("years 1 to 9999", (await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, null, "INSERT INTO d VALUES ('10000-01-01')"))).Hint, StringComparison.Ordinal);
    }

    [PostgresFact]
    [Trait("Rule", "S2.4")]
    public async Task Engine_OtherThanTheStoredOne_IsRefused()
    {
        await using (await OpenAsync(options => options with { Engine = StorageEngineType.Postgres, Shards = 1 }))
        {
        }

        var failure = await Assert.ThrowsAsync<VitessException>(() => OpenAsync(options => options with { Engine = StorageEngineType.Sqlite }));
        Assert.Equal("INVALID_VSCHEMA", failure.Code);
    }

    [PostgresFact]
    public async Task Rows_OfWhatIsNotMerged_ReachWhoeverPassesThemOnAsTheServerSentThem()
    {
        await using var cluster = await OpenAsync(options => options with { Engine = StorageEngineType.Postgres, Shards = 2 });
        string? transaction = null;
        await RunAsync(cluster, null, "CREATE TABLE t (id bigint PRIMARY KEY, v numeric(10, 2), w text)");
        await RunAsync(cluster, null, "INSERT INTO t SELECT g, g / 4.0, 'x' || g FROM generate_series(1, 3000) g");
        Assert.Equal("7|1.75|x7", await EncodedAsync("SELECT * FROM t WHERE id = 7", isEncoded: true));
        Assert.Equal("7|x7", await EncodedAsync("SELECT id AS a, w FROM t WHERE id = $1", isEncoded: true, SqlValue.Text("7")));
        Assert.Equal("", await EncodedAsync("SELECT * FROM t WHERE id = 0", isEncoded: false));
        Assert.Equal("3000", await EncodedAsync("SELECT count(*) FROM t", isEncoded: false));
        Assert.Equal("2999|3000", (await EncodedAsync("SELECT id FROM t WHERE id > 2998", isEncoded: true)).Split('|').Order().Aggregate((a, b) => a + "|" + b));
        Assert.Equal("7|2.50", await EncodedAsync("UPDATE t SET v = 2.5 WHERE id = 7 RETURNING id, v", isEncoded: true));
        transaction = (await cluster.Gate.BeginAsync(null)).TxId;
        Assert.Equal("5000|y", await EncodedAsync("INSERT INTO t (id, w) VALUES (5000, 'y') RETURNING id, w", isEncoded: true));
        Assert.Equal("7", await EncodedAsync("DELETE FROM t WHERE id = 7 RETURNING id", isEncoded: true));
        Assert.Equal("5000|NULL|y", await EncodedAsync("SELECT * FROM t WHERE id = 5000", isEncoded: true));
        Assert.Equal("3000", await EncodedAsync("SELECT count(*) FROM t", isEncoded: false));
        await cluster.Gate.RollbackAsync(transaction);

        async Task<string> EncodedAsync(string sql, bool isEncoded, params SqlValue[] values)
        {
            var result = await cluster.Gate.ExecuteAsync(new GateRequest(sql, values) { Encoding = RowEncoding.Text, Streams = true, TxId = transaction });
            var cells = new List<string>();
            var any = false;
            await using (result.Rest)
            {
                for (var rows = result.Rows; rows is not null; rows = result.Rest is { } rest && await rest.MoveNextAsync() ? rest.Current : null)
                {
                    any |= rows.Encoded is not null;
                    for (var i = 0; i < rows.RowCount; i++) cells.AddRange(rows[i].ToArray().Select(value => value.ToString()));
                }
            }

            Assert.Equal(isEncoded, any);
            return string.Join('|', cells);
        }
    }

    [PostgresFact]
    public async Task Alter_OnShards_ChangesColumnsInPlace()
    {
        await using var cluster = await OpenAsync(options => options with { Engine = StorageEngineType.Postgres, Shards = 2 });
        await RunAsync(cluster, null, "CREATE TABLE p (id bigint PRIMARY KEY, v int, w text)");
        await RunAsync(cluster, null, "CREATE TABLE c (pid bigint REFERENCES p(id), n int, PRIMARY KEY (pid, n)) WITH (shard_key = 'pid')");
        await RunAsync(cluster, null, "INSERT INTO p VALUES (1, 1, 'x'), (2, 2, 'y'), (3, 3, 'z')");
        await RunAsync(cluster, null, "INSERT INTO c VALUES (1, 1), (3, 1)");
        foreach (var sql in new[]
        {
            "ALTER TABLE p ADD COLUMN made timestamptz NOT NULL DEFAULT now()", "ALTER TABLE p DROP COLUMN w", "ALTER TABLE p ALTER COLUMN v TYPE bigint", "ALTER TABLE p RENAME COLUMN v TO amount",
            "ALTER TABLE p ADD CONSTRAINT positive CHECK (amount > 0)", "CREATE INDEX p_amount ON p (amount)", "ALTER TABLE p ALTER COLUMN amount SET NOT NULL",
        })
        {
            await RunAsync(cluster, null, sql);
        }

        Assert.Equal("1|1;2|2;3|3", await RunAsync(cluster, null, "SELECT id, amount FROM p WHERE made <= now() ORDER BY id"));
        Assert.Equal("23514", (await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, null, "INSERT INTO p (id, amount) VALUES (4, -1)"))).SqlState);
        Assert.Equal("23503", (await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, null, "DELETE FROM p"))).SqlState);
        await RunAsync(cluster, null, "UPDATE p SET id = 20 WHERE id = 2");
        Assert.Equal("1;3;20", await RunAsync(cluster, null, "SELECT id FROM p ORDER BY id"));
    }

    [PostgresFact]
    public async Task Databases_OfYours_AreTheShardsThatTheyWere()
    {
        await using var server = await PrivateServer.StartAsync(new PrivateServerOptions { Durable = false });
        foreach (var name in new[] { "a", "b" }) await server.CreateDatabaseAsync(name);
        LocalClusterOptions With(LocalClusterOptions options, params (string Shard, string Database)[] shards) => options with
        {
            Engine = StorageEngineType.Postgres,
            Shards = 2,
            Engines = [new PostgresSource(new PostgresSourceOptions { Connections = shards.ToDictionary(each => "main:" + each.Shard, each => server.ConnectionString(each.Database)) })],
        };
        await using (var cluster = await OpenAsync(options => With(options, ("-80", "a"), ("80-", "b"))))
        {
            await RunAsync(cluster, null, "CREATE TABLE t (id bigint PRIMARY KEY)");
            await RunAsync(cluster, null, "INSERT INTO t SELECT g FROM generate_series(1, 9) g");
        }

        var swapped = await Assert.ThrowsAsync<VitessException>(() => OpenAsync(options => With(options, ("-80", "b"), ("80-", "a"))));
        Assert.Equal(("SHARD_ERROR", "XX001", "-80"), (swapped.Code, swapped.SqlState, swapped.Shard));
        var forgotten = await Assert.ThrowsAsync<VitessException>(() => OpenAsync(options => With(options, ("-80", "a"))));
        Assert.Contains("main:80-", forgotten.Message, StringComparison.Ordinal);
        Assert.Equal("XX001", (await Assert.ThrowsAsync<VitessException>(() => OpenAsync(options => options))).SqlState);
        await using var again = await OpenAsync(options => With(options, ("-80", "a"), ("80-", "b")));
        Assert.Equal("9", await RunAsync(again, null, "SELECT count(*) FROM t"));
    }

    [PostgresFact]
    public async Task Server_KilledUnderACluster_IsReportedAndComesBack()
    {
        await using var cluster = await OpenAsync(options => options with { Engine = StorageEngineType.Postgres, Shards = 2 });
        await RunAsync(cluster, null, "CREATE TABLE t (id bigint PRIMARY KEY)");
        await RunAsync(cluster, null, "INSERT INTO t VALUES (1), (2), (3)");
        var open = (await cluster.Gate.BeginAsync(null, null, SqlDialect.Postgres)).TxId;
        await cluster.Gate.ExecuteAsync(new GateRequest("INSERT INTO t VALUES (4)", []) { Dialect = SqlDialect.Postgres, TxId = open });
        Programs.Require(["kill", "-KILL", File.ReadLines(Path.Combine(_directory, "data", ".postgres", "cluster", "postmaster.pid")).First()]);

        // The process that serves a connection notices a little later than the server is gone.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        VitessException? failure = null;
        for (var id = 100; failure is null && !limit.IsCancellationRequested; id++)
        {
            failure = (VitessException?)await Record.ExceptionAsync(async () => await cluster.Gate.ExecuteAsync(new GateRequest($"INSERT INTO t VALUES ({id})", []) { Dialect = SqlDialect.Postgres, TxId = open }));
        }

        Assert.True(failure is { Code: "SHARD_ERROR", Shard: not null, IsTransient: true }, failure?.ToString());
        while (true)
        {
            try
            {
                Assert.Equal("3", await RunAsync(cluster, null, "SELECT count(*) FROM t"));
                break;
            }
            catch (VitessException down) when (down.Code == "SHARD_ERROR" && !limit.IsCancellationRequested)
            {
                Assert.True(down.IsTransient);
                await Task.Yield();
            }
        }

        await RunAsync(cluster, null, "INSERT INTO t VALUES (6)");
    }

    // Its digits are those of numeric division, which goes by sum and count alone; a float's average depends on the order of the rows.
    [PostgresFact]
    [Trait("Rule", "S3.5")]
    public async Task Averages_OfExactNumbers_AreMergedToTheLastDigit()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync("""
            CREATE TABLE a (id bigint PRIMARY KEY, g int, i2 smallint, i4 int NOT NULL, i8 bigint, n numeric, p numeric(12,3), f float8);
            INSERT INTO a SELECT g, g % 7, g % 300, g * 31 % 1000, CASE WHEN g % 5 > 0 THEN g * 922337203685477 END, g / 7.0, g / 3.0, g FROM generate_series(1, 400) g;
            SELECT g, avg(i2), avg(i4), avg(i8), avg(p), avg(-i4 + 1), sum(i4), count(*) FROM a GROUP BY g ORDER BY avg(i4), g;
            SELECT g, avg(n), avg(i8) FILTER (WHERE i4 > 500), avg(DISTINCT i2) FROM a WHERE id < 30 GROUP BY g HAVING avg(i4) > 100 ORDER BY g;
            SELECT avg(i4), avg(n), avg(p) FROM a WHERE id < 0;
            SELECT avg(p) / 3, round(avg(i4), 2) FROM a;
            """);
        Assert.StartsWith("T1", await ExplainAsync("SELECT g, avg(i2), avg(i4), avg(i8), avg(n), avg(p) FROM a GROUP BY g"), StringComparison.Ordinal);
        Assert.StartsWith("T2", await ExplainAsync("SELECT g, avg(f) FROM a GROUP BY g"), StringComparison.Ordinal);

        async Task<string> ExplainAsync(string sql) => await Tool.PsqlAsync(twins.Doors[^1].Port, "VEXPLAIN " + sql);
    }

    private async Task<LocalCluster> OpenAsync(Func<LocalClusterOptions, LocalClusterOptions> change)
    {
        var data = Path.Combine(_directory, "data");
        var source = new PostgresSource(new PostgresSourceOptions { Server = new PrivateServerOptions { DataDirectory = Path.Combine(data, ".postgres"), Durable = false } });
        return await LocalCluster.OpenAsync(change(new LocalClusterOptions { DataDirectory = data, Durable = false, Engines = [source] }));
    }

    private static async Task<string> RunAsync(LocalCluster cluster, string? keyspace, string sql)
    {
        var rows = (await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Dialect = SqlDialect.Postgres, Target = keyspace })).Rows;
        return string.Join(';', Enumerable.Range(0, rows?.RowCount ?? 0).Select(i => string.Join('|', rows![i].ToArray())));
    }
}
