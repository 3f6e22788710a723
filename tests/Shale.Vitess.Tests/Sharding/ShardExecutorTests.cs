using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Shale.Engines;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>The samples of seed 003, "Sharding", in C# form, and what stands behind them.</summary>
public sealed partial class ShardExecutorTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-sharding-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Samples_RunAsTheyStand()
    {
        var directory = _directory;

        // Docs begin
        var router = ShardRouter.Create(new ShardRouterConfig
        {
            Tables =
            {
                // Shard by user ID using hash
                ["users"] = new ShardedTable { Vindex = VindexType.Hash, Column = "id", Shards = 16 },

                // Shard by user_id to colocate with users
                ["orders"] = new ShardedTable { Vindex = VindexType.Hash, Column = "user_id", Shards = 16 },
            },
        });

        await using var executor = await ShardExecutor.CreateAsync(router, new ShardExecutorOptions
        {
            GetEngine = shardId => new SqliteEngine(new SqliteEngineOptions { Path = Path.Combine(directory, $"shard-{shardId}.db") }),
        });
        await executor.RunAsync("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, active BOOLEAN)");
        await executor.RunAsync("INSERT INTO users VALUES (?, ?, ?), (?, ?, ?)", [42, "Ada", true, 43, "Ben", false]);
        await executor.RunAsync("CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER)");
        await executor.RunAsync("INSERT INTO accounts VALUES (1, 500), (2, 500)");

        // Single-shard query (knows exact shard)
        var user = await executor.QueryAsync("SELECT * FROM users WHERE id = ?", [42]);

        // Scatter-gather query (queries all shards)
        var activeUsers = await executor.QueryAsync("SELECT * FROM users WHERE active = ?", [true]);

        await executor.TransactionAsync(async tx =>
        {
            // This may touch multiple shards
            await tx.RunAsync("UPDATE accounts SET balance = balance - 100 WHERE id = ?", [1]);
            await tx.RunAsync("UPDATE accounts SET balance = balance + 100 WHERE id = ?", [2]);
        });

        // Docs end
        Assert.Equal(16, router.ShardCount);
        Assert.Single(user.Shards);
        Assert.Equal(["42|Ada|true"], Cluster.Rows(user.Rows));
        Assert.Equal(16, activeUsers.Shards.Count);
        Assert.Equal(["42|Ada|true"], Cluster.Rows(activeUsers.Rows));
        Assert.Equal(["400", "600"], Cluster.Rows((await executor.QueryAsync("SELECT balance FROM accounts ORDER BY id")).Rows));
        Assert.Equal(16, Directory.GetFiles(directory, "shard-*.db").Length);
    }

    [Fact]
    public void Sample_IsThatOfTheDocs()
    {
        var sample = SampleRegion().Match(File.ReadAllText(SourcePath())).Groups[1].Value;
        var docs = File.ReadAllText(Path.Combine(Path.GetDirectoryName(SourcePath())!, "..", "..", "..", "docs", "vschema.md"));
        Assert.Contains(Normal(sample), Normal(docs), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transaction_WorkThrows_RollsBackAndThrowsTheSame()
    {
        await using var executor = await OpenAsync(Users(4));
        await executor.RunAsync("CREATE TABLE users (id INTEGER PRIMARY KEY, n INTEGER)");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(async () => await executor.TransactionAsync(async tx =>
        {
            await tx.RunAsync("INSERT INTO users VALUES (1, 1), (2, 2), (3, 3)");
            Assert.Equal(3, (await tx.QueryAsync("SELECT * FROM users")).Rows.RowCount);
            throw new InvalidOperationException("no");
        }));
        Assert.Equal("no", failure.Message);
        Assert.Equal(0, (await executor.QueryAsync("SELECT * FROM users")).Rows.RowCount);
        Assert.Equal(7, await executor.TransactionAsync(async tx => (await tx.RunAsync("INSERT INTO users VALUES (1, 1)")).Affected + 6));
    }

    [Fact]
    public async Task Route_TellsTheShards()
    {
        await using var executor = await OpenAsync(Users(16));
        await executor.RunAsync("CREATE TABLE users (id INTEGER PRIMARY KEY, n INTEGER)");
        Assert.Single(executor.Route("SELECT * FROM users WHERE id = ?", [42]).Shards);
        Assert.True(executor.Route("SELECT * FROM users WHERE n = ?", [42]).Scatter);
    }

    [Fact]
    public async Task Create_WithATopologyThatIsKept_FindsItsTables()
    {
        for (var i = 0; i < 2; i++)
        {
            using var topology = FileTopology.Open(_directory);
            await using var executor = await ShardExecutor.CreateAsync(Users(4), new ShardExecutorOptions
            {
                GetEngine = shard => new SqliteEngine(new SqliteEngineOptions { Path = Path.Combine(_directory, $"{shard}.db"), Durable = false }), Topology = topology,
            });
            if (i == 0) await executor.RunAsync("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)");
            await executor.RunAsync("INSERT INTO users (name) VALUES ('a'), ('b')");
            Assert.Equal(2 * (i + 1), (await executor.QueryAsync("SELECT DISTINCT id FROM users")).Rows.RowCount);
        }
    }

    [Fact]
    public async Task Create_ReferencesRegionsRangesAndWholeTables_ArePlacedAsTheySay()
    {
        var router = ShardRouter.Create(new ShardRouterConfig
        {
            Keyspace = "shop",
            Tables =
            {
                ["countries"] = new ShardedTable { Reference = true },
                ["people"] = new ShardedTable { Vindex = VindexType.Region, Columns = ["region", "id"], Shards = 4, Parameters = new Dictionary<string, string> { ["regions"] = """{"eu":["shard-0","shard-1"],"us":"shard-3"}""", ["default"] = "us" } },
                ["years"] = new ShardedTable { Vindex = VindexType.Range, Column = "year", Parameters = new Dictionary<string, string> { ["ranges"] = """[{"to":2000,"shard":"shard-0"},{"from":2000,"shard":"shard-2"}]""" } },
                ["notes"] = new ShardedTable { Vindex = VindexType.Null },
                ["ring"] = new ShardedTable { Vindex = VindexType.ConsistentHash, Column = "id" },
            },
        });
        await using var executor = await OpenAsync(router);
        foreach (var sql in (string[])["CREATE TABLE countries (code TEXT PRIMARY KEY)", "CREATE TABLE people (region TEXT, id INTEGER, PRIMARY KEY (region, id))",
            "CREATE TABLE years (year INTEGER PRIMARY KEY)", "CREATE TABLE notes (a TEXT)", "CREATE TABLE ring (id INTEGER PRIMARY KEY)"]) await executor.RunAsync(sql);
        Assert.Equal(["c0-"], executor.Route("SELECT * FROM people WHERE region = ?", ["asia"]).Shards);
        Assert.Equal(["-40", "40-80"], executor.Route("SELECT * FROM people WHERE region = ?", ["eu"]).Shards);
        Assert.Equal(["80-c0"], executor.Route("SELECT * FROM years WHERE year = ?", [2024]).Shards);
        Assert.Equal(["-40"], executor.Route("SELECT * FROM notes").Shards);
        Assert.Single(executor.Route("SELECT * FROM ring WHERE id = 5").Shards);
        Assert.Equal(4, (await executor.RunAsync("INSERT INTO countries VALUES ('no')")).Shards.Count);
        Assert.Equal(1, (await executor.QueryAsync("SELECT * FROM countries")).Rows.RowCount);
    }

    [Fact]
    public void Create_WhatContradictsItself_IsRefused()
    {
        foreach (var tables in (Dictionary<string, ShardedTable>[])[
            new() { ["a"] = new ShardedTable() },
            new() { ["a"] = new ShardedTable { Column = "id", Shards = 16 }, ["b"] = new ShardedTable { Column = "id", Shards = 8 } },
            new() { ["a"] = new ShardedTable { Column = "id", Shards = 0 } },
            new() { ["a"] = new ShardedTable { Vindex = VindexType.Lookup, Column = "id" } },
            new() { ["a"] = new ShardedTable { Vindex = VindexType.Region, Column = "id" } }])
        {
            var failure = Assert.Throws<VitessException>(() => ShardRouter.Create(new ShardRouterConfig { Tables = tables }));
            Assert.Equal("INVALID_VSCHEMA", failure.Code);
            Assert.NotNull(failure.Hint);
        }
    }

    [Fact]
    public async Task Query_InTheOtherDialect_IsThatOfTheOptions()
    {
        await using var executor = await OpenAsync(Users(2), SqlDialect.Postgres);
        Assert.Equal("3", Cluster.Rows((await executor.QueryAsync("SELECT $1::int / 2", [7])).Rows)[0]);
    }

    private static ShardRouter Users(int shards) => ShardRouter.Create(new ShardRouterConfig { Tables = { ["users"] = new ShardedTable { Column = "id", Shards = shards } } });

    [Fact]
    public async Task Transaction_CancelledWhenItsWorkIsDone_HoldsNothing()
    {
        await using var executor = await OpenAsync(Users(2));
        await executor.RunAsync("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)");
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await executor.TransactionAsync(async transaction =>
        {
            await transaction.RunAsync("INSERT INTO users VALUES (1, 'Ada')");
            await stop.CancelAsync();
        }, cancellationToken: stop.Token));
        Assert.Equal(1, (await executor.QueryAsync("SHOW PROCESSLIST")).Rows.RowCount);
        Assert.Equal(["0"], Cluster.Rows((await executor.QueryAsync("SELECT count(*) FROM users")).Rows));
    }

    private static ValueTask<ShardExecutor> OpenAsync(ShardRouter router, SqlDialect dialect = SqlDialect.Sqlite) =>
        ShardExecutor.CreateAsync(router, new ShardExecutorOptions { GetEngine = _ => SqliteEngine.InMemory(), Dialect = dialect });

    private static string Normal(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    private static string SourcePath([CallerFilePath] string path = "") => path;

    [GeneratedRegex("// Docs begin\n(.*?)// Docs end", RegexOptions.Singleline)]
    private static partial Regex SampleRegion();
}
