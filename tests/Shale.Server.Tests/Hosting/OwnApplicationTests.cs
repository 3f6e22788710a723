using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shale.Client;
using Shale.Engines;
using Shale.Server.Tests.Support;
using Shale.Vitess;

namespace Shale.Server.Tests.Hosting;

public class OwnApplicationTests
{
    [Fact]
    public async Task MapVTGate_BesideAPageOfTheApplications_LeavesItAndOtherPathsAlone()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddVTGate(_ => new FakeGate());
        await using var app = builder.Build();
        app.MapVTGate("/");
        app.MapGet("/", () => "mine");
        await app.StartAsync();
        using var http = new HttpClient();
        Assert.Equal("mine", await http.GetStringAsync(app.Urls.First()));
        using var other = await http.GetAsync(app.Urls.First() + "/nothing");
        Assert.Equal((HttpStatusCode.NotFound, ""), (other.StatusCode, await other.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task AddVTTabletAddVTGateMapVTGate_InOnesOwnApplication_ServeBesideItsEndpoints()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var keyspace = VKeyspace.Create("main", KeyRange.Split(2));
        foreach (var shard in keyspace.Shards)
            builder.Services.AddVTTablet(new VTTabletOptions { Keyspace = "main", Shard = shard.ToString(), Engine = SqliteEngine.InMemory() });
        builder.Services.AddVTGate(VSchema.Empty.WithKeyspace(keyspace), "main");
        var app = builder.Build();
        await using (app)
        {
            app.MapGet("/mine", () => "mine");
            app.MapVTGate("/db");
            await app.StartAsync();
            var url = app.Urls.First();
            using var http = new HttpClient();
            Assert.Equal("mine", await http.GetStringAsync(url + "/mine"));
            await using var client = VitessClient.Create(new VitessConfig { Endpoint = url + "/db" });
            await client.ExecuteAsync("CREATE TABLE t (id INT PRIMARY KEY)");
            await client.ExecuteAsync("INSERT INTO t VALUES (1), (2), (3)");
            Assert.Equal(3, (await client.QueryAsync<int>("SELECT count(*) FROM t")).Rows.Single());
            Assert.Equal(2, (await client.StatusAsync()).ShardCount);
        }
    }

    [Fact]
    public async Task AddVindex_BesideAddVTGate_LetsTablesUseIt()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var keyspace = VKeyspace.Create("main", KeyRange.Split(2));
        foreach (var shard in keyspace.Shards)
            builder.Services.AddVTTablet(new VTTabletOptions { Keyspace = "main", Shard = shard.ToString(), Engine = SqliteEngine.InMemory() });
        builder.Services.AddVindex(new LastShardFactory()).AddVTGate(VSchema.Empty.WithKeyspace(keyspace), "main");
        await using var app = builder.Build();
        var gate = app.Services.GetRequiredService<IVTGate>();
        await gate.ExecuteAsync(new GateRequest("CREATE TABLE t (id INT PRIMARY KEY) WITH (vindex = 'last_shard')", []));
        await gate.ExecuteAsync(new GateRequest("INSERT INTO t VALUES (1), (2), (3)", []));
        Assert.Equal(["80-"], (await gate.ExecuteAsync(new GateRequest("SELECT id FROM t WHERE id = 2", []))).Shards);
        Assert.Equal(3, (await gate.ExecuteAsync(new GateRequest("SELECT id FROM t", []))).Rows.RowCount);
    }

    [Fact]
    [Trait("Rule", "S6.2")]
    public async Task SecondStatement_IsASyntaxError()
    {
        await using var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { Shards = 2 });
        await using var host = await Support.DoorHost.StartAsync(cluster.Gate);
        await using var client = host.Client();
        foreach (var sql in new[] { "SELECT 1; SELECT 2", "SELECT 1;;SELECT 2", "DELETE FROM t; SELECT 1" })
            Assert.Equal("SYNTAX_ERROR", (await Assert.ThrowsAsync<VitessException>(() => client.QueryAsync(sql))).Code);
        Assert.Equal([1], (await client.QueryAsync<int>("SELECT 1;")).Rows);
    }

    private sealed class LastShardFactory : IVindexFactory
    {
        public string Type => "last_shard";

        public IVindex Create(VindexDefinition definition, System.Collections.Immutable.ImmutableArray<KeyRange> shards) => new LastShard(definition.Name);
    }

    private sealed class LastShard(string name) : IVindex
    {
        public string Name => name;

        public string Type => "last_shard";

        public int MaxColumns => 1;

        public bool TryMap(ReadOnlySpan<SqlValue> canonicalKey, out KeyspaceId id)
        {
            id = new KeyspaceId(ulong.MaxValue);
            return !canonicalKey[0].IsNull;
        }

        public bool TryMapInterval(SqlValue? low, SqlValue? high, ICollection<KeyspaceInterval> into) => false;
    }
}
