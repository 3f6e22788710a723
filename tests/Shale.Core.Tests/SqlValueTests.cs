namespace Shale.Core.Tests;

public sealed class SqlValueTests
{
    [Fact]
    public void Equals_SameKindAndValue_IsIdentity()
    {
        SqlValue[] values =
        [
            SqlValue.Null, SqlValue.Integer(1), SqlValue.Integer(0), SqlValue.Real(1), SqlValue.Real(double.NaN), SqlValue.Text("1"), SqlValue.Text(""),
            SqlValue.Blob([1]), SqlValue.Blob([]), SqlValue.Boolean(true), SqlValue.Boolean(false),
        ];
        for (var i = 0; i < values.Length; i++)
        {
            for (var j = 0; j < values.Length; j++) Assert.Equal(i == j, values[i] == values[j]);
        }

        Assert.Equal(SqlValue.Blob([1, 2]).GetHashCode(), SqlValue.Blob([1, 2]).GetHashCode());
        Assert.Equal(SqlValue.Text("ab"), SqlValue.Text(new string(['a', 'b'])));
    }

    [Fact]
    public void Accessors_OtherKind_Throw()
    {
        Assert.Throws<InvalidOperationException>(() => SqlValue.Null.AsInteger());
        Assert.Throws<InvalidOperationException>(() => SqlValue.Integer(2).AsBoolean());
        Assert.Throws<InvalidOperationException>(() => SqlValue.Integer(2).AsReal());
        Assert.Throws<InvalidOperationException>(() => SqlValue.Real(2).AsText());
        Assert.Throws<InvalidOperationException>(() => SqlValue.Text("x").AsBlob());
        Assert.True(SqlValue.Integer(1).AsBoolean());
        Assert.Equal(1, SqlValue.Boolean(true).AsInteger());
    }

    [Fact]
    public void Factories_NullReference_IsNull()
    {
        Assert.True(SqlValue.Text(null).IsNull);
        Assert.True(SqlValue.Blob(null).IsNull);
        Assert.True(default(SqlValue).IsNull);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Integer_Extremes_AreKept(long value) => Assert.Equal(value, SqlValue.Integer(value).AsInteger());

    [Fact]
    public void ToString_EachKind_IsForPeople() => Assert.Equal(
        "NULL 5 1.5 a x'0AFF' true",
        string.Join(' ', SqlValue.Null, SqlValue.Integer(5), SqlValue.Real(1.5), SqlValue.Text("a"), SqlValue.Blob([10, 255]), SqlValue.Boolean(true)));
}
