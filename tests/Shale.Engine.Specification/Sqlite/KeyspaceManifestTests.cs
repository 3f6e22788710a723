using System.Text;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Engine.Specification;

/// <summary>The manifest of a keyspace's backup, as docs/formats/backup.md describes it: a change here is a new version of the format.</summary>
public sealed class KeyspaceManifestTests
{
    [Fact]
    public void Manifest_Golden()
    {
        var manifest = new KeyspaceManifest
        {
            Format = 1,
            Number = 3,
            Keyspace = "main",
            Taken = "2026-01-01T00:00:00Z",
            Time = 3621834000000000000,
            Topology = new TopologyCopy("{}\n", [new EraCopy(1, 0, 0, "{}"), new EraCopy(2, 7, null, "{}")]),
            Shards = [new ManifestShard("-80", "-80.log", 2, 258), new ManifestShard("80-", "80-.log", 5, 0)],
        };
        const string Golden = """
            {"sha256":"e6430f198b8d9cdaada3fd83a3b032cfc36963d830c35b66bfe50fd915f4aa5b","backup":{"format":1,"number":3,"keyspace":"main","taken":"2026-01-01T00:00:00Z","time":3621834000000000000,"topology":{"topology":"{}\n","eras":[{"version":1,"change":0,"since":0,"text":"{}"},{"version":2,"change":7,"since":null,"text":"{}"}]},"shards":[{"shard":"-80","directory":"-80.log","backup":2,"lsn":258},{"shard":"80-","directory":"80-.log","backup":5,"lsn":0}]}}

            """;

        Assert.Equal(Golden, Encoding.UTF8.GetString(manifest.ToBytes()));
        Assert.Equal(manifest.ToBytes(), KeyspaceManifest.Read("keyspace-00000003.json", manifest.ToBytes()).ToBytes());
        Assert.Equal("XX001", Assert.Throws<VitessException>(() => KeyspaceManifest.Read("m", Encoding.UTF8.GetBytes(Golden.Replace("258", "259", StringComparison.Ordinal)))).SqlState);
        Assert.Equal("XX001", Assert.Throws<VitessException>(() => KeyspaceManifest.Read("m", (manifest with { Keyspace = "../main" }).ToBytes())).SqlState);
        Assert.Equal("XX001", Assert.Throws<VitessException>(() => KeyspaceManifest.Read("m", (manifest with { Shards = [new ManifestShard("/-80", "-80.log", 1, 1)] }).ToBytes())).SqlState);
        Assert.Equal("0A000", Assert.Throws<VitessException>(() => KeyspaceManifest.Read("m", (manifest with { Format = 2 }).ToBytes())).SqlState);
    }
}
