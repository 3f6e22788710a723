using Shale.Client.Tests.Support;
using Shale.Contracts;
using Shale.Engine.Specification;

namespace Shale.Client.Tests.Seeds;

/// <summary>The ten common codes and the transaction codes of seed 001, each from a situation that has it.</summary>
public class ErrorCodeTests
{
    private static async Task<VitessException> FailAsync(Func<VitessClient, Task> act, params string[] statements)
    {
        await using var host = await ShaleHost.StartAsync();
        await using var client = await host.ClientAsync(statements);
        var failure = await Assert.ThrowsAsync<VitessException>(() => act(client));
        Assert.False(string.IsNullOrEmpty(failure.Hint));

        // Whatever failed, the server goes on.
        Assert.Equal([1], (await client.QueryAsync<int>("SELECT 1")).Rows);
        return failure;
    }

    [Fact]
    public async Task ConnectionError_NobodyListens()
    {
        string url;
        await using (var host = await ShaleHost.StartAsync()) url = host.Url;
        await using var client = VitessClient.Create(new VitessConfig { Endpoint = url, Retry = new RetryConfig(1, TimeSpan.Zero) });
        var failure = await Assert.ThrowsAsync<VitessException>(() => client.ConnectAsync());
        Assert.Equal(("CONNECTION_ERROR", true), (failure.Code, failure.IsTransient));
    }

    [Fact]
    public async Task QueryError_TooFewParameters()
    {
        var failure = await FailAsync(client => client.QueryAsync("SELECT * FROM t WHERE id = $1"), "CREATE TABLE t (id INT PRIMARY KEY)");
        Assert.Equal(("QUERY_ERROR", "08P01"), (failure.Code, failure.SqlState));
    }

    [Fact]
    public async Task TransactionError_AStatementAfterOneThatFailed()
    {
        var failure = await FailAsync(client => client.TransactionAsync(async tx =>
        {
            await Assert.ThrowsAsync<VitessException>(() => tx.QueryAsync("SELECT * FROM nothing"));
            await tx.QueryAsync("SELECT 1");
        }));
        Assert.Equal(("TRANSACTION_ERROR", "25P02"), (failure.Code, failure.SqlState));
    }

