using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Shale.Client.Tests.Support;
using Shale.Contracts;

namespace Shale.Client.Tests.Client;

/// <summary>Spec 1.1 to 1.4, against a scripted server.</summary>
public class ClientBehaviourTests
{
    private const string Health = """{"type":128,"health":[]}""";

    [Fact]
    public void Config_Defaults_AreThoseOfTheSeed()
    {
        var config = new VitessConfig { Endpoint = "https://my-app.vitess.do" };
        Assert.Equal(TimeSpan.FromSeconds(30), config.Timeout);
        Assert.Equal(new RetryConfig(3, TimeSpan.FromMilliseconds(100)), config.Retry);
        Assert.Null(config.Keyspace);
        Assert.Null(config.Token);
    }

    [Theory]
    [InlineData("not a url")]
    [InlineData("ftp://x")]
    public void Create_NoHttpUrl_IsRefused(string endpoint) =>
        Assert.Throws<ArgumentException>(() => VitessClient.Create(new VitessConfig { Endpoint = endpoint }));

    [Fact]
    public async Task Connect_SendsHealthOnceAndSetsAFlag()
    {
        await using var server = await ScriptedServer.AnsweringAsync(_ => Health);
        await using var client = server.Client();
        Assert.False(client.IsConnected);
        await client.ConnectAsync();
        await client.ConnectAsync();
        Assert.True(client.IsConnected);
        Assert.Equal([0x21], server.Types);
        await client.DisconnectAsync();
        await client.DisconnectAsync();
        Assert.False(client.IsConnected);
    }

    [Theory]
    [InlineData("""{"type":130}""")]
    [InlineData("""{"type":128,"health":{"id":"-","healthy":true,"engine":"sqlite","queryCount":0,"errorCount":0,"lastQuery":0}}""")]
    public async Task Connect_AckOrResult_BothDo(string answer)
    {
        await using var server = await ScriptedServer.AnsweringAsync(_ => answer);
        await using var client = server.Client();
        await client.ConnectAsync();
        Assert.True(client.IsConnected);
    }

    [Fact]
    public async Task Connect_Error_SaysConnectionFailed()
    {
        await using var server = await ScriptedServer.AnsweringAsync(_ => """{"type":129,"code":"SHARD_ERROR","message":"down"}""");
        await using var client = server.Client();
        var failure = await Assert.ThrowsAsync<VitessException>(() => client.ConnectAsync());
        Assert.Equal("Connection failed: down", failure.Message);
        Assert.False(client.IsConnected);
    }

    [Fact]
    public async Task Request_GoesToTheEndpointItselfAsJsonWithToken()
    {
        await using var server = await ScriptedServer.AnsweringAsync(_ => Health);
        await using var client = server.Client(config => config with { Endpoint = server.Url + "/some/path", Token = "secret" });
        await client.HealthAsync();
        Assert.Equal("/some/path", server.Paths.Single());
        Assert.Equal("Bearer secret", server.Authorizations.Single());
        Assert.Equal("application/json", server.ContentTypes.Single());
    }

    [Fact]
    public async Task Query_SendsSqlParamsAndKeyspaceWithoutConnect()
    {
        await using var server = await ScriptedServer.AnsweringAsync(_ => """{"type":128,"result":{"rows":[{"id":1,"name":"Ann"}],"rowCount":1,"duration":1.5}}""");
        await using var client = server.Client();
        var result = await client.QueryAsync("SELECT * FROM users WHERE tenant_id = $1 AND active = $2", [7, true]);
        var request = server.Requests.Single();
        Assert.Equal("SELECT * FROM users WHERE tenant_id = $1 AND active = $2", request.GetProperty("sql").GetString());
        Assert.Equal("[7,true]", request.GetProperty("params").GetRawText());
        Assert.Equal("main", request.GetProperty("keyspace").GetString());
        Assert.False(request.TryGetProperty("txId", out _));
        Assert.Null(server.Authorizations.Single());
        Assert.Equal((1, "Ann", 1L), (result.RowCount, result.Rows[0]["name"], result.Rows[0]["id"]));
        Assert.Equal(TimeSpan.FromMilliseconds(1.5), result.Duration);
    }

    [Fact]
    public async Task Execute_GivesAffectedAndLastInsertId()
    {
        await using var server = await ScriptedServer.AnsweringAsync(_ => """{"type":128,"result":{"affected":1,"lastInsertId":"9007199254740993"}}""");
        await using var client = server.Client();
        var result = await client.ExecuteAsync("INSERT INTO users (name, email) VALUES ($1, $2)", ["Alice", "alice@example.com"]);
        Assert.Equal((1L, 9007199254740993L), (result.Affected, result.LastInsertId));
    }

