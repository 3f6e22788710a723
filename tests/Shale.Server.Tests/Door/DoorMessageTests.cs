using System.Net;
using Shale.Contracts;
using Shale.Server.Tests.Support;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server.Tests.Door;

public class DoorMessageTests
{
    [Fact]
    [Trait("Rule", "S6.1")]
    public async Task Query_GoesToTheGateWithAllItCarries()
    {
        var gate = new FakeGate();
        await using var host = await DoorHost.StartAsync(gate);
        var (status, body) = await host.PostAsync(
            """{"type":1,"id":"q1","sql":"SELECT $1","params":[5],"keyspace":"main:-80","txId":"t","options":{"dialect":"sqlite","timeout":1500}}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((128, "q1"), (body.GetProperty("type").GetInt32(), body.GetProperty("id").GetString()));
        var result = body.GetProperty("result");
        Assert.Equal("""[{"a":1}]""", result.GetProperty("rows").GetRawText());
        Assert.Equal("""[{"name":"a","type":"int4"}]""", result.GetProperty("fields").GetRawText());
        Assert.Equal(1, result.GetProperty("rowCount").GetInt32());
        Assert.Equal("T0", result.GetProperty("tier").GetString());
        Assert.True(result.GetProperty("duration").GetDouble() >= 0);
        Assert.False(result.TryGetProperty("affected", out _));
        var request = Assert.IsType<GateRequest>(gate.Calls.Single());
        Assert.Equal(("SELECT $1", "main:-80", "t", SqlDialect.Sqlite, TimeSpan.FromMilliseconds(1500)),
            (request.Sql, request.Target, request.TxId, request.Dialect, request.Timeout));
        Assert.Equal([SqlValue.Integer(5)], request.Params);
    }

    [Theory]
    [InlineData(",\"options\":{\"partialResults\":true}", true)]
    [InlineData(",\"options\":{}", false)]
    [InlineData("", false)]
    public async Task PartialResults_AreAskedOfTheGateOnlyOnRequest(string options, bool expected)
    {
        var gate = new FakeGate();
        await using var host = await DoorHost.StartAsync(gate);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync($"{{\"type\":1,\"id\":\"q\",\"sql\":\"SELECT 1\"{options}}}")).Status);
        Assert.Equal(expected, Assert.IsType<GateRequest>(gate.Calls.Single()).PartialResults);
    }

    [Fact]
    public async Task AsOf_IsAPointOfTheGateRequest_AndNeedsNoKey()
    {
        var gate = new FakeGate();
        await using var host = await DoorHost.StartAsync(gate);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("""{"type":1,"id":"q","sql":"SELECT 1","options":{"asOf":"SNAPSHOT 'before-import'","idempotencyKey":"k"}}""")).Status);
        var request = Assert.IsType<GateRequest>(gate.Calls.Single());
        Assert.Equal((TimePoint.OfSnapshot("before-import"), null), (request.AsOf, request.IdempotencyKey));
        var refused = await host.PostAsync("""{"type":1,"id":"q","sql":"SELECT 1","options":{"asOf":"yesterday"}}""");
        Assert.Contains("TT_INVALID_SYNTAX", refused.Body.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Rule", "S4.4")]
    [InlineData("""{"type":1,"id":"q","sql":"SELECT 1","options":{"idempotencyKey":"k"}}""", "k")]
    [InlineData("""{"type":2,"id":"q","sql":"SELECT 1","options":{"idempotencyKey":"k"}}""", "k")]
    [InlineData("""{"type":3,"id":"q","statements":[],"options":{"idempotencyKey":"k"}}""", "k")]
    [InlineData("""{"type":2,"id":"not a key","sql":"SELECT 1"}""", null)]
    public async Task IdempotencyKey_IsHandedToTheGate(string message, string? key)
    {
        var gate = new FakeGate();
        await using var host = await DoorHost.StartAsync(gate);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync(message)).Status);
        Assert.Equal(key, gate.Calls.Single() switch
        {
            GateRequest request => request.IdempotencyKey,
            GateBatchRequest batch => batch.IdempotencyKey,
            var other => throw new InvalidOperationException($"{other}"),
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public async Task IdempotencyKey_OfNoLengthOrTooLong_IsRefused(int length)
    {
        await using var host = await DoorHost.StartAsync(new FakeGate());
        var (status, body) = await host.PostAsync("{\"type\":2,\"id\":\"q\",\"sql\":\"SELECT 1\",\"options\":{\"idempotencyKey\":\"" + new string('k', length) + "\"}}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("QUERY_ERROR", body.GetProperty("code").GetString());
    }

    [Fact]
    [Trait("Rule", "S6.2")]
    public async Task QueryOfAWrite_GivesNoRowsButAffected_AndExecuteOfASelectAffectedNone()
    {
        var gate = new FakeGate();
        await using var host = await DoorHost.StartAsync(gate);
        var (_, executed) = await host.PostAsync("""{"type":2,"id":"e","sql":"SELECT 1"}""");
        Assert.Equal(0, executed.GetProperty("result").GetProperty("affected").GetInt64());
        gate.OnExecute = (_, _) => ValueTask.FromResult(new GateResult(new RowSet([]), 3, 9));
        var (_, queried) = await host.PostAsync("""{"type":1,"id":"e","sql":"DELETE FROM t"}""");
        var result = queried.GetProperty("result");
        Assert.Equal(("[]", 0, 3L, 9L), (result.GetProperty("rows").GetRawText(), result.GetProperty("rowCount").GetInt32(),
            result.GetProperty("affected").GetInt64(), result.GetProperty("lastInsertId").GetInt64()));
    }

    [Fact]
    [Trait("Rule", "S6.3")]
    public async Task Query_RowModeArray_GivesArrays()
    {
        var gate = new FakeGate();
        await using var host = await DoorHost.StartAsync(gate);
        var (_, body) = await host.PostAsync("""{"type":1,"sql":"SELECT 1","params":{"a":{"__type":"Uint8Array","data":"AQI="}},"options":{"rowMode":"array"}}""");
        Assert.Equal("[[1]]", body.GetProperty("result").GetProperty("rows").GetRawText());
        Assert.Equal([1, 2], ((GateRequest)gate.Calls[0]!).NamedParams!["a"].AsBlob());
    }

    [Fact]
    [Trait("Rule", "S6.1")]
    public async Task Failure_OfTheGate_IsHttp200WithAnErrorMessage()
    {
        var gate = new FakeGate
        {
            OnExecute = (_, _) => throw new VitessException(ErrorCodes.ConstraintViolation, "duplicate", "-80", "23505", "change it", position: 7),
        };
        await using var host = await DoorHost.StartAsync(gate);
        var (status, body) = await host.PostAsync("""{"type":2,"id":"x","sql":"INSERT"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((129, "x", "CONSTRAINT_VIOLATION", "duplicate", "-80", "23505", "change it", false, 7),
            (body.GetProperty("type").GetInt32(), body.GetProperty("id").GetString(), body.GetProperty("code").GetString(), body.GetProperty("message").GetString(),
                body.GetProperty("shard").GetString(), body.GetProperty("sqlState").GetString(), body.GetProperty("hint").GetString(),
                body.GetProperty("isTransient").GetBoolean(), body.GetProperty("position").GetInt32()));
    }

    [Fact]
    public async Task Failure_NobodyForesaw_TellsNothingOfItsInside()
    {
        var gate = new FakeGate { OnExecute = (_, _) => throw new InvalidOperationException("secret inside") };
        await using var host = await DoorHost.StartAsync(gate);
        var (status, body) = await host.PostAsync("""{"type":1,"id":"x","sql":"SELECT 1"}""");
        Assert.Equal((HttpStatusCode.OK, "QUERY_ERROR"), (status, body.GetProperty("code").GetString()));
        Assert.DoesNotContain("secret", body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "S4.5")]
    public async Task Batch_FailsInTheMiddle_TellsWhereWhyAndTheEarlierResults()
    {
        var gate = new FakeGate
        {
            OnBatch = _ => new GateBatchResult([new GateResult(new RowSet([]), 1, 4)], 1, new VitessException(ErrorCodes.ConstraintViolation, "duplicate", "80-", "23505")),
        };
        await using var host = await DoorHost.StartAsync(gate);
        var (status, body) = await host.PostAsync("""{"type":3,"id":"b","statements":[{"sql":"A","params":[1]},{"sql":"B"}],"keyspace":"main","options":{"atomic":true}}""");
        var result = body.GetProperty("result");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.False(result.GetProperty("success").GetBoolean());
        Assert.Equal((1, "duplicate", "CONSTRAINT_VIOLATION", "80-"), (result.GetProperty("failedAt").GetInt32(), result.GetProperty("error").GetString(),
            result.GetProperty("errorDetail").GetProperty("code").GetString(), result.GetProperty("errorDetail").GetProperty("shard").GetString()));
        Assert.Equal(1, result.GetProperty("results")[0].GetProperty("affected").GetInt32());
        var request = Assert.IsType<GateBatchRequest>(gate.Calls.Single());
        Assert.Equal(("main", true, 2), (request.Target, request.Atomic, request.Statements.Count));
    }

    [Fact]
    public async Task Transactions_GoThroughTheDoor()
    {
        var gate = new FakeGate();
        await using var host = await DoorHost.StartAsync(gate);
        await using var client = host.Client();
        await using (var tx = await client.BeginAsync(new TransactionOptions(IsolationLevel.RepeatableRead) { Dialect = "sqlite" }))
        {
            Assert.Equal(("tx1", 2), (tx.Id, tx.Shards.Count));
            await tx.CommitAsync();
        }
        var (_, error) = await host.PostAsync("""{"type":18,"id":"r","txId":"other"}""");
        Assert.Equal("TRANSACTION_NOT_FOUND", error.GetProperty("code").GetString());
        var options = new TransactionOptions(IsolationLevel.RepeatableRead) { Dialect = "sqlite" };
        Assert.Equal(((string?)null, options, (SqlDialect?)SqlDialect.Sqlite), gate.Calls[0]);
        Assert.Equal(("commit", "tx1"), gate.Calls[1]);
        Assert.Equal(("rollback", "other"), gate.Calls[2]);
    }

    [Fact]
    public async Task Admin_MessagesAreAnswered()
    {
        var gate = new FakeGate();
        await using var host = await DoorHost.StartAsync(gate);
        await using var client = host.Client();
        await client.ConnectAsync();
        Assert.Equal(2, (await client.StatusAsync()).ShardCount);
        Assert.Equal("t", (await client.SchemaAsync()).Single().Name);
        Assert.Equal("main", (await client.VSchemaAsync()).Keyspace);
        Assert.Equal(2, (await client.HealthAsync()).Count);
        Assert.Equal("-80", (await client.HealthAsync("-80")).Single().Id);
        var (_, one) = await host.PostAsync("""{"type":33,"shard":"80-"}""");
        Assert.Equal("80-", one.GetProperty("health").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Query_ManyRows_ComeWholeInPieces()
    {
        var rows = new RowSet([new Field("id", "int8"), new Field("text", "text")]);
        for (var i = 0; i < 50_000; i++) rows.Add([SqlValue.Integer(i), SqlValue.Text($"row {i}")]);
        var gate = new FakeGate { OnExecute = (_, _) => ValueTask.FromResult(new GateResult(rows)) };
        await using var host = await DoorHost.StartAsync(gate);
        await using var client = host.Client();
        var result = await client.QueryAsync<(long Id, string Text)>("SELECT");
        Assert.Equal(50_000, result.RowCount);
        Assert.Equal((49_999, "row 49999"), result.Rows[^1]);
    }

    [Fact]
    [Trait("Rule", "S6.3")]
    public async Task Query_ResultBeyondTheLimit_IsResourceExhausted()
    {
        var rows = new RowSet([new Field("a", "text")]);
        rows.Add([SqlValue.Text(new string('x', 1000))]);
        var gate = new FakeGate { OnExecute = (_, _) => ValueTask.FromResult(new GateResult(rows)) };
        await using var host = await DoorHost.StartAsync(gate, options => options.MaxResultBytes = 1500);
        var (status, body) = await host.PostAsync("""{"type":1,"id":"x","sql":"SELECT 1"}""");
        Assert.Equal((HttpStatusCode.OK, "RESOURCE_EXHAUSTED"), (status, body.GetProperty("code").GetString()));
        Assert.Equal(256L << 20, new VTGateDoorOptions().MaxResultBytes);
    }

    [Fact]
    public async Task Stream_GivesChunksAndTheFailureBehindThem()
    {
        var gate = new FakeGate { OnStream = _ => Chunks() };
        await using var host = await DoorHost.StartAsync(gate);
        await using var client = host.Client();
        var seen = 0;
        var failure = await Assert.ThrowsAsync<VitessException>(async () =>
        {
            await foreach (var a in client.StreamAsync<int>("SELECT")) seen += a;
        });
        Assert.Equal((2, "SHARD_ERROR", "80-"), (seen, failure.Code, failure.Shard));

        static IEnumerable<RowSet> Chunks()
        {
            yield return FakeGate.One().Rows;
            yield return FakeGate.One().Rows;
            throw new VitessException(ErrorCodes.ShardError, "gone", "80-");
        }
    }

    [Fact]
    public async Task Stream_LeftEarly_CancelsTheStatement()
    {
        var stopped = new TaskCompletionSource();
        var gate = new FakeGate { OnStream = _ => Endless() };
        await using var host = await DoorHost.StartAsync(gate);
        await using var client = host.Client();
        await foreach (var a in client.StreamAsync<string>("SELECT")) break;
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(20));

        IEnumerable<RowSet> Endless()
        {
            var rows = new RowSet([new Field("a", "text")]);
            for (var i = 0; i < 100; i++) rows.Add([SqlValue.Text(new string('x', 1000))]);
            try
            {
                while (true) yield return rows;
            }
            finally
            {
                stopped.TrySetResult();
            }
        }
    }

    [Fact]
    public async Task Query_ClientGoesAway_CancelsTheStatement()
    {
        var (started, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        var gate = new FakeGate
        {
            OnExecute = async (_, cancellation) =>
            {
                started.SetResult();
                await using var registration = cancellation.Register(() => cancelled.TrySetResult());
                await cancelled.Task;
                cancellation.ThrowIfCancellationRequested();
                return FakeGate.One();
            },
        };
        await using var host = await DoorHost.StartAsync(gate);
        await using var client = host.Client();
        using var leave = new CancellationTokenSource();
        var query = client.QueryAsync("SELECT 1", cancellationToken: leave.Token);
        await started.Task;
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => query);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Query_GateCancelsByItself_IsATimeout()
    {
        var gate = new FakeGate { OnExecute = (_, _) => throw new OperationCanceledException() };
        await using var host = await DoorHost.StartAsync(gate);
        var (_, body) = await host.PostAsync("""{"type":1,"id":"x","sql":"SELECT 1"}""");
        Assert.Equal("TIMEOUT", body.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("/", "/healthz", 200, "ok\n")]
    [InlineData("/", "/readyz", 200, "ready\n")]
    [InlineData("/db", "/db/healthz", 200, "ok\n")]
    public async Task Health_Endpoints_Answer(string path, string url, int status, string text)
    {
        await using var host = await DoorHost.StartAsync(new FakeGate(), path: path);
        using var response = await host.Http.GetAsync(host.Url + url);
        Assert.Equal((status, text), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("/", null, "/ -d '{\"type\": 1")]
    [InlineData("/db", null, "/db/ -d '{\"type\": 1")]
    [InlineData("/", "secret", "/ -H \"Authorization: Bearer $SHALE_TOKEN\" -d '{\"type\": 1")]
    public async Task Guide_OfWhoeverOpensTheAddress_SaysWhereToGo(string path, string? token, string command)
    {
        await using var host = await DoorHost.StartAsync(new FakeGate(), options => options.Token = token, path);
        using var response = await host.Http.GetAsync(host.Url + path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal((200, "text/plain"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Contains($"curl {host.Url}{command}", text, StringComparison.Ordinal);
        foreach (var below in (string[])["healthz", "readyz", "metrics"]) Assert.Contains($"GET  {path.TrimEnd('/')}/{below} ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/favicon.ico", 404)]
    [InlineData("POST", "/query", 404)]
    [InlineData("GET", "/a/b/c", 404)]
    [InlineData("PUT", "/", 405)]
    [InlineData("POST", "/healthz", 405)]
    public async Task Request_ForNoneOfThePaths_IsAnError(string method, string url, int status)
    {
        await using var host = await DoorHost.StartAsync(new FakeGate(), isAlone: true);
        using var request = new HttpRequestMessage(new HttpMethod(method), host.Url + url);
        using var response = await host.Http.SendAsync(request);
        var body = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync()).RootElement;
        Assert.Equal((status, 129, "QUERY_ERROR"), ((int)response.StatusCode, body.GetProperty("type").GetInt32(), body.GetProperty("code").GetString()));
        Assert.Equal(status == 404 ? "" : url == "/" ? "GET, HEAD, POST" : "GET", string.Join(", ", response.Content.Headers.Allow));
        Assert.Contains("POST to /; there is GET of /, /healthz", body.GetProperty("hint").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readyz_AShardIsIll_Is503AndNamesIt()
    {
        var gate = new FakeGate
        {
            Shards =
            [
                new("-80", false, StorageEngineType.Sqlite, 0, 0, 0, Keyspace: "main"), new("80-", true, StorageEngineType.Sqlite, 0, 0, 0, Keyspace: "main"),
                new("-80", false, StorageEngineType.Sqlite, 0, 0, 0, Keyspace: "main/dev"),
            ],
        };
        await using var host = await DoorHost.StartAsync(gate, options => options.Token = "t");
        using var response = await host.Http.GetAsync(host.Url + "/readyz");
        Assert.Equal((503, "not ready: -80 -80/dev\n"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
    }
}
