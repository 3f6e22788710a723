using Shale.Engines;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>The table of notes belongs to Shale: nobody sees or names it.</summary>
public sealed class LookupNoteTests
{
    [Theory]
    [Trait("Rule", "S2.8")]
    [InlineData("SELECT * FROM __shale_lookup_notes", "42P01")]
    [InlineData("DELETE FROM __shale_lookup_notes", "42P01")]
    [InlineData("DROP TABLE __shale_lookup_notes", "42P01")]
    [InlineData("TRUNCATE __shale_lookup_notes", "42P01")]
    [InlineData("CREATE TABLE __shale_lookup_notes (id INT PRIMARY KEY)", "42939")]
    [InlineData("ALTER TABLE t RENAME TO __shale_lookup_notes", "42939")]
    [InlineData("ALTER VSCHEMA ON t ADD VINDEX more (v) USING lookup WITH table=__shale_lookup_notes", "42939")]
    public async Task Table_CannotBeNamed(string sql, string sqlState)
    {
        await using var cluster = await NotedAsync(SqlDialect.Postgres);
        Assert.StartsWith(sqlState, await cluster.FailAsync(sql), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Rule", "S2.8")]
    [InlineData("SHOW TABLES", SqlDialect.Postgres)]
    [InlineData("SELECT name FROM sqlite_master", SqlDialect.Sqlite)]
    [InlineData("PRAGMA table_list", SqlDialect.Sqlite)]
    [InlineData("SELECT table_name FROM information_schema.tables", SqlDialect.Postgres)]
    public async Task Table_IsNotShown(string sql, SqlDialect dialect)
    {
        await using var cluster = await NotedAsync(dialect);
        try
        {
            var rows = await cluster.RowsAsync(sql);
            Assert.Contains(rows, row => row == "t" || row.Contains("t_n", StringComparison.Ordinal));
            Assert.DoesNotContain(rows, row => row.Contains("shale", StringComparison.Ordinal));
        }
        catch (VitessException failure) when (failure.SqlState is "42P01" or "0A000")
        {
            // What is not answered shows nothing either.
        }
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Note_OfACommitThatFailed_DoesNothingOverWhatOthersHaveWrittenSince()
    {
        for (var failing = 1; failing < 3; failing++)
        {
            var hooks = new Hooks();
            await using var cluster = await OwnerCluster.OpenAsync(3, SqlDialect.Postgres, null, hooks.Around);
            await cluster.RunAsync("INSERT INTO t (id, n) SELECT g, g * 10 FROM generate_series(1, 9) g");
            await FailAsync(hooks, failing, () => cluster.RunAsync("UPDATE t SET n = n - 10"));

            await cluster.RunAsync("UPDATE t SET n = id + 5000");
            await cluster.RunAsync("DELETE FROM t WHERE id = 4");
            var rows = await cluster.RowsAsync("SELECT id, n FROM t ORDER BY id");
            Assert.DoesNotContain(await cluster.Gate.RepairAsync(), what => what.Contains("completed", StringComparison.Ordinal));
            Assert.Equal(rows, await cluster.RowsAsync("SELECT id, n FROM t ORDER BY id"));
            Assert.Empty(await cluster.FaultsAsync());
        }
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Note_OfATransactionOverTwoKeyspaces_IsLookedAfterInBoth()
    {
        for (var failing = 1; failing < 5; failing++)
        {
            var hooks = new Hooks();
            var vschema = VSchema.Empty.WithKeyspace(VKeyspace.Create("main", KeyRange.Split(3))).WithKeyspace(VKeyspace.Create("other", KeyRange.Split(2)));
            await using var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { Durable = false, VSchema = vschema, WrapTablet = hooks.Around, Keyspace = "main" });
            foreach (var keyspace in (string[])["main", "other"])
            {
                await cluster.Gate.ExecuteAsync(new GateRequest("CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT UNIQUE)", []) { Target = keyspace });
                await cluster.Gate.ExecuteAsync(new GateRequest("INSERT INTO t SELECT g, g FROM generate_series(1, 9) g", []) { Target = keyspace });
            }

            await FailAsync(hooks, failing, async () =>
            {
                var id = (await cluster.Gate.BeginAsync("main")).TxId;
                foreach (var keyspace in (string[])["other", "main"])
                {
                    await cluster.Gate.ExecuteAsync(new GateRequest($"UPDATE {keyspace}.t SET n = n + 1000", []) { TxId = id });
                    await cluster.Gate.ExecuteAsync(new GateRequest($"DELETE FROM {keyspace}.t WHERE id > 5", []) { TxId = id });
                }

                await cluster.Gate.CommitAsync(id);
            });
            await cluster.Gate.RepairAsync();
            foreach (var keyspace in (string[])["main", "other"])
            {
                var found = Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest("VERIFY VINDEX t_n_key ON t", []) { Target = keyspace })).Rows);
                Assert.True(found.Length == 0, $"commit {failing}, {keyspace}: {string.Join("; ", found)}");
            }
        }
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Note_OfAShardThatGoesOverToAnotherEngine_GoesAlong()
    {
        await using var cluster = await NotedAsync(SqlDialect.Postgres);
        foreach (var tablet in cluster.Tablets) await tablet.SwitchEngineAsync(SqliteEngine.InMemory());
        await cluster.RunAsync("UPDATE t SET id = id + 100, n = n - 1");
        for (var i = 0; i < 30; i++) await cluster.RunAsync($"INSERT INTO t (id, n) VALUES ({i}, {i + 2000})");
        await cluster.Gate.RepairAsync();
        Assert.Empty(await cluster.OnShardsAsync("SELECT 1 FROM __shale_lookup_notes"));
        await cluster.RunAsync("UPDATE t SET id = id + 200, n = n - 1");
        Assert.Empty(await cluster.FaultsAsync());
    }

    // Nothing can be mended at once either: all that begins on a shard fails.
    private static async Task FailAsync(Hooks hooks, int failing, Func<Task> work)
    {
        var commits = 0;
        hooks.Before = (_, what) => (what == "commit" && commits++ >= failing) || (what == "begin" && commits > failing)
            ? throw new VitessException(ErrorCodes.ShardError, "the disk is full")
            : Task.CompletedTask;
        await Assert.ThrowsAsync<VitessException>(work);
        hooks.Before = null;
    }

    private static async Task<OwnerCluster> NotedAsync(SqlDialect dialect)
    {
        var cluster = await OwnerCluster.OpenAsync(3, dialect);
        for (var i = 0; i < 30; i++) await cluster.RunAsync($"INSERT INTO t (id, n) VALUES ({i}, {i + 1000})");
        Assert.Equal(3, (await cluster.OnShardsAsync("SELECT 1 FROM sqlite_schema WHERE name = '__shale_lookup_notes'")).Count);
        return cluster;
    }
}
