namespace Shale.Vitess.Tests;

/// <summary>Vindexes of several columns, each of which gives some bytes of the keyspace id.</summary>
public sealed class MulticolVindexTests
{
    // The functions' own golden values, cut and put together as Vitess does.
    [Theory, Trait("Rule", "S2.1")]
    [InlineData("2", "xxhash,xxhash", "4,4", "d01ab7e487eb1171")]
    [InlineData("2", "xxhash,xxhash", null, "d01ab7e487eb1171")]
    [InlineData("2", "xxhash,xxhash", "1", "d087eb11714c0a0e")]
    [InlineData("2", "xxhash, binary", ",2", "d01ab7e4d6977465")]
    [InlineData("2", "xxhash,xxhash", "2,2", "d01a87eb00000000")]
    [InlineData("3", "xxhash,xxhash,xxhash", null, "d01ab787eb11d01a")]
    public void TryMap_Multicol_TakesSomeBytesOfEach(string count, string functions, string? bytes, string expected)
    {
        var vindex = Multicol(count, functions, bytes);
        SqlValue[] key = [SqlValue.Text("test1"), SqlValue.Text("test2"), SqlValue.Text("test1")];
        Assert.True(vindex.TryMap(key.AsSpan(0, vindex.MaxColumns), out var id));
        Assert.Equal(expected, id.ToString());
        Assert.False(vindex.TryMap([SqlValue.Text("test1"), SqlValue.Null], out _));
    }

    [Theory]
    [InlineData("1", 1L, "01")]
    [InlineData("1", 257L, "01")]
    [InlineData("2", 258L, "0102")]
    public void TryMap_RegionExperimental_IsTheRegionAndTheHash(string bytes, long region, string prefix)
    {
        var vindex = Create("region_experimental", ("region_bytes", bytes));
        Assert.True(new HashVindex("h").TryMap([SqlValue.Integer(7)], out var hash));
        Assert.True(vindex.TryMap([SqlValue.Integer(region), SqlValue.Integer(7)], out var id));
        Assert.Equal(prefix + hash.ToString()[..^prefix.Length], id.ToString());
        Assert.False(vindex.TryMap([SqlValue.Text("eu"), SqlValue.Integer(7)], out _));
    }

    [Fact, Trait("Rule", "S3.2")]
    public void TryMapPrefix_FirstColumns_AreAPartOfTheRing()
    {
        var vindex = Multicol("3", "xxhash,xxhash,xxhash", "1,2,5");
        List<KeyspaceInterval> into = [];
        Assert.True(vindex.TryMapPrefix([SqlValue.Text("test1")], into));
        Assert.True(vindex.TryMapPrefix([SqlValue.Text("test1"), SqlValue.Text("test2")], into));
        Assert.True(vindex.TryMapPrefix([SqlValue.Null], into));
        Assert.Equal(["d000000000000000-d0ffffffffffffff", "d087eb0000000000-d087ebffffffffff"], into.Select(interval => $"{interval.First}-{interval.Last}"));
    }

    [Theory]
    [InlineData("multicol", "column_count=0", "column_count")]
    [InlineData("multicol", "column_vindex=hash", "column_count")]
    [InlineData("multicol", "column_count=2;column_vindex=hash,hash,hash", "column_vindex")]
    [InlineData("multicol", "column_count=2;column_vindex=region_experimental", "region_bytes")]
    [InlineData("multicol", "column_count=2;column_vindex=null", "no function of one value")]
    [InlineData("multicol", "column_count=2;column_bytes=5,4", "8 bytes")]
    [InlineData("multicol", "column_count=2;column_bytes=8", "8 bytes")]
    [InlineData("multicol", "column_count=2;column_bytes=x", "\"x\"")]
    [InlineData("region_experimental", "region_bytes=3", "region_bytes")]
    [InlineData("region_experimental", "", "region_bytes")]
    public void Create_BadParameters_AreInvalid(string type, string parameters, string part)
    {
        var pairs = parameters.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).Select(pair => (pair[0], pair[1])).ToArray();
        var error = Assert.Throws<VitessException>(() => Create(type, pairs));
        Assert.Equal("INVALID_VSCHEMA", error.Code);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Hint!);
    }

    [Fact, Trait("Rule", "S3.2")]
    public async Task Statements_OverAMulticol_GoToThePartOfTheRing()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("ALTER VSCHEMA CREATE VINDEX by_tenant USING multicol WITH column_count='2', column_vindex='xxhash,hash', column_bytes='1,7'",
            "CREATE TABLE t (tenant INT NOT NULL, id INT NOT NULL, PRIMARY KEY (tenant, id)) WITH (shard_key = 'tenant, id', vindex = 'by_tenant')",
            $"INSERT INTO t VALUES {string.Join(", ", Enumerable.Range(0, 200).Select(i => $"({i % 20}, {i})"))}");
        for (var tenant = 0; tenant < 20; tenant++)
        {
            var found = await cluster.RunAsync($"SELECT count(*) FROM t WHERE tenant = {tenant}");
            Assert.Equal((10L, 1), (found.Rows[0][0].AsInteger(), found.Shards.Count));
            Assert.Equal([$"{tenant + 20}"], await cluster.RowsAsync($"SELECT id FROM t WHERE tenant = {tenant} AND id = {tenant + 20}"));
        }

        Assert.Equal(4, (await cluster.RunAsync("SELECT count(*) FROM t WHERE id = 5")).Shards.Count);
    }

    private static IVindex Multicol(string count, string functions, string? bytes) => bytes is null
        ? Create("multicol", ("column_count", count), ("column_vindex", functions)) : Create("multicol", ("column_count", count), ("column_vindex", functions), ("column_bytes", bytes));

    private static IVindex Create(string type, params (string Name, string Value)[] parameters) =>
        VindexRegistry.BuiltIn.Create(VindexDefinition.Plain(type) with { Params = VSchemaNames.Empty<string>().AddRange(parameters.Select(each => KeyValuePair.Create(each.Name, each.Value))) });
}
