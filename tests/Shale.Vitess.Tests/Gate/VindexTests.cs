using System.Collections.Immutable;
using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>Tables under every kind of vindex, through the gate.</summary>
public class VindexTests
{
    private const string CreateRegion =
        """ALTER VSCHEMA CREATE VINDEX by_region USING region WITH regions = '{"eu": ["shard-0", "shard-1"], "us": "80-c0", "rest": ["c0-"]}', default = 'rest'""";

    [Theory]
    [InlineData("id", "consistent_hash")]
    [InlineData("id", "reverse_bits")]
    [InlineData("id", "xxhash")]
    [InlineData("name", "binary")]
    [InlineData("name", "binary_md5")]
    [InlineData("name", "unicode_loose_md5")]
    [InlineData("name", "unicode_loose_xxhash")]
    public async Task Table_OfVindex_FindsEachRowByItsKey(string column, string vindex)
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync($"CREATE TABLE t (id BIGINT, name TEXT, PRIMARY KEY (id, name)) WITH (shard_key = '{column}', vindex = '{vindex}')",
            "INSERT INTO t SELECT n, 'Name ' || n FROM generate_series(1, 60) AS g(n)");

        for (var i = 1; i <= 60; i++)
        {
            var found = await cluster.RunAsync(column == "id" ? $"SELECT id FROM t WHERE id = {i}" : $"SELECT id FROM t WHERE name = 'Name {i}'");
            Assert.Equal(($"{i}", 1), (Cluster.Rows(found.Rows).Single(), found.Shards.Count));
        }

        Assert.Equal(["60"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Region_ThroughTheGate_KeepsRowsInTheirRegionAndNarrowsByIt()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync(CreateRegion, "CREATE TABLE t (region TEXT, id BIGINT, PRIMARY KEY (region, id)) WITH (shard_key = 'region, id', vindex = 'by_region')",
            "INSERT INTO t SELECT CASE n % 3 WHEN 0 THEN 'eu' WHEN 1 THEN 'us' ELSE 'moon' END, n FROM generate_series(1, 90) AS g(n)");

        Assert.Equal(["-40", "40-80"], cluster.Gate.Route("SELECT * FROM t WHERE region = 'eu'").Shards);
        Assert.Equal(["80-c0"], cluster.Gate.Route("SELECT * FROM t WHERE region = 'us'").Shards);
        Assert.Equal(["c0-"], cluster.Gate.Route("SELECT * FROM t WHERE region = 'moon' AND id > 7").Shards);
        Assert.Single(cluster.Gate.Route("SELECT * FROM t WHERE region = 'eu' AND id = 3").Shards);
        Assert.Equal(4, cluster.Gate.Route("SELECT * FROM t WHERE id = 3").Shards.Count);
        Assert.Equal(["eu|30", "moon|30", "us|30"], await cluster.RowsAsync("SELECT region, count(*) FROM t GROUP BY region ORDER BY region"));
        Assert.Equal(["30"], await cluster.RowsAsync("SELECT count(*) FROM t WHERE region = 'eu'"));
        Assert.Equal(30, (await cluster.RunAsync("UPDATE t SET id = id + 1000 WHERE region = 'us'")).Affected);
        Assert.Equal(["30"], await cluster.RowsAsync("SELECT count(*) FROM t WHERE region = 'us' AND id > 1000"));
        Assert.Empty(await cluster.RowsAsync("SELECT id FROM t WHERE region = NULL"));
        Assert.Equal(90, (await cluster.RunAsync("DELETE FROM t")).Affected);
    }

    [Fact]
    public async Task Region_WithoutDefault_RefusesUnknownRegions()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("""ALTER VSCHEMA CREATE VINDEX r USING region WITH regions = '{"eu": "-80"}'""", "CREATE TABLE t (region TEXT PRIMARY KEY) WITH (vindex = 'r')");

        var failure = await cluster.FailsAsync("INSERT INTO t VALUES ('us')");

        Assert.Equal(("CONSTRAINT_VIOLATION", "23514"), (failure.Code, failure.SqlState));
        Assert.Empty(await cluster.RowsAsync("SELECT * FROM t WHERE region = 'us'"));
    }

