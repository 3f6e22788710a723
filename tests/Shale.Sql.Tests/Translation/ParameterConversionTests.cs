namespace Shale.Sql.Tests.Translation;

public sealed class ParameterConversionTests
{
    private static SqlValue Convert(SqlValue value, SqlTypeKind kind, int? modifier = null, int? scale = null) =>
        ParameterConversion.Convert(value, new SqlType(kind, false, modifier, scale), SqlDialect.Postgres);

    private static string? Fails(SqlValue value, SqlTypeKind kind, int? modifier = null) => Assert.Throws<VitessException>(() => Convert(value, kind, modifier)).SqlState;

    [Fact]
    public void Convert_TextAndNumbers_BecomeTheType()
    {
        Assert.Equal(SqlValue.Integer(5), Convert(SqlValue.Text("5"), SqlTypeKind.Int4));
        Assert.Equal(SqlValue.Text("5"), Convert(SqlValue.Integer(5), SqlTypeKind.Text));
        Assert.Equal(SqlValue.Text("1.5"), Convert(SqlValue.Real(1.5), SqlTypeKind.Text));
        Assert.Equal(SqlValue.Real(5), Convert(SqlValue.Integer(5), SqlTypeKind.Float8));
        Assert.Equal(SqlValue.Integer(5), Convert(SqlValue.Real(5), SqlTypeKind.Int4));
        Assert.Equal(SqlValue.Boolean(true), Convert(SqlValue.Text("t"), SqlTypeKind.Bool));
        Assert.Equal(SqlValue.Boolean(false), Convert(SqlValue.Integer(0), SqlTypeKind.Bool));
        Assert.Equal(SqlValue.Text("true"), Convert(SqlValue.Boolean(true), SqlTypeKind.Text));
        Assert.Equal(SqlValue.Text("1.50"), Convert(SqlValue.Text("1.50"), SqlTypeKind.Numeric));
        Assert.Equal(SqlValue.Text("5"), Convert(SqlValue.Integer(5), SqlTypeKind.Numeric));
        Assert.Equal(SqlValue.Text("1.5"), Convert(SqlValue.Real(1.5), SqlTypeKind.Numeric));
        Assert.Equal(SqlValue.Null, Convert(SqlValue.Null, SqlTypeKind.Int4));
    }

    [Fact]
    public void Convert_DatesAndUuids_BecomeCanonical()
    {
        Assert.Equal(SqlValue.Text("2024-01-31"), Convert(SqlValue.Text("Jan 31, 2024"), SqlTypeKind.Date));
        Assert.Equal(SqlValue.Text("2024-01-31 10:00:00+00"), Convert(SqlValue.Text("2024-01-31T12:00:00+02:00"), SqlTypeKind.TimestampTz));
        Assert.Equal(SqlValue.Text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), Convert(SqlValue.Text("A0EEBC999C0B4EF8BB6D6BB9BD380A11"), SqlTypeKind.Uuid));
        Assert.Equal(SqlValue.Text("{\"a\": 2, \"b\": 1}"), Convert(SqlValue.Text("{\"b\":1,\"a\":2}"), SqlTypeKind.Jsonb));
        Assert.Equal([0x41, 0x42], Convert(SqlValue.Text("\\x4142"), SqlTypeKind.Bytea).AsBlob());
    }

    [Fact]
    public void Convert_WhatDoesNotFit_IsPostgresError()
    {
        Assert.Equal("22P02", Fails(SqlValue.Text("abc"), SqlTypeKind.Int4));
        Assert.Equal("22P02", Fails(SqlValue.Real(1.5), SqlTypeKind.Int4));
        Assert.Equal("22003", Fails(SqlValue.Integer(3_000_000_000), SqlTypeKind.Int4));
        Assert.Equal("22003", Fails(SqlValue.Text("40000"), SqlTypeKind.Int2));
        Assert.Equal("22007", Fails(SqlValue.Text("foo"), SqlTypeKind.Date));
        Assert.Equal("22008", Fails(SqlValue.Text("2024-13-01"), SqlTypeKind.Date));
        Assert.Equal("22P02", Fails(SqlValue.Text("xyz"), SqlTypeKind.Uuid));
        Assert.Equal("22001", Fails(SqlValue.Text("abcdef"), SqlTypeKind.Varchar, 5));
    }

    [Fact]
    public void ForAssignment_LengthAndScale_Hold()
    {
        Assert.Equal(SqlValue.Text("ab   "), Convert(SqlValue.Text("ab"), SqlTypeKind.Char, 5));
        Assert.Equal(SqlValue.Text("abcde"), Convert(SqlValue.Text("abcde   "), SqlTypeKind.Varchar, 5));
        Assert.Equal(SqlValue.Text("1.01"), Convert(SqlValue.Text("1.005"), SqlTypeKind.Numeric, 6, 2));
        Assert.Equal(SqlValue.Text("7.00"), Convert(SqlValue.Integer(7), SqlTypeKind.Numeric, 6, 2));
    }

    [Fact]
    public void Convert_DialectSqlite_LeavesTheValue() =>
        Assert.Equal(SqlValue.Text("5"), ParameterConversion.Convert(SqlValue.Text("5"), new SqlType(SqlTypeKind.Int4), SqlDialect.Sqlite));
}
