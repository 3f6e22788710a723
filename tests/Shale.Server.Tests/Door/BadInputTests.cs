using System.Net;
using System.Net.Sockets;
using System.Text;
using Shale.Server.Tests.Support;

namespace Shale.Server.Tests.Door;

/// <summary>What is no message gets 400, 401 or 413 with an ERROR body, and the server goes on.</summary>
public class BadInputTests
{
    public static TheoryData<string, byte[]> Malformed() => new()
    {
        { "empty", [] },
        { "no JSON", "hello"u8.ToArray() },
        { "cut off", """{"type":1,"sql":"SELECT"""u8.ToArray() },
        { "behind", """{"type":1,"sql":"SELECT 1"} x"""u8.ToArray() },
        { "array", "[1,2]"u8.ToArray() },
        { "null", "null"u8.ToArray() },
        { "type is text", """{"type":"QUERY","sql":"SELECT 1"}"""u8.ToArray() },
        { "type is huge", """{"type":99999999999999999999,"sql":"SELECT 1"}"""u8.ToArray() },
        { "type is unknown", """{"type":77,"sql":"SELECT 1"}"""u8.ToArray() },
        { "type is an answer", """{"type":128}"""u8.ToArray() },
        { "sql is a number", """{"type":1,"sql":5}"""u8.ToArray() },
        { "sql is missing", """{"type":1}"""u8.ToArray() },
        { "params is text", """{"type":1,"sql":"SELECT 1","params":"x"}"""u8.ToArray() },
        { "params nested", """{"type":1,"sql":"SELECT 1","params":[[1]]}"""u8.ToArray() },
        { "keyspace is a number", """{"type":1,"sql":"SELECT 1","keyspace":5}"""u8.ToArray() },
        { "invalid UTF-8 in sql", [.. """{"type":1,"sql":"SELECT '"""u8, 0xff, 0xfe, .. """'"}"""u8] },
        { "invalid UTF-8 in a parameter", [.. """{"type":1,"sql":"SELECT $1","params":["""u8, (byte)'"', 0xc3, 0x28, (byte)'"', .. "]}"u8] },
        { "lone surrogate", """{"type":1,"sql":"SELECT '\ud800'"}"""u8.ToArray() },
        { "deep", Encoding.UTF8.GetBytes("""{"type":1,"sql":"SELECT 1","x":""" + new string('[', 100_000)) },
        { "deep in params", Encoding.UTF8.GetBytes("""{"type":1,"sql":"SELECT 1","params":""" + new string('[', 100_000) + new string(']', 100_000) + "}") },
        { "NUL", "\0\0\0"u8.ToArray() },
        { "byte order mark", [0xef, 0xbb, 0xbf, .. "x"u8] },
    };

