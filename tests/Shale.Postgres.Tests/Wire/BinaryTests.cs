using Shale.Postgres.Wire;
using Shale.Sql;

namespace Shale.Postgres.Tests.Wire;

/// <summary>Binary values, byte for byte, as PostgreSQL's send functions write them.</summary>
public sealed class BinaryTests
{
    // As it is held, its type, its bytes.
    public static TheoryData<string, string, string> Values => new()
    {
        { "true", "bool", "01" },
        { "false", "bool", "00" },
        { "-2", "int2", "fffe" },
        { "7", "int4", "00000007" },
        { "-9223372036854775808", "int8", "8000000000000000" },
        { "1.5", "float4", "3fc00000" },
        { "-0.1", "float8", "bfb999999999999a" },
        { "0", "numeric", "0000000000000000" },
        { "12345.6700", "numeric", "0003000100000004" + "00010929" + "1a2c" },
        { "-0.0001", "numeric", "0001ffff40000004" + "0001" },
        { "100000000", "numeric", "0001000200000000" + "0001" },
        { "0.00", "numeric", "0000000000000002" },
        { "NaN", "numeric", "00000000c0000000" },
        { "grün", "text", "6772c3bc6e" },
        { "ab  ", "char", "61622020" },
        { "2024-02-29", "date", "00002279" },
        { "1999-12-31", "date", "ffffffff" },
        { "infinity", "date", "7fffffff" },
        { "12:34:56.789", "time", "0000000a8be62608" },
        { "12:34:56+02:30", "timetz", "0000000a8bda1c00ffffdcd8" },
        { "2024-02-29 12:34:56.789", "timestamp", "0002b58341728608" },
        { "1999-12-31 23:59:59.999999+00", "timestamptz", "ffffffffffffffff" },
        { "-infinity", "timestamp", "8000000000000000" },
        { "1 year 2 mons -3 days +04:05:06.7", "interval", "000000036c966ee0fffffffd0000000e" },
        { "00112233-4455-6677-8899-aabbccddeeff", "uuid", "00112233445566778899aabbccddeeff" },
        { """{"a": 1}""", "jsonb", "01" + "7b2261223a20317d" },
        { """{"a":1}""", "json", "7b2261223a317d" },
        { "{}", "int4[]", "000000000000000000000017" },
        { "{1,NULL,3}", "int4[]", "000000010000000100000017" + "0000000300000001" + "0000000400000001" + "ffffffff" + "0000000400000003" },
        { """{a,"b c",""}""", "text[]", "000000010000000000000019" + "0000000300000001" + "0000000161" + "00000003622063" + "00000000" },
        { "{1.50,2}", "numeric[]", "0000000100000000000006a4" + "0000000200000001" + "0000000c" + "0002000000000002" + "00011388" + "0000000a" + "0001000000000000" + "0002" },
    };

    [Theory, MemberData(nameof(Values))]
    public void Value_BothWays_HasTheseBytes(string held, string typeName, string hex)
    {
        var type = SqlTypes.Named(typeName);
        var value = HeldAs(held, type);
        var bytes = new byte[BinaryValue.MostBytes(value, type)];
        var length = BinaryValue.Write(value, type, bytes);
        Assert.Equal(hex, Convert.ToHexStringLower(bytes.AsSpan(0, length)));
        var read = BinaryValue.Read(bytes.AsSpan(0, length), type);
        Assert.Equal(value, type is { IsArray: false, Kind: SqlTypeKind.Float4 } ? SqlValue.Real(read.AsReal()) : read);
    }

    [Theory]
    [InlineData("int4", "000001")]
    [InlineData("bool", "")]
    [InlineData("numeric", "0001")]
    [InlineData("numeric", "0001000000000000")]
    [InlineData("numeric", "00010000000000002710")]
    [InlineData("uuid", "00")]
    [InlineData("jsonb", "027b7d")]
    [InlineData("int4[]", "0000000100000000000000177fffffff00000001")]
    [InlineData("date", "7ffffffe")]
    [InlineData("timestamp", "7ffffffffffffffe")]
    [InlineData("text", "c328")]
    public void Read_BytesThatAreNone_AreRefused(string type, string hex) =>
        Assert.Contains(Assert.Throws<VitessException>(() => BinaryValue.Read(Convert.FromHexString(hex), SqlTypes.Named(type))).SqlState, (string[])["22P03", "22021", "0A000", "08P01"]);

    [Theory]
    [InlineData("123456789012345678901234567890.123456789")]
    [InlineData("0.000000000000000000012")]
    [InlineData("10000")]
    [InlineData("-9999.99990")]
    [InlineData("1000000000000")]
    [InlineData("0.10000")]
    public void Numeric_ThereAndBack_IsTheSame(string text)
    {
        var bytes = new byte[12 + text.Length];
        Assert.Equal(text, BinaryNumeric.Read(bytes.AsSpan(0, BinaryNumeric.Write(text, bytes))));
    }

    private static SqlValue HeldAs(string text, SqlType type) => type.IsArray ? SqlValue.Text(text) : type.Kind switch
    {
        SqlTypeKind.Bool => SqlValue.Boolean(text == "true"),
        SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8 => SqlValue.Integer(long.Parse(text)),
        SqlTypeKind.Float4 or SqlTypeKind.Float8 => SqlValue.Real(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)),
        _ => SqlValue.Text(text),
    };
}
