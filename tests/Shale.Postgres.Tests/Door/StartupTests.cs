using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Shale.Contracts;
using Shale.Postgres.Tests.Support;
using Shale.Server;

namespace Shale.Postgres.Tests.Door;

/// <summary>How connections begin, and how they do not.</summary>
public abstract class StartupTests(StorageEngineType engine) : DoorSuite(engine)
{
    private const int Tls = 80877103, Gss = 80877104, CancelCode = 80877102;

    [Fact]
    public async Task Startup_QuestionsForEncryption_AreAnsweredAndTheSessionGoesOn()
    {
        await using var cluster = await StartAsync();
        using var client = await RawClient.ConnectAsync(cluster.Port);
        await client.SendAsync([.. RawClient.Int(8), .. RawClient.Int(Tls)]);
        Assert.Equal('N', await client.ReadByteAsync());
        await client.SendAsync([.. RawClient.Int(8), .. RawClient.Int(Gss)]);
        Assert.Equal('N', await client.ReadByteAsync());
        await client.SendAsync(RawClient.Startup(3 << 16, ("user", "app"), ("database", "main"), ("application_name", "mine")));
        var start = await client.ReadToReadyAsync();
        var told = start.Where(message => message.Type == 'S').Select(message => System.Text.Encoding.UTF8.GetString(message.Body)).ToList();
        Assert.Contains("server_version\015.0 (Shale)\0", told);
        Assert.Contains("application_name\0mine\0", told);
        Assert.Contains("client_encoding\0UTF8\0", told);
        Assert.Contains("integer_datetimes\0on\0", told);
        Assert.Contains("TimeZone\0UTC\0", told);
        await client.SendAsync(RawClient.Query("SELECT 1"));
        Assert.Equal("T D(1) C(SELECT 1) Z(I)", await client.ReadWordsAsync());
    }

