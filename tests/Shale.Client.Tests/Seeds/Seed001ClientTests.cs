using Shale.Client.Tests.Support;
using Shale.Contracts;
using Shale.Engine.Specification;

namespace Shale.Client.Tests.Seeds;

/// <summary>The client samples of seed 001, end to end.</summary>
public class Seed001ClientTests
{
    private const string Users = "CREATE TABLE users (id SERIAL PRIMARY KEY, tenant_id INT, name TEXT, email TEXT, active BOOLEAN, inactive_since TIMESTAMP)";
    private const string Accounts = "CREATE TABLE accounts (id INT PRIMARY KEY, user_id INT, balance INT)";

    private sealed class User
    {
        public long Id { get; set; }

        public string Name { get; set; } = "";

        public string? Email { get; set; }

        public bool Active { get; set; }
    }

    [Fact]
    public async Task Query_SimpleParameterizedAndWithFields()
    {
        await using var host = await ShaleHost.StartAsync();
        await using var client = await host.ClientAsync(Users,
            "INSERT INTO users (tenant_id, name, email, active) VALUES (1, 'Ann', 'a@x', TRUE), (1, 'Bob', 'b@x', FALSE), (2, 'Cid', 'c@x', TRUE)");

        // Simple query
        var all = await client.QueryAsync<User>("SELECT id, name, email, active FROM users");
        Assert.Equal(["Ann", "Bob", "Cid"], all.Rows.Select(user => user.Name).Order());

        // Parameterized query
        var tenantId = 1;
        var result = await client.QueryAsync<User>("SELECT id, name, email, active FROM users WHERE tenant_id = $1 AND active = $2", [tenantId, true]);
        Assert.Equal(("Ann", true), (result.Rows.Single().Name, result.Rows.Single().Active));

        // With field metadata
        Assert.Equal([("id", "int4"), ("name", "text"), ("email", "text"), ("active", "bool")], result.Fields.Select(field => (field.Name, field.Type)));
        Assert.Equal(1, result.RowCount);
        Assert.True(result.Duration > TimeSpan.Zero);
    }

    [Fact]
    public async Task Execute_InsertUpdateDelete()
    {
        await using var host = await ShaleHost.StartAsync();
        await using var client = await host.ClientAsync(Users, "INSERT INTO users (id, name, inactive_since) VALUES (123, 'Ann', '2020-01-01 00:00:00')");
        var insert = await client.ExecuteAsync("INSERT INTO users (name, email) VALUES ($1, $2)", ["Alice", "alice@example.com"]);
        Assert.Equal(1, insert.Affected);
        Assert.Equal(insert.LastInsertId, (await client.QueryAsync<long>("SELECT id FROM users WHERE name = 'Alice'")).Rows.Single());

        var update = await client.ExecuteAsync("UPDATE users SET name = $1 WHERE id = $2", ["Bob", 123]);
        Assert.Equal(1, update.Affected);

        var thirtyDaysAgo = new DateTime(2024, 1, 1);
        var delete = await client.ExecuteAsync("DELETE FROM users WHERE inactive_since < $1", [thirtyDaysAgo]);
        Assert.Equal(1, delete.Affected);
        Assert.Equal(["Alice"], (await client.QueryAsync<string>("SELECT name FROM users")).Rows);
    }

    [Fact]
    [Trait("Rule", "S4.5")]
    public async Task Batch_SuccessAndPartialFailure()
    {
        await using var host = await ShaleHost.StartAsync();
        await using var client = await host.ClientAsync("CREATE TABLE users (name TEXT PRIMARY KEY)");
        var result = await client.BatchAsync(
        [
            new("INSERT INTO users (name) VALUES ($1)", ["Alice"]),
            new("INSERT INTO users (name) VALUES ($1)", ["Bob"]),
            new("INSERT INTO users (name) VALUES ($1)", ["Charlie"]),
        ]);
        Assert.True(result.Success);
        Assert.Equal(3, result.Results.Count);

        // Handle partial failure: what came before stays, what comes after does not run.
        result = await client.BatchAsync(
        [
            new("INSERT INTO users (name) VALUES ($1)", ["Dora"]),
            new("INSERT INTO users (name) VALUES ($1)", ["Alice"]),
            new("INSERT INTO users (name) VALUES ($1)", ["Emil"]),
        ]);
        Assert.False(result.Success);
        Assert.Equal((1, 1, "CONSTRAINT_VIOLATION"), (result.FailedAt, result.Results.Count, result.ErrorDetail!.Code));
        Assert.NotEmpty(result.Error!);
        Assert.Equal(["Alice", "Bob", "Charlie", "Dora"], (await client.QueryAsync<string>("SELECT name FROM users ORDER BY name")).Rows);

        // Atomic on request.
        result = await client.BatchAsync([new("INSERT INTO users (name) VALUES ('Fritz')"), new("INSERT INTO users (name) VALUES ('Bob')")], atomic: true);
        Assert.Equal((false, 1), (result.Success, result.FailedAt));
        Assert.Equal(4, (await client.QueryAsync<long>("SELECT count(*) FROM users")).Rows.Single());
    }

