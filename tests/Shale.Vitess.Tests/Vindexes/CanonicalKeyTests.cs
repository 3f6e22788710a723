using Shale.Sql;

namespace Shale.Vitess.Tests;

public sealed class CanonicalKeyTests
{
    /// <summary>Golden values: rows on disk depend on them.</summary>
    [Theory, Trait("Rule", "S2.1")]
    [InlineData("int8", 5L, "Integer 5")]
    [InlineData("int4", " +5 ", "Integer 5")]
    [InlineData("int4", 5.0, "Integer 5")]
    [InlineData("int8", -0.0, "Integer 0")]
    [InlineData("bool", true, "Boolean true")]
    [InlineData("bool", "Yes", "Boolean true")]
    [InlineData("bool", "of", "Boolean false")]
    [InlineData("bool", 0L, "Boolean false")]
    [InlineData("uuid", "{A0EEBC99-9C0B4EF8-BB6D6BB9BD380A11}", "Text a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")]
    [InlineData("uuid", "a0eebc999c0b4ef8bb6d6bb9bd380a11", "Text a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")]
    [InlineData("numeric", "1.500", "Text 1.5")]
    [InlineData("numeric", "-0.0010", "Text -0.001")]
    [InlineData("numeric", "5.00", "Integer 5")]
    [InlineData("numeric", "1.5e3", "Integer 1500")]
    [InlineData("numeric", "1e20", "Text 100000000000000000000")]
    [InlineData("numeric", 0.1, "Text 0.1")]
    [InlineData("numeric", "nan", "Text NaN")]
    [InlineData("text", "ÄbC ", "Text ÄbC ")]
    [InlineData("text", 7L, "Text 7")]
    [InlineData("char", "ab  ", "Text ab")]
    [InlineData("bytea", "\\xDEad", "Blob x'DEAD'")]
    [InlineData("bytea", "a\\\\\\001", "Blob x'615C01'")]
    [InlineData("date", "2024-01-05", "Text 2024-01-05")]
    [InlineData("date", "Infinity", "Text infinity")]
    [InlineData("time", "10:00", "Text 10:00:00")]
    [InlineData("timestamp", "2024-01-05T10:00:00.500000+02", "Text 2024-01-05 10:00:00.5")]
    [InlineData("timestamp", "2024-01-05", "Text 2024-01-05 00:00:00")]
    [InlineData("timestamptz", "2024-01-05 01:30:00.1234567+02:00", "Text 2024-01-04 23:30:00.123457+00")]
    [InlineData("timestamptz", "2024-01-05T10:00:00Z", "Text 2024-01-05 10:00:00+00")]
    public void TryConvert_Postgres_GivesTheGoldenForm(string type, object value, string expected)
    {
        Assert.True(CanonicalKey.TryConvert(Of(value), Type(type), SqlDialect.Postgres, out var canonical));
        Assert.Equal(expected, $"{canonical.Kind} {canonical}");

        // A session of the other dialect finds the row where this one has put it.
        Assert.True(CanonicalKey.TryConvert(canonical, new ColumnSchema("c", Type(type), type), SqlDialect.Sqlite, out var other));
        Assert.Equal(canonical, other);
    }

    [Theory, Trait("Rule", "S2.2")]
    [InlineData("int4", 1.5)]
    [InlineData("int4", "abc")]
    [InlineData("int4", "5.0")]
    [InlineData("int8", "99999999999999999999")]
    [InlineData("int8", double.NaN)]
    [InlineData("int8", null)]
    [InlineData("bool", "o")]
    [InlineData("bool", 2L)]
    [InlineData("uuid", "a0eebc99")]
    [InlineData("numeric", "1,5")]
    [InlineData("bytea", "\\xABC")]
    [InlineData("date", 5L)]
    public void TryConvert_PostgresValueThatEqualsNoKey_Refuses(string type, object? value) =>
        Assert.False(CanonicalKey.TryConvert(Of(value), Type(type), SqlDialect.Postgres, out _));

    [Theory]
    [InlineData("date", "Jan 5 2024")]
    [InlineData("date", "2024-02-30")]
    [InlineData("timestamptz", "2024-01-05 25:00")]
    public void TryConvert_DateThatIsNoIsoDate_IsTypeError(string type, string value)
    {
        var error = Assert.Throws<VitessException>(() => CanonicalKey.TryConvert(Of(value), Type(type), SqlDialect.Postgres, out _));
        Assert.Equal(("TYPE_ERROR", "22007"), (error.Code, error.SqlState));
    }

