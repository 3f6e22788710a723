using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>Options at the beginning of a regular expression, which EF Core puts before every one: psql prints the same here, on both engines, and of PostgreSQL.</summary>
public sealed class RegexOptionTests
{
    private const string Script = """
        CREATE TABLE t (id int PRIMARY KEY, v text);
        INSERT INTO t VALUES (1, 'Line one'), (2, E'first\nLine two'), (3, E'a.b\n'), (4, ''), (5, 'axb'), (6, E'\n');
        SELECT id FROM t WHERE v ~ '(?p)^Line' ORDER BY id;
        SELECT id FROM t WHERE v ~ '(?ip)^line' ORDER BY id;
        SELECT id FROM t WHERE v ~* '(?p)^line' ORDER BY id;
        SELECT id FROM t WHERE v ~* '(?c)^line' ORDER BY id;
        SELECT id FROM t WHERE v ~ '(?n)^Line' ORDER BY id;
        SELECT id FROM t WHERE v ~ '(?w)first$' ORDER BY id;
        SELECT id FROM t WHERE v ~ '(?s)first$' ORDER BY id;
        SELECT id FROM t WHERE v ~ '(?n)^$' ORDER BY id;
        SELECT id FROM t WHERE v ~ '(?p)^.*$' ORDER BY id;
        SELECT id FROM t WHERE v ~ '(?s)^.*$' ORDER BY id;
        SELECT id FROM t WHERE v ~ '(?p)^[^x]*$' ORDER BY id;
        SELECT id FROM t WHERE v ~ '(?w)^[^x]*$' ORDER BY id;
        SELECT id FROM t WHERE v ~ '(?m)t.L' ORDER BY id;
        SELECT id FROM t WHERE v ~ '(?st)t.L' ORDER BY id;
        SELECT id FROM t WHERE v ~ '(?q)a.b' ORDER BY id;
        SELECT id FROM t WHERE v ~ '(?iq)A.B' ORDER BY id;
        SELECT id FROM t WHERE v !~ '(?ni)^line' ORDER BY id;
        SELECT id FROM t WHERE v ~ '***:(?i)^LINE' ORDER BY id;
        SELECT id FROM t WHERE v ~ '(?k)a';
        SELECT id FROM t WHERE v ~ '(?i:a)';
        SELECT id FROM t WHERE v ~ '(?i';
        PREPARE p AS SELECT id FROM t WHERE v ~ $1 ORDER BY id;
        EXECUTE p('(?ip)ONE$');
        EXECUTE p('(?z)ONE$');

        """;

    [PostgresFact]
    [Trait("Rule", "S3.3")]
    public async Task OptionsInFront_MatchAsInPostgres()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }
}
