using System.Collections.Concurrent;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Values, definitions and failures at the edge: entries stay with their rows.</summary>
public sealed class LookupEdgeTests
{
    [Theory]
    [Trait("Rule", "S2.8")]
    [InlineData("INTEGER", "1", "1.0")]
    [InlineData("INTEGER", "1", "'1'")]
    [InlineData("INTEGER", "'1.0'", "1")]
    [InlineData("INTEGER", "9007199254740993", "'9007199254740993'")]
    [InlineData("TEXT", "1", "'1'")]
    [InlineData("TEXT", "'1.0'", "1.0")]
    [InlineData("BLOB", "x'31'", "x'31'")]
    [InlineData("NUMERIC", "1", "'1.0'")]
    [InlineData("INTEGER", "'abc'", "'abc'")]
    [InlineData("INTEGER", "1.5", "'1.5'")]
    public async Task Values_ThatTheEngineHoldsEqual_AreOneKey(string type, string value, string equal)
    {
        await using var cluster = await Cluster.OpenAsync(4, SqlDialect.Sqlite);
        if (await TryAsync(cluster, $"CREATE TABLE u (id INTEGER PRIMARY KEY, n {type} UNIQUE)") == "0A000") return;
        await cluster.RunAsync($"INSERT INTO u VALUES (1, {value})");
        for (var id = 2; id < 9; id++) Assert.Equal("23505", await TryAsync(cluster, $"INSERT INTO u VALUES ({id}, {equal})"));
        Assert.Equal(["1"], await cluster.RowsAsync($"SELECT id FROM u WHERE n = {equal}"));
        await cluster.RunAsync($"UPDATE u SET n = {equal}");
        Assert.Equal(1, (await cluster.RunAsync($"DELETE FROM u WHERE n = {value}")).Affected);
        Assert.Empty(await cluster.RowsAsync("VERIFY VINDEX u_n_key ON u"));
    }

