using System.Text.Json;
using Shale.Cli.Config;
using Shale.Vitess;

namespace Shale.Cli.Tests;

public sealed class ConfigFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("shale-config-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Read_TheSample_GivesEveryEntry()
    {
        var config = ConfigFile.Read(Documents("config.sample.json"));
        Assert.Equal((4, "main", 5000), (config.Shards, config.Keyspace, config.Gate!.LockTimeoutMs));
        Assert.Equal(Documents("data"), config.Data);
        var limits = config.Keyspaces!["main"].ToLimits();
        Assert.Equal((1_000_000, TimeSpan.FromMinutes(1), CrossShardPolicy.Warn), (limits.MaxRows, limits.MaxTime, limits.CrossShard));
        Assert.Equal(256, config.Gate.Limits!.ToLimits().MaxConcurrent);
    }

    [Fact]
    public void Schema_InTheDocuments_IsThatOfTheProgram()
    {
        var path = Documents("config.schema.json");
        if (Environment.GetEnvironmentVariable("SHALE_ACCEPT") == "1") File.WriteAllText(path, ConfigFile.SchemaText());
        Assert.Equal(ConfigFile.SchemaText(), File.ReadAllText(path));
        using var schema = JsonDocument.Parse(ConfigFile.SchemaText());
        var entries = schema.RootElement.GetProperty("properties");
        Assert.Contains("What becomes of", entries.GetProperty("keyspaces").GetRawText(), StringComparison.Ordinal);
        Assert.False(schema.RootElement.GetProperty("additionalProperties").GetBoolean());
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("null", "null")]
    [InlineData("{\n  \"shards\": \"four\"\n}", "$.shards")]
    [InlineData("{ \"shard\": 4 }", "'shard' is not known")]
    [InlineData("{ \"shards\": 4, \"shards\": 5 }", "shards")]
    [InlineData("{ \"shards\": 0 }", "shards must be at least 1")]
    [InlineData("{ \"http\": { \"listen\": \"nowhere:1\" } }", "nowhere:1")]
    [InlineData("{ \"http\": { \"key\": \"a.pem\" } }", "http.key needs http.cert")]
    [InlineData("{ \"http\": { \"devCert\": true, \"cert\": \"a.pem\" } }", "exclude one another")]
    [InlineData("{ \"keyspaces\": { \"main\": { \"maxRows\": 0 } } }", "keyspaces.main")]
    [InlineData("{ \"keyspaces\": { \"main\": { \"crossShard\": \"maybe\" } } }", "crossShard")]
    [InlineData("{ \"keyspaces\": { \"main\": null } }", "keyspaces.main")]
    [InlineData("{ \"otlp\": \"x\" }", "otlp is no URL")]
    public void Read_BadInput_NamesFileAndEntry(string json, string expected)
    {
        var path = Path.Combine(_directory.FullName, "shale.json");
        File.WriteAllText(path, json);
        var failure = Assert.Throws<VitessException>(() => ConfigFile.Read(path));
        Assert.Equal("F0000", failure.SqlState);
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DevelopmentCertificate_IsMadeOnce_AndAnewWhenItRunsOut()
    {
        var now = DateTimeOffset.UtcNow;
        var (first, path) = DoorCertificate.ForDevelopment(_directory.FullName, now);
        var (again, _) = DoorCertificate.ForDevelopment(_directory.FullName, now);
        var (later, _) = DoorCertificate.ForDevelopment(_directory.FullName, now.AddDays(365));
        using (first)
        using (again)
        using (later)
        {
            Assert.True(first.HasPrivateKey);
            Assert.True(first.MatchesHostname("localhost"));
            Assert.Equal(first.Thumbprint, again.Thumbprint);
            Assert.NotEqual(first.Thumbprint, later.Thumbprint);
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        File.WriteAllText(path, "nonsense");
        Assert.Equal("UNAUTHORIZED", Assert.Throws<VitessException>(() => DoorCertificate.Read(path, null)).Code);
    }

    private static string Documents(string file)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Shale.slnx"))) directory = directory.Parent!;
        return Path.Combine(directory.FullName, "docs", file);
    }
}
