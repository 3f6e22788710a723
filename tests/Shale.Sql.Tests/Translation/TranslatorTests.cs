using Shale.Sql.Tests.NamesAndTypes;

namespace Shale.Sql.Tests.Translation;

/// <summary>What the translation looks like where its form matters: indexes stay usable, parameters stay in place, the clock is one parameter.</summary>
public sealed class TranslatorTests
{
    private static readonly SchemaFixture Schema = SchemaFixture.Postgres;

    private static TranslationResult Translate(string sql)
    {
        var binding = Schema.Bind(sql);
        return PostgresToSqlite.Translate(binding.Statement, binding);
    }

    private static string Text(string sql) => SqlPrinter.Print(Translate(sql).Statement, SqlDialect.Sqlite);

    [Theory]
    [InlineData("SELECT name FROM users WHERE id = $1", "SELECT name FROM users WHERE id = ?1")]
    [InlineData("SELECT * FROM users WHERE name LIKE 'a_b%'", "SELECT * FROM users WHERE name GLOB 'a?b*'")]
    [InlineData("SELECT id FROM users WHERE age = '5'", "SELECT id FROM users WHERE age = 5")]
    [InlineData("SELECT id FROM users WHERE active = true AND joined = '2024-1-5'", "SELECT id FROM users WHERE active = 1 AND joined = '2024-01-05'")]
    [InlineData("SELECT id + 1 FROM users", "SELECT shale_add_int4(id, 1) AS \"?column?\" FROM users")]
    [InlineData("SELECT id FROM users WHERE id = ANY (ARRAY[1, 2])", "SELECT id FROM users WHERE id IN (1, 2)")]
    [InlineData("SELECT id FROM users ORDER BY age", "SELECT id FROM users ORDER BY age NULLS LAST")]
    [InlineData("SELECT id FROM users ORDER BY name, id DESC", "SELECT id FROM users ORDER BY name, 1 DESC")]
    [InlineData("SELECT u.id FROM orders LEFT JOIN users u ON u.id = user_id ORDER BY u.name", "SELECT u.id FROM orders LEFT JOIN users AS u ON u.id = orders.user_id ORDER BY u.name NULLS LAST")]
    [InlineData("SELECT id FROM users ORDER BY age DESC", "SELECT id FROM users ORDER BY age DESC NULLS FIRST")]
    [InlineData("SELECT id FROM users FETCH FIRST 3 ROWS ONLY", "SELECT id FROM users LIMIT 3")]
    [InlineData("SELECT id FROM users FOR UPDATE", "SELECT id FROM users")]
    [InlineData("INSERT INTO users (id, name, age) VALUES ($1, $2, 3)", "INSERT INTO users (id, name, age) VALUES (?1, ?2, 3)")]
    public void Translate_Statement_HasThisForm(string sql, string expected) => Assert.Equal(expected, Text(sql));

    [Fact]
    public void Translate_CreateTable_KeepsNamesOfTypesWithTheRightAffinity() => Assert.Equal(
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a SMALLINT, b BIGINT, u UUID TEXT, d DATE TEXT, ts TIMESTAMPTZ TEXT, j JSONB TEXT, "
        + "y BYTEA BLOB, i DURATION TEXT COLLATE shale_interval, v VARCHAR(5), n DECIMAL TEXT(6, 2) COLLATE shale_decimal, f DOUBLE PRECISION, o BOOLEAN DEFAULT 1)",
        Text("CREATE TABLE t (id serial PRIMARY KEY, a smallint, b bigint, u uuid, d date, ts timestamptz, j jsonb, y bytea, i interval, v varchar(5), "
            + "n numeric(6,2), f double precision, o boolean DEFAULT true) WITH (shard_key = 'id')"));

    [Fact]
    [Trait("Rule", "S3.6")]
    public void Translate_Clock_IsOneParameterBehindTheOthers()
    {
        var result = Translate("SELECT now(), current_date FROM users WHERE id = $1 AND joined < now() - INTERVAL '1 day'");
        Assert.Equal(2, result.NowParameter);
        var text = SqlPrinter.Print(result.Statement, SqlDialect.Sqlite);
        Assert.Contains("?2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("now", text[..text.IndexOf("AS now", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.False(Translate("SELECT id FROM users").UsesNow);
    }

    [Theory]
    [InlineData("SELECT datetime('now'), ?", "SELECT datetime(?2), ?1", 2)]
    [InlineData("SELECT CURRENT_TIMESTAMP", "SELECT datetime(?1)", 1)]
    [InlineData("SELECT strftime('%s', 'now', '-1 day') FROM orders WHERE id = :a", "SELECT strftime('%s', ?2, '-1 day') FROM orders WHERE id = ?1", 2)]
    [InlineData("SELECT date('2024-01-01', '+1 day')", "SELECT date('2024-01-01', '+1 day')", null)]
    [Trait("Rule", "S3.6")]
    public void Fix_SqliteClock_IsOneParameter(string sql, string expected, int? parameter)
    {
        var result = SqliteStableFunctions.Fix(SqlParser.Parse(sql, SqlDialect.Sqlite));
        Assert.Equal(parameter, result.NowParameter);
        Assert.Equal(expected, SqlPrinter.Print(result.Statement, SqlDialect.Sqlite));
    }

    [Theory]
    [InlineData("SELECT ARRAY[ARRAY[1, 2]]")]
    [InlineData("SELECT users FROM users")]
    [InlineData("WITH x AS (DELETE FROM users RETURNING *) SELECT * FROM x")]
    [InlineData("SELECT name COLLATE \"en_US\" FROM users")]
    [InlineData("SELECT 'NaN'::float8")]
    [InlineData("SELECT x FROM users, ROWS FROM (generate_series(1, 2), generate_series(3, 4)) s(x)")]
    [InlineData("SELECT pg_advisory_lock(1)")]
    [InlineData("SELECT '2024-01-01'::timestamptz AT TIME ZONE 'CET'")]
    [Trait("Rule", "S1.2")]
    public async Task Translate_WhatSqliteCannotGive_IsRefusedByName(string sql)
    {
        await using var database = new TranslatedDatabase();
        await database.QueryAsync("CREATE TABLE users (id int PRIMARY KEY, name text)");
        Assert.Equal("0A000", (await database.QueryAsync(sql)).SqlState);
    }

    [Fact]
    public async Task Translate_NullForAnIntegerKey_IsRefusedNotNumbered()
    {
        await using var database = new TranslatedDatabase();
        await database.QueryAsync("CREATE TABLE k (id int PRIMARY KEY, a int)");
        Assert.Equal("23502", (await database.QueryAsync("INSERT INTO k (id) VALUES ($1)", SqlValue.Null)).SqlState);
        Assert.Equal("23502", (await database.QueryAsync("INSERT INTO k (id) SELECT NULL::int")).SqlState);
        Assert.Equal("23502", (await database.QueryAsync("INSERT INTO k (a) VALUES (1)")).SqlState);
        Assert.Null((await database.QueryAsync("INSERT INTO k (id) VALUES ($1)", SqlValue.Integer(5))).SqlState);
        Assert.Equal("23502", (await database.QueryAsync("UPDATE k SET id = $1", SqlValue.Null)).SqlState);
    }
}
