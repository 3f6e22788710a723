using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>What COPY forces of columns, and statements whose columns change behind their back.</summary>
public sealed class ForcedCopyTests
{
    private const string Script = """
        CREATE TABLE t (id int PRIMARY KEY, a text, b text);
        COPY t FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL (a), FORCE_NULL (b));
        1,,
        2,"",""
        3,x,"y"
        \.
        COPY t (id, a, b) FROM STDIN CSV FORCE NOT NULL a, b;
        4,,
        \.
        COPY t FROM STDIN WITH (FORMAT csv, NULL 'none', FORCE_NULL (a, b), FORCE_NOT_NULL (b));
        5,"none",none
        6,none,"none"
        \.
        SELECT id, a IS NULL, b IS NULL, a, b FROM t ORDER BY id;
        COPY (SELECT * FROM t ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER, FORCE_QUOTE *);
        COPY (SELECT * FROM t ORDER BY id) TO STDOUT WITH (FORMAT csv, FORCE_QUOTE (a));
        COPY (SELECT id, b FROM t ORDER BY id) TO STDOUT CSV FORCE QUOTE b;
        COPY t TO STDOUT WITH (FORMAT csv, ENCODING 'UTF8', FORCE_QUOTE (nothing));
        COPY t TO STDOUT WITH (FORCE_QUOTE (a));
        COPY t TO STDOUT WITH (FORMAT csv, FORCE_NULL (a));
        DROP TABLE t;

        """;

    [PostgresFact]
    [Trait("Rule", "S1.2")]
    public async Task Copy_WithForcedColumns_DoesAsPostgresDoes()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }

    [Fact]
    public async Task Prepared_AfterItsColumnsHaveChanged_MustBePreparedAgain()
    {
        await using var door = await DoorCluster.StartAsync();
        await door.RunAsync("CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (1, 2)");
        using var client = await RawClient.OpenAsync(door.Port);
        await client.SendAsync(RawClient.Message('P', RawClient.Text("s"), RawClient.Text("SELECT * FROM t"), RawClient.Short(0)), RawClient.Message('S'));
        Assert.Equal("1 Z(I)", await client.ReadWordsAsync());
        Assert.Equal("2 D(1,2) C(SELECT 1) Z(I)", await RunAsync());
        await door.RunAsync("CREATE INDEX t_v ON t (v)");
        Assert.Equal("2 D(1,2) C(SELECT 1) Z(I)", await RunAsync());
        await door.RunAsync("ALTER TABLE t ALTER COLUMN v TYPE text");
        Assert.Equal("2 E(0A000) Z(I)", await RunAsync());
        await door.RunAsync("ALTER TABLE t ADD COLUMN w int");
        Assert.Equal("2 E(0A000) Z(I)", await RunAsync());

        async Task<string> RunAsync()
        {
            await client.SendAsync(RawClient.Message('B', RawClient.Text(""), RawClient.Text("s"), RawClient.Short(0), RawClient.Short(0), RawClient.Short(0)),
                RawClient.Message('E', RawClient.Text(""), RawClient.Int(0)), RawClient.Message('S'));
            return await client.ReadWordsAsync();
        }
    }
}
