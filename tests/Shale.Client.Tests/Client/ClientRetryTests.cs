using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Shale.Client.Tests.Support;
using Shale.Contracts;

namespace Shale.Client.Tests.Client;

public class ClientRetryTests
{
    private const string OneRow = """{"type":128,"result":{"fields":[{"name":"a","type":"int4"}],"rows":[[1]],"rowCount":1}}""";

    private static RecordingTime Backoffs() => new(wait => wait < TimeSpan.FromSeconds(5));

    [Fact]
    public async Task Query_ServerFailsTwice_IsTriedAgainWithLinearDelay()
    {
        await using var server = await ScriptedServer.StartAsync((self, context, _) =>
        {
            context.Response.StatusCode = self.Requests.Count < 3 ? 503 : 200;
            return context.Response.WriteAsync(self.Requests.Count < 3 ? "busy" : OneRow);
        });
        var time = Backoffs();
        await using var client = server.Client(config => config with { TimeProvider = time });
        Assert.Equal(1, (await client.QueryAsync("SELECT a FROM t")).RowCount);
        Assert.Equal([TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200)], time.Waits);
        Assert.Equal(3, server.Requests.Count);
        Assert.Single(server.Requests.Select(request => request.GetProperty("options").GetProperty("idempotencyKey").GetString()).Distinct());
    }

    [Fact]
    public async Task Query_GivenRetry_ReplacesTheDefaultAsAWhole()
    {
        await using var server = await ScriptedServer.StartAsync((_, context, _) =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        var time = Backoffs();
        await using var client = server.Client(config => config with { TimeProvider = time, Retry = new RetryConfig(5, TimeSpan.FromMilliseconds(200)) });
        var failure = await Assert.ThrowsAsync<VitessException>(() => client.QueryAsync("SELECT 1"));
        Assert.Equal(("CONNECTION_ERROR", true), (failure.Code, failure.IsTransient));
        Assert.Contains("HTTP 500", failure.Message, StringComparison.Ordinal);
        Assert.Equal(5, server.Requests.Count);
        Assert.Equal([200, 400, 600, 800], time.Waits.Select(wait => (int)wait.TotalMilliseconds));
    }

    [Fact]
    public async Task Query_NoAttemptAllowed_FailsWithoutARequest()
    {
        await using var server = await ScriptedServer.AnsweringAsync(_ => OneRow);
        await using var client = server.Client(config => config with { Retry = new RetryConfig(0, TimeSpan.Zero) });
        Assert.StartsWith("Request failed", (await Assert.ThrowsAsync<VitessException>(() => client.QueryAsync("SELECT 1"))).Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(413)]
    [InlineData(429)]
    public async Task Query_Http4xx_IsNeverTriedAgain(int status)
    {
        await using var server = await ScriptedServer.StartAsync((_, context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await using var client = server.Client(config => config with { TimeProvider = Backoffs() });
        var failure = await Assert.ThrowsAsync<VitessException>(() => client.QueryAsync("SELECT 1"));
        Assert.Contains($"HTTP {status}", failure.Message, StringComparison.Ordinal);
        Assert.Equal("CONNECTION_ERROR", failure.Code);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Query_Http401_IsUnauthorized()
    {
        await using var server = await ScriptedServer.StartAsync((_, context, _) =>
        {
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        });
        await using var client = server.Client();
        Assert.Equal("UNAUTHORIZED", (await Assert.ThrowsAsync<VitessException>(() => client.ConnectAsync())).Code);
        Assert.False(client.IsConnected);
    }

    [Fact]
    public async Task Query_ErrorMessage_IsNeverTriedAgainAndKeepsAllItsParts()
    {
        await using var server = await ScriptedServer.AnsweringAsync(_ =>
            """{"type":129,"code":"SHARD_BATCH_ERROR","message":"m","shard":"-80","sqlState":"23505","hint":"h","isTransient":true,"position":4}""");
        await using var client = server.Client(config => config with { TimeProvider = Backoffs() });
        var failure = await Assert.ThrowsAsync<VitessException>(() => client.QueryAsync("SELECT 1"));
        Assert.Equal(("SHARD_BATCH_ERROR", "m", "-80", "23505", "h", true, 4),
            (failure.Code, failure.Message, failure.Shard, failure.SqlState, failure.Hint, failure.IsTransient, failure.Position));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Query_BareErrorMessage_TakesTheRestFromTheRegistry()
    {
        await using var server = await ScriptedServer.AnsweringAsync(_ => """{"type":129,"code":"TRANSACTION_EXPIRED","message":"m"}""");
        await using var client = server.Client();
        var failure = await Assert.ThrowsAsync<VitessException>(() => client.QueryAsync("SELECT 1"));
        Assert.Equal((true, "25P03"), (failure.IsTransient, failure.SqlState));
    }

    [Fact]
    public async Task Query_AllAttemptsFail_TheFirst5xxIsThrown()
    {
        await using var server = await ScriptedServer.StartAsync((self, context, _) =>
        {
            if (self.Requests.Count == 1)
            {
                context.Abort();
                return Task.CompletedTask;
            }
            context.Response.StatusCode = 500 + self.Requests.Count;
            return Task.CompletedTask;
        });
        await using var client = server.Client(config => config with { TimeProvider = Backoffs() });
        var failure = await Assert.ThrowsAsync<VitessException>(() => client.QueryAsync("SELECT 1"));
        Assert.Contains("HTTP 502", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    [Trait("Rule", "S4.4")]
    [InlineData("SELECT 1", 3)]
    [InlineData("  -- c\n /* x */ (select 1)", 3)]
    [InlineData("WITH a AS (SELECT 1) SELECT * FROM a", 3)]
    [InlineData("VALUES (1)", 3)]
    [InlineData("SHOW KEYSPACES", 3)]
    [InlineData("EXPLAIN SELECT 1", 3)]
    [InlineData("INSERT INTO t VALUES (1)", 1)]
    [InlineData("WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a", 1)]
    [InlineData("EXPLAIN ANALYZE UPDATE t SET a = 1", 1)]
    [InlineData("SELECT nextval('s')", 1)]
    [InlineData("SELECT * FROM t FOR UPDATE", 1)]
    [InlineData("SELECT 'an insert in a string'", 1)]
    [InlineData("SELECTED", 1)]
    public async Task TransactionQuery_ConnectionBreaks_OnlyWhatSurelyReadsIsTriedAgain(string sql, int attempts)
    {
        await using var server = await ScriptedServer.StartAsync((_, context, request) =>
        {
            if (request.GetProperty("type").GetInt32() == 16) return context.Response.WriteAsync("""{"type":128,"txId":"t","shards":[]}""");
            context.Abort();
            return Task.CompletedTask;
        });
        await using var client = server.Client(config => config with { TimeProvider = Backoffs() });
        var transaction = await client.BeginAsync();
        Assert.Equal("CONNECTION_ERROR", (await Assert.ThrowsAsync<VitessException>(() => transaction.QueryAsync(sql))).Code);
        Assert.Equal(attempts, server.Requests.Count - 1);
    }

    [Theory]
    [Trait("Rule", "S4.4")]
    [InlineData("SELECT 1", 3)]
    [InlineData("INSERT INTO t VALUES (1)", 3)]
    [InlineData("CREATE TABLE t (id INT)", 3)]
    [InlineData("SELECT setval('s', 1)", 1)]
    public async Task Query_ConnectionBreaks_IsTriedAgainUnderTheSameKey(string sql, int attempts)
    {
        await using var server = await ScriptedServer.StartAsync((_, context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await using var client = server.Client(config => config with { TimeProvider = Backoffs() });
        Assert.Equal("CONNECTION_ERROR", (await Assert.ThrowsAsync<VitessException>(() => client.QueryAsync(sql))).Code);
        Assert.Equal(attempts, server.Requests.Count);
        await Assert.ThrowsAsync<VitessException>(() => client.BatchAsync([new BatchStatement(sql)]));
        Assert.Equal(2 * attempts, server.Requests.Count);
        Assert.Equal(2, server.Requests.Select(request => request.GetProperty("options").GetProperty("idempotencyKey").GetString()).Distinct().Count());
    }

    [Fact]
    [Trait("Rule", "S4.4")]
    public async Task BeginAndCommit_ServerFails_AreSentOnce()
    {
        await using var server = await ScriptedServer.StartAsync((self, context, _) =>
        {
            if (self.Requests.Count == 1) return context.Response.WriteAsync("""{"type":128,"txId":"t","shards":[]}""");
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        await using var client = server.Client(config => config with { TimeProvider = Backoffs() });
        var transaction = await client.BeginAsync();
        await Assert.ThrowsAsync<VitessException>(() => transaction.CommitAsync());
        await Assert.ThrowsAsync<VitessException>(() => client.BeginAsync());
        Assert.Equal([16, 17, 16], server.Types);
    }

    [Fact]
    [Trait("Rule", "S4.4")]
    public async Task Requests_OutsideATransaction_CarryAKeyThatIsNotTheirId()
    {
        await using var server = await ScriptedServer.AnsweringAsync(request => request.GetProperty("type").GetInt32() switch
        {
            1 => OneRow,
            2 => """{"type":128,"result":{"affected":1}}""",
            3 => """{"type":128,"result":{"results":[],"success":true}}""",
            16 => """{"type":128,"txId":"t","shards":[]}""",
            _ => """{"type":130}""",
        });
        await using var client = server.Client();
        await client.QueryAsync("SELECT 1");
        await client.ExecuteAsync("x");
        await client.BatchAsync([]);
        await client.TransactionAsync(async tx =>
        {
            await tx.QueryAsync("SELECT 1");
            await tx.ExecuteAsync("x");
        });
        string? Key(int i) => server.Requests[i].TryGetProperty("options", out var options) && options.TryGetProperty("idempotencyKey", out var key) ? key.GetString() : null;
        Assert.Equal(3, Enumerable.Range(0, 3).Select(Key).Where(key => key is not null).Distinct().Count());
        Assert.All(Enumerable.Range(0, 3), i => Assert.NotEqual(server.Requests[i].GetProperty("id").GetString(), Key(i)));
        Assert.Equal([16, 1, 2, 17], server.Types.Skip(3));
        Assert.All(Enumerable.Range(3, 4), i => Assert.Null(Key(i)));
    }

    [Fact]
    public async Task Query_NoAnswerInTime_IsATimeoutAfterEveryAttempt()
    {
        var gone = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync((_, context, _) => Task.WhenAny(gone.Task, Task.Delay(Timeout.Infinite, context.RequestAborted)));
        var time = new RecordingTime(_ => true);
        await using var client = server.Client(config => config with { TimeProvider = time, Timeout = TimeSpan.FromSeconds(7) });
        var failure = await Assert.ThrowsAsync<VitessException>(() => client.QueryAsync("SELECT 1"));
        gone.SetResult();
        Assert.Equal("TIMEOUT", failure.Code);

        // The limit is that of each attempt.
        Assert.Equal([7000, 100, 7000, 200, 7000], time.Waits.Select(wait => (int)wait.TotalMilliseconds));
    }

    [Fact]
    public async Task Query_Cancelled_ThrowsAtOnceAndIsNotTriedAgain()
    {
        var arrived = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync((_, context, _) =>
        {
            arrived.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var client = server.Client();
        using var cancel = new CancellationTokenSource();
        var query = client.QueryAsync("SELECT 1", cancellationToken: cancel.Token);
        await arrived.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => query);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Execute_NobodyListens_IsTriedAgainForNothingWasSent()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var time = Backoffs();
        await using var client = VitessClient.Create(new VitessConfig { Endpoint = $"http://127.0.0.1:{port}", TimeProvider = time });
        Assert.Equal("CONNECTION_ERROR", (await Assert.ThrowsAsync<VitessException>(() => client.ExecuteAsync("DELETE FROM t"))).Code);
        Assert.Equal(2, time.Waits.Count);
    }

    [Fact]
    public async Task Query_AnswerIsNoMessage_SaysSo()
    {
        await using var server = await ScriptedServer.AnsweringAsync(_ => "<html>");
        await using var client = server.Client();
        var failure = await Assert.ThrowsAsync<VitessException>(() => client.QueryAsync("SELECT 1"));
        Assert.Contains("did not answer with a message", failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }
}