    [Theory]
    [Trait("Rule", "S6.1")]
    [MemberData(nameof(Malformed))]
    public async Task Post_NoMessage_Is400WithAnErrorAndTheServerGoesOn(string what, byte[] body)
    {
        var gate = new FakeGate();
        await using var host = await DoorHost.StartAsync(gate);
        var (status, answer) = await host.PostAsync(body);
        Assert.True(status == HttpStatusCode.BadRequest, $"{what}: {status}");
        Assert.Equal((129, "QUERY_ERROR", "08P01"),
            (answer.GetProperty("type").GetInt32(), answer.GetProperty("code").GetString(), answer.GetProperty("sqlState").GetString()));
        Assert.NotEmpty(answer.GetProperty("hint").GetString()!);
        Assert.Empty(gate.Calls);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("""{"type":1,"sql":"SELECT 1"}""")).Status);
    }

    [Theory]
    [Trait("Rule", "S6.1")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_LongerThanTheLimit_Is413(bool chunked)
    {
        await using var host = await DoorHost.StartAsync(new FakeGate(), options => options.MaxRequestBytes = 200_000);
        var body = Encoding.UTF8.GetBytes($$"""{"type":1,"sql":"SELECT '{{new string('x', 300_000)}}'"}""");
        var (status, answer) = await host.PostAsync(body, request => request.Headers.TransferEncodingChunked = chunked);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "RESOURCE_EXHAUSTED", "54000", false),
            (status, answer.GetProperty("code").GetString(), answer.GetProperty("sqlState").GetString(), answer.GetProperty("isTransient").GetBoolean()));
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("""{"type":1,"sql":"SELECT 1"}""")).Status);
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData(100_000_000)]
    public async Task Post_AClientThatSendsAllBeforeItReads_GetsThe413(int length)
    {
        await using var host = await DoorHost.StartAsync(new FakeGate(), options => options.MaxRequestBytes = 200_000);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(host.Url).Port);
        var head = Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n");
        await socket.SendAsync(head);
        var part = new byte[100_000];
        for (var sent = 0; sent < length; sent += part.Length) await socket.SendAsync(part);
        var answer = new byte[1000];
        var read = await socket.ReceiveAsync(answer);
        Assert.StartsWith("HTTP/1.1 413", Encoding.ASCII.GetString(answer, 0, read), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":1,"sql":5}""", "$.sql")]
    [InlineData("""{"type":1,"sql":"SELECT 1","keyspace":5}""", "$.keyspace")]
    [InlineData("""{"type":16,"options":{"isolation":"weird"}}""", "$.options.isolation")]
    public async Task Post_AValueOfAnotherKind_NamesItsPlaceAndNoTypeOfOurs(string body, string place)
    {
        await using var host = await DoorHost.StartAsync(new FakeGate());
        var (status, answer) = await host.PostAsync(body);
        var message = answer.GetProperty("message").GetString()!;
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(place, message, StringComparison.Ordinal);
        Assert.DoesNotContain("Shale.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_BytesThatAreNotUtf8_SaysSo()
    {
        await using var host = await DoorHost.StartAsync(new FakeGate());
        var (status, answer) = await host.PostAsync([.. "{\"type\":1,\"sql\":\"SELECT '"u8, 0xff, 0xfe, .. "'\"}"u8], _ => { });
        Assert.Equal((HttpStatusCode.BadRequest, "the message is not valid UTF-8"), (status, answer.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Post_AsLongAsTheLimitAllows_IsReadWhole()
    {
        var gate = new FakeGate();
        await using var host = await DoorHost.StartAsync(gate);
        var text = new string('x', 40_000_000);
        var (status, _) = await host.PostAsync($$"""{"type":1,"sql":"SELECT '{{text}}'"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(text.Length + 9, ((Vitess.GateRequest)gate.Calls[0]!).Sql.Length);
    }

    [Fact]
    public async Task Post_ConnectionCutInTheMiddle_LeavesTheServerWell()
    {
        await using var host = await DoorHost.StartAsync(new FakeGate());
        var uri = new Uri(host.Url);
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(IPAddress.Loopback, uri.Port);
            await socket.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"type\":1,"u8.ToArray());
        }
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("""{"type":1,"sql":"SELECT 1"}""")).Status);
    }

    [Theory]
    [Trait("Rule", "S6.4")]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer wrong", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer", HttpStatusCode.Unauthorized)]
    [InlineData("Basic c2VjcmV0", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer secretx", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer secret", HttpStatusCode.OK)]
    [InlineData("bearer secret", HttpStatusCode.OK)]
    public async Task Post_WithATokenConfigured_NeedsIt(string? header, HttpStatusCode expected)
    {
        var gate = new FakeGate();
        await using var host = await DoorHost.StartAsync(gate, options => options.Token = "secret");
        var (status, answer) = await host.PostAsync("""{"type":1,"sql":"SELECT 1"}""", request =>
        {
            if (header is not null) request.Headers.TryAddWithoutValidation("Authorization", header);
        });
        Assert.Equal(expected, status);
        if (expected == HttpStatusCode.OK) return;
        Assert.Equal((129, "UNAUTHORIZED"), (answer.GetProperty("type").GetInt32(), answer.GetProperty("code").GetString()));
        Assert.Empty(gate.Calls);
    }

    [Fact]
    [Trait("Rule", "S6.4")]
    public async Task Start_WithoutATokenOnAnAddressForAll_IsRefused()
    {
        var failure = await Assert.ThrowsAsync<VitessException>(() => DoorHost.StartAsync(new FakeGate(), address: IPAddress.Any));
        Assert.Equal("UNAUTHORIZED", failure.Code);
        await using var withToken = await DoorHost.StartAsync(new FakeGate(), options => options.Token = "t", address: IPAddress.Any);
    }

    [Theory]
    [Trait("Rule", "S6.4")]
    [InlineData("http://evil.example", HttpStatusCode.Unauthorized)]
    [InlineData("null", HttpStatusCode.Unauthorized)]
    [InlineData("http://localhost:3000", HttpStatusCode.OK)]
    public async Task Post_WithoutATokenFromAWebPage_IsRefusedUnlessThePageIsLocal(string origin, HttpStatusCode expected)
    {
        await using var host = await DoorHost.StartAsync(new FakeGate());
        var (status, _) = await host.PostAsync("""{"type":1,"sql":"SELECT 1"}""", request => request.Headers.Add("Origin", origin));
        Assert.Equal(expected, status);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", true)]
    [InlineData("http://localhost:1", true)]
    [InlineData("http://[::1]:1", true)]
    [InlineData("http://unix:/tmp/s.sock", true)]
    [InlineData("http://0.0.0.0:1", false)]
    [InlineData("http://[::]:1", false)]
    [InlineData("http://*:1", false)]
    [InlineData("http://+:1", false)]
    [InlineData("http://10.0.0.1:1", false)]
    [InlineData("http://example.org", false)]
    [InlineData("null", false)]
    public void IsLoopback_Addresses_AreTold(string address, bool expected) => Assert.Equal(expected, LoopbackGuard.IsLoopback(address));
}
