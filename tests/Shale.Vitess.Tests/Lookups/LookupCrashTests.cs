using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>A process that dies at any step of a write leaves no row without its entry, and no two rows with one unique value, once the directory is open again.</summary>
public sealed class LookupCrashTests : IDisposable
{
    private const int Shards = 3;
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-crash-").FullName;
    private string? _after;
    private int _copies;
    private SqlDialect _dialect = SqlDialect.Postgres;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("INSERT INTO t (id, n, a, b, tag) VALUES (101, 101, 101, 'x', 'new')", true)]
    [InlineData("INSERT INTO t (id, n, a, b, tag) SELECT g, g, g, 'x', 'new' FROM generate_series(101, 112) g", false)]
    [InlineData("INSERT INTO t (id, n, tag) VALUES (101, 30, 'new') ON CONFLICT (n) DO UPDATE SET n = 500, tag = 'other'", true)]
    [InlineData("DELETE FROM t WHERE id = 3", true)]
    [InlineData("DELETE FROM t", false)]
    [InlineData("UPDATE t SET n = 333, a = 333 WHERE id = 3", true)]
    [InlineData("UPDATE t SET n = n + 1, b = 'z', tag = CASE WHEN id < 6 THEN 'red' ELSE 'blue' END", false)]
    [InlineData("UPDATE t SET id = id + 1000 WHERE id = 3", true)]
    [InlineData("UPDATE t SET id = id + 1000", true)]
    [InlineData("UPDATE t SET id = id + 1000, n = n + 1, tag = 'moved' WHERE id < 7", true)]
    [InlineData("DELETE FROM t WHERE id = 3; INSERT INTO t (id, n, tag) VALUES (104, 30, 'new')", false)]
    [InlineData("UPDATE t SET n = NULL WHERE id = 1; UPDATE t SET n = 10 WHERE id = 2; UPDATE t SET n = 20 WHERE id = 1", true)]
    [InlineData("UPDATE t SET n = n + 1000; UPDATE t SET n = n - 990 WHERE n < 1080; UPDATE t SET n = 10, tag = 'last' WHERE n = 1090; INSERT INTO t (id, n) VALUES (70, 90)", true)]
    [InlineData("INSERT OR REPLACE INTO t (id, n) VALUES (1, 20), (2, 10)", true)]
    [InlineData("INSERT OR REPLACE INTO t (id, n, tag) SELECT id, 100 - n, tag FROM t", true)]
    [InlineData("UPDATE t SET n = n - 10", true)]
    [InlineData("UPDATE t SET id = id + 100, n = n - 10, a = a - 1, v = id", true)]
    [Trait("Rule", "S2.8")]
    [Trait("Rule", "S4.1")]
    public async Task Crash_AtAnyStep_LeavesRowsAndEntriesTogether(string sql, bool isAtomic)
    {
        _dialect = sql.Contains(" OR ", StringComparison.Ordinal) ? SqlDialect.Sqlite : SqlDialect.Postgres;
        await PrepareAsync();
        var before = await RowsAsync(First);
        for (var step = 0; ; step++)
        {
            foreach (var after in (bool[])[false, true])
            {
                var crash = new Crash(step, after);
                var copy = Copy();
                await using (var cluster = await OwnerCluster.OpenAsync(Shards, _dialect, directory: copy, wrap: tablet => new CrashingTablet(tablet, crash)))
                {
                    if (!await TryRunAsync(cluster, sql)) Assert.True(crash.Happened);
                }

                await using (var again = await OwnerCluster.OpenAsync(Shards, _dialect, directory: copy))
                {
                    var faults = await again.FaultsAsync();
                    Assert.True(faults.Count == 0, $"step {step}{(after ? " done" : "")}: {string.Join("; ", faults)}");
                }

                if (!crash.Happened)
                {
                    Assert.True(step > 2);
                    return;
                }

                if (isAtomic) Assert.True(await RowsAsync(copy) is var rows && (rows == before || rows == await AfterAsync(sql)), $"step {step}: {rows}");
                Directory.Delete(copy, recursive: true);
            }
        }
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Crash_OfAMoveBack_IsNotTakenForTheMoveBefore()
    {
        await PrepareAsync();
        var rows = await RowsAsync(First);
        for (var step = 0; ; step++)
        {
            var crash = new Crash(step, after: true);
            var copy = Copy();
            await using (var cluster = await OwnerCluster.OpenAsync(Shards, _dialect, directory: copy, wrap: tablet => new CrashingTablet(tablet, crash)))
            {
                if (await TryRunAsync(cluster, "UPDATE t SET id = id + 1000")) await TryRunAsync(cluster, "UPDATE t SET id = id - 1000");
            }

            await using var again = await OwnerCluster.OpenAsync(Shards, _dialect, directory: copy);
            Assert.Empty(await again.FaultsAsync());
            if (await RowsAsync(again) != rows) Assert.Equal(rows, await MovedBackAsync(again));
            if (!crash.Happened) break;
        }
    }

    private static async Task<string> MovedBackAsync(OwnerCluster cluster)
    {
        await cluster.RunAsync("UPDATE t SET id = id - 1000");
        return await RowsAsync(cluster);
    }

    [Fact]
    [Trait("Category", "Slow")]
    [Trait("Rule", "S2.8")]
    [Trait("Rule", "S4.1")]
    public async Task Crash_OfTheStartThatLooksAfterNotes_IsLookedAfterByTheNext()
    {
        const string Sql = "UPDATE t SET id = id + 100, n = n - 10";
        await PrepareAsync();
        var mended = 0;
        for (var step = 0; ; step++)
        {
            var crash = new Crash(step, after: true);
            var dead = Copy();
            await using (var cluster = await OwnerCluster.OpenAsync(Shards, _dialect, directory: dead, wrap: tablet => new CrashingTablet(tablet, crash))) await TryRunAsync(cluster, Sql);
            if (!crash.Happened) break;
            if (!await IsMendedAsync(dead)) continue;
            for (var call = 0; ; call++)
            {
                var again = new Crash(call, after: call % 2 == 0);
                var copy = Copy(dead);
                await TryOpenAsync(copy, again);
                await using (var last = await OwnerCluster.OpenAsync(Shards, _dialect, directory: copy))
                {
                    Assert.Empty(await last.FaultsAsync());
                    Assert.Empty(await NotesAsync(last));
                }

                Assert.Equal(await AfterAsync(Sql), await RowsAsync(copy));
                if (!again.Happened) break;
                mended++;
            }
        }

        Assert.True(mended > 10);
    }

    [Theory]
    [Trait("Rule", "S4.4")]
    [InlineData("UPDATE t SET n = n - 10")]
    [InlineData("UPDATE t SET id = id + 100, n = n - 10")]
    public async Task Crash_OfAWriteWithAKey_LetsItBeSentAgain(string sql)
    {
        await PrepareAsync();
        for (var step = 0; ; step++)
        {
            var crash = new Crash(step, after: true);
            var copy = Copy();
            await using (var cluster = await OwnerCluster.OpenAsync(Shards, directory: copy, wrap: tablet => new CrashingTablet(tablet, crash))) await TryRunAsync(cluster, sql, "k");
            await using (var again = await OwnerCluster.OpenAsync(Shards, directory: copy))
            {
                Assert.Equal(9, (await again.Gate.ExecuteAsync(new GateRequest(sql, []) { Dialect = _dialect, IdempotencyKey = "k" })).Affected);
                Assert.Equal(await AfterAsync(sql), await RowsAsync(again));
                Assert.Empty(await again.FaultsAsync());
            }

            if (!crash.Happened) return;
        }
    }

    [Theory]
    [Trait("Category", "Random")]
    [Trait("Rule", "S2.8")]
    [InlineData(SqlDialect.Postgres)]
    [InlineData(SqlDialect.Sqlite)]
    public async Task Crash_OfRandomWritesAndTransactions_LeavesRowsAndEntriesTogether(SqlDialect dialect)
    {
        _dialect = dialect;
        await PrepareAsync();
        var first = int.Parse(Environment.GetEnvironmentVariable("SHALE_SEED") ?? "1", System.Globalization.CultureInfo.InvariantCulture);
        for (var seed = first; seed < first + 40; seed++)
        {
            var random = new Random(seed);
            var crash = new Crash(random.Next(20, 300), random.Next(2) == 0);
            var copy = Copy();
            await using (var cluster = await OwnerCluster.OpenAsync(Shards, _dialect, directory: copy, wrap: tablet => new CrashingTablet(tablet, crash)))
            {
                await WriteUntilAsync(crash, cluster, new LookupStatements(random, dialect));
            }

            await using (var again = await OwnerCluster.OpenAsync(Shards, _dialect, directory: copy))
            {
                var faults = await again.FaultsAsync();
                Assert.True(faults.Count == 0, $"SHALE_SEED={seed}: {string.Join("; ", faults)}");
            }

            Directory.Delete(copy, recursive: true);
        }
    }

    private static async Task WriteUntilAsync(Crash crash, OwnerCluster cluster, LookupStatements statements)
    {
        string? transaction = null;
        while (!crash.Happened)
        {
            try
            {
                var sql = statements.Next(transaction is not null);
                var open = transaction;
                if (sql is "COMMIT" or "ROLLBACK") transaction = null;
                if (sql == "BEGIN") transaction = (await cluster.Gate.BeginAsync(null, null, cluster.Dialect)).TxId;
                else if (sql == "COMMIT") await cluster.Gate.CommitAsync(open!);
                else if (sql == "ROLLBACK") await cluster.Gate.RollbackAsync(open!);
                else if (open is not null) await cluster.InAsync(open, sql);
                else await cluster.RunAsync(sql);
            }
            catch (VitessException failure)
            {
                if (transaction is null || failure.SqlState is not ("25P02" or "0A000") || cluster.Dialect == SqlDialect.Sqlite) continue;
                if (!crash.Happened) await cluster.Gate.RollbackAsync(transaction);
                transaction = null;
            }
        }
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Notes_OfWritesThatHaveEnded_AreWrittenOverByLaterOnesAndDeletedAtTheEnd()
    {
        await PrepareAsync();
        string rows;
        await using (var cluster = await OwnerCluster.OpenAsync(Shards, _dialect, directory: First))
        {
            for (var i = 0; i < 30; i++) await cluster.RunAsync("UPDATE t SET id = id + 100, n = n - 10");
            Assert.InRange((await NotesAsync(cluster)).Count, 1, 6 * Shards);
            Assert.Empty(await cluster.FaultsAsync());
            rows = await RowsAsync(cluster);
        }

        await using var again = await OwnerCluster.OpenAsync(Shards, _dialect, directory: First);
        Assert.True(again.Repairs.Count == 0, string.Join("; ", again.Repairs));
        Assert.Empty(await NotesAsync(again));
        Assert.Empty(await again.FaultsAsync());
        Assert.Equal(rows, await RowsAsync(again));
    }

    private async Task<bool> IsMendedAsync(string dead)
    {
        await using var cluster = await OwnerCluster.OpenAsync(Shards, _dialect, directory: Copy(dead));
        return cluster.Repairs.Count > 0;
    }

    private async Task TryOpenAsync(string directory, Crash crash)
    {
        try
        {
            await using var cluster = await OwnerCluster.OpenAsync(Shards, _dialect, directory: directory, wrap: tablet => new CrashingTablet(tablet, crash));
        }
        catch (VitessException)
        {
            Assert.True(crash.Happened);
        }
    }

    private string First => Path.Combine(_directory, "first");

    private static async Task<List<(SqlValue[] Cells, int Shard)>> NotesAsync(OwnerCluster cluster)
    {
        var tables = await cluster.OnShardsAsync("SELECT 1 FROM sqlite_schema WHERE name = '__shale_lookup_notes'");
        return tables.Count < Shards ? [] : await cluster.OnShardsAsync("SELECT note FROM __shale_lookup_notes");
    }

    private async Task PrepareAsync()
    {
        await using var cluster = await OwnerCluster.OpenAsync(Shards, _dialect, directory: First);
        await cluster.RunAsync($"INSERT INTO t (id, n, a, b, tag) VALUES {string.Join(", ", Enumerable.Range(1, 9).Select(g => $"({g}, {g * 10}, {g}, 'b{g}', 'red')"))}");
    }

    // All rows as one text.
    private async Task<string> AfterAsync(string sql)
    {
        if (_after is not null) return _after;
        var copy = Copy();
        await using (var cluster = await OwnerCluster.OpenAsync(Shards, _dialect, directory: copy))
        {
            Assert.True(await TryRunAsync(cluster, sql));
            _after = await RowsAsync(cluster);
        }

        Directory.Delete(copy, recursive: true);
        return _after;
    }

    private async Task<string> RowsAsync(string directory)
    {
        await using var cluster = await OwnerCluster.OpenAsync(Shards, _dialect, directory: directory);
        return await RowsAsync(cluster);
    }

    private static async Task<string> RowsAsync(OwnerCluster cluster) => string.Join('\n', await cluster.RowsAsync("SELECT * FROM t ORDER BY id, n"));

    private static async Task<bool> TryRunAsync(OwnerCluster cluster, string sql, string? key = null)
    {
        try
        {
            var parts = sql.Split("; ");
            if (parts.Length == 1)
            {
                await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Dialect = cluster.Dialect, IdempotencyKey = key });
                return true;
            }

            var id = (await cluster.Gate.BeginAsync(null, null, cluster.Dialect)).TxId;
            foreach (var part in parts) await cluster.InAsync(id, part);
            await cluster.Gate.CommitAsync(id);
            return true;
        }
        catch (VitessException)
        {
            return false;
        }
    }

    private string Copy(string? from = null)
    {
        from ??= First;
        var to = Path.Combine(_directory, $"copy{_copies++}");
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return to;
    }
}