    [Fact]
    public async Task Transaction_SimpleReturnValueOptionsAndRollback()
    {
        await using var host = await ShaleHost.StartAsync(shards: 4);
        await using var client = await host.ClientAsync(Accounts, "INSERT INTO accounts VALUES (1, 9, 500), (2, 9, 500), (3, 8, 500)",
            "CREATE TABLE orders (id SERIAL PRIMARY KEY, user_id INT)", "CREATE TABLE inventory (item_id INT PRIMARY KEY, qty INT NOT NULL)");
        var (fromAccountId, toAccountId, userId) = (1, 2, 9);

        // Simple transaction
        await client.TransactionAsync(async tx =>
        {
            Assert.Equal(4, tx.Shards.Count);
            await tx.ExecuteAsync("UPDATE accounts SET balance = balance - $1 WHERE id = $2", [100, fromAccountId]);
            await tx.ExecuteAsync("UPDATE accounts SET balance = balance + $1 WHERE id = $2", [100, toAccountId]);
        });

        // Transaction with return value
        var total = await client.TransactionAsync(async tx =>
        {
            var result = await tx.QueryAsync<long>("SELECT SUM(balance) as balance FROM accounts WHERE user_id = $1", [userId]);
            return result.Rows[0];
        });
        Assert.Equal(1000, total);

        // Transaction with options
        await client.TransactionAsync(
            async tx =>
            {
                await tx.QueryAsync("SELECT * FROM accounts");
                var failure = await Assert.ThrowsAsync<VitessException>(() => tx.ExecuteAsync("UPDATE accounts SET balance = 0 WHERE id = 1"));
                Assert.Equal("READ_ONLY_TRANSACTION", failure.Code);
                await tx.RollbackAsync();
            },
            new TransactionOptions(IsolationLevel.Serializable, ReadOnly: true, Timeout: 5000));

        // If something throws, the INSERT is automatically rolled back
        await Assert.ThrowsAsync<VitessException>(() => client.TransactionAsync(async tx =>
        {
            await tx.ExecuteAsync("INSERT INTO orders (user_id) VALUES ($1)", [userId]);
            await tx.ExecuteAsync("INSERT INTO inventory (item_id, qty) VALUES (1, $1)", [null]);
        }));
        Assert.Equal(0, (await client.QueryAsync<long>("SELECT count(*) FROM orders")).Rows.Single());
        Assert.Equal([400, 600, 500], (await client.QueryAsync<int>("SELECT balance FROM accounts ORDER BY id")).Rows);
    }

    [Theory]
    [InlineData(IsolationLevel.ReadUncommitted)]
    [InlineData(IsolationLevel.ReadCommitted)]
    [InlineData(IsolationLevel.RepeatableRead)]
    [InlineData(IsolationLevel.Serializable)]
    public async Task Transaction_EveryIsolationLevel_CommitsWhatItWrites(IsolationLevel isolation)
    {
        await using var host = await ShaleHost.StartAsync();
        await using var client = await host.ClientAsync(Accounts);
        await client.TransactionAsync(tx => tx.ExecuteAsync("INSERT INTO accounts VALUES (1, 9, 500), (2, 9, 500)"), new TransactionOptions(isolation));
        Assert.Equal(2, (await client.QueryAsync<long>("SELECT count(*) FROM accounts")).Rows.Single());
    }

    [Fact]
    public async Task Transaction_OlderThanItsTimeout_IsRolledBack()
    {
        var clock = new ManualTime();
        await using var host = await ShaleHost.StartAsync(configure: options => options with { Clock = clock });
        await using var client = await host.ClientAsync(Accounts);
        await using var tx = await client.BeginAsync(new TransactionOptions(Timeout: 300));
        await tx.ExecuteAsync("INSERT INTO accounts VALUES (1, 9, 500)");
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("TRANSACTION_EXPIRED", (await Assert.ThrowsAsync<VitessException>(() => tx.CommitAsync())).Code);
        Assert.Equal(0, (await client.QueryAsync<long>("SELECT count(*) FROM accounts")).Rows.Single());
    }

