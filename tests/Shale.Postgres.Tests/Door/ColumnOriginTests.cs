using System.Data;
using Npgsql;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>What is told of a result's columns beside their names and values: the tables and columns they are of, lengths, precisions, sizes. PostgreSQL tells the same.</summary>
public sealed class ColumnOriginTests
{
    private static readonly string[] Schema =
    [
        "CREATE TABLE author (id int PRIMARY KEY, name varchar(40) NOT NULL, rating numeric(5, 2), whole numeric(7), code char(3), made timestamp(3), seen timestamptz(0), at time(2), plain numeric, tags varchar(9)[])",
        "CREATE TABLE book (author_id int, id bigint, title text, price numeric(10, 2), PRIMARY KEY (author_id, id))",
        "CREATE VIEW titles AS SELECT b.title, a.name, b.price * 2 AS twice, a.rating FROM book b JOIN author a ON a.id = b.author_id",
        "CREATE VIEW short (heading, who) AS SELECT title, name FROM titles",
        "INSERT INTO author (id, name) VALUES (1, 'Ada'), (2, 'Bo')",
    ];

    private static readonly string[] Queries =
    [
        "SELECT * FROM author", "SELECT * FROM author WHERE id = 1", "SELECT name AS n, id + 1, upper(name), rating FROM author ORDER BY name LIMIT 1", "SELECT a.*, b.title FROM author a LEFT JOIN book b ON b.author_id = a.id",
        "SELECT * FROM (SELECT name, rating AS r FROM author) d", "WITH w AS (SELECT id, code FROM author) SELECT w.code, w.id FROM w", "SELECT name, rating FROM author UNION ALL SELECT name, rating FROM author",
        "SELECT name FROM author UNION SELECT title FROM book", "SELECT max(name), sum(rating), max(rating), count(*) FROM author", "SELECT name, count(*) FROM author GROUP BY name", "SELECT DISTINCT made, seen FROM author",
        "SELECT name::varchar(5), rating::numeric(4,1), made::timestamp(1), name::text, 1::numeric(3), 'x'::char(2) FROM author", "SELECT coalesce(name, 'x'), CASE WHEN id = 1 THEN rating END, rating + 1, rating * rating, -rating, name || 'x' FROM author",
        "SELECT * FROM titles", "SELECT title FROM titles WHERE rating > 1", "SELECT * FROM short", "SELECT who FROM short s ORDER BY 1", "SELECT (SELECT name FROM author WHERE id = 1), (SELECT max(rating) FROM author)",
        "SELECT oid, relnatts FROM pg_class WHERE relname = 'author'", "SELECT 1, 'x', NULL, true", "SELECT author_id, id FROM book JOIN author USING (id)", "INSERT INTO book VALUES (1, 1, 'a', 1) RETURNING title, price, id + 1",
        "UPDATE author SET rating = 2 WHERE id = 1 RETURNING *", "DELETE FROM book WHERE author_id = 1 RETURNING price AS p", "SELECT tags FROM author", "SELECT min(made), greatest(rating, 1.5), nullif(name, 'x') FROM author GROUP BY rating, name",
    ];

    [PostgresFact]
    [Trait("Rule", "S2.7")]
    public async Task RowDescription_OnEitherEngine_TellsTablesColumnsAndModifiersAsPostgresDoes()
    {
        await using var twins = await Twins.StartAsync();
        await using var plain = await twins.ConnectAsync(null);
        await RunAllAsync(plain);
        foreach (var door in twins.Doors)
        {
            await using var connection = await twins.ConnectAsync(door);
            await RunAllAsync(connection);
            foreach (var sql in Queries)
            {
                foreach (var isPrepared in new[] { false, true })
                {
                    var theirs = await ToldAsync(plain, sql, isPrepared);
                    Assert.Equal($"{sql}\n{theirs}", $"{sql}\n{await ToldAsync(connection, sql, isPrepared)}");
                }
            }
        }
    }

    // Each row of pg_attribute that is named must be the column that it is for.
    private static async Task<string> ToldAsync(NpgsqlConnection connection, string sql, bool isPrepared)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        if (isPrepared) await command.PrepareAsync();
        var lines = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(CommandBehavior.SchemaOnly | CommandBehavior.KeyInfo))
        {
            foreach (var column in reader.GetColumnSchema())
            {
                lines.Add($"{column.ColumnName} of {column.BaseTableName}.{column.BaseColumnName}: {column.DataTypeName} {column.TypeOID} {column.ColumnSize} {column.NumericPrecision} {column.NumericScale} {column.ColumnAttributeNumber} {column.TableOID != 0}");
            }
        }

        if (isPrepared) await command.UnprepareAsync();
        return string.Join('\n', lines);
    }

    private static async Task RunAllAsync(NpgsqlConnection connection)
    {
        foreach (var sql in Schema) await new NpgsqlCommand(sql, connection).ExecuteNonQueryAsync();
    }
}
