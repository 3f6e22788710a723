using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>Functions that make rows of JSON, as EF Core asks for owned collections by them: psql prints the same here, on both engines, and of PostgreSQL.</summary>
public sealed class RecordFunctionTests
{
    private const string Script = """
        CREATE TABLE t (id int PRIMARY KEY, links jsonb, j json);
        INSERT INTO t VALUES (1, '[{"Rank":1,"Url":"a"},{"Rank":2,"Url":"b","X":{"y":1},"L":[3,1]}]', '[{"a":1}]'), (2, '[]', '[{"a":null},{"a":7,"a":8}]'), (3, NULL, NULL);
        SELECT id, l.* FROM t, ROWS FROM (jsonb_to_recordset(t.links) AS ("Rank" integer, "Url" text, "X" jsonb, "L" int[])) WITH ORDINALITY AS l ORDER BY id, ordinality;
        SELECT id, l.* FROM t LEFT JOIN ROWS FROM (jsonb_to_recordset(links) AS ("Rank" integer)) WITH ORDINALITY AS l ON true ORDER BY id, ordinality;
        SELECT id FROM t WHERE EXISTS (SELECT 1 FROM ROWS FROM (jsonb_to_recordset(t.links) AS ("Rank" integer)) WITH ORDINALITY AS l WHERE l."Rank" = 2);
        SELECT id, (SELECT count(*)::int FROM jsonb_to_recordset(t.links) AS l("Rank" integer)), (SELECT l."Url" FROM jsonb_to_recordset(t.links) AS l("Rank" integer, "Url" text) ORDER BY "Rank" DESC LIMIT 1) FROM t ORDER BY id;
        SELECT id, x.a FROM t, json_to_recordset(j) AS x(a int) ORDER BY 1, 2;
        SELECT * FROM jsonb_to_recordset('[{"a":1,"b":"x"},{"a":null,"B":2},{"b":[1, {"c":2}]},{"a":"5","b":true}]') AS (a int, b text);
        SELECT * FROM jsonb_to_recordset('[{"d":"2026-03-01T12:00:00Z","n":1.50,"u":"00000001-0000-0000-0000-000000000000","f":false,"s":"abc"}]') AS x(d timestamptz, n numeric(8, 1), u uuid, f bool, s varchar(3));
        SELECT * FROM jsonb_to_recordset('[{"a":["x", null, "z"],"b":"{1,2}","c":null}]') AS x(a text[], b int[], c int[]);
        SELECT * FROM jsonb_to_record('{"a":1,"b":{"c":null},"d":null}') AS x(a int, b jsonb, d jsonb, e text);
        SELECT * FROM json_to_record('{"a":1,"b":{"c":null}}') AS x(a int, b json);
        SELECT sum(r.a) FROM ROWS FROM (jsonb_to_recordset('[{"a":1},{"a":2}]') AS (a int)) r;
        SELECT * FROM ROWS FROM (generate_series(1, 3)) AS g(n) WHERE n > 1;
        SELECT * FROM ROWS FROM (jsonb_array_elements_text('["p","q"]')) WITH ORDINALITY AS e(v, n);
        WITH x AS (SELECT * FROM jsonb_to_recordset('[{"id":1,"v":"one"},{"id":3,"v":"three"}]') AS r(id int, v text)) SELECT t.id, x.v FROM t JOIN x ON x.id = t.id ORDER BY 1;

        """;

    private const string Refused = """
        SELECT * FROM jsonb_to_recordset('[{"a":1},5]') AS x(a int);
        SELECT * FROM jsonb_to_recordset('{"a":1}') AS x(a int);
        SELECT * FROM jsonb_to_record('[1]') AS x(a int);
        SELECT * FROM jsonb_to_recordset('[{"a":"abcd"}]') AS x(a varchar(3));
        SELECT * FROM jsonb_to_recordset('[{"a":"five"}]') AS x(a int);

        """;

    [PostgresFact]
    [Trait("Rule", "S1.2")]
    public async Task RowsOfJson_AreThoseOfPostgres()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }

    [PostgresFact]
    [Trait("Rule", "S1.2")]
    public async Task RowsOfWhatIsNoObject_AreRefused()
    {
        await using var twins = await Twins.StartAsync();
        foreach (var door in twins.Doors)
        {
            await using var connection = await twins.ConnectAsync(door);
            foreach (var sql in Refused.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                await using var command = new Npgsql.NpgsqlCommand(sql, connection);
                await Assert.ThrowsAsync<Npgsql.PostgresException>(async () => await command.ExecuteScalarAsync());
            }
        }
    }
}