    [Fact]
    public async Task Status_TellsEveryShardsHealth()
    {
        await using var host = await ShaleHost.StartAsync(shards: 4);
        await using var client = await host.ClientAsync(Users);
        await client.QueryAsync("SELECT count(*) FROM users");
        var status = await client.StatusAsync();
        Assert.Equal(("main", 4, StorageEngineType.Sqlite, 0L), (status.Keyspace, status.ShardCount, status.Engine, status.TotalErrors));
        Assert.True(status.TotalQueries >= 4);
        Assert.Equal(["-40", "40-80", "80-c0", "c0-"], status.Shards.Select(shard => shard.Id));
        Assert.All(status.Shards, shard =>
        {
            Assert.True(shard.Healthy);
            Assert.True(shard.QueryCount > 0);
            Assert.True(shard.LastQuery > 0);
            Assert.True(shard.Latency!.P50 <= shard.Latency.P99);
        });
    }

    [Fact]
    public async Task VSchema_TellsTablesAndVindexes()
    {
        await using var host = await ShaleHost.StartAsync();
        await using var client = await host.ClientAsync(Users);
        var schema = await client.VSchemaAsync();
        Assert.Equal(("main", true), (schema.Keyspace, schema.Sharded));
        var users = schema.Tables["users"];
        Assert.Equal(("hash", "id"), (users.Vindex.Type, string.Join(", ", users.Vindex.Columns)));
        Assert.Equal("id", users.AutoIncrement!.Column);
        Assert.All(schema.Vindexes, vindex => Assert.NotEmpty(vindex.Value.Type));
    }

    [Fact]
    public async Task VitessError_OfAMissingTable()
    {
        await using var host = await ShaleHost.StartAsync();
        await using var client = await host.ClientAsync();
        var error = await Assert.ThrowsAsync<VitessException>(() => client.QueryAsync("SELECT * FROM nonexistent"));
        Assert.Equal(("NOT_FOUND", "42P01"), (error.Code, error.SqlState));
        Assert.Contains("nonexistent", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_GivesAllRowsOfAllShards()
    {
        await using var host = await ShaleHost.StartAsync(shards: 3);
        await using var client = await host.ClientAsync("CREATE TABLE t (id INT PRIMARY KEY, text TEXT)",
            "INSERT INTO t SELECT i, repeat('x', 100) FROM generate_series(1, 5000) AS g(i)");
        var ids = new HashSet<int>();
        await foreach (var (id, text) in client.StreamAsync<(int, string)>("SELECT id, text FROM t WHERE id > $1", [1000]))
        {
            Assert.Equal(100, text.Length);
            Assert.True(ids.Add(id));
        }
        Assert.Equal(4000, ids.Count);
    }

    [Fact]
    public async Task Factories_TheirMessagesAreAnsweredByTheDoor()
    {
        await using var host = await ShaleHost.StartAsync();
        await using var client = await host.ClientAsync(Users, "INSERT INTO users (id, name) VALUES (123, 'Ann')");
        using var http = new HttpClient();
        var query = Messages.CreateQueryRequest("SELECT * FROM users WHERE id = $1", [123], keyspace: "main");
        var answer = Assert.IsType<QueryResponse>(await PostAsync<QueryRequest, QueryResponse>(query));
        Assert.Equal((query.Id, 1), (answer.Id, answer.Result.RowCount));
        Assert.Single(answer.Result.Shards!);

        var begun = Assert.IsType<BeginResponse>(await PostAsync<BeginRequest, BeginResponse>(Messages.CreateBeginRequest("main")));
        Assert.IsType<ExecuteResponse>(await PostAsync<ExecuteRequest, ExecuteResponse>(Messages.CreateExecuteRequest("DELETE FROM users", txId: begun.TxId)));
        Assert.IsType<AckResponse>(await PostAsync<RollbackRequest, AckResponse>(Messages.CreateRollbackRequest(begun.TxId)));
        Assert.IsType<ErrorResponse>(await PostAsync<CommitRequest, AckResponse>(Messages.CreateCommitRequest(begun.TxId)));
        Assert.IsType<StatusResponse>(await PostAsync<StatusRequest, StatusResponse>(Messages.CreateStatusRequest("main")));
        Assert.IsType<HealthResponse>(await PostAsync<HealthRequest, HealthResponse>(Messages.CreateHealthRequest()));
        Assert.IsType<BatchResponse>(await PostAsync<BatchRequest, BatchResponse>(Messages.CreateBatchRequest([new("SELECT 1")])));
        Assert.Equal(1, (await client.QueryAsync<long>("SELECT count(*) FROM users")).Rows.Single());

        async Task<Message> PostAsync<TRequest, TResponse>(TRequest request)
            where TRequest : Message
            where TResponse : Message
        {
            using var content = new ByteArrayContent(ContractsJson.Serialize(request));
            using var response = await http.PostAsync(host.Url, content);
            return ContractsJson.ReadResponse<TResponse>(await response.Content.ReadAsByteArrayAsync());
        }
    }
}
