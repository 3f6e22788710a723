using System.Text;

namespace Shale.Vitess.Tests;

/// <summary>The functions that go by Vitess' names give Vitess' places: the first eight bytes of its keyspace ids.</summary>
public sealed class VitessFunctionTests
{
    [Theory]
    [Trait("Rule", "S2.1")]
    [InlineData("xxhash", "test1", "d01ab7e4d6978f0b")]
    [InlineData("xxhash", "test2", "87eb11714c0a0e89")]
    [InlineData("xxhash", "testaverylongvaluetomakesurethisworks", "81d8c38e0d850e6a")]
    [InlineData("xxhash", "", "99e9d85137db46ef")]
    [InlineData("xxhash", 1L, "d46405367612b4b7")]
    [InlineData("xxhash", -1L, "d8e2a6a7c8c7623d")]
    [InlineData("xxhash", long.MaxValue, "b37eb01f7bffafd8")]
    [InlineData("xxhash", long.MinValue, "102c27ddb26a609e")]
    [InlineData("binary_md5", "Test", "0cbc6611f5540bd0")]
    [InlineData("binary_md5", "TEST", "033bd94b1168d7e4")]
    [InlineData("binary", "Test", "5465737400000000")]
    [InlineData("binary", "a longer one", "61206c6f6e676572")]
    [InlineData("binary", 12L, "3132000000000000")]
    [InlineData("reverse_bits", 1L, "8000000000000000")]
    [InlineData("reverse_bits", 2L, "4000000000000000")]
    [InlineData("reverse_bits", 3L, "c000000000000000")]
    [InlineData("reverse_bits", 4L, "2000000000000000")]
    [InlineData("reverse_bits", 5L, "a000000000000000")]
    [InlineData("reverse_bits", 6L, "6000000000000000")]
    [InlineData("reverse_bits", -1L, "ffffffffffffffff")]
    [InlineData("numeric", 256L, "0000000000000100")]
    [InlineData("numeric", -1L, "ffffffffffffffff")]
    public void TryMap_GoldenValue_IsVitessKeyspaceId(string type, object value, string expected) => Assert.Equal(expected, Id(Plain(type), value));

    [Theory]
    [InlineData(1L, "0000000000000002")]
    [InlineData(2L, "0000000000000002")]
    [InlineData(3L, "0000000000000004")]
    [InlineData(10L, "ffffffffffffffff")]
    [InlineData(11L, "000000000000000b")]
    [InlineData(-1L, "ffffffffffffffff")]
    public void TryMap_StaticMap_LooksUpOrStaysTheNumber(long value, string expected) =>
        Assert.Equal(expected, Id(StaticMap("""{"1": 2, "3": 4, "10": 18446744073709551615}"""), value));

    [Fact]
    public void TryMap_StaticMapWithFallback_HashesTheRest()
    {
        var vindex = StaticMap("""{"1": 2}""", "fallback_type", "xxhash");
        Assert.Equal("0000000000000002", Id(vindex, 1L));
        Assert.Equal(Id(Plain("xxhash"), 7L), Id(vindex, 7L));
    }

    [Theory]
    [InlineData("json", "[1]")]
    [InlineData("json", """{"-1": 2}""")]
    [InlineData("json", """{"1": "x"}""")]
    [InlineData("json", "{")]
    [InlineData("json_path", "/tmp/map.json")]
    [InlineData("other", "1")]
    public void Create_BadStaticMap_IsRefused(string parameter, string value)
    {
        var definition = VindexDefinition.Plain("numeric_static_map") with { Params = VSchemaNames.Empty<string>().Add(parameter, value) };
        Assert.Equal("INVALID_VSCHEMA", Assert.Throws<VitessException>(() => VindexRegistry.BuiltIn.Create(definition)).Code);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("region")]
    [InlineData("lookup")]
    public void Create_BadFallback_IsRefused(string type) => Assert.Throws<VitessException>(() => StaticMap("{}", "fallback_type", type));

    [Theory]
    [InlineData("unicode_loose_md5")]
    [InlineData("unicode_loose_xxhash")]
    public void TryMap_Loose_HoldsEqualWhatVitessDoes(string type)
    {
        var vindex = Plain(type);
        foreach (var same in (string[])["TEST", "TEst", "Te\u0301st", "T\u00E9st", "Test ", "Test  ", "\uFF34est"]) Assert.Equal(Id(vindex, "Test"), Id(vindex, same));
        foreach (var other in (string[])["B\u00E9st", " Test", "Test\t", "T\u00E9stLooong", "T", ""]) Assert.NotEqual(Id(vindex, "Test"), Id(vindex, other));
    }

    [Theory]
    [InlineData("Stra\u00DFe", "strasse")]
    [InlineData("\u1F08\u03B8\u1FC6\u03BD\u03B1\u03B9", "\u03B1\u03B8\u03B7\u03BD\u03B1\u03B9")]
    [InlineData("\u0419\u041E\u0413", "\u0438\u043E\u0433")]
    [InlineData("\u0130stanbul", "istanbul")]
    [InlineData("\u6771\u4EAC \uD83D\uDE00 ", "\u6771\u4EAC \uD83D\uDE00")]
    public void Fold_Text_IsGolden(string text, string expected) => Assert.Equal(expected, LooseText.Fold(text));

    [Theory]
    [InlineData("xxhash")]
    [InlineData("binary_md5")]
    [InlineData("unicode_loose_md5")]
    public void TryMap_LongTextAndBlob_AreItsBytes(string type)
    {
        var text = string.Concat(Enumerable.Repeat("0123456789", 100));
        Assert.True(Plain(type).TryMap([SqlValue.Blob(Encoding.UTF8.GetBytes(text))], out var blob));
        Assert.Equal(blob.ToString(), Id(Plain(type), text));
    }

    [Theory]
    [InlineData("xxhash")]
    [InlineData("reverse_bits")]
    [InlineData("binary")]
    public void TryMap_NullOrTwoColumns_HasNoPlace(string type)
    {
        Assert.False(Plain(type).TryMap([SqlValue.Null], out _));
        Assert.False(Plain(type).TryMap([SqlValue.Integer(1), SqlValue.Integer(2)], out _));
        Assert.False(Plain(type).TryMapInterval(SqlValue.Integer(1), SqlValue.Integer(2), []));
    }

    private static IVindex Plain(string type) => VindexRegistry.BuiltIn.Create(VindexDefinition.Plain(type));

    private static IVindex StaticMap(string json, string? parameter = null, string value = "")
    {
        var parameters = VSchemaNames.Empty<string>().Add("json", json);
        if (parameter is not null) parameters = parameters.Add(parameter, value);
        return VindexRegistry.BuiltIn.Create(VindexDefinition.Plain("numeric_static_map") with { Params = parameters });
    }

    private static string Id(IVindex vindex, object value)
    {
        Assert.True(vindex.TryMap([value is long number ? SqlValue.Integer(number) : SqlValue.Text((string)value)], out var id));
        return id.ToString();
    }
}