    [Theory]
    [InlineData("SELECT FROM WHERE")]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("SELEC 1")]
    public async Task SyntaxError_Is42601(string sql)
    {
        var failure = await FailAsync(client => client.QueryAsync(sql));
        Assert.Equal(("SYNTAX_ERROR", "42601"), (failure.Code, failure.SqlState));
    }

    [Theory]
    [InlineData("INSERT INTO t VALUES (1, 1)", "23505")]
    [InlineData("INSERT INTO t VALUES (2, NULL)", "23502")]
    [InlineData("INSERT INTO t VALUES (2, -1)", "23514")]
    public async Task ConstraintViolation_TellsWhichKind(string sql, string sqlState)
    {
        var failure = await FailAsync(client => client.ExecuteAsync(sql),
            "CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL CHECK (n > 0))", "INSERT INTO t VALUES (1, 1)");
        Assert.Equal(("CONSTRAINT_VIOLATION", sqlState), (failure.Code, failure.SqlState));
        Assert.NotNull(failure.Shard);
    }

    [Fact]
    public async Task TypeError_AValueThatIsNoInteger()
    {
        var failure = await FailAsync(client => client.ExecuteAsync("INSERT INTO t VALUES (1, $1)", ["abc"]), "CREATE TABLE t (id INT PRIMARY KEY, n INT)");
        Assert.Equal(("TYPE_ERROR", "22P02"), (failure.Code, failure.SqlState));
    }

    [Theory]
    [InlineData("SELECT * FROM nothing", "42P01")]
    [InlineData("SELECT nothing FROM t", "42703")]
    [InlineData("SELECT nothing(id) FROM t", "42883")]
    public async Task NotFound_TellsWhat(string sql, string sqlState)
    {
        var failure = await FailAsync(client => client.QueryAsync(sql), "CREATE TABLE t (id INT PRIMARY KEY)");
        Assert.Equal(("NOT_FOUND", sqlState), (failure.Code, failure.SqlState));
    }

    [Fact]
    public async Task ConstraintViolation_TellsTheConstraintAndTheValues()
    {
        await using var host = await ShaleHost.StartAsync();
        await using var client = await host.ClientAsync("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        var told = new FailureSubject("t", Constraint: "t_pkey") { Detail = "Key (id)=(1) already exists." };
        var failure = await Assert.ThrowsAsync<VitessException>(() => client.ExecuteAsync("INSERT INTO t VALUES (2), (1)"));
        Assert.Equal(("23505", told), (failure.SqlState, failure.Subject));
        var batch = await client.BatchAsync([new BatchStatement("INSERT INTO t VALUES (1)")]);
        Assert.Equal(told, batch.ErrorDetail?.Subject);
    }

    [Fact]
    public async Task Timeout_TheServersLimitOfOneStatement()
    {
        await using var host = await ShaleHost.StartAsync();
        using var http = new HttpClient();
        var request = Messages.CreateQueryRequest("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000000000) SELECT max(x) FROM c",
            options: new RequestOptions { Timeout = 100 });
        using var content = new ByteArrayContent(ContractsJson.Serialize(request));
        using var response = await http.PostAsync(host.Url, content);
        var error = Assert.IsType<ErrorResponse>(ContractsJson.ReadResponse<QueryResponse>(await response.Content.ReadAsByteArrayAsync()));
        Assert.Equal(("TIMEOUT", "57014", true), (error.Code, error.SqlState, error.IsTransient));
    }

    [Fact]
    [Trait("Rule", "S6.4")]
    public async Task Unauthorized_AWrongToken()
    {
        await using var host = await ShaleHost.StartAsync(token: "right");
        await using var client = VitessClient.Create(new VitessConfig { Endpoint = host.Url, Token = "wrong" });
        Assert.Equal("UNAUTHORIZED", (await Assert.ThrowsAsync<VitessException>(() => client.QueryAsync("SELECT 1"))).Code);
    }

    [Fact]
    public async Task ShardError_TheShardsDiskIsFull()
    {
        await using var host = await ShaleHost.StartAsync(shards: 1, options => options with { MaxPages = 40 });
        await using var client = await host.ClientAsync("CREATE TABLE t (id INT PRIMARY KEY, text TEXT)");
        var failure = await Assert.ThrowsAsync<VitessException>(async () =>
        {
            for (var i = 0; i < 100; i++) await client.ExecuteAsync("INSERT INTO t VALUES ($1, $2)", [i, new string('x', 5000)]);
        });
        Assert.Equal(("SHARD_ERROR", "53100", "-"), (failure.Code, failure.SqlState, failure.Shard));
        Assert.True((await client.QueryAsync<long>("SELECT count(*) FROM t")).Rows.Single() > 0);
    }

    [Fact]
    public async Task TransactionNotFound_AnIdThatNobodyGave()
    {
        var failure = await FailAsync(async client =>
        {
            var tx = await client.BeginAsync();
            await tx.CommitAsync();
            await tx.QueryAsync("SELECT 1");
        });
        Assert.Equal("TRANSACTION_NOT_FOUND", failure.Code);
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task TransactionExpired_IdleForTooLong()
    {
        var clock = new ManualTime();
        await using var host = await ShaleHost.StartAsync(configure: options => options with { Clock = clock });
        await using var client = await host.ClientAsync("CREATE TABLE t (id INT PRIMARY KEY)");
        await using var tx = await client.BeginAsync();
        await tx.ExecuteAsync("INSERT INTO t VALUES (1)");
        clock.Advance(TimeSpan.FromSeconds(11));
        var failure = await Assert.ThrowsAsync<VitessException>(() => tx.ExecuteAsync("INSERT INTO t VALUES (2)"));
        Assert.Equal(("TRANSACTION_EXPIRED", true), (failure.Code, failure.IsTransient));
        Assert.Equal(0, (await client.QueryAsync<long>("SELECT count(*) FROM t")).Rows.Single());
    }

    [Fact]
    public async Task ReadOnlyTransaction_AWriteInOne()
    {
        var failure = await FailAsync(client => client.TransactionAsync(tx => tx.ExecuteAsync("INSERT INTO t VALUES (1)"), new TransactionOptions(ReadOnly: true)),
            "CREATE TABLE t (id INT PRIMARY KEY)");
        Assert.Equal(("READ_ONLY_TRANSACTION", "25006"), (failure.Code, failure.SqlState));
    }

    [Theory]
    [Trait("Rule", "S6.2")]
    [InlineData("BEGIN")]
    [InlineData("COMMIT")]
    [InlineData("ROLLBACK")]
    [InlineData("SET search_path = x")]
    public async Task SessionStatements_AsSql_AreRefusedWithAHint(string sql)
    {
        var failure = await FailAsync(client => client.ExecuteAsync(sql));
        Assert.NotEqual("SYNTAX_ERROR", failure.Code);
    }
}
