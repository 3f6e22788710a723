using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Shale.Postgres.Relay;
using Shale.Postgres.Tests.Support;
using Shale.Vitess;

namespace Shale.Postgres.Tests.Engine;

/// <summary>How the relay gets in: with a password, under TLS; each against a server that speaks the protocol.</summary>
public sealed class RelaySessionTests
{
    [Theory]
    [InlineData("SSL Mode=Disable")]
    [InlineData("SSL Mode=Prefer")]
    [InlineData("SSL Mode=Require")]
    public async Task Open_WithThePassword_ReadsUnderTlsWhereItIsWanted(string mode)
    {
        using var certificate = Certificate();
        await using var cluster = await DoorCluster.StartAsync(options => options with { Certificate = certificate, Token = "s3cret\u00e9" });
        await using var engine = Engine(cluster, $"Password=s3cret\u00e9;{mode}");
        await using var reader = await engine.OpenAsync(EngineAccess.Read, default);
        Assert.IsType<RelayConnection>(reader);
        for (var i = 0; i < 3; i++) Assert.Equal($"{i}", (await reader.QueryAsync("SELECT $1::text", [SqlValue.Text($"{i}")], RowEncoding.Text, default)).Rows[0][0].AsText());
        Assert.Equal(200_000, (await reader.ExecuteAsync("SELECT repeat('x', 200000)", [], default)).Rows[0][0].AsText().Length);
    }

    [Fact]
    public async Task Open_WithoutTlsThatIsRequired_IsRefused()
    {
        await using var cluster = await DoorCluster.StartAsync();
        await using var engine = Engine(cluster, "SSL Mode=Require");
        var failure = await Assert.ThrowsAsync<VitessException>(async () => await engine.OpenAsync(EngineAccess.Read, default));
        Assert.Equal(("SHARD_ERROR", "08006"), (failure.Code, failure.SqlState));
        Assert.Contains("TLS", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_WithAnotherPassword_IsRefused()
    {
        await using var cluster = await DoorCluster.StartAsync(options => options with { Token = "secret" });
        await using var engine = Engine(cluster, "Password=other");
        Assert.Equal(("SHARD_ERROR", "28P01"), await FailureAsync(engine));
    }

    [Fact]
    public async Task Open_WhereNobodyListens_IsRefused()
    {
        var cluster = await DoorCluster.StartAsync();
        var port = cluster.Port;
        await cluster.DisposeAsync();
        await using var engine = new PostgresEngine(new PostgresEngineOptions { ConnectionString = $"Host=127.0.0.1;Port={port};Username=u" });
        Assert.Equal(("SHARD_ERROR", "08006"), await FailureAsync(engine));
    }

    [Fact]
    public async Task Open_OfAClosedEngine_IsRefused()
    {
        await using var cluster = await DoorCluster.StartAsync();
        var engine = Engine(cluster, "SSL Mode=Disable");
        await engine.DisposeAsync();
        Assert.Equal(("SHARD_ERROR", "57P01"), await FailureAsync(engine));
    }

    private static PostgresEngine Engine(DoorCluster cluster, string more) => new(new PostgresEngineOptions { ConnectionString = $"Host=127.0.0.1;Port={cluster.Port};Username=u;Database=main;{more}", LockTimeout = TimeSpan.Zero, ConnectTimeout = TimeSpan.FromMinutes(5) });

    private static async Task<(string, string?)> FailureAsync(PostgresEngine engine)
    {
        var failure = await Assert.ThrowsAsync<VitessException>(async () => await engine.OpenAsync(EngineAccess.Read, default));
        return (failure.Code, failure.SqlState);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
