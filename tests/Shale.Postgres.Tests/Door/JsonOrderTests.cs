using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>jsonb compares and sorts as PostgreSQL has it, in conditions, ORDER BY, windows and indexes. psql prints the same here and of PostgreSQL.</summary>
public sealed class JsonOrderTests
{
    private const string Script = """
        CREATE TABLE docs (id int PRIMARY KEY, j jsonb);
        INSERT INTO docs SELECT row_number() OVER (), v::jsonb FROM (VALUES ('null'), ('[]'), ('{}'), ('[1]'), ('1'), ('1.0'), ('"a"'), ('""'), ('true'), ('false'), ('[null]'), ('[[]]'), ('[{}]'), ('{"a":1}'),
            ('{"b":0}'), ('{"aa":0}'), ('{"aa":1,"c":1}'), ('{"b":1,"d":1}'), ('-5'), ('-5.5'), ('100'), ('1e3'), ('"B"'), ('"ab"'), ('"Äh"'), ('[1,2]'), ('[1,"a"]'), ('[0,9]'), ('["z"]'), ('[[1,2]]'), ('[[3]]'),
            ('{"a":{}}'), ('{"a":[]}'), ('{"a":"x"}'), ('{"a":"x","a":2.50}'), ('{"a":2.5}'), ('0'), ('-0.0'), ('0.001'), ('-1e-7'), ('123456789012345678901234567890'), (NULL)) AS t (v);
        SELECT j FROM docs ORDER BY j, j::text;
        SELECT j FROM docs ORDER BY j DESC NULLS LAST, j::text;
        SELECT id FROM docs ORDER BY j -> 'a', id;
        SELECT id, j FROM docs WHERE j -> 'a' IS NOT NULL ORDER BY j -> 'a' DESC, id;
        SELECT a.j, b.j FROM docs a JOIN docs b ON a.j = b.j AND a.id < b.id ORDER BY 1, 2, a.id;
        SELECT j FROM docs WHERE j > '5' ORDER BY id;
        SELECT j FROM docs WHERE j BETWEEN '"a"' AND '1' ORDER BY id;
        SELECT j FROM docs WHERE j IN ('1', '{"a": 2.500}', '[]') ORDER BY id;
        SELECT j FROM docs WHERE j = ANY (ARRAY['1.00', '0']::jsonb[]) ORDER BY id;
        SELECT j FROM docs WHERE j <> ALL (SELECT j FROM docs WHERE id > 3 AND j IS NOT NULL) ORDER BY id;
        SELECT j FROM docs WHERE j > ALL (SELECT j FROM docs WHERE jsonb_typeof(j) = 'array') ORDER BY id;
        SELECT j FROM docs WHERE j IS NOT DISTINCT FROM '1.000' ORDER BY id;
        SELECT id, rank() OVER (ORDER BY j) FROM docs ORDER BY j, id;
        SELECT id, first_value(j) OVER (PARTITION BY jsonb_typeof(j) ORDER BY j DESC, id) FROM docs ORDER BY id;
        SELECT jsonb_agg(j ORDER BY j DESC, id) FROM docs WHERE id < 12;
        SELECT j, id FROM docs ORDER BY 1, 2 LIMIT 5 OFFSET 3;
        SELECT DISTINCT ON (jsonb_typeof(j)) jsonb_typeof(j), j FROM docs ORDER BY 1, j DESC, id DESC;
        CREATE INDEX docs_by_a ON docs ((j -> 'a'));
        SELECT id FROM docs WHERE j -> 'a' >= '2' ORDER BY j -> 'a', id;
        SELECT nullif(j, '1.0'), CASE j WHEN '1.00' THEN 'one' END FROM docs WHERE id IN (4, 5, 6) ORDER BY id;
        UPDATE docs SET j = j || '{"n": 1}' WHERE j > '{}' AND jsonb_typeof(j) = 'object';
        SELECT id, j FROM docs WHERE jsonb_typeof(j) = 'object' ORDER BY j, id;

        """;

    [PostgresFact]
    [Trait("Rule", "S1.2")]
    public async Task Jsonb_ComparesAndSortsAsPostgresHasIt()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }
}
