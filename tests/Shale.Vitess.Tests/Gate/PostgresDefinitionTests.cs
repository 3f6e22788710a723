namespace Shale.Vitess.Tests;

/// <summary>Small things that PostgreSQL refuses, or names, in its own way.</summary>
[Trait("Rule", "S1.2")]
public class PostgresDefinitionTests
{
    [Theory]
    [InlineData("CREATE TABLE g (id INT PRIMARY KEY, a INT GENERATED ALWAYS AS (id + 1) STORED, b INT GENERATED ALWAYS AS (a + 1) STORED)", "42P17", "cannot use generated column \"a\" in column generation expression")]
    [InlineData("CREATE TABLE g (id INT PRIMARY KEY, a INT GENERATED ALWAYS AS (a + 1) STORED)", "42P17", "cannot use generated column \"a\" in column generation expression")]
    [InlineData("ALTER TABLE t ADD COLUMN h INT GENERATED ALWAYS AS (g * 2) STORED", "42P17", "cannot use generated column \"g\" in column generation expression")]
    [InlineData("ALTER TABLE t ALTER COLUMN id DROP NOT NULL", "42601", "column \"id\" of relation \"t\" is an identity column")]
    [InlineData("ALTER TABLE p ALTER COLUMN b DROP NOT NULL", "42P16", "column \"b\" is in a primary key")]
    [InlineData("SELECT json_build_object(ARRAY[1], 2)", "22023", "key value must be scalar, not array, composite, or json")]
    [InlineData("SELECT json_build_object(true, 1, NULL::boolean, 2)", "22023", "argument 3 cannot be null")]
    [InlineData("SELECT json_build_object(NULL::timestamp, 1)", "22023", "argument 1 cannot be null")]
    [InlineData("SELECT jsonb_build_object('a', 1, '{}'::jsonb, 2)", "22023", "key value must be scalar, not array, composite, or json")]
    [InlineData("SELECT width_bucket(5.0::float8, '-Infinity', 10, 4)", "2201G", "lower and upper bounds must be finite")]
    [InlineData("SELECT width_bucket(5.0::float8, 0, 'Infinity'::float8, 4)", "2201G", "lower and upper bounds must be finite")]
    [InlineData("SELECT width_bucket(50.0, 0, 10, 2147483647)", "22003", "integer out of range")]
    public async Task Statement_ThatPostgresRefuses_IsRefusedInItsWords(string sql, string sqlState, string message)
    {
        await using var cluster = await OpenAsync();
        var failure = await cluster.FailsAsync(sql);
        Assert.Equal((sqlState, message), (failure.SqlState, failure.Message));
    }

    [Theory]
    [InlineData("SELECT width_bucket('Infinity'::float8, 0, 10, 4), width_bucket('-Infinity'::float8, 0, 10, 4)", "5|0")]
    [InlineData("SELECT width_bucket(5.35, 0.024, 10.06, 5), width_bucket(1, 10, 0, 5)", "3|5")]
    [InlineData("SELECT json_build_object(1, ARRAY[1, 2], true, NULL, timestamp '2024-01-02 03:04:05', 1, date '2024-01-01', 2, timestamptz '2024-01-02 03:04:05+00', 3)",
        "{\"1\" : [1,2], \"true\" : null, \"2024-01-02T03:04:05\" : 1, \"2024-01-01\" : 2, \"2024-01-02T03:04:05+00:00\" : 3}")]
    [InlineData("SELECT json_object_agg(true, 1), json_object_agg(timestamp '2024-01-02 03:04:05', 1)", "{ \"true\" : 1 }|{ \"2024-01-02T03:04:05\" : 1 }")]
    public async Task Functions_AtTheirLimits_AnswerAsPostgres(string sql, string row)
    {
        await using var cluster = await OpenAsync();
        Assert.Equal([row], await cluster.RowsAsync(sql));
    }

    [Theory]
    [InlineData("SELECT nextval('s'), currval('s'), lastval(), nextval('s')::int4::text, nextval('s') AS x", "nextval,currval,lastval,nextval,x")]
    [InlineData("SELECT setval('s', 5)", "setval")]
    [InlineData("SELECT nextval('s') + 1", "?column?")]
    public async Task SequenceFunctions_WithoutAlias_NameTheirColumns(string sql, string names)
    {
        await using var cluster = await OpenAsync();
        Assert.Equal(names, string.Join(',', (await cluster.RunAsync(sql)).Rows.Fields.Select(field => field.Name)));
    }

    [Fact]
    public async Task DropNotNull_OfAnotherColumn_IsTaken()
    {
        await using var cluster = await OpenAsync();
        await cluster.RunAllAsync("ALTER TABLE t ALTER COLUMN v DROP NOT NULL", "INSERT INTO t (v) VALUES (NULL)");
        Assert.Equal(["1|2|NULL"], (await cluster.RowsAsync("SELECT id, g, v FROM t")));
    }

    private static async Task<Cluster> OpenAsync()
    {
        var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n INT, v INT NOT NULL, g INT GENERATED ALWAYS AS (id * 2) STORED)",
            "CREATE TABLE p (a INT, b INT, PRIMARY KEY (a, b))", "CREATE SEQUENCE s");
        return cluster;
    }
}
