using Shale.Client.Tests.Support;
using Shale.Contracts;

namespace Shale.Client.Tests.Seeds;

/// <summary>The client samples of seed 000, end to end.</summary>
public class Seed000Tests
{
    private const string Users = "CREATE TABLE users (id SERIAL PRIMARY KEY, tenant_id INT, name TEXT, email TEXT)";

    private sealed record User(int Id, int? TenantId, string Name, string? Email);

    [Fact]
    public async Task QuickStart_ClientUsage()
    {
        await using var host = await ShaleHost.StartAsync(shards: 4);
        await using var client = VitessClient.Create(new VitessConfig { Endpoint = host.Url, Keyspace = "main" });
        await client.ConnectAsync();
        Assert.True(client.IsConnected);
        await client.ExecuteAsync(Users);
        await client.ExecuteAsync("CREATE TABLE accounts (id INT PRIMARY KEY, balance INT)");

        // Execute writes
        var result = await client.ExecuteAsync("INSERT INTO users (name, email) VALUES ($1, $2)", ["Alice", "alice@example.com"]);
        Assert.Equal(1, result.Affected);
        Assert.NotNull(result.LastInsertId);

        // Execute queries
        await client.ExecuteAsync("INSERT INTO users (name, email, tenant_id) VALUES ($1, $2, $3)", ["Bob", "bob@example.com", 7]);
        var users = await client.QueryAsync<User>("SELECT * FROM users WHERE tenant_id = $1", [7]);
        Assert.Equal(("Bob", 7), (users.Rows.Single().Name, users.Rows.Single().TenantId));

        // Batch operations
        var batch = await client.BatchAsync(
        [
            new("INSERT INTO users (name) VALUES ($1)", ["Alice"]),
            new("INSERT INTO users (name) VALUES ($1)", ["Bob"]),
        ]);
        Assert.True(batch.Success);
        Assert.Equal([1L, 1L], batch.Results.Select(each => each.Affected));

        // Transactions with automatic commit and rollback
        await client.ExecuteAsync("INSERT INTO accounts (id, balance) VALUES (1, 500), (2, 500)");
        var (fromId, toId) = (1, 2);
        await client.TransactionAsync(async tx =>
        {
            await tx.ExecuteAsync("UPDATE accounts SET balance = balance - $1 WHERE id = $2", [100, fromId]);
            await tx.ExecuteAsync("UPDATE accounts SET balance = balance + $1 WHERE id = $2", [100, toId]);
        });
        Assert.Equal([400, 600], (await client.QueryAsync<int>("SELECT balance FROM accounts ORDER BY id")).Rows);

        await client.DisconnectAsync();
        Assert.False(client.IsConnected);
    }

    [Fact]
    public void Configuration_FullConfiguration()
    {
        var config = new VitessConfig
        {
            Endpoint = "https://my-app.vitess.do",
            Keyspace = "main",
            Token = "from the environment",
            Timeout = TimeSpan.FromSeconds(60),
            Retry = new RetryConfig(MaxAttempts: 5, Backoff: TimeSpan.FromMilliseconds(200)),
        };
        Assert.False(VitessClient.Create(config).IsConnected);
    }

    [Fact]
    public async Task ErrorHandling_NamesCodeMessageAndShard()
    {
        await using var host = await ShaleHost.StartAsync();
        await using var client = await host.ClientAsync("CREATE TABLE users (email TEXT PRIMARY KEY)");
        await client.ExecuteAsync("INSERT INTO users (email) VALUES ($1)", ["duplicate@example.com"]);
        var error = await Assert.ThrowsAsync<VitessException>(() => client.ExecuteAsync("INSERT INTO users (email) VALUES ($1)", ["duplicate@example.com"]));
        Assert.Equal(("CONSTRAINT_VIOLATION", "23505"), (error.Code, error.SqlState));
        Assert.Contains(error.Shard, host.Cluster.Tablets.Select(tablet => tablet.Shard));
        Assert.NotEmpty(error.Message);
    }

    [Fact]
    public async Task StatusAndVSchema_TellOfTheCluster()
    {
        await using var host = await ShaleHost.StartAsync(shards: 4);
        await using var client = await host.ClientAsync(Users);
        ClusterStatus status = await client.StatusAsync();
        Assert.Equal(4, status.Shards.Count);
        VSchemaInfo vschema = await client.VSchemaAsync();
        Assert.Equal("hash", vschema.Tables["users"].Vindex.Type);
    }
}
