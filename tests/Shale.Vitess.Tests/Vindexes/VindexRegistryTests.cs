namespace Shale.Vitess.Tests;

public sealed class VindexRegistryTests
{
    [Theory]
    [InlineData("HASH", "hash")]
    [InlineData("Numeric", "range")]
    [InlineData("null", "null")]
    public void Create_KnownType_IsThatType(string type, string expected) =>
        Assert.Equal(expected, VindexRegistry.Create(VindexDefinition.Plain(type)).Type);

    [Theory]
    [InlineData("consistent_hash")]
    [InlineData("lookup_unique")]
    [InlineData("consistent_lookup")]
    [InlineData("REGION")]
    [InlineData("xxhash")]
    [InlineData("binary_md5")]
    public void Create_TypeThatIsNotBuilt_IsRefusedWithAHint(string type)
    {
        var error = Assert.Throws<VitessException>(() => VindexRegistry.Create(VindexDefinition.Plain(type)));
        Assert.Equal(("QUERY_ERROR", "0A000"), (error.Code, error.SqlState));
        Assert.Contains("later", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_UnknownType_IsInvalidVSchema() =>
        Assert.Equal("INVALID_VSCHEMA", Assert.Throws<VitessException>(() => VindexRegistry.Create(VindexDefinition.Plain("hsah"))).Code);

    [Fact]
    public void TryMap_NullVindex_PutsEverythingAtTheStart()
    {
        var vindex = VindexRegistry.Create(VindexDefinition.Plain("null"));
        Assert.True(vindex.TryMap([SqlValue.Text("x")], out var id));
        Assert.Equal(0UL, id.Value);
        Assert.False(vindex.TryMap([SqlValue.Null], out _));
    }
}