    [Theory]
    [InlineData("USING binary", null)]
    [InlineData("USING null", null)]
    [InlineData("USING consistent_hash WITH vnodes = '16'", null)]
    [InlineData("USING consistent_hash WITH vnode = '16'", "has no parameter \"vnode\"")]
    [InlineData("USING hash WITH columns = 'id'", "has no parameter")]
    [InlineData("USING region WITH regions = '{\"eu\": \"-40\"}', defaults = 'eu'", "has no parameter")]
    [InlineData("USING region WITH regions = '{\"eu\": \"-41\"}'", "-41 is no shard")]
    [InlineData("USING region WITH regions = '{\"eu\": [\"-40\", \"60-80\"]}'", "60-80 is no shard")]
    [InlineData("USING region WITH regions = '{\"eu\": \"-80\", \"us\": \"80-\"}'", null)]
    [InlineData("USING range WITH ranges = '[{\"to\": 9, \"shard\": \"-20\"}]'", "-20 is no shard")]
    public async Task CreateVindex_ThatCannotMeanWhatItSays_IsRefused(string definition, string? problem)
    {
        await using var cluster = await Cluster.OpenAsync(4);
        var creating = cluster.RunAsync($"ALTER VSCHEMA CREATE VINDEX v {definition}");
        if (problem is null)
        {
            await creating;
            return;
        }

        var failure = await Assert.ThrowsAsync<VitessException>(() => creating);
        Assert.Equal("INVALID_VSCHEMA", failure.Code);
        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.Hint);
    }

    [Theory]
    [InlineData("reverse_bits", "TEXT")]
    [InlineData("reverse_bits", "UUID")]
    public async Task Table_ColumnThatTheVindexCannotTake_IsRefused(string vindex, string type)
    {
        await using var cluster = await Cluster.OpenAsync(2);
        var failure = await cluster.FailsAsync($"CREATE TABLE t (id {type} PRIMARY KEY) WITH (shard_key = 'id', vindex = '{vindex}')");
        Assert.Equal("INVALID_VSCHEMA", failure.Code);
    }

    [Fact]
    public async Task OwnVindex_Registered_RoutesAndSurvivesARestart()
    {
        var directory = Directory.CreateTempSubdirectory("shale-own-vindex").FullName;
        try
        {
            var options = new LocalClusterOptions { DataDirectory = directory, Shards = 2, Durable = false, Vindexes = [new LengthVindexFactory()] };
            await using (var cluster = await LocalCluster.OpenAsync(options))
            {
                await RunAsync(cluster, "CREATE TABLE words (word TEXT PRIMARY KEY) WITH (shard_key = 'word', vindex = 'length')");
                await RunAsync(cluster, "INSERT INTO words VALUES ('a'), ('ab'), ('abc'), ('abcd')");
            }

            await using (var cluster = await LocalCluster.OpenAsync(options))
            {
                Assert.Equal(["-80"], (await RunAsync(cluster, "SELECT word FROM words WHERE word = 'ab'")).Shards);
                Assert.Equal(["80-"], (await RunAsync(cluster, "SELECT word FROM words WHERE word = 'abc'")).Shards);
                Assert.Equal(["4"], Cluster.Rows((await RunAsync(cluster, "SELECT count(*) FROM words")).Rows));
            }

            var refused = await Assert.ThrowsAsync<VitessException>(async () => await LocalCluster.OpenAsync(options with { Vindexes = [] }));
            Assert.Contains("UNKNOWN_VINDEX", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void OwnVindex_InBuilderAndValidator_IsKnown()
    {
        var registry = VindexRegistry.BuiltIn.With([new LengthVindexFactory()]);
        var built = new VSchemaBuilder(registry).AddKeyspace("main", true).AddVindex("main", "len", "Length").SetShards("main", "-80", "80-").AddTable("main", "t", "len", "a").Build();

        Assert.Equal("length", built.Get("main").VindexOf(built.Get("main").GetTable("t"))!.Type);
        var json = VSchemaJson.Write(built);
        Assert.True(VSchemaJson.Validate(json, registry: registry).Valid);
        Assert.Equal("UNKNOWN_VINDEX", Assert.Single(VSchemaJson.Validate(json).Errors).Code);
        Assert.Contains("length", registry.Types);
    }

    [Theory]
    [InlineData("hash")]
    [InlineData("Numeric")]
    [InlineData("lookup_mine")]
    [InlineData("")]
    public void OwnVindex_UnderATakenName_IsRefused(string name) =>
        Assert.Equal("INVALID_VSCHEMA", Assert.Throws<VitessException>(() => VindexRegistry.BuiltIn.With([new LengthVindexFactory(name)])).Code);

    private static async Task<GateResult> RunAsync(LocalCluster cluster, string sql) => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []));

    /// <summary>The sample of docs/vschema.md: odd and even lengths live apart.</summary>
    private sealed class LengthVindexFactory(string type = "length") : IVindexFactory
    {
        public string Type => type;

        public IVindex Create(VindexDefinition definition, ImmutableArray<KeyRange> shards) => new LengthVindex(definition.Name);
    }

    private sealed class LengthVindex(string name) : IVindex
    {
        public string Name => name;

        public string Type => "length";

        public int MaxColumns => 1;

        public bool TryMap(ReadOnlySpan<SqlValue> canonicalKey, out KeyspaceId id)
        {
            id = new KeyspaceId(canonicalKey[0].ToString().Length % 2 == 0 ? 0UL : 1UL << 63);
            return !canonicalKey[0].IsNull;
        }

        public bool TryMapInterval(SqlValue? low, SqlValue? high, ICollection<KeyspaceInterval> into) => false;
    }
}