    [Theory]
    [Trait("Rule", "S2.8")]
    [InlineData("half \ud83d")]
    [InlineData("\ud83d\ude00")]
    [InlineData("{\"a\": \"b\\\"}")]
    [InlineData("")]
    public async Task Texts_OfAnyKind_AreKept(string text)
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAsync("CREATE TABLE u (id BIGINT PRIMARY KEY, n TEXT UNIQUE)");
        foreach (var value in (string[])[text, text + new string('x', 2_000_000)])
        {
            await cluster.RunAsync("INSERT INTO u VALUES (1, $1)", SqlValue.Text(value));
            for (var id = 2; id < 9; id++)
            {
                Assert.Equal("23505", (await cluster.FailsAsync("INSERT INTO u VALUES ($2, $1)", SqlValue.Text(value), SqlValue.Integer(id))).SqlState);
            }

            Assert.Empty(await cluster.RowsAsync("VERIFY VINDEX u_n_key ON u"));
            await cluster.RunAsync("UPDATE u SET id = id + 1, n = n || 'y'");
            Assert.Equal(1, (await cluster.RunAsync("DELETE FROM u WHERE n = $1 || 'y'", SqlValue.Text(value))).Affected);
            Assert.Empty(await cluster.RowsAsync("SELECT n FROM u_n_key_lookup"));
        }
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Delete_OfOneOfManyRowsWithAValue_TakesItsEntryAlong()
    {
        await using var cluster = await OwnerCluster.OpenAsync(2);
        await cluster.RunAsync("INSERT INTO t (id, tag) SELECT g, 'red' FROM generate_series(1, 600) g");
        await cluster.RunAsync("DELETE FROM t WHERE id = 5");
        await cluster.RunAsync("UPDATE t SET tag = 'blue' WHERE id IN (6, 7, 8)");
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Insert_WhileAnotherDeletesTheValue_IsWonByOneAtATime()
    {
        await using var cluster = await OwnerCluster.OpenAsync(4);
        var failures = new ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(client => Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                var sql = ((client + i) % 4) switch
                {
                    0 => "DELETE FROM t WHERE n = 7",
                    1 => $"UPDATE t SET id = {(client * 100_000) + i + 50_000}, n = 8 WHERE n = 7",
                    2 => $"INSERT INTO t (id, n, a, b) VALUES ({(client * 100_000) + i}, 7, 1, 'x') ON CONFLICT (n) DO UPDATE SET a = t.a + 1",
                    _ => $"INSERT INTO t (id, n) VALUES ({(client * 100_000) + i}, 7)",
                };
                try
                {
                    await cluster.RunAsync(sql);
                }
                catch (VitessException failure)
                {
                    if (failure.SqlState != "23505") failures.Add(failure.ToString());
                }
            }
        })));
        Assert.Empty(failures);
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Theory]
    [Trait("Rule", "S2.8")]
    [InlineData("ALTER TABLE t DROP COLUMN n")]
    [InlineData("ALTER TABLE t RENAME COLUMN n TO m")]
    [InlineData("ALTER TABLE t RENAME TO t2")]
    [InlineData("ALTER TABLE t DROP CONSTRAINT t_n_key")]
    [InlineData("DROP TABLE t")]
    public async Task Definition_OfALookedUpTable_LeavesNothingBehind(string definition)
    {
        await using var cluster = await Cluster.OpenAsync(3);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, n INT UNIQUE, m1 TEXT UNIQUE, v INT)", "INSERT INTO t SELECT g, g, 'x' || g, g FROM generate_series(1, 30) g", definition);
        var tables = cluster.Gate.VSchema.Get("main").Tables.Values;
        foreach (var table in tables)
        {
            foreach (var lookup in table.Lookups) Assert.Empty(await cluster.RowsAsync($"VERIFY VINDEX {lookup.Name} ON {table.Name}"));
        }

        if (definition.StartsWith("DROP", StringComparison.Ordinal))
        {
            Assert.Empty(tables);
            return;
        }

        var name = tables.First(table => !table.Lookups.IsEmpty).Name;
        await cluster.RunAllAsync($"UPDATE {name} SET m1 = 'y' || id, id = id + 100", $"INSERT INTO {name} (id, m1) VALUES (1, 'x1'), (2, 'x2')", $"DELETE FROM {name} WHERE m1 = 'y5'");
        Assert.Equal("23505", await TryAsync(cluster, $"INSERT INTO {name} (id, m1) VALUES (500, 'x1')"));
        Assert.Equal(["1"], await cluster.RowsAsync($"SELECT id FROM {name} WHERE m1 = 'x1'"));
        foreach (var lookup in cluster.Gate.VSchema.Get("main").GetTable(name).Lookups) Assert.Empty(await cluster.RowsAsync($"VERIFY VINDEX {lookup.Name} ON {name}"));
    }

    [Theory]
    [Trait("Rule", "S2.8")]
    [Trait("Rule", "S4.1")]
    [InlineData(SqlDialect.Sqlite)]
    [InlineData(SqlDialect.Postgres)]
    public async Task Transaction_WithFailuresAndSavepoints_CommitsWhatIsLeft(SqlDialect dialect)
    {
        await using var cluster = await OwnerCluster.OpenAsync(4, dialect);
        await cluster.RunAsync($"INSERT INTO t (id, n, tag) VALUES {string.Join(", ", Enumerable.Range(1, 12).Select(i => $"({i}, {i}, 'red')"))}");
        var id = (await cluster.Gate.BeginAsync(null, null, dialect)).TxId;
        foreach (var sql in (string[])
        [
            "UPDATE t SET n = n + 100", "SAVEPOINT a", "DELETE FROM t WHERE n = 105", "INSERT INTO t (id, n) VALUES (50, 105)", "SAVEPOINT b", "UPDATE t SET id = id + 1000 WHERE id < 4",
            "UPDATE t SET n = 1 WHERE id = 50", "ROLLBACK TO b", "INSERT INTO t (id, n) VALUES (51, 1)", "RELEASE a", "SAVEPOINT c", "DELETE FROM t", "ROLLBACK TO c", "UPDATE t SET n = 12 WHERE id = 1",
            "UPDATE t SET n = 101 WHERE id = 12",
        ]) await cluster.InAsync(id, sql);
        if (dialect == SqlDialect.Sqlite)
        {
            foreach (var sql in (string[])["INSERT INTO t (id, n) VALUES (60, 60), (61, 61), (62, 105)", "UPDATE t SET n = 105 WHERE id IN (7, 8)", "INSERT INTO t (id, n, v) VALUES (70, 70, 1), (71, 71, 5000)"])
            {
                await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(id, sql));
            }
        }

        await cluster.Gate.CommitAsync(id);
        Assert.Equal(["1|12", "2|102", "12|101", "50|105", "51|1"], await cluster.RowsAsync("SELECT id, n FROM t WHERE id IN (1, 2, 5, 12, 50, 51, 60, 70) ORDER BY id"));
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Theory]
    [Trait("Rule", "S2.8")]
    [InlineData("INSERT INTO t (id, n, a, b, tag) SELECT id + 100, n + 100, a, 'new', 'blue' FROM t")]
    [InlineData("INSERT INTO t (id, n, tag) VALUES (100, 100, 'blue')")]
    [InlineData("DELETE FROM t")]
    [InlineData("UPDATE t SET n = n + 100, tag = 'blue'")]
    [InlineData("UPDATE t SET id = id + 100")]
    [InlineData("INSERT INTO t (id, n, tag) SELECT id, 100 + n, 'blue' FROM t ON CONFLICT (id) DO UPDATE SET n = excluded.n, tag = excluded.tag")]
    public async Task Commit_ThatFailsOnAShard_LeavesEntriesWithTheRowsThatAreThere(string sql)
    {
        for (var failing = 0; ; failing++)
        {
            var hooks = new Hooks();
            await using var cluster = await OwnerCluster.OpenAsync(3, SqlDialect.Postgres, null, hooks.Around);
            await cluster.RunAsync("INSERT INTO t (id, n, a, b, tag) SELECT g, g, g, 'b' || g, 'red' FROM generate_series(1, 9) g");
            var commits = 0;
            hooks.Before = (_, what) => what == "commit" && commits++ == failing ? throw new VitessException(ErrorCodes.ShardError, "the disk is full") : Task.CompletedTask;
            var failed = false;
            try
            {
                await cluster.RunAsync(sql);
            }
            catch (VitessException)
            {
                failed = true;
            }

            hooks.Before = null;
            var faults = await cluster.FaultsAsync();
            Assert.True(faults.Count == 0, $"commit {failing}: {string.Join("; ", faults)}");
            await cluster.RunAsync("INSERT INTO t (id, n, tag) VALUES (1000, 1000, 'more'), (1001, 1001, 'more'), (1002, 1002, 'more') ON CONFLICT DO NOTHING");
            Assert.Empty(await cluster.FaultsAsync());
            if (!failed) return;
        }
    }

    private static async Task<string?> TryAsync(Cluster cluster, string sql)
    {
        try
        {
            await cluster.RunAsync(sql);
            return null;
        }
        catch (VitessException failure)
        {
            return failure.SqlState;
        }
    }
}
