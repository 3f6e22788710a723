using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Rows that foreign keys' actions delete or change take their entries along.</summary>
public sealed class LookupCascadeTests
{
    private static readonly string[] Setup =
    [
        "CREATE TABLE kinds (id INTEGER PRIMARY KEY, above INTEGER REFERENCES kinds (id) ON DELETE CASCADE) WITH (reference = true)",
        "CREATE TABLE people (id INTEGER PRIMARY KEY, mail TEXT UNIQUE)",
        "CREATE TABLE things (person INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE, no INTEGER, label TEXT UNIQUE, kind INTEGER REFERENCES kinds (id) ON DELETE CASCADE, other INTEGER UNIQUE REFERENCES kinds (id) ON DELETE SET NULL ON UPDATE SET NULL, PRIMARY KEY (person, no)) WITH (shard_key = 'person')",
        "CREATE TABLE parts (person INTEGER NOT NULL, no INTEGER, code TEXT UNIQUE, FOREIGN KEY (person, no) REFERENCES things (person, no) ON DELETE CASCADE, PRIMARY KEY (person, no)) WITH (shard_key = 'person')",
        "INSERT INTO kinds VALUES (1, NULL), (2, 1), (3, 2), (4, NULL), (5, NULL), (6, NULL)",
        "INSERT INTO people VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e')",
        "INSERT INTO things VALUES (1, 1, 'x1', 3, 4), (1, 2, 'x2', 4, 5), (2, 1, 'x3', 3, 6), (3, 1, 'x4', 5, NULL), (4, 1, 'x5', 4, 1)",
        "INSERT INTO parts VALUES (1, 1, 'p1'), (1, 2, 'p2'), (2, 1, 'p3'), (3, 1, 'p4'), (4, 1, 'p5')",
    ];

    [Theory]
    [Trait("Rule", "S2.8")]
    [InlineData("DELETE FROM people WHERE id = 1", 3, 3)]
    [InlineData("DELETE FROM people WHERE mail IN ('a', 'c')", 2, 2)]
    [InlineData("DELETE FROM people", 0, 0)]
    [InlineData("DELETE FROM kinds WHERE id = 1", 3, 3)]
    [InlineData("DELETE FROM kinds WHERE id = 6", 5, 5)]
    [InlineData("UPDATE kinds SET id = 60 WHERE id = 6", 5, 5)]
    [InlineData("DELETE FROM things WHERE label = 'x2'", 4, 4)]
    public async Task Action_OfAForeignKey_LeavesNoEntryWithoutRow(string sql, int things, int parts)
    {
        await using var cluster = await Cluster.OpenAsync(3, SqlDialect.Sqlite);
        await cluster.RunAllAsync(Setup);
        await cluster.RunAsync(sql);
        Assert.Equal([$"{things}|{parts}"], await cluster.RowsAsync("SELECT (SELECT count(*) FROM things), (SELECT count(*) FROM parts)"));
        foreach (var table in cluster.Gate.VSchema.Get("main").Tables.Values)
        {
            foreach (var lookup in table.Lookups) Assert.Empty(await cluster.RowsAsync($"VERIFY VINDEX {lookup.Name} ON {table.Name}"));
        }
    }

    [Theory]
    [Trait("Rule", "S2.8")]
    [InlineData("INSERT OR REPLACE INTO people VALUES (1, 'z')")]
    [InlineData("INSERT OR REPLACE INTO kinds VALUES (1, NULL)")]
    [InlineData("UPDATE OR REPLACE kinds SET id = 2 WHERE id = 5")]
    [InlineData("UPDATE OR REPLACE parts SET no = 1 WHERE no = 2")]
    public async Task Replacing_RowsThatTakeOthersAlong_IsRefused(string sql)
    {
        await using var cluster = await Cluster.OpenAsync(3, SqlDialect.Sqlite);
        await cluster.RunAllAsync(Setup);
        Assert.Equal("0A000", (await cluster.FailsAsync(sql)).SqlState);
    }

    [Theory]
    [Trait("Rule", "S2.8")]
    [InlineData("CREATE TABLE r (id INTEGER PRIMARY KEY ON CONFLICT REPLACE, n INTEGER UNIQUE)")]
    [InlineData("CREATE TABLE r (id INTEGER, m INTEGER, n INTEGER UNIQUE, UNIQUE (id, m) ON CONFLICT REPLACE, PRIMARY KEY (id))")]
    public async Task Constraint_ThatReplaces_IsRefusedWhereRowsAreLookedUp(string sql)
    {
        await using var cluster = await Cluster.OpenAsync(3, SqlDialect.Sqlite);
        Assert.Equal("0A000", (await cluster.FailsAsync(sql)).SqlState);
    }
}