    [Fact]
    public async Task Startup_NewerMinorVersion_IsNegotiated()
    {
        await using var cluster = await StartAsync();
        using var client = await RawClient.ConnectAsync(cluster.Port);
        await client.SendAsync(RawClient.Startup((3 << 16) | 2, ("user", "app"), ("database", "main"), ("_pq_.future", "1")));
        var first = await client.ReadMessageAsync();
        Assert.Equal(('v', "00000000" + "00000001" + "5f70715f2e66757475726500"), (first!.Value.Type, Convert.ToHexStringLower(first.Value.Body)));
        Assert.EndsWith("Z(I)", await client.ReadWordsAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TimeZone", "Europe/Oslo")]
    [InlineData("options", "-c timezone=Europe/Oslo")]
    public async Task Startup_AnotherTimeZone_BeginsInUtcAndSaysSo(string parameter, string value)
    {
        await using var cluster = await StartAsync();
        using var client = await RawClient.ConnectAsync(cluster.Port);
        await client.SendAsync(RawClient.Startup(3 << 16, ("user", "app"), ("database", "main"), (parameter, value)));
        var start = (await client.ReadToReadyAsync()).Select(message => (message.Type, Text: System.Text.Encoding.UTF8.GetString(message.Body))).ToList();
        Assert.Contains(('S', "TimeZone\0UTC\0"), start);
        Assert.Contains("the time zone of the session is UTC, not Europe/Oslo", Assert.Single(start, message => message.Type == 'N').Text, StringComparison.Ordinal);
        await client.SendAsync(RawClient.Query("RESET TimeZone"));
        Assert.Equal("C(RESET) Z(I)", await client.ReadWordsAsync());
    }

    [Theory]
    [InlineData("'utf-8'")]
    [InlineData("UTF_8")]
    [InlineData("unicode")]
    public async Task Startup_EncodingAsDriversWriteIt_IsUtf8(string encoding)
    {
        await using var cluster = await StartAsync();
        using var client = await RawClient.ConnectAsync(cluster.Port);
        await client.SendAsync(RawClient.Startup(3 << 16, ("user", "app"), ("database", "main"), ("client_encoding", encoding)));
        Assert.Contains("client_encoding\0UTF8\0", (await client.ReadToReadyAsync()).Select(message => System.Text.Encoding.UTF8.GetString(message.Body)));
    }

    [Theory]
    [InlineData(2 << 16, "user=app,database=main", "0A000")]
    [InlineData(4 << 16, "user=app,database=main", "0A000")]
    [InlineData(3 << 16, "database=main", "28000")]
    [InlineData(3 << 16, "user=app,database=nope", "3D000")]
    [InlineData(3 << 16, "user=app,database=main:-13", "3D000")]
    [InlineData(3 << 16, "user=app,database=main/nope", "3D000")]
    [InlineData(3 << 16, "user=app,database=main@replica", "0A000")]
    [InlineData(3 << 16, "user=app,database=main,replication=database", "0A000")]
    [InlineData(3 << 16, "user=app,database=main,client_encoding=LATIN1", "0A000")]
    [InlineData(3 << 16, "user=app,database=main,options=-c nope=1", "42704")]
    [InlineData(3 << 16, "user=app,database=main,options=nope", "08P01")]
    [Trait("Rule", "S1.1")]
    public async Task Startup_WhatCannotBe_IsRefused(int version, string parameters, string sqlState)
    {
        await using var cluster = await StartAsync();
        using var client = await RawClient.ConnectAsync(cluster.Port);
        await client.SendAsync(RawClient.Startup(version, [.. parameters.Split(',').Select(each => (each.Split('=', 2)[0], each.Split('=', 2)[1]))]));
        var last = (await client.ReadToReadyAsync())[^1];
        Assert.Equal(('E', sqlState, "FATAL"), (last.Type, RawClient.Field(last.Body, 'C'), RawClient.Field(last.Body, 'S')));
        Assert.Null(await client.ReadMessageAsync());
    }

    [Theory]
    [InlineData("main")]
    [InlineData("main:-80")]
    [InlineData("app")]
    [Trait("Rule", "S1.1")]
    public async Task Startup_Targets_AreDatabases(string database)
    {
        await using var cluster = await StartAsync(shards: 2);
        await cluster.RunAsync("CREATE TABLE t (id bigint PRIMARY KEY)", "INSERT INTO t SELECT g FROM generate_series(1, 100) g");
        var count = int.Parse(await Tool.PsqlAsync(cluster.Port, "SELECT count(*) FROM t", database));
        if (database == "main:-80") Assert.InRange(count, 1, 99);
        else Assert.Equal(100, count);
    }

    [Theory]
    [InlineData("0000000400030000")]
    [InlineData("ffffffff00030000")]
    [InlineData("4000000000030000")]
    [InlineData("0000000900030000aa")]
    public async Task Startup_NoPacket_IsRefused(string hex)
    {
        await using var cluster = await StartAsync();
        using var client = await RawClient.ConnectAsync(cluster.Port);
        await client.SendAsync(Convert.FromHexString(hex));
        Assert.Equal("E(08P01)", await client.ReadWordsAsync());
    }

    [Fact]
    public async Task Startup_Silence_IsEndedAfterAWhile()
    {
        await using var cluster = await StartAsync(options => options with { StartupTimeout = TimeSpan.FromMilliseconds(100) });
        using var client = await RawClient.ConnectAsync(cluster.Port);
        await client.SendAsync(RawClient.Int(50));
        Assert.Null(await client.ReadMessageAsync());
    }

    [Fact]
    public async Task Startup_OneTooMany_IsTold53300_AndOneThatGoesMakesRoom()
    {
        await using var cluster = await StartAsync(options => options with { MaxConnections = 2 });
        using var first = await RawClient.OpenAsync(cluster.Port);
        using (var second = await RawClient.OpenAsync(cluster.Port))
        {
            using var third = await RawClient.ConnectAsync(cluster.Port);
            await third.SendAsync(RawClient.Startup(3 << 16, ("user", "app"), ("database", "main")));
            Assert.Equal("R E(53300)", await third.ReadWordsAsync());
            await second.SendAsync(RawClient.Message('X'));
            Assert.Null(await second.ReadMessageAsync());
        }

        while (cluster.Door.Connections > 1) await Task.Yield();
        using var fourth = await RawClient.OpenAsync(cluster.Port);
        await fourth.SendAsync(RawClient.Query("SELECT 1"));
        Assert.Equal("T D(1) C(SELECT 1) Z(I)", await fourth.ReadWordsAsync());
    }

    [Fact]
    public async Task Messages_TooLongOrUnknown_EndTheConnectionAndNothingElse()
    {
        await using var cluster = await StartAsync();
        using var other = await RawClient.OpenAsync(cluster.Port);
        (string Hex, string Expected)[] all = [("5140000000", "E(54000)"), ("517fffffff", "E(54000)"), ("5100000003", "E(08P01)"), ("7a00000004", "E(08P01)")];
        foreach (var (hex, expected) in all)
        {
            using var client = await RawClient.OpenAsync(cluster.Port);
            await client.SendAsync(Convert.FromHexString(hex));
            Assert.Equal(expected, await client.ReadWordsAsync());
        }

        await other.SendAsync(RawClient.Query("SELECT 1"));
        Assert.Equal("T D(1) C(SELECT 1) Z(I)", await other.ReadWordsAsync());
    }

    [Fact]
    [Trait("Rule", "S6.4")]
    public async Task Token_IsThePasswordOfEveryUser_AndNothingTellsWhatWasWrong()
    {
        await using var cluster = await StartAsync(options => options with { Token = "s3cret ü" });
        foreach (var user in (string[])["app", "postgres"])
        {
            var (code, output, _) = await Psql(cluster, user, "s3cret ü");
            Assert.Equal((0, "1\n"), (code, output));
            (code, _, var errors) = await Psql(cluster, user, "wrong");
            Assert.Equal(2, code);
            Assert.Contains($"FATAL:  password authentication failed for user \"{user}\"", errors, StringComparison.Ordinal);
        }

        var (none, _, message) = await Psql(cluster, "app", null);
        Assert.Equal(2, none);
        Assert.Contains("no password supplied", message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "S6.4")]
    public async Task Open_WithoutATokenForAll_IsRefused()
    {
        await using var cluster = await StartAsync();
        var failure = await Assert.ThrowsAsync<VitessException>(() => PostgresDoor.OpenAsync(cluster.Cluster.Gate, new PostgresDoorOptions { Listen = new IPEndPoint(IPAddress.Any, 0) }));
        Assert.Equal("UNAUTHORIZED", failure.Code);
        failure = await Assert.ThrowsAsync<VitessException>(() => PostgresDoor.OpenAsync(cluster.Cluster.Gate, new PostgresDoorOptions { Listen = cluster.Door.Address }));
        Assert.Equal("08006", failure.SqlState);
    }

    [Fact]
    public async Task Tls_WithACertificate_IsSpokenWhereItIsAskedFor()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        await using var cluster = await StartAsync(options => options with { Certificate = certificate, Token = "secret" });
        foreach (var mode in (string[])["require", "disable"])
        {
            var (code, output, errors) = await Tool.RunAsync("psql", ["-X", "-h", "127.0.0.1", "-p", cluster.Port.ToString(), "-U", "app", "-d", "main", "-c", "\\conninfo", "-c", "SELECT count(*) FROM generate_series(1, 300000)", "-Atc", "SELECT repeat('x', 100000) FROM generate_series(1, 20)"],
                environment: new Dictionary<string, string> { ["PGSSLMODE"] = mode, ["PGPASSWORD"] = "secret" });
            Assert.True(code == 0, errors);
            Assert.Equal(mode == "require", output.Contains("TLSv1.3", StringComparison.Ordinal));
            Assert.Contains(new string('x', 100_000), output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Cancel_RightKey_EndsTheStatement_WrongKeyDoesNothing()
    {
        await using var cluster = await StartAsync();
        using var client = await RawClient.OpenAsync(cluster.Port);
        await client.SendAsync(RawClient.Query("SELECT count(*) FROM generate_series(1, 100000000000) AS g"));
        while ((await cluster.Cluster.Gate.ExecuteAsync(new Vitess.GateRequest("SHOW PROCESSLIST", []))).Rows.RowCount < 2) await Task.Yield();
        await CancelAsync(cluster, client.Key.Process, client.Key.Secret + 1);
        await CancelAsync(cluster, client.Key.Process + 1, client.Key.Secret);
        Assert.Equal(2, (await cluster.Cluster.Gate.ExecuteAsync(new Vitess.GateRequest("SHOW PROCESSLIST", []))).Rows.RowCount);
        await CancelAsync(cluster, client.Key.Process, client.Key.Secret);
        Assert.Equal("E(57014) Z(I)", await client.ReadWordsAsync());

        // One that comes when nothing runs is for nobody.
        await CancelAsync(cluster, client.Key.Process, client.Key.Secret);
        await client.SendAsync(RawClient.Query("SELECT 1"));
        Assert.Equal("T D(1) C(SELECT 1) Z(I)", await client.ReadWordsAsync());
    }

    [Fact]
    public async Task Cancel_AsSoonAsTheStatementIsSent_EndsIt()
    {
        await using var cluster = await StartAsync();
        using var client = await RawClient.OpenAsync(cluster.Port);
        for (var round = 0; round < 20; round++)
        {
            await client.SendAsync(RawClient.Query("SELECT count(*) FROM generate_series(1, 100000000000) AS g"));
            await CancelAsync(cluster, client.Key.Process, client.Key.Secret);
            Assert.Equal("E(57014) Z(I)", await client.ReadWordsAsync());
        }
    }

    [Fact]
    public async Task Cancel_WhileWhatWasSentIsNotTaken_EndsIt()
    {
        await using var cluster = await StartAsync();
        using var client = await RawClient.OpenAsync(cluster.Port);
        await using (await HeldPolls.HoldAsync())
        {
            await client.SendAsync(RawClient.Query("SELECT count(*) FROM generate_series(1, 100000000000) AS g"));
            using var canceller = await RawClient.ConnectAsync(cluster.Port);
            await canceller.SendAsync(CancelOf(client.Key.Process, client.Key.Secret));
            await Task.WhenAny(canceller.ReadMessageAsync(), Task.Delay(TimeSpan.FromSeconds(1)));
        }

        Assert.Equal("E(57014) Z(I)", await client.ReadWordsAsync());
        await client.SendAsync(RawClient.Query("SELECT 1"));
        Assert.Equal("T D(1) C(SELECT 1) Z(I)", await client.ReadWordsAsync());
    }

    [Fact]
    public async Task Client_ThatHasGone_TakesItsStatementWithIt()
    {
        await using var cluster = await StartAsync();
        using (var client = await RawClient.OpenAsync(cluster.Port))
        {
            await client.SendAsync(RawClient.Query("SELECT count(*) FROM generate_series(1, 100000000000) AS g"));
            while ((await cluster.Cluster.Gate.ExecuteAsync(new Vitess.GateRequest("SHOW PROCESSLIST", []))).Rows.RowCount < 2) await Task.Yield();
        }

        while ((await cluster.Cluster.Gate.ExecuteAsync(new Vitess.GateRequest("SHOW PROCESSLIST", []))).Rows.RowCount > 1) await Task.Yield();
    }

    [Fact]
    public async Task Door_ThatCloses_TellsItsClients()
    {
        var cluster = await StartAsync();
        using var idle = await RawClient.OpenAsync(cluster.Port);
        using var busy = await RawClient.OpenAsync(cluster.Port);
        await busy.SendAsync(RawClient.Query("SELECT count(*) FROM generate_series(1, 100000000000) AS g"));
        while ((await cluster.Cluster.Gate.ExecuteAsync(new Vitess.GateRequest("SHOW PROCESSLIST", []))).Rows.RowCount < 2) await Task.Yield();
        await cluster.DisposeAsync();
        Assert.Equal("E(57P01)", await idle.ReadWordsAsync());
        Assert.StartsWith("E(57P01)", await busy.ReadWordsAsync(), StringComparison.Ordinal);
    }

    private static async Task CancelAsync(DoorCluster cluster, int process, int secret)
    {
        using var client = await RawClient.ConnectAsync(cluster.Port);
        await client.SendAsync(CancelOf(process, secret));
        Assert.Null(await client.ReadMessageAsync());
    }

    private static byte[] CancelOf(int process, int secret) => [.. RawClient.Int(16), .. RawClient.Int(CancelCode), .. RawClient.Int(process), .. RawClient.Int(secret)];

    private static Task<(int Code, string Output, string Errors)> Psql(DoorCluster cluster, string user, string? password) =>
        Tool.RunAsync("psql", ["-X", "-w", "-h", "127.0.0.1", "-p", cluster.Port.ToString(), "-U", user, "-d", "main", "-Atc", "SELECT 1"], environment: password is null ? null : new Dictionary<string, string> { ["PGPASSWORD"] = password });
}
