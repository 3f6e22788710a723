using Shale.Contracts;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Engine.Specification.Tablet;

public class TabletTests : TabletSpecification
{
    [Fact]
    public async Task Query_OfAWarmStatement_IsFinishedAtOnceWithFewAllocations()
    {
        var request = new ShardQueryRequest(Shard, "SELECT id, n FROM t WHERE id = ?", [SqlValue.Integer(1)]);
        long Measure(int runs)
        {
            var finished = 0;
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < runs; i++)
            {
                var pending = Tablet.QueryAsync(request, default);
                if (pending.IsCompletedSuccessfully) finished += pending.Result.Rows.RowCount;
            }

            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(runs, finished);
            return bytes / runs;
        }

        await ReadAsync();
        Measure(200);

        // A result, a row set and its cells: 3 objects.
        Assert.InRange(Measure(1000), 1, 220);
    }

    [Fact]
    public async Task Request_ForAnotherShard_IsShardError()
    {
        var failure = await Assert.ThrowsAsync<VitessException>(
            () => Tablet.QueryAsync(new ShardQueryRequest("80-", "SELECT 1", []), default).AsTask());
        Assert.Equal(("SHARD_ERROR", Shard), (failure.Code, failure.Shard));
    }

    [Fact]
    public async Task Failure_OfAStatement_NamesTheShardAndKeepsThePosition()
    {
        var failure = await FailsAsync(ErrorCodes.NotFound, "42703", () => ReadAsync(sql: "SELECT nope FROM t"));
        Assert.Equal(8, failure.Position);
        await FailsAsync(ErrorCodes.SyntaxError, "42601", () => WriteAsync(sql: "SELEC"));
        await FailsAsync(ErrorCodes.QueryError, "08P01", () => ReadAsync(sql: "SELECT ?"));
    }

    [Fact]
    public async Task Batch_Alone_IsAllOrNothing()
    {
        var results = await BatchAsync(null, ("INSERT INTO t VALUES (?, 0)", [2, 3]), ("UPDATE t SET n = 7 WHERE id = ?", [2]));
        Assert.Equal([2, 1], results.Select(result => result.Affected));
        await FailsAsync(ErrorCodes.ConstraintViolation, "23505", () => BatchAsync(null, ("DELETE FROM t WHERE id = ?", [2]), ("INSERT INTO t VALUES (?, 0)", [4, 1])));
        Assert.Equal(3, await ReadAsync(sql: "SELECT count(*) FROM t"));
        await WriteAsync();
    }

    [Fact]
    public async Task Batch_InATransaction_IsUndoneAlone()
    {
        var tx = await BeginAsync();
        await WriteAsync(tx);
        await BatchAsync(tx, ("INSERT INTO t VALUES (?, 0)", [2]));
        await FailsAsync(ErrorCodes.ConstraintViolation, "23505", () => BatchAsync(tx, ("INSERT INTO t VALUES (?, 0)", [3, 4]), ("INSERT INTO t VALUES (?, 0)", [1])));
        Assert.Equal(2, await ReadAsync(tx, "SELECT count(*) FROM t"));
        await CommitAsync(tx);
        Assert.Equal(2, await ReadAsync(sql: "SELECT count(*) FROM t"));
        Assert.Equal(11, await ReadAsync());
    }

    [Fact]
    public async Task Batch_InAReadOnlyTransaction_MayOnlyRead()
    {
        var tx = await BeginAsync(readOnly: true);
        var results = await BatchAsync(tx, ("SELECT ? + n FROM t", [1, 2]));
        Assert.Equal(2, results[0].Rows.RowCount);
        await FailsAsync(ErrorCodes.ReadOnlyTransaction, "25006", () => BatchAsync(tx, ("DELETE FROM t WHERE id = ?", [1])));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_Rows_ComeInChunks(bool inTransaction)
    {
        await WriteAsync(sql: "INSERT INTO t SELECT value, 0 FROM generate_series(2, 30000)");
        var tx = inTransaction ? await BeginAsync() : null;
        var (rows, chunks) = (0, 0);
        await foreach (var chunk in Tablet.StreamAsync(new ShardQueryRequest(Shard, "SELECT * FROM t", [], tx), default))
        {
            rows += chunk.RowCount;
            chunks++;
        }

        Assert.Equal(30000, rows);
        Assert.InRange(chunks, 2, 100);
        if (tx is not null) await CommitAsync(tx);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_FailingOrLeft_GivesItsReaderBack(bool inTransaction)
    {
        for (var i = 0; i < 300; i++)
        {
            var tx = inTransaction ? await BeginAsync(IsolationLevel.ReadCommitted) : null;
            await foreach (var _ in Tablet.StreamAsync(new ShardQueryRequest(Shard, "SELECT * FROM t", [], tx), default)) break;
            await FailsAsync(ErrorCodes.NotFound, "42P01", async () =>
            {
                await foreach (var _ in Tablet.StreamAsync(new ShardQueryRequest(Shard, "SELECT * FROM nope", [], tx), default))
                {
                }
            });
            if (tx is not null) await RollbackAsync(tx);
        }

        Assert.Equal(10, await ReadAsync());
    }

    [Fact]
    public async Task Health_BeforeAndAfterStatements_Counts()
    {
        await using var fresh = new VTTablet(new VTTabletOptions { Shard = Shard, Keyspace = "main", Engine = SqliteEngine.InMemory(), TimeProvider = Time });
        var before = await fresh.HealthAsync(default);
        Assert.Equal(new ShardHealth(Shard, true, StorageEngineType.Sqlite, 0, 0, 0, Keyspace: "main"), before);
        await fresh.ExecuteAsync("CREATE TABLE t(a)");
        await fresh.QueryAsync("SELECT 1");
        await Assert.ThrowsAsync<VitessException>(() => fresh.QueryAsync("SELECT nope").AsTask());
        Time.Advance(TimeSpan.FromSeconds(1));
        var after = await fresh.HealthAsync(default);
        Assert.Equal((true, 3, 1), (after.Healthy, after.QueryCount, after.ErrorCount));
        Assert.Equal(Time.GetUtcNow().ToUnixTimeMilliseconds() - 1000, after.LastQuery);
        Assert.NotNull(after.Latency);
    }

    [Fact]
    public async Task Latency_OfKnownTimes_IsTheNearestRankOfTheLast1024()
    {
        await using var engine = SqliteEngine.InMemory();
        var metrics = new TabletMetrics(new VTTabletOptions { Keyspace = "main", Shard = Shard, Engine = engine, TimeProvider = Time });
        void Run(int milliseconds)
        {
            var start = metrics.Start(null);
            Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            metrics.End(start, null);
        }

        for (var i = 1; i <= 100; i++) Run(i);
        Assert.Equal(new ShardLatency(50, 95, 99), metrics.Snapshot(Shard, true, StorageEngineType.Sqlite).Latency);
        for (var i = 0; i < 1024; i++) Run(2);
        Assert.Equal(new ShardLatency(2, 2, 2), metrics.Snapshot(Shard, true, StorageEngineType.Sqlite).Latency);
    }

    [Fact]
    public async Task Schema_OfTheShard_ListsItsTables() => Assert.Equal("t", Assert.Single(await Tablet.SchemaAsync(default)).Name);

    [Fact]
    public async Task Close_WithOpenTransactions_RollsBackAndRefusesTheRest()
    {
        var directory = Directory.CreateTempSubdirectory("shale-spec-");
        try
        {
            VTTablet Open() => new(new VTTabletOptions
            {
                Shard = Shard, Keyspace = "main", Engine = new SqliteEngine(new SqliteEngineOptions { Path = Path.Combine(directory.FullName, "a.db") }),
            });
            var tablet = Open();
            await tablet.ExecuteAsync("CREATE TABLE t(a)");
            await tablet.ExecuteAsync("INSERT INTO t VALUES (1)");
            var tx = await tablet.BeginTransactionAsync();
            await tx.ExecuteAsync("INSERT INTO t VALUES (2)");
            var reading = await tablet.BeginTransactionAsync();
            await reading.QueryAsync("SELECT * FROM t");
            var waiting = tablet.ExecuteAsync("INSERT INTO t VALUES (3)").AsTask();
            await tablet.CloseAsync();
            await tablet.CloseAsync();
            await FailsAsync(ErrorCodes.ShardError, "57P01", () => waiting);
            await FailsAsync(ErrorCodes.ShardError, "57P01", () => tablet.QueryAsync("SELECT 1").AsTask());
            await FailsAsync(ErrorCodes.ShardError, "57P01", () => tablet.ExecuteAsync("INSERT INTO t VALUES (4)").AsTask());
            await FailsAsync(ErrorCodes.ShardError, "57P01", () => tablet.BeginTransactionAsync().AsTask());
            await FailsAsync(ErrorCodes.ShardError, "57P01", () => tx.CommitAsync().AsTask());
            Assert.False((await tablet.HealthAsync(default)).Healthy);
            Assert.False(File.Exists(Path.Combine(directory.FullName, "a.db-wal")));

            await using var again = Open();
            Assert.Equal(1, (await again.QueryAsync("SELECT count(*) FROM t")).Rows[0][0].AsInteger());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Close_WhileAStatementRuns_StopsIt()
    {
        const string Endless = "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        var tablet = new VTTablet(new VTTabletOptions { Shard = Shard, Keyspace = "main", Engine = SqliteEngine.InMemory() });
        await tablet.QueryAsync("SELECT 1");
        var reading = Task.Run(() => tablet.QueryAsync(Endless).AsTask());
        var writing = Task.Run(() => tablet.ExecuteAsync(Endless).AsTask());
        await tablet.CloseAsync();
        Assert.Contains((await Assert.ThrowsAsync<VitessException>(() => reading)).Code, new[] { "TIMEOUT", "SHARD_ERROR" });
        Assert.Contains((await Assert.ThrowsAsync<VitessException>(() => writing)).Code, new[] { "TIMEOUT", "SHARD_ERROR" });
    }

    [Fact]
    public async Task Statements_OnADamagedFile_AreShardErrorsAndTheTabletAnswersOn()
    {
        var file = Path.Combine(Path.GetTempPath(), $"shale-{Guid.NewGuid():N}.db");
        await File.WriteAllTextAsync(file, new string('x', 9000));
        try
        {
            await using var tablet = new VTTablet(new VTTabletOptions
            {
                Shard = Shard, Keyspace = "main", Engine = new SqliteEngine(new SqliteEngineOptions { Path = file }),
            });
            for (var i = 0; i < 3; i++)
            {
                await FailsAsync(ErrorCodes.ShardError, "XX001", () => tablet.QueryAsync("SELECT 1").AsTask());
                await FailsAsync(ErrorCodes.ShardError, "XX001", () => tablet.ExecuteAsync("SELECT 1").AsTask());
            }

            Assert.False((await tablet.HealthAsync(default)).Healthy);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Statements_WhenTheDiskIsFull_FailAndTheTabletGoesOn()
    {
        await using var tablet = new VTTablet(new VTTabletOptions
        {
            Shard = Shard, Keyspace = "main", Engine = new SqliteEngine(new SqliteEngineOptions { MaxPages = 20 }),
        });
        await tablet.ExecuteAsync("CREATE TABLE t(a)");
        const string Flood = "INSERT INTO t SELECT hex(zeroblob(1000)) FROM generate_series(1, 1000)";
        await FailsAsync(ErrorCodes.ShardError, "53100", () => tablet.ExecuteAsync(Flood).AsTask());
        var tx = await tablet.BeginTransactionAsync();
        await FailsAsync(ErrorCodes.ShardError, "53100", () => tx.ExecuteAsync(Flood).AsTask());
        await tx.RollbackAsync();
        await tablet.ExecuteAsync("INSERT INTO t VALUES ('small')");
        Assert.Equal(1, (await tablet.QueryAsync("SELECT count(*) FROM t")).Rows[0][0].AsInteger());
    }

    private Task<IReadOnlyList<ShardResult>> BatchAsync(string? txId, params (string Sql, int[] Rows)[] statements)
    {
        var list = statements.Select(statement => new ShardStatement(
            statement.Sql, statement.Rows.Select(IReadOnlyList<SqlValue> (value) => [SqlValue.Integer(value)]).ToList())).ToList();
        return Tablet.BatchAsync(new ShardBatchRequest(Shard, list, txId), default).AsTask();
    }
}
