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
        Assert.Equal((30.0, 50L << 30), (config.RetentionDays, config.RetentionBytes));
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
    [InlineData("[]", "the file must be an object")]
    [InlineData("{ \"keyspaces\": 4 }", "'keyspaces' must be an object")]
    [InlineData("{\n  \"shards\": \"four\"\n}", "line 2: 'shards' must be a whole number")]
    [InlineData("{ \"http\": { \"devCert\": 1 } }", "'http.devCert' must be true or false")]
    [InlineData("{ \"data\": 1 }", "'data' must be a text")]
    [InlineData("{ \"shard\": 4 }", "'shard' is not known")]
    [InlineData("{ \"shards\": 4, \"shards\": 5 }", "'shards' is there twice")]
    [InlineData("{ \"shards\": 0 }", "shards must be from 1 to 65536")]
    [InlineData("{ \"shards\": 65537 }", "shards must be from 1 to 65536")]
    [InlineData("{ \"retentionDays\": -1 }", "retentionDays must be from 0 to 36500")]
    [InlineData("{ \"retentionDays\": \"long\" }", "'retentionDays' must be a number")]
    [InlineData("{ \"retentionBytes\": 0 }", "retentionBytes must be at least 1")]
    [InlineData("{ \"gate\": { \"semiJoinKeys\": 10001 } }", "semiJoinKeys")]
    [InlineData("{ \"gate\": { \"transactionIdleMs\": 0 } }", "transactionIdleMs")]
    [InlineData("{ \"keyspaces\": { \"main\": {}, \"MAIN\": {} } }", "keyspaces.MAIN is there twice")]
    [InlineData("{ \"http\": { \"listen\": \"nowhere:1\" } }", "nowhere:1")]
    [InlineData("{ \"http\": { \"key\": \"a.pem\" } }", "http.key needs http.cert")]
    [InlineData("{ \"http\": { \"devCert\": true, \"cert\": \"a.pem\" } }", "exclude one another")]
    [InlineData("{ \"keyspaces\": { \"main\": { \"maxRows\": 0 } } }", "keyspaces.main")]
    [InlineData("{ \"keyspaces\": { \"main\": { \"crossShard\": \"maybe\" } } }", "'keyspaces.main.crossShard' must be \"allow\", \"warn\" or \"deny\"")]
    [InlineData("{ \"keyspaces\": { \"main\": null } }", "keyspaces.main")]
    [InlineData("{ \"otlp\": \"x\" }", "otlp is no URL")]
    [InlineData("{ \"otlp\": \"ftp://x\" }", "otlp is no URL")]
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
