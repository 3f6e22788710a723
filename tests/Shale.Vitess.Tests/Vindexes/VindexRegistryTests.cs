namespace Shale.Vitess.Tests;

public sealed class VindexRegistryTests
{
    [Theory]
    [InlineData("HASH", "hash")]
    [InlineData("Numeric", "range")]
    [InlineData("null", "null")]
    [InlineData("CONSISTENT_HASH", "consistent_hash")]
    [InlineData("reverse_bits", "reverse_bits")]
    [InlineData("Binary", "binary")]
    [InlineData("binary_md5", "binary_md5")]
    [InlineData("xxhash", "xxhash")]
    [InlineData("unicode_loose_md5", "unicode_loose_md5")]
    [InlineData("unicode_loose_XXHASH", "unicode_loose_xxhash")]
    public void Create_KnownType_IsThatType(string type, string expected) =>
        Assert.Equal(expected, VindexRegistry.BuiltIn.Create(VindexDefinition.Plain(type)).Type);

    [Theory]
    [InlineData("lookup_unique")]
    [InlineData("consistent_lookup")]
    [InlineData("Region_JSON")]
    public void Create_TypeThatIsNotBuilt_IsRefusedWithAHint(string type)
    {
        var error = Assert.Throws<VitessException>(() => VindexRegistry.BuiltIn.Create(VindexDefinition.Plain(type)));
        Assert.Equal(("QUERY_ERROR", "0A000"), (error.Code, error.SqlState));
        Assert.Contains("later", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_UnknownType_IsInvalidVSchema() =>
        Assert.Equal("INVALID_VSCHEMA", Assert.Throws<VitessException>(() => VindexRegistry.BuiltIn.Create(VindexDefinition.Plain("hsah"))).Code);

    [Fact]
    public void TryMap_NullVindex_PutsEverythingAtTheStart()
    {
        var vindex = VindexRegistry.BuiltIn.Create(VindexDefinition.Plain("null"));
        Assert.True(vindex.TryMap([SqlValue.Text("x")], out var id));
        Assert.Equal(0UL, id.Value);
        Assert.False(vindex.TryMap([SqlValue.Null], out _));
    }
}