    [Theory, Trait("Rule", "S2.1")]
    [InlineData("INTEGER", "5", "Integer 5")]
    [InlineData("INTEGER", " 5.0e0 ", "Integer 5")]
    [InlineData("INTEGER", 5.0, "Integer 5")]
    [InlineData("INTEGER", 1.5, "Real 1.5")]
    [InlineData("INTEGER", "1.50", "Real 1.5")]
    [InlineData("INTEGER", "abc", "Text abc")]
    [InlineData("INTEGER", "0x10", "Text 0x10")]
    [InlineData("INTEGER", true, "Integer 1")]
    [InlineData("INTEGER", -9223372036854775808.0, "Integer -9223372036854775808")]
    [InlineData("INTEGER", 9223372036854775808.0, "Real 9.223372036854776E+18")]
    [InlineData("TEXT", 5L, "Text 5")]
    [InlineData("TEXT", 5.0, "Text 5.0")]
    [InlineData("TEXT", 1e20, "Text 1.0e+20")]
    [InlineData("TEXT", -0.00012345, "Text -0.00012345")]
    [InlineData("TEXT", "abc", "Text abc")]
    [InlineData("BLOB", "5", "Text 5")]
    [InlineData("BLOB", 5L, "Integer 5")]
    [InlineData("DECIMAL(10,2)", "1.50", "Text 1.5")]
    [InlineData("DECIMAL(10,2)", 2.0, "Integer 2")]
    [InlineData("BOOLEAN", 1L, "Boolean true")]
    [InlineData("BOOLEAN", 2L, "Integer 2")]
    [InlineData("UUID", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "Text a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")]
    [InlineData("DATE", "2024-01-05", "Text 2024-01-05")]
    [InlineData("DATE", "2024", "Integer 2024")]
    [InlineData("DATETIME", "2024-01-05T10:00:00Z", "Text 2024-01-05 10:00:00")]
    public void TryConvert_Sqlite_GivesTheFormOfTheStoredClass(string declared, object value, string expected)
    {
        Assert.True(CanonicalKey.TryConvert(Of(value), Column(declared), SqlDialect.Sqlite, out var canonical));
        Assert.Equal(expected, $"{canonical.Kind} {canonical}");
    }

    [Fact]
    public void TryConvert_SqliteNumberOfTooManyDigits_IsRefused()
    {
        var error = Assert.Throws<VitessException>(() => CanonicalKey.TryConvert(Of("0.1234567890123456"), Column("INTEGER"), SqlDialect.Sqlite, out _));
        Assert.Equal("0A000", error.SqlState);
        Assert.Throws<VitessException>(() => CanonicalKey.TryConvert(Of(0.1 + 0.2), Column("TEXT"), SqlDialect.Sqlite, out _));
    }

    [Theory, Trait("Rule", "S2.1")]
    [InlineData("int4", null, null, 2.5, "Integer 3")]
    [InlineData("int4", null, null, -2.5, "Integer -3")]
    [InlineData("numeric", 10, 2, "1.005", "Text 1.01")]
    [InlineData("numeric", 10, null, "99.5", "Integer 100")]
    [InlineData("numeric", null, null, "1.005", "Text 1.005")]
    [InlineData("varchar", 3, null, "abc  ", "Text abc")]
    [InlineData("timestamp", 0, null, "2024-01-05 23:59:59.5", "Text 2024-01-06 00:00:00")]
    public void TryAssign_Postgres_RoundsToTheColumn(string type, int? modifier, int? scale, object value, string expected)
    {
        var column = new ColumnSchema("c", Type(type) with { Modifier = modifier, Scale = scale }, type);
        Assert.True(CanonicalKey.TryAssign(Of(value), column, SqlDialect.Postgres, out var canonical));
        Assert.Equal(expected, $"{canonical.Kind} {canonical}");
    }

    [Theory, Trait("Rule", "S2.1")]
    [InlineData("REAL", null, "float")]
    [InlineData("DOUBLE", null, "float")]
    [InlineData("", null, "no type")]
    [InlineData("ANY", null, "no type")]
    [InlineData("TEXT", "NOCASE", "NOCASE")]
    [InlineData("TEXT", "rtrim", "rtrim")]
    [InlineData("JSON", null, "json")]
    public void CanShard_SqliteColumnWithoutCanonicalForm_SaysWhy(string declared, string? collation, string part)
    {
        Assert.False(CanonicalKey.CanShard(Column(declared) with { Collation = collation }, SqlDialect.Sqlite, out var why));
        Assert.Contains(part, why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SqlTypeKind.Float8, false)]
    [InlineData(SqlTypeKind.Jsonb, false)]
    [InlineData(SqlTypeKind.Unknown, false)]
    [InlineData(SqlTypeKind.TimestampTz, true)]
    [InlineData(SqlTypeKind.Numeric, true)]
    public void CanShard_PostgresType_FollowsItsCanonicalForm(SqlTypeKind kind, bool expected) =>
        Assert.Equal(expected, CanonicalKey.CanShard(new ColumnSchema("c", new SqlType(kind), ""), SqlDialect.Postgres, out _));

    internal static ColumnSchema Column(string declared, string name = "c") => new(name, Type(declared.Split('(')[0].ToLowerInvariant()), declared);

    internal static SqlType Type(string name) => new(name switch
    {
        "int2" or "smallint" => SqlTypeKind.Int2,
        "int4" or "int" => SqlTypeKind.Int4,
        "int8" or "integer" or "bigint" => SqlTypeKind.Int8,
        "bool" or "boolean" => SqlTypeKind.Bool,
        "numeric" or "decimal" => SqlTypeKind.Numeric,
        "varchar" => SqlTypeKind.Varchar,
        "char" => SqlTypeKind.Char,
        "text" => SqlTypeKind.Text,
        "bytea" or "blob" => SqlTypeKind.Bytea,
        "uuid" => SqlTypeKind.Uuid,
        "date" => SqlTypeKind.Date,
        "time" => SqlTypeKind.Time,
        "timestamp" or "datetime" => SqlTypeKind.Timestamp,
        "timestamptz" => SqlTypeKind.TimestampTz,
        "json" => SqlTypeKind.Json,
        "real" or "double" => SqlTypeKind.Float8,
        _ => SqlTypeKind.Unknown,
    });

    internal static SqlValue Of(object? value) => value switch
    {
        null => SqlValue.Null,
        long number => SqlValue.Integer(number),
        int number => SqlValue.Integer(number),
        double real => SqlValue.Real(real),
        bool flag => SqlValue.Boolean(flag),
        byte[] bytes => SqlValue.Blob(bytes),
        _ => SqlValue.Text((string)value),
    };
}
