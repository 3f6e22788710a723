using System.Globalization;
using Shale.Contracts;
using Shale.Engine.Specification.Postgres;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Engine.Specification.Tablet;

/// <summary>How a tablet goes over from SQLite to PostgreSQL, and back.</summary>
public sealed class TabletKindSwitchTests : IAsyncLifetime
{
    private static readonly string[] Definitions =
    [
        "CREATE TABLE parent (id serial PRIMARY KEY, name varchar(40) NOT NULL UNIQUE, self int REFERENCES parent (id), made timestamptz NOT NULL DEFAULT now(), CHECK (length(name) > 0))",
        "CREATE TABLE child (a bigint, b text, parent int NOT NULL CONSTRAINT of_parent REFERENCES parent ON DELETE CASCADE, PRIMARY KEY (a, b))",
        """
        CREATE TABLE kinds (id bigint PRIMARY KEY, i2 smallint, i4 int, b bool, f4 real, f8 double precision, n numeric, n2 numeric(12, 3), t text, v varchar(5), c char(4), y bytea, u uuid, d date, ti time, ts timestamp,
        tz timestamptz, iv interval, j json, jb jsonb, ai int[], at text[], "Odd ""name" int DEFAULT 7, twice numeric GENERATED ALWAYS AS (n * 2) STORED)
        """,
        "CREATE TABLE bare (t text, n int)",
        "CREATE TABLE empty (id int PRIMARY KEY)",
        "CREATE INDEX kinds_lower ON kinds (lower(t)) WHERE b",
        "CREATE UNIQUE INDEX bare_n ON bare (n)",
        "CREATE VIEW names AS SELECT name FROM parent WHERE id > 1",
        "INSERT INTO parent (name, self) VALUES ('x', NULL), ('y', 1), ('z', 2)",
        "UPDATE parent SET self = 3 WHERE id = 1",
        "INSERT INTO child VALUES (9007199254740993, E'tab\\tline\\n\\\\N', 1), (-1, '', 3)",
        """
        INSERT INTO kinds (id, i2, i4, b, f4, f8, n, n2, t, v, c, y, u, d, ti, ts, tz, iv, j, jb, ai, at) VALUES
        (1, -32768, 2147483647, true, 0.1, 1e300, 12345678901234567890.123456789000, 1.5, 'ünï😀', 'abcde', 'ab', '\x00ff', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '2024-02-29', '23:59:59.5', '2024-02-29 12:00:00.000001',
        '2024-02-29 12:00:00+02', '1 year 2 days 03:04:05.6', '{"b": 1,  "a": [1.50, null]}', '{"b": 1, "a": [1.50, null], "bb": 1e3}', '{1,NULL,3}', '{"a b",NULL,"c\"d","{}"}'),
        (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        (3, 0, -1, false, -1.5, 'Infinity', 'NaN', -0.001, '', '', '', '', '00000000-0000-0000-0000-000000000000', '0001-01-01', '00:00:00', '9999-12-31 23:59:59.999999',
        '1970-01-01 00:00:00+00', '-1 mons +1 day -00:00:01', '1', 'null', '{}', '{}')
        """,
        "INSERT INTO bare VALUES ('same', NULL), ('same', NULL), (NULL, 1)",
    ];

    private VTTablet Tablet { get; set; } = null!;

    private MemoryTopology Topology { get; set; } = null!;

