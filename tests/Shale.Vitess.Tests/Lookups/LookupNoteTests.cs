using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>The table of notes belongs to Shale: nobody sees or names it.</summary>
public sealed class LookupNoteTests
{
    [Theory]
    [Trait("Rule", "S2.8")]
    [InlineData("SELECT * FROM __shale_lookup_notes", "42P01")]
    [InlineData("DELETE FROM __shale_lookup_notes", "42P01")]
    [InlineData("DROP TABLE __shale_lookup_notes", "42P01")]
    [InlineData("TRUNCATE __shale_lookup_notes", "42P01")]
    [InlineData("CREATE TABLE __shale_lookup_notes (id INT PRIMARY KEY)", "42939")]
    [InlineData("ALTER TABLE t RENAME TO __shale_lookup_notes", "42939")]
    [InlineData("ALTER VSCHEMA ON t ADD VINDEX more (v) USING lookup WITH table=__shale_lookup_notes", "42939")]
    public async Task Table_CannotBeNamed(string sql, string sqlState)
    {
        await using var cluster = await NotedAsync(SqlDialect.Postgres);
        Assert.StartsWith(sqlState, await cluster.FailAsync(sql), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Rule", "S2.8")]
    [InlineData("SHOW TABLES", SqlDialect.Postgres)]
    [InlineData("SELECT name FROM sqlite_master", SqlDialect.Sqlite)]
    [InlineData("PRAGMA table_list", SqlDialect.Sqlite)]
    [InlineData("SELECT table_name FROM information_schema.tables", SqlDialect.Postgres)]
    public async Task Table_IsNotShown(string sql, SqlDialect dialect)
    {
        await using var cluster = await NotedAsync(dialect);
        try
        {
            var rows = await cluster.RowsAsync(sql);
            Assert.Contains(rows, row => row.Contains("t_n", StringComparison.Ordinal));
            Assert.DoesNotContain(rows, row => row.Contains("shale", StringComparison.Ordinal));
        }
        catch (VitessException failure) when (failure.SqlState is "42P01" or "0A000")
        {
            // What is not answered shows nothing either.
        }
    }

    private static async Task<OwnerCluster> NotedAsync(SqlDialect dialect)
    {
        var cluster = await OwnerCluster.OpenAsync(3, dialect);
        for (var i = 0; i < 30; i++) await cluster.RunAsync($"INSERT INTO t (id, n) VALUES ({i}, {i + 1000})");
        Assert.Equal(3, (await cluster.OnShardsAsync("SELECT 1 FROM sqlite_schema WHERE name = '__shale_lookup_notes'")).Count);
        return cluster;
    }
}
