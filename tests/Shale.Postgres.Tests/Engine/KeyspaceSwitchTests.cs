using System.Globalization;
using Shale.Contracts;
using Shale.Engines;
using Shale.Postgres.Tests.Servers;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Postgres.Tests.Engine;

/// <summary>Keyspaces that go over from SQLite to PostgreSQL and back, while they are used.</summary>
public sealed class KeyspaceSwitchTests : IDisposable
{
    private const string Mixed = """
        {"keyspaces": {
          "main": {"sharded": true, "shards": ["-80", "80-"], "vindexes": {"hash": {"type": "hash"}}, "tables": {}},
          "other": {"sharded": true, "shards": ["-80", "80-"], "vindexes": {"hash": {"type": "hash"}}, "tables": {}}}}
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("shale-switch-").FullName;

    public KeyspaceSwitchTests()
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [PostgresFact]
    public async Task Keyspace_GoesThereAndBack_KeepsItsRowsAndRulesAndIsFoundByLaterStarts()
    {
        await using (var cluster = await OpenAsync(options => options with { Shards = 2 }))
        {
            foreach (var sql in new[]
            {
                "CREATE TABLE owners (id serial PRIMARY KEY, mail text UNIQUE, paid numeric(10, 2) NOT NULL DEFAULT 0)",
                "CREATE TABLE pets (owner int REFERENCES owners ON DELETE CASCADE, name text, born date, PRIMARY KEY (owner, name)) WITH (shard_key = 'owner')",
                "CREATE TABLE sorts (id int PRIMARY KEY, name text) WITH (reference = true)",
                "CREATE SEQUENCE tickets START 100",
                "CREATE VIEW rich AS SELECT mail, paid FROM owners WHERE paid > 5",
                "INSERT INTO owners (mail, paid) SELECT 'm' || g, g * 0.10 FROM generate_series(1, 300) g",
                "INSERT INTO pets SELECT id, 'rex', date '2024-01-01' + id FROM owners WHERE id % 3 = 0",
            })
            {
                await RunAsync(cluster, sql);
            }

            Assert.Equal("100", await RunAsync(cluster, "SELECT nextval('tickets')"));
            await cluster.Gate.ExecuteAsync(new GateRequest("UPDATE owners SET paid = paid + 1 WHERE id = 1", []) { IdempotencyKey = "k" });
            var before = await PictureAsync(cluster);
            foreach (var engine in new[] { StorageEngineType.Postgres, StorageEngineType.Sqlite, StorageEngineType.Postgres })
            {
                var shards = (await RunAsync(cluster, $"ALTER KEYSPACE main SET ENGINE {engine}")).Split(';');
                Assert.Equal(["-80", "80-"], shards.Select(shard => shard.Split('|')[0]));
                Assert.All(cluster.Tablets, tablet => Assert.Equal(engine, tablet.Engine));
                Assert.Equal(before, await PictureAsync(cluster));
                await RulesHoldAsync(cluster);
                await cluster.Gate.ExecuteAsync(new GateRequest("UPDATE owners SET paid = paid + 1 WHERE id = 1", []) { IdempotencyKey = "k" });
                Assert.Equal(before, await PictureAsync(cluster));
            }

            Assert.Equal("", await RunAsync(cluster, "ALTER KEYSPACE main SET ENGINE postgres"));
        }

        await using (var again = await OpenAsync(options => options))
        {
            Assert.Empty(again.Repairs);
            Assert.All(again.Tablets, tablet => Assert.Equal(StorageEngineType.Postgres, tablet.Engine));
            await RulesHoldAsync(again);
            await RunAsync(again, "ALTER KEYSPACE main SET ENGINE sqlite");
        }

        await using var last = await OpenAsync(options => options);
        Assert.Empty(last.Repairs);
        Assert.All(last.Tablets, tablet => Assert.Equal(StorageEngineType.Sqlite, tablet.Engine));
        await RulesHoldAsync(last);
        Assert.Equal("300|4516.00", await RunAsync(last, "SELECT count(*), sum(paid) FROM owners"));
    }

    [PostgresFact]
    public async Task Keyspace_GoesThereAndBackUnderLoad_LosesAndDoublesNothing()
    {
        await using var cluster = await OpenAsync(options => options with { VSchemaJson = Mixed });
        await RunAsync(cluster, "CREATE TABLE counters (id int PRIMARY KEY, n bigint NOT NULL)");
        await RunAsync(cluster, "CREATE TABLE log (id text PRIMARY KEY, at timestamptz DEFAULT now())");
        await RunAsync(cluster, "INSERT INTO counters SELECT g, 0 FROM generate_series(0, 5) g");
        await RunAsync(cluster, "CREATE TABLE beside (id int PRIMARY KEY)", "other");
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 6).Select(writer => Task.Run(() => WriteAsync(cluster, writer, stop.Token))).ToArray();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() => ReadAsync(cluster, stop.Token))).ToArray();
        var beside = Task.Run(async () =>
        {
            var count = 0;
            for (; !stop.IsCancellationRequested; count++) await RunAsync(cluster, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO beside VALUES ({count})"), "other");
            return count;
        });
        for (var i = 0; i < 4; i++) await SwitchAsync(cluster, i % 2 == 0 ? "postgres" : "sqlite");
        await stop.CancelAsync();
        await Task.WhenAll(readers);
        var counts = await Task.WhenAll(writers);
        for (var i = 0; i < counts.Length; i++)
        {
            Assert.Equal($"{counts[i]}", await RunAsync(cluster, $"SELECT n FROM counters WHERE id = {i}"));
            Assert.Equal($"{counts[i]}", await RunAsync(cluster, $"SELECT count(*) FROM log WHERE id LIKE '{i}-%'"));
        }

        Assert.Equal($"{await beside}", await RunAsync(cluster, "SELECT count(*) FROM beside", "other"));
    }

    [PostgresFact]
    [Trait("Rule", "S5.4")]
    public async Task History_StaysBehind()
    {
        await using var cluster = await OpenAsync(options => options with { Shards = 2 });
        await RunAsync(cluster, "CREATE TABLE t (id int PRIMARY KEY)");
        await RunAsync(cluster, "CALL dosql_snapshot('before')");
        var refused = await FailsAsync(cluster, "2BP01", "ALTER KEYSPACE main SET ENGINE postgres");
        Assert.Contains("before", refused.Message, StringComparison.Ordinal);
        await RunAsync(cluster, "CALL dosql_drop_snapshot('before')");
        await RunAsync(cluster, "CALL dosql_branch('twig')");
        await FailsAsync(cluster, "2BP01", "ALTER KEYSPACE main SET ENGINE postgres");
        await FailsAsync(cluster, "0A000", "ALTER KEYSPACE \"main/twig\" SET ENGINE postgres");
        await RunAsync(cluster, "CALL dosql_drop_branch('twig')");
        var then = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        await RunAsync(cluster, "INSERT INTO t VALUES (1)");
        await RunAsync(cluster, "ALTER KEYSPACE main SET ENGINE postgres");
        Assert.Equal("TT_NOT_SUPPORTED", (await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, $"SELECT * FROM t AS OF TIMESTAMP '{then}'"))).Code);
        await RunAsync(cluster, "ALTER KEYSPACE main SET ENGINE sqlite");
        Assert.Equal("TT_LSN_NOT_AVAILABLE", (await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, $"SELECT * FROM t AS OF TIMESTAMP '{then}'"))).Code);
        var now = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        await RunAsync(cluster, "DELETE FROM t");
        Assert.Equal("1", await RunAsync(cluster, $"SELECT * FROM t AS OF TIMESTAMP '{now}'"));
    }

    [PostgresFact]
    public async Task TableWithoutColumns_IsFoundAgain_AndStaysOnItsEngine()
    {
        await using (var cluster = await OpenAsync(options => options with { Shards = 2 }))
        {
            await RunAsync(cluster, "CREATE TABLE bare ()");
            await RunAsync(cluster, "INSERT INTO bare DEFAULT VALUES");
            await FailsAsync(cluster, "0A000", "ALTER KEYSPACE main SET ENGINE postgres");
        }

        await using var again = await OpenAsync(options => options with { Shards = 2 });
        Assert.Empty(again.Repairs);
        Assert.Equal("1", await RunAsync(again, "SELECT count(*) FROM bare"));
        await RunAsync(again, "ALTER TABLE bare ADD COLUMN id serial PRIMARY KEY");
        await RunAsync(again, "ALTER KEYSPACE main SET ENGINE postgres");
        Assert.Equal("1", await RunAsync(again, "SELECT id FROM bare"));
    }

    [PostgresFact]
    public async Task Switch_ThatFails_LeavesTheKeyspaceWhereItWas()
    {
        await using var server = await PrivateServer.StartAsync(new PrivateServerOptions { Durable = false });
        foreach (var name in new[] { "a", "b" }) await server.CreateDatabaseAsync(name);
        var connections = new Dictionary<string, string> { ["main:-80"] = server.ConnectionString("a"), ["main:80-"] = server.ConnectionString("b") };
        LocalClusterOptions Yours(LocalClusterOptions options) => options with { Shards = 2, Engines = [new PostgresSource(new PostgresSourceOptions { Connections = connections })] };
        await using (var cluster = await OpenAsync(Yours))
        {
            await RunAsync(cluster, "CREATE TABLE t (id int PRIMARY KEY, v text)");
            await RunAsync(cluster, "INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g");
            foreach (var (define, undo) in new[] { ("CREATE TABLE lite (id INTEGER PRIMARY KEY)", "DROP TABLE lite"), ("CREATE VIEW seen AS SELECT id FROM t", "DROP VIEW seen") })
            {
                await RunAsync(cluster, define, dialect: SqlDialect.Sqlite);
                await FailsAsync(cluster, "0A000", "ALTER KEYSPACE main SET ENGINE postgres");
                await RunAsync(cluster, undo, dialect: SqlDialect.Sqlite);
            }

            await FailsAsync(cluster, "22023", "ALTER KEYSPACE main SET ENGINE oracle");
            await FailsAsync(cluster, "3D000", "ALTER KEYSPACE nowhere SET ENGINE postgres");
            Assert.Equal("0A000", (await Assert.ThrowsAsync<VitessException>(() => cluster.Tablets[0].SwitchEngineAsync(new PostgresEngine(new PostgresEngineOptions { ConnectionString = connections["main:-80"] }), cluster.Gate.VSchema.Get("main")).AsTask())).SqlState);

            // The second shard's database has a table of somebody else's: the first is left as it was, too.
            await using var engine = new PostgresEngine(new PostgresEngineOptions { ConnectionString = connections["main:80-"] });
            await using (var writer = await engine.OpenAsync(EngineAccess.Write, default))
            {
                await writer.ExecuteAsync("CREATE TABLE theirs (id int)", [], default);
                await FailsAsync(cluster, "55006", "ALTER KEYSPACE main SET ENGINE postgres");
                await writer.ExecuteAsync("DROP TABLE theirs", [], default);
            }

            // A transaction that goes on.
            var open = await cluster.Gate.BeginAsync(null);
            await cluster.Gate.ExecuteAsync(new GateRequest("UPDATE t SET v = 'y' WHERE id = 1", []) { TxId = open.TxId });
            await FailsAsync(cluster, "55P03", "ALTER KEYSPACE main SET ENGINE postgres");
            await FailsAsync(cluster, "25001", "ALTER KEYSPACE main SET ENGINE postgres", open.TxId);
            await cluster.Gate.RollbackAsync(open.TxId);

            await RunAsync(cluster, "UPDATE t SET v = 'z'");
            Assert.Equal("100", await RunAsync(cluster, "SELECT count(*) FROM t WHERE v = 'z'"));
            await RunAsync(cluster, "ALTER KEYSPACE main SET ENGINE postgres");
        }

        await using var again = await OpenAsync(Yours);
        Assert.Empty(again.Repairs);
        Assert.Equal("100", await RunAsync(again, "SELECT count(*) FROM t WHERE v = 'z'"));

        // What it has left there is not overwritten.
        await RunAsync(again, "ALTER KEYSPACE main SET ENGINE sqlite");
        await FailsAsync(again, "55006", "ALTER KEYSPACE main SET ENGINE postgres");
        Assert.Equal("100", await RunAsync(again, "SELECT count(*) FROM t WHERE v = 'z'"));
    }

    private static async Task<int> WriteAsync(LocalCluster cluster, int writer, CancellationToken stop)
    {
        for (var count = 0; ; count++)
        {
            var transaction = writer % 2 == 0 ? (await cluster.Gate.BeginAsync("main", cancellationToken: CancellationToken.None)).TxId : null;
            while (true)
            {
                if (stop.IsCancellationRequested && count > 0)
                {
                    if (transaction is not null) await cluster.Gate.RollbackAsync(transaction, CancellationToken.None);
                    return count;
                }

                try
                {
                    var id = string.Create(CultureInfo.InvariantCulture, $"{writer}-{count}");
                    if (transaction is null)
                    {
                        // One statement after the other: each is acknowledged, and not sent again after that.
                        await RetriedAsync(cluster, $"INSERT INTO log (id) VALUES ('{id}')");
                        await RetriedAsync(cluster, $"UPDATE counters SET n = n + 1 WHERE id = {writer}");
                        break;
                    }

                    await RunAsync(cluster, $"INSERT INTO log (id) VALUES ('{id}')", txId: transaction);
                    await RunAsync(cluster, $"UPDATE counters SET n = n + 1 WHERE id = {writer}", txId: transaction);
                    await cluster.Gate.CommitAsync(transaction, CancellationToken.None);
                    break;
                }
                catch (VitessException failure) when (transaction is not null && failure.IsTransient)
                {
                    await cluster.Gate.RollbackAsync(transaction, CancellationToken.None);
                    transaction = (await cluster.Gate.BeginAsync("main", cancellationToken: CancellationToken.None)).TxId;
                }
            }
        }
    }

    private static async Task RetriedAsync(LocalCluster cluster, string sql)
    {
        while (true)
        {
            try
            {
                await RunAsync(cluster, sql);
                return;
            }
            catch (VitessException failure) when (failure.Code is "LOCK_TIMEOUT")
            {
                // It has waited behind the switch for too long: it was not begun.
            }
        }
    }

    private static async Task ReadAsync(LocalCluster cluster, CancellationToken stop)
    {
        for (long last = 0; !stop.IsCancellationRequested;)
        {
            var now = long.Parse(await RunAsync(cluster, "SELECT sum(n)::bigint FROM counters"), CultureInfo.InvariantCulture);
            Assert.True(now >= last, "a read went back in time");
            last = now;
            await RunAsync(cluster, "SELECT c.id, count(*) FROM counters c JOIN log l ON l.id LIKE c.id::text || '-%' WHERE l.at <= now() GROUP BY c.id ORDER BY 1");
        }
    }

    private static async Task SwitchAsync(LocalCluster cluster, string engine)
    {
        while (true)
        {
            try
            {
                await RunAsync(cluster, $"ALTER KEYSPACE main SET ENGINE {engine}");
                return;
            }
            catch (VitessException failure) when (failure.Code == "LOCK_TIMEOUT")
            {
                // There was always a transaction under way.
            }
        }
    }

    private static async Task RulesHoldAsync(LocalCluster cluster)
    {
        await FailsAsync(cluster, "23505", "INSERT INTO owners (mail) VALUES ('m7')");
        await FailsAsync(cluster, "23503", "INSERT INTO pets VALUES (99999, 'x', NULL)");
        await FailsAsync(cluster, "23502", "INSERT INTO owners (mail, paid) VALUES ('q', NULL)");
        Assert.Equal("17", await RunAsync(cluster, "SELECT id FROM owners WHERE mail = 'm17'"));
        Assert.Equal("250", await RunAsync(cluster, "SELECT count(*) FROM rich"));
        await RunAsync(cluster, "INSERT INTO owners (mail) VALUES ('next')");
        await RunAsync(cluster, "INSERT INTO pets SELECT id, 'new', NULL FROM owners WHERE mail = 'next'");
        await RunAsync(cluster, "DELETE FROM owners WHERE mail = 'next'");
        Assert.Equal("0", await RunAsync(cluster, "SELECT count(*) FROM pets WHERE name = 'new'"));
    }

    private static async Task<string> PictureAsync(LocalCluster cluster) => string.Join('\n',
        await RunAsync(cluster, "SELECT * FROM owners ORDER BY id"), await RunAsync(cluster, "SELECT * FROM pets ORDER BY 1, 2"), await RunAsync(cluster, "SELECT count(*) FROM sorts"));

    private static async Task<VitessException> FailsAsync(LocalCluster cluster, string state, string sql, string? txId = null)
    {
        var failure = await Assert.ThrowsAsync<VitessException>(() => RunAsync(cluster, sql, txId: txId));
        Assert.True(state == failure.SqlState, $"{failure.SqlState}: {failure.Message}");
        Assert.False(string.IsNullOrEmpty(failure.Hint));
        return failure;
    }

    private static async Task<string> RunAsync(LocalCluster cluster, string sql, string? target = null, string? txId = null, SqlDialect? dialect = null)
    {
        // Loops that never wait would keep the threads from what others wait for.
        await Task.Yield();
        var rows = (await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = target ?? (txId is null ? "main" : null), TxId = txId, Dialect = dialect })).Rows;
        return string.Join(';', Enumerable.Range(0, rows.RowCount).Select(i => string.Join('|', rows[i].ToArray().Select(cell => cell.ToString()))));
    }

    private Task<LocalCluster> OpenAsync(Func<LocalClusterOptions, LocalClusterOptions> with) => LocalCluster.OpenAsync(with(new LocalClusterOptions
    {
        DataDirectory = Path.Combine(_directory, "data"),
        Durable = false,
        Engines = [new PostgresSource(new PostgresSourceOptions { Server = new PrivateServerOptions { DataDirectory = Path.Combine(_directory, "data", ".postgres"), Durable = false } })],
    })).AsTask();
}