    private VKeyspace Keyspace => Topology.Load().Get("main");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Tablet.DisposeAsync();
        Topology.Dispose();
    }

    [Fact]
    public async Task Switch_EverySortOfTableAndValue_IsTheSameThereAndBack()
    {
        Open(SqliteEngine.InMemory());
        foreach (var sql in Definitions) await RunAsync(sql);
        var before = await PictureAsync();
        await SwitchAsync(await TestPostgres.EngineAsync());
        Assert.Equal(before, await PictureAsync());
        await RulesHoldAsync();
        Assert.Equal("numeric", await OnShardAsync("SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'kinds'::regclass AND attname = 'n'"));
        Assert.Equal("CREATE INDEX kinds_lower ON public.kinds USING btree (lower(t)) WHERE b", await OnShardAsync("SELECT pg_get_indexdef('kinds_lower'::regclass)"));

        var onPostgres = await PictureAsync();
        await SwitchAsync(SqliteEngine.InMemory());
        Assert.Equal(onPostgres, await PictureAsync());
        await RulesHoldAsync();
        await SwitchAsync(new SqliteEngine(new SqliteEngineOptions { HasHistory = true }));
        Assert.Equal(onPostgres, await PictureAsync());
    }

    [Fact]
    [Trait("Category", "Random")]
    public async Task Switch_RandomRows_AreTheSameThereAndBack()
    {
        var seed = Environment.GetEnvironmentVariable("SHALE_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : Environment.TickCount;
        try
        {
            var random = new Random(seed);
            Open(random.Next(2) == 0 ? SqliteEngine.InMemory() : await TestPostgres.EngineAsync());
            await RunAsync(Definitions[2]);
            for (var i = 0; i < 200; i++) await RunAsync(RandomKinds.Insert(random, i));
            var before = await PictureAsync("kinds");
            for (var i = 0; i < 2; i++)
            {
                await SwitchAsync(Tablet.Engine == StorageEngineType.Sqlite ? await TestPostgres.EngineAsync() : SqliteEngine.InMemory());
                Assert.Equal(before, await PictureAsync("kinds"));
            }

            }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"SHALE_SEED={seed}", failure);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Switch_UnderWritesAndReads_LosesNothing(bool fromSqlite)
    {
        Open(fromSqlite ? SqliteEngine.InMemory() : await TestPostgres.EngineAsync());
        await RunAsync("CREATE TABLE counters (id int PRIMARY KEY, n bigint NOT NULL)");
        await RunAsync("CREATE TABLE log (writer int, number bigint, PRIMARY KEY (writer, number))");
        await RunAsync("INSERT INTO counters VALUES (0, 0), (1, 0), (2, 0)");
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 3).Select(writer => Task.Run(async () =>
        {
            long count = 0;
            while (!stop.IsCancellationRequested)
            {
                await using var transaction = await Tablet.BeginTransactionAsync();
                await transaction.ExecuteAsync("INSERT INTO log VALUES ($1, $2)", SqlValue.Integer(writer), SqlValue.Integer(count));
                await transaction.ExecuteAsync("UPDATE counters SET n = n + 1 WHERE id = $1", SqlValue.Integer(writer));
                await transaction.CommitAsync();
                count++;
            }

            return count;
        })).ToArray();
        var reader = Task.Run(async () =>
        {
            for (long last = 0; !stop.IsCancellationRequested;)
            {
                var now = (await Tablet.QueryAsync("SELECT n FROM counters WHERE id = 0")).Rows[0][0].AsInteger();
                Assert.True(now >= last, "a read went back in time");
                last = now;
            }
        });
        for (var i = 0; i < 4; i++) await SwitchAsync(Tablet.Engine == StorageEngineType.Sqlite ? await TestPostgres.EngineAsync() : SqliteEngine.InMemory());
        await stop.CancelAsync();
        await reader;
        var counts = await Task.WhenAll(writers);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(counts[i] > 0);
            Assert.Equal($"{counts[i]}|{counts[i]}", await OnShardAsync($"SELECT n, (SELECT count(*) FROM log WHERE writer = {i} AND number < {counts[i]}) FROM counters WHERE id = {i}"));
        }

        Assert.Equal(counts.Sum().ToString(CultureInfo.InvariantCulture), await OnShardAsync("SELECT count(*) FROM log"));
    }

    [Fact]
    public async Task Switch_FromPostgres_WaitsForTransactionsUntilTheLimit()
    {
        var time = new ManualTime();
        Open(await TestPostgres.EngineAsync(), time);
        await RunAsync("CREATE TABLE t (id int PRIMARY KEY)");
        await using var transaction = await Tablet.BeginTransactionAsync();
        await transaction.ExecuteAsync("INSERT INTO t VALUES (1)");
        var target = SqliteEngine.InMemory();
        var switching = Tablet.SwitchEngineAsync(target, Keyspace).AsTask();
        await FailsAsync(ErrorCodes.QueryError, "55006", () => Tablet.SwitchEngineAsync(target, Keyspace).AsTask());
        time.Advance(TimeSpan.FromSeconds(5));
        await FailsAsync(ErrorCodes.LockTimeout, "55P03", () => switching);
        await transaction.CommitAsync();
        await SwitchAsync(target);
        Assert.Equal("1", await OnShardAsync("SELECT id FROM t"));
    }

    [Fact]
    public async Task Switch_ThatFails_LeavesTheOldEngineServingAndTheTargetEmpty()
    {
        Open(SqliteEngine.InMemory());
        await RunAsync("CREATE TABLE a (id int PRIMARY KEY, t text)");
        await RunAsync("CREATE TABLE z (id int PRIMARY KEY, t text)");
        await RunAsync("INSERT INTO a SELECT g, repeat('x', 100) FROM generate_series(1, 2000) g");
        var connection = await TestPostgres.DatabaseAsync();
        Shale.Postgres.PostgresEngine New() => new(new Shale.Postgres.PostgresEngineOptions { ConnectionString = connection });

        // A text that PostgreSQL does not hold.
        await Tablet.ExecuteAsync("INSERT INTO z VALUES (1, 'a' || char(0) || 'b')");
        var refused = await FailsAsync(ErrorCodes.TypeError, "22021", () => Tablet.SwitchEngineAsync(New(), Keyspace).AsTask());
        Assert.StartsWith("table \"z\": ", refused.Message, StringComparison.Ordinal);
        await EmptyAsync();
        await RunAsync("UPDATE z SET t = 'b'");

        // Rows that were never there, or are lost on the way.
        foreach (var (hides, how) in new[] { (true, "2000 rows against 1999"), (false, "a value of column \"t\" is not the same") })
        {
            var tampering = new TamperingEngine(New(), hides);
            refused = await FailsAsync(ErrorCodes.ShardError, "XX001", () => Tablet.SwitchEngineAsync(tampering, Keyspace).AsTask());
            Assert.Equal($"the copy of table \"a\" differs from the original: {how}", refused.Message);
            await EmptyAsync();
        }

        // The server loses the connection in the midst of it.
        var killed = new TamperingEngine(New(), true) { InTheMidst = KillAsync };
        Assert.Equal(ErrorCodes.ShardError.Code, (await Assert.ThrowsAsync<VitessException>(() => Tablet.SwitchEngineAsync(killed, Keyspace).AsTask())).Code);
        await EmptyAsync();

        // A trigger that no VSchema knows.
        await Tablet.ExecuteAsync("CREATE TRIGGER own AFTER INSERT ON a BEGIN DELETE FROM z; END");
        await FailsAsync(ErrorCodes.QueryError, "0A000", () => Tablet.SwitchEngineAsync(New(), Keyspace).AsTask());
        await Tablet.ExecuteAsync("DROP TRIGGER own");
        await FailsAsync(ErrorCodes.QueryError, "0A000", () => Tablet.SwitchEngineAsync(New()).AsTask());
        await RunAsync("INSERT INTO a VALUES (0, '')");
        await SwitchAsync(New());
        Assert.Equal("2001", await OnShardAsync("SELECT count(*) FROM a"));

        // Full, and a value that SQLite does not hold.
        await FailsAsync(ErrorCodes.ShardError, "53100", () => Tablet.SwitchEngineAsync(new SqliteEngine(new SqliteEngineOptions { MaxPages = 8 }), Keyspace).AsTask());
        await RunAsync("CREATE TABLE f (id int PRIMARY KEY, f double precision)");
        await Tablet.ExecuteAsync("INSERT INTO f VALUES (1, 'NaN')");
        await FailsAsync(ErrorCodes.QueryError, "0A000", () => Tablet.SwitchEngineAsync(SqliteEngine.InMemory(), Keyspace).AsTask());
        await RunAsync("UPDATE f SET f = 1");
        await SwitchAsync(SqliteEngine.InMemory());
        Assert.Equal("2001", await OnShardAsync("SELECT count(*) FROM a"));

        async Task KillAsync()
        {
            await using var engine = New();
            await using var killer = await engine.OpenAsync(EngineAccess.Write, default);
            await killer.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", [], default);
        }

        async Task EmptyAsync()
        {
            await using var engine = New();
            await using var reader = await engine.OpenAsync(EngineAccess.Read, default);
            Assert.Empty(await reader.SchemaAsync(default));
            Assert.Equal("2000", await OnShardAsync("SELECT count(*) FROM a"));
            await RunAsync("UPDATE a SET t = t WHERE id = 1");
        }
    }

    private void Open(IStorageEngine engine, TimeProvider? time = null)
    {
        Tablet = new VTTablet(new VTTabletOptions { Shard = "-", Keyspace = "main", Engine = engine, TimeProvider = time ?? TimeProvider.System });
        Topology = new MemoryTopology(VSchema.Empty.WithKeyspace(VKeyspace.Create("main", [KeyRange.All]) with { Engine = engine.Type }));
    }

    private async Task SwitchAsync(IStorageEngine target)
    {
        await Tablet.SwitchEngineAsync(target, Keyspace);
        var vschema = Topology.Load();
        Topology.Save(vschema.Version, vschema.WithKeyspace(TableTransfers.On(Keyspace, target.Type)));
    }

    /// <summary>Runs a statement through a gate over the tablet, which it would close.</summary>
    private async Task<GateResult> RunAsync(string sql)
    {
        var gate = new VTGate(new VTGateOptions
        {
            Topology = Topology,
            Tablets = [Tablet],
            Scratch = new Dictionary<StorageEngineType, IScratchSource> { [StorageEngineType.Sqlite] = SqliteEngine.InMemory(), [StorageEngineType.Postgres] = Tablet.StorageEngine },
        });
        return await gate.ExecuteAsync(new GateRequest(sql, []));
    }

    private async Task RulesHoldAsync()
    {
        await FailsAsync("23503", "INSERT INTO child VALUES (5, 'x', 99)");
        await FailsAsync("23505", "INSERT INTO parent (name) VALUES ('x')");
        await FailsAsync("23505", "INSERT INTO bare VALUES ('x', 1)");
        await FailsAsync("23514", "INSERT INTO parent (name) VALUES ('')");
        await FailsAsync("23502", "INSERT INTO parent (name) VALUES (NULL)");
        await FailsAsync("22001", "INSERT INTO kinds (id, v) VALUES (77, 'too long')");
        await RunAsync("INSERT INTO kinds (id, n) VALUES (88, 1.50)");
        Assert.Equal("7|3.00", Line((await RunAsync("SELECT \"Odd \"\"name\", twice FROM kinds WHERE id = 88")).Rows, 0));
        await RunAsync("DELETE FROM kinds WHERE id = 88");
        Assert.Equal(2, (await RunAsync("SELECT name FROM names")).Rows.RowCount);
        await RunAsync("INSERT INTO parent (name) VALUES ('next')");
        await RunAsync("DELETE FROM parent WHERE name = 'next'");
    }

    private static Task<VitessException> FailsAsync(ErrorCode code, string state, Func<Task> action) => EngineSpecification.FailsAsync(code.Code, state, action);

    private async Task FailsAsync(string state, string sql) => Assert.Equal(state, (await Assert.ThrowsAsync<VitessException>(() => RunAsync(sql))).SqlState);

    private async Task<string> OnShardAsync(string sql) => Line((await Tablet.QueryAsync(sql)).Rows, 0);

    private async Task<string[]> PictureAsync(params string[] tables)
    {
        var lines = new List<string>();
        foreach (var table in tables.Length > 0 ? tables : ["parent", "child", "kinds", "bare", "empty", "names"])
        {
            var rows = (await RunAsync($"SELECT * FROM {table}")).Rows;
            lines.Add(table + ": " + string.Join(", ", rows.Fields.Select(field => $"{field.Name} {field.Type}")));
            lines.AddRange(Enumerable.Range(0, rows.RowCount).Select(i => Line(rows, i)).Order(StringComparer.Ordinal));
        }

        return [.. lines];
    }

    private static string Line(RowSet rows, int row) => string.Join('|', rows[row].ToArray().Select((cell, i) => cell.Kind switch
    {
        SqlValueKind.Null => "~",
        SqlValueKind.Blob => Convert.ToHexString(cell.AsBlob()),
        SqlValueKind.Real when rows.Fields[i].Type == "float4" => ((float)cell.AsReal()).ToString("R", CultureInfo.InvariantCulture),
        _ => cell.ToString(),
    }));

    /// <summary>An engine that changes what is written to its first table, or leaves a row out.</summary>
    private sealed class TamperingEngine(IStorageEngine inner, bool hides) : ForwardingEngine(inner)
    {
        public Func<Task>? InTheMidst { get; init; }

        public override async ValueTask<IEngineConnection> OpenAsync(EngineAccess access, CancellationToken cancellationToken) => new Connection(await base.OpenAsync(access, cancellationToken), hides, InTheMidst);

        private sealed class Connection(IEngineConnection inner, bool hides, Func<Task>? inTheMidst) : ForwardingConnection(inner)
        {
            public override async ValueTask InsertRowsAsync(string table, RowSet rows, CancellationToken cancellationToken)
            {
                if (table == "a" && rows.RowCount > 0)
                {
                    var changed = new RowSet(rows.Fields);
                    for (var i = hides ? 1 : 0; i < rows.RowCount; i++) changed.Add(i == 0 ? [rows[i][0], SqlValue.Text("y")] : rows[i]);
                    rows = changed;
                    if (inTheMidst is not null) await inTheMidst();
                }

                await base.InsertRowsAsync(table, rows, cancellationToken);
            }
        }
    }
}