    [Fact]
    public async Task Batch_PartialFailure_TellsWhereAndWhy()
    {
        await using var server = await ScriptedServer.AnsweringAsync(_ =>
            """{"type":128,"result":{"results":[{"rows":[],"rowCount":0}],"success":false,"failedAt":1,"error":"duplicate"}}""");
        await using var client = server.Client();
        var result = await client.BatchAsync([new("INSERT INTO t (a) VALUES ($1)", [1]), new("INSERT INTO t (a) VALUES ($1)", [1])]);
        Assert.Equal((false, 1, "duplicate", 1), (result.Success, result.FailedAt, result.Error, result.Results.Count));
        Assert.Equal("""[{"sql":"INSERT INTO t (a) VALUES ($1)","params":[1]},{"sql":"INSERT INTO t (a) VALUES ($1)","params":[1]}]""",
            server.Requests.Single().GetProperty("statements").GetRawText());
    }

    [Fact]
    public async Task Batch_Empty_Succeeds()
    {
        await using var server = await ScriptedServer.AnsweringAsync(_ => """{"type":128,"result":{"results":[],"success":true}}""");
        await using var client = server.Client();
        var result = await client.BatchAsync([]);
        Assert.True(result.Success);
        Assert.Empty(result.Results);
    }

    private static string AnswerTransaction(JsonElement request, int failing = 0) => request.GetProperty("type").GetInt32() switch
    {
        var type when type == failing => """{"type":129,"code":"TRANSACTION_ERROR","message":"refused"}""",
        0x10 => """{"type":128,"txId":"tx-1","shards":["-80","80-"]}""",
        0x01 => """{"type":128,"result":{"rows":[{"balance":5}],"rowCount":1}}""",
        0x02 => """{"type":128,"result":{"affected":1}}""",
        _ => """{"type":130}""",
    };

    [Fact]
    public async Task Transaction_WorkReturns_CommitsAndReturnsItsValue()
    {
        await using var server = await ScriptedServer.AnsweringAsync(request => AnswerTransaction(request));
        await using var client = server.Client();
        var options = new TransactionOptions(IsolationLevel.Serializable, ReadOnly: true, Timeout: 5000);
        var balance = await client.TransactionAsync(
            async tx =>
            {
                Assert.Equal("tx-1", tx.Id);
                Assert.Equal(["-80", "80-"], tx.Shards);
                await tx.ExecuteAsync("UPDATE accounts SET balance = 0");
                return (await tx.QueryAsync<long>("SELECT SUM(balance) as balance FROM accounts")).Rows[0];
            },
            options);
        Assert.Equal(5, balance);
        Assert.Equal([0x10, 0x02, 0x01, 0x11], server.Types);
        Assert.Equal("""{"isolation":"serializable","readOnly":true,"timeout":5000}""", server.Requests[0].GetProperty("options").GetRawText());
        Assert.All(server.Requests.Skip(1), request => Assert.Equal("tx-1", request.GetProperty("txId").GetString()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0x12)]
    public async Task Transaction_WorkThrows_RollsBackAndThrowsTheSame(int failing)
    {
        await using var server = await ScriptedServer.AnsweringAsync(request => AnswerTransaction(request, failing));
        await using var client = server.Client();
        var thrown = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => client.TransactionAsync(_ => throw new InvalidTimeZoneException("mine")));
        Assert.Equal("mine", thrown.Message);
        Assert.Equal([0x10, 0x12], server.Types);
    }

    [Fact]
    public async Task Transaction_CommitFails_RollsBackAndThrowsTheCommitsFailure()
    {
        await using var server = await ScriptedServer.AnsweringAsync(request => AnswerTransaction(request, failing: 0x11));
        await using var client = server.Client();
        var failure = await Assert.ThrowsAsync<VitessException>(() => client.TransactionAsync(_ => Task.CompletedTask));
        Assert.Equal(("TRANSACTION_ERROR", "refused"), (failure.Code, failure.Message));
        Assert.Equal([0x10, 0x11, 0x12], server.Types);
    }

    [Fact]
    public async Task Transaction_EndedInsideTheWork_IsNotEndedAgain()
    {
        await using var server = await ScriptedServer.AnsweringAsync(request => AnswerTransaction(request));
        await using var client = server.Client();
        await client.TransactionAsync(tx => tx.CommitAsync());
        await client.TransactionAsync(tx => tx.RollbackAsync());
        Assert.Equal([0x10, 0x11, 0x10, 0x12], server.Types);
    }

    [Fact]
    public async Task Begin_DisposedWithoutCommit_RollsBackOnce()
    {
        await using var server = await ScriptedServer.AnsweringAsync(request => AnswerTransaction(request));
        await using var client = server.Client();
        var tx = await client.BeginAsync();
        await using (tx)
        {
            await tx.ExecuteAsync("x");
        }
        await tx.DisposeAsync();
        await using (var committed = await client.BeginAsync()) await committed.CommitAsync();
        Assert.Equal([0x10, 0x02, 0x12, 0x10, 0x11], server.Types);
    }

