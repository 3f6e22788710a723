using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>What can fail is asked of the rows only that the rest of a condition lets through, as applications expect that keep values of several kinds in one column. psql prints the same here and of PostgreSQL.</summary>
public sealed class EvaluationOrderTests
{
    private const string Script = """
        CREATE TABLE things (id int PRIMARY KEY, name text NOT NULL);
        CREATE TABLE facts (id serial PRIMARY KEY, thing_id int, kind int, value text, parts int);
        CREATE INDEX facts_by_thing ON facts (thing_id);
        INSERT INTO things SELECT n, 'thing ' || n FROM generate_series(1, 30) AS n;
        INSERT INTO facts (thing_id, kind, value, parts) SELECT n, 1, 'high', 0 FROM generate_series(1, 30) AS n;
        INSERT INTO facts (thing_id, kind, value, parts) SELECT n, 2, (n * 1.5)::text, n FROM generate_series(1, 30) AS n;
        INSERT INTO facts (thing_id, kind, value, parts) SELECT n, 3, '2024-01-' || lpad(n::text, 2, '0'), n FROM generate_series(1, 30) AS n;
        SELECT count(*) FROM facts WHERE CAST(value AS numeric) >= 30 AND kind = 2;
        SELECT count(*) FROM facts WHERE kind = 2 AND CAST(value AS decimal(30,3)) BETWEEN 10 AND 20;
        SELECT count(*) FROM facts WHERE value::date > '2024-01-20' AND kind = 3;
        SELECT count(*) FROM facts WHERE 60 / parts > 10 AND parts <> 0;
        SELECT count(*) FROM facts WHERE 61 % parts = 1 AND kind > 1;
        SELECT t.id FROM things t WHERE EXISTS (SELECT 1 FROM things ct LEFT JOIN facts ON facts.thing_id = ct.id AND facts.kind = 2 WHERE ct.id = t.id AND facts.value <> '' AND CAST(CASE facts.value WHEN '' THEN '0' ELSE facts.value END AS decimal(30,3)) >= 40) ORDER BY t.id;
        SELECT t.id, f.value FROM things t JOIN facts f ON f.thing_id = t.id AND f.value::float8 > 42 AND f.kind = 2 ORDER BY t.id;
        SELECT t.id, f.value FROM things t LEFT JOIN facts f ON f.thing_id = t.id AND f.kind = 3 AND f.value::date > '2024-01-28' WHERE t.id > 26 ORDER BY t.id;
        SELECT t.id FROM things t, facts f WHERE f.value::numeric = 45 AND f.kind = 2 AND f.thing_id = t.id;
        SELECT kind, count(*) FROM facts WHERE 60 / parts > 10 AND parts <> 0 GROUP BY GROUPING SETS ((kind), ()) ORDER BY 1;
        UPDATE facts SET parts = parts + 100 WHERE value::numeric > 44 AND kind = 2;
        UPDATE things SET name = 'late' FROM facts f WHERE f.value::date > '2024-01-29' AND f.thing_id = things.id AND f.kind = 3;
        DELETE FROM things USING facts f WHERE f.value::numeric < 3 AND f.kind = 2 AND f.thing_id = things.id;
        SELECT id, name FROM things WHERE id < 4 OR name = 'late' ORDER BY id;
        SELECT sum(parts) FROM facts;
        SELECT count(*) FROM facts WHERE value::numeric > 3;
        SELECT count(*) FROM things t JOIN facts f ON f.thing_id = t.id WHERE f.value::numeric > 3;

        """;

    [PostgresFact]
    [Trait("Rule", "S1.2")]
    public async Task Conditions_ThatCanFail_AreAskedLast()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }
}