    [Fact]
    public async Task Dialect_OfTheConfig_GoesWithEveryStatementAndBegin()
    {
        await using var server = await ScriptedServer.AnsweringAsync(request => AnswerTransaction(request));
        await using var client = server.Client(config => config with { Dialect = "sqlite" });
        await client.TransactionAsync(tx => tx.ExecuteAsync("x"));
        Assert.Equal("sqlite", server.Requests[0].GetProperty("options").GetProperty("dialect").GetString());
        Assert.Equal("sqlite", server.Requests[1].GetProperty("options").GetProperty("dialect").GetString());
    }

    [Fact]
    public async Task Status_GivesEveryShard()
    {
        await using var server = await ScriptedServer.AnsweringAsync(_ =>
            """{"type":128,"status":{"keyspace":"main","shardCount":1,"engine":"postgres","shards":[{"id":"shard-00","healthy":true,"engine":"postgres","queryCount":1,"errorCount":0,"lastQuery":0}],"totalQueries":1,"totalErrors":0}}""");
        await using var client = server.Client();
        var status = await client.StatusAsync();
        Assert.Equal(("main", 1, StorageEngineType.Postgres, "shard-00"), (status.Keyspace, status.ShardCount, status.Engine, status.Shards[0].Id));
        Assert.Null(status.Shards[0].Latency);
        Assert.Equal("main", server.Requests.Single().GetProperty("keyspace").GetString());
    }

    [Fact]
    public async Task Stream_LinesThenAck_GivesAllRows()
    {
        await using var server = await ScriptedServer.AnsweringAsync(_ =>
            """
            {"type":128,"result":{"fields":[{"name":"a","type":"int4"}],"rows":[[1],[2]],"rowCount":2}}
            {"type":128,"result":{"fields":[{"name":"a","type":"int4"}],"rows":[[3]],"rowCount":1}}
            {"type":130}

            """);
        await using var client = server.Client();
        var seen = new List<int>();
        await foreach (var a in client.StreamAsync<int>("SELECT a FROM t")) seen.Add(a);
        Assert.Equal([1, 2, 3], seen);
        Assert.True(server.Requests.Single().GetProperty("options").GetProperty("stream").GetBoolean());
    }

    [Theory]
    [InlineData("""{"type":129,"code":"SHARD_ERROR","message":"m"}""" + "\n", "SHARD_ERROR")]
    [InlineData("", "CONNECTION_ERROR")]
    [InlineData("{\"type\":128", "CONNECTION_ERROR")]
    [InlineData("nonsense\n", "CONNECTION_ERROR")]
    public async Task Stream_BadEnd_ThrowsAfterTheRowsThatCame(string end, string code)
    {
        await using var server = await ScriptedServer.AnsweringAsync(_ =>
            """{"type":128,"result":{"fields":[{"name":"a","type":"int4"}],"rows":[[1]],"rowCount":1}}""" + "\n" + end);
        await using var client = server.Client();
        var seen = new List<int>();
        var failure = await Assert.ThrowsAsync<VitessException>(async () =>
        {
            await foreach (var a in client.StreamAsync<int>("SELECT a FROM t")) seen.Add(a);
        });
        Assert.Equal(code, failure.Code);
        Assert.Equal([1], seen);
    }

    [Fact]
    public async Task TimeTravelSession_NamesItsPointInEachQuery()
    {
        await using var server = await ScriptedServer.StartAsync((_, context, _) => context.Response.WriteAsync("""{"type":128,"result":{"fields":[{"name":"a","type":"int4"}],"rows":[[1]],"rowCount":1}}"""));
        await using var client = server.Client();
        var session = client.CreateTimeTravelSession(TimePoint.OfTimestamp("2024-01-31 12:00"));
        Assert.Single((await session.QueryAsync("SELECT a FROM t")).Rows);
        Assert.Equal(TimeTravelScope.Global, session.Scope);
        var options = server.Requests[0].GetProperty("options");
        Assert.Equal("TIMESTAMP '2024-01-31 12:00:00Z'", options.GetProperty("asOf").GetString());
        Assert.False(options.TryGetProperty("idempotencyKey", out _));
        Assert.Equal("TT_INVALID_SYNTAX", Assert.Throws<VitessException>(() => client.CreateTimeTravelSession(TimePoint.OfLsn(5), TimeTravelScope.Global)).Code);
    }

    [Fact]
    public async Task PartialResults_AreAskedForByQueriesAlone_AndSayWhatIsMissing()
    {
        await using var server = await ScriptedServer.StartAsync((_, context, _) => context.Response.WriteAsync(
            """{"type":128,"result":{"fields":[{"name":"a","type":"int4"}],"rows":[[1]],"rowCount":1,"missingShards":["80-"],"notices":["n"]}}"""));
        await using var client = server.Client(config => config with { PartialResults = true });
        var result = await client.QueryAsync("SELECT a FROM t");
        await client.QueryAsync("DELETE FROM t RETURNING a");
        Assert.Equal(["80-"], result.MissingShards);
        Assert.Equal(["n"], result.Notices);
        Assert.True(server.Requests[0].GetProperty("options").GetProperty("partialResults").GetBoolean());
        Assert.False(server.Requests[1].GetProperty("options").TryGetProperty("partialResults", out _));
    }
}
