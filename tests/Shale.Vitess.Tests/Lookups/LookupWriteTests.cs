using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Writes of a table with lookup vindexes answer as one database, and keep the entries.</summary>
public sealed class LookupWriteTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [Trait("Rule", "S2.8")]
    public async Task Insert_OfValuesThatAnotherRowHas_Fails(int shards)
    {
        await using var cluster = await OwnerCluster.OpenAsync(shards);
        Assert.Equal(1, (await cluster.RunAsync("INSERT INTO t (id, n, a, b, tag) VALUES (1, 7, 1, 'x', 'red')")).Affected);

        for (var id = 2; id < 10; id++)
        {
            Assert.Equal("23505 duplicate key value violates unique constraint \"t_n_key\"", await cluster.FailAsync($"INSERT INTO t (id, n) VALUES ({id}, 7)"));
            Assert.Equal("23505 duplicate key value violates unique constraint \"t_a_b_key\"", await cluster.FailAsync($"INSERT INTO t (id, a, b) VALUES ({id}, 1, 'x')"));
        }

        for (var id = 2; id < 20; id++) await cluster.RunAsync($"INSERT INTO t (id, n, a, b, tag) VALUES ({id}, {id * 10}, 1, 'x{id}', 'red')");
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Insert_OfManyRows_IsAllOrNothing()
    {
        await using var cluster = await OwnerCluster.OpenAsync(4);
        await cluster.RunAsync("INSERT INTO t (id, n, tag) SELECT g, g * 2, 'even' FROM generate_series(1, 50) g");
        Assert.Empty(await cluster.FaultsAsync());

        Assert.StartsWith("23505", await cluster.FailAsync("INSERT INTO t (id, n) VALUES (101, 1001), (102, 1002), (103, 1001)"), StringComparison.Ordinal);
        Assert.StartsWith("23505", await cluster.FailAsync("INSERT INTO t (id, n) VALUES (101, 1001), (102, 1002), (103, 4)"), StringComparison.Ordinal);
        Assert.StartsWith("23505", await cluster.FailAsync("INSERT INTO t (id, n) SELECT g + 100, g FROM generate_series(1, 3) g"), StringComparison.Ordinal);
        Assert.Equal(3, (await cluster.RunAsync("INSERT INTO t (id, n) VALUES (101, NULL), (102, NULL), (103, 3)")).Affected);
        Assert.Equal(["53"], await cluster.RowsAsync("SELECT count(*) FROM t"));
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Returning_OfWrites_ShowsNothingOfTheEntries()
    {
        await using var cluster = await OwnerCluster.OpenAsync(4);
        Assert.Equal(["5|1", "6|2"], Cluster.Rows((await cluster.RunAsync("INSERT INTO t (id, n) VALUES (1, 5), (2, 6) RETURNING n, id")).Rows));
        Assert.Equal(["9|1"], Cluster.Rows((await cluster.RunAsync("UPDATE t SET n = 9 WHERE id = 1 RETURNING n, id")).Rows));
        var deleted = (await cluster.RunAsync("DELETE FROM t WHERE id = 1 RETURNING *")).Rows;
        Assert.Equal(["id", "n", "a", "b", "tag", "v"], deleted.Fields.Select(field => field.Name));
        Assert.Equal(["1|9|NULL|NULL|NULL|NULL"], Cluster.Rows(deleted));
        var none = await cluster.RunAsync("DELETE FROM t WHERE id = 2");
        Assert.Equal((1, 0), (none.Affected, none.Rows.Fields.Count));
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Delete_MakesRoomForItsValues_AndKeepsEntriesThatOthersNeed()
    {
        await using var cluster = await OwnerCluster.OpenAsync(4);
        await cluster.RunAsync("INSERT INTO t (id, n, tag) SELECT g, g, 'all' FROM generate_series(1, 30) g");
        Assert.Equal(1, (await cluster.RunAsync("DELETE FROM t WHERE id = 3")).Affected);
        Assert.Equal(10, (await cluster.RunAsync("DELETE FROM t WHERE n > 20")).Affected);
        Assert.Empty(await cluster.FaultsAsync());

        await cluster.RunAsync("INSERT INTO t (id, n) VALUES (103, 3), (121, 21)");
        Assert.Equal(1, (await cluster.RunAsync("DELETE FROM t USING (VALUES (103)) AS gone (id) WHERE t.id = gone.id")).Affected);
        await cluster.RunAsync("INSERT INTO t (id, n) VALUES (203, 3)");
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Update_OfLookedUpColumns_MovesTheirEntries()
    {
        await using var cluster = await OwnerCluster.OpenAsync(4);
        await cluster.RunAsync("INSERT INTO t (id, n, a, b, tag) SELECT g, g, g, 'b' || g, 'red' FROM generate_series(1, 20) g");
        Assert.Equal(1, (await cluster.RunAsync("UPDATE t SET n = 100 WHERE id = 5")).Affected);
        Assert.Equal(1, (await cluster.RunAsync("UPDATE t SET n = n, v = 1 WHERE id = 5")).Affected);
        Assert.Equal("23505 duplicate key value violates unique constraint \"t_n_key\"", await cluster.FailAsync("UPDATE t SET n = 6 WHERE id = 5"));
        Assert.Equal("23505 duplicate key value violates unique constraint \"t_n_key\"", await cluster.FailAsync("UPDATE t SET n = 200 WHERE id < 3"));
        Assert.Equal(20, (await cluster.RunAsync("UPDATE t SET a = 1, tag = CASE WHEN id < 10 THEN 'blue' END")).Affected);
        Assert.Equal(1, (await cluster.RunAsync("UPDATE t SET n = NULL WHERE id = 7")).Affected);
        await cluster.RunAsync("UPDATE t SET n = 7 WHERE id = 8");
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Update_ThatShiftsUniqueValues_FailsWhereOneDatabaseFails()
    {
        await using var cluster = await OwnerCluster.OpenAsync(4);
        await cluster.RunAsync("INSERT INTO t (id, n) SELECT g, g FROM generate_series(1, 20) g");
        Assert.StartsWith("23505", await cluster.FailAsync("UPDATE t SET n = n + 1"), StringComparison.Ordinal);
        Assert.Equal(20, (await cluster.RunAsync("UPDATE t SET n = n - 1")).Affected);
        Assert.Equal(20, (await cluster.RunAsync("UPDATE t SET n = n + 100")).Affected);
        Assert.Equal(["100", "119"], await cluster.RowsAsync("SELECT n FROM t WHERE n IN (100, 119) ORDER BY n"));
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Fact]
    [Trait("Rule", "S2.5")]
    [Trait("Rule", "S2.8")]
    public async Task Update_OfTheShardingKey_LeadsTheEntriesToTheNewPlace()
    {
        await using var cluster = await OwnerCluster.OpenAsync(4);
        await cluster.RunAsync("INSERT INTO t (id, n, a, b, tag) SELECT g, g, g, 'b', 'red' FROM generate_series(1, 20) g");
        Assert.Equal(20, (await cluster.RunAsync("UPDATE t SET id = id + 1000")).Affected);
        Assert.Empty(await cluster.FaultsAsync());
        Assert.Equal(20, (await cluster.RunAsync("UPDATE t SET id = id - 1, n = n - 1, tag = 'blue'")).Affected);
        Assert.Empty(await cluster.FaultsAsync());
        Assert.StartsWith("23505", await cluster.FailAsync("INSERT INTO t (id, n) VALUES (1, 5)"), StringComparison.Ordinal);
        await cluster.RunAsync("INSERT INTO t (id, n) VALUES (1, 20)");
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Theory]
    [InlineData(SqlDialect.Postgres)]
    [InlineData(SqlDialect.Sqlite)]
    [Trait("Rule", "S2.8")]
    public async Task Insert_WithDoNothing_LeavesOutRowsWhoseValuesAreTaken(SqlDialect dialect)
    {
        await using var cluster = await OwnerCluster.OpenAsync(4, dialect);
        await cluster.RunAsync("INSERT INTO t (id, n, a, b) VALUES (1, 1, 1, 'x'), (2, 2, 2, 'x')");
        Assert.Equal(1, (await cluster.RunAsync("INSERT INTO t (id, n) VALUES (11, 1), (12, 2), (13, 3), (14, 3) ON CONFLICT (n) DO NOTHING")).Affected);
        Assert.Equal(1, (await cluster.RunAsync("INSERT INTO t (id, n, a, b) VALUES (21, 21, 1, 'x'), (22, 1, 22, 'x'), (1, 22, 22, 'y'), (23, 23, 23, 'x') ON CONFLICT DO NOTHING")).Affected);
        Assert.StartsWith("23505", await cluster.FailAsync("INSERT INTO t (id, n, a, b) VALUES (31, 31, 1, 'x') ON CONFLICT (n) DO NOTHING"), StringComparison.Ordinal);
        Assert.Equal(["1", "2", "13", "23"], await cluster.RowsAsync("SELECT id FROM t ORDER BY id"));
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Theory]
    [InlineData(SqlDialect.Postgres)]
    [InlineData(SqlDialect.Sqlite)]
    [Trait("Rule", "S2.8")]
    public async Task Insert_WithDoUpdate_ChangesTheRowWhereItLives(SqlDialect dialect)
    {
        await using var cluster = await OwnerCluster.OpenAsync(4, dialect);
        await cluster.RunAsync("INSERT INTO t (id, n, v) VALUES (1, 1, 0), (2, 2, 0), (3, 3, 0)");
        for (var id = 10; id < 20; id++)
        {
            var result = await cluster.RunAsync($"INSERT INTO t (id, n, v) VALUES ({id}, 2, {id}) ON CONFLICT (n) DO UPDATE SET v = excluded.v + t.v RETURNING id, v");
            Assert.Equal("2", Cluster.Rows(result.Rows)[0].Split('|')[0]);
        }

        Assert.Equal(["1|1|0", "2|2|145", "3|3|0"], await cluster.RowsAsync("SELECT id, n, v FROM t ORDER BY id"));
        Assert.StartsWith("23505", await cluster.FailAsync("INSERT INTO t (id, n) VALUES (40, 2) ON CONFLICT (n) DO UPDATE SET n = 3"), StringComparison.Ordinal);
        await cluster.RunAsync("INSERT INTO t (id, n) VALUES (41, 2) ON CONFLICT (n) DO UPDATE SET n = 4");
        Assert.Equal(2, (await cluster.RunAsync("INSERT INTO t (id, n, v) SELECT id + 100, n, 7 FROM t WHERE id < 3 ON CONFLICT (n) DO UPDATE SET v = excluded.v")).Affected);
        Assert.Equal(["1|1|7", "2|4|7", "3|3|0"], await cluster.RowsAsync("SELECT id, n, v FROM t ORDER BY id"));
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Insert_OrReplace_DeletesTheRowsThatAreInTheWay()
    {
        await using var cluster = await OwnerCluster.OpenAsync(4, SqlDialect.Sqlite);
        await cluster.RunAsync("INSERT INTO t (id, n, a, b) VALUES (1, 1, 1, 'x'), (2, 2, 2, 'x'), (3, 3, 3, 'x')");
        Assert.Equal(1, (await cluster.RunAsync("INSERT OR REPLACE INTO t (id, n, a, b) VALUES (10, 1, 2, 'x')")).Affected);
        Assert.Equal(1, (await cluster.RunAsync("INSERT OR IGNORE INTO t (id, n) VALUES (11, 3), (12, 4)")).Affected);
        Assert.Equal(["3|3|3", "10|1|2", "12|4|NULL"], await cluster.RowsAsync("SELECT id, n, a FROM t ORDER BY id"));
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task UpdateOrIgnore_OfAUniqueLookup_IsRefused()
    {
        await using var cluster = await OwnerCluster.OpenAsync(4, SqlDialect.Sqlite);
        Assert.StartsWith("0A000", await cluster.FailAsync("UPDATE OR IGNORE t SET n = 1"), StringComparison.Ordinal);
        await cluster.RunAsync("INSERT INTO t (id, tag) VALUES (1, 'a'), (2, 'a')");
        await cluster.RunAsync("UPDATE OR IGNORE t SET tag = 'b', v = 500 * id");
        Assert.Equal(["1|b", "2|a"], await cluster.RowsAsync("SELECT id, tag FROM t ORDER BY id"));
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Insert_WhereAnEntryHasLostItsRow_TakesTheEntryOver()
    {
        await using var cluster = await OwnerCluster.OpenAsync(4);
        await cluster.RunAsync("INSERT INTO t (id, n, a, b) SELECT g, g, g, 'x' FROM generate_series(1, 16) g");
        foreach (var tablet in cluster.Tablets) await tablet.ExecuteAsync("DELETE FROM t");
        await cluster.RunAsync("INSERT INTO t (id, n, a, b) SELECT g + 1, g, g, 'x' FROM generate_series(1, 16) g");
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Theory]
    [InlineData(SqlDialect.Postgres)]
    [InlineData(SqlDialect.Sqlite)]
    [Trait("Rule", "S2.8")]
    public async Task Transaction_KeepsEntriesWithItsRows(SqlDialect dialect)
    {
        await using var cluster = await OwnerCluster.OpenAsync(4, dialect);
        await cluster.RunAsync("INSERT INTO t (id, n, tag) VALUES (1, 1, 'x'), (2, 2, 'x')");
        var id = (await cluster.Gate.BeginAsync(null, dialect: dialect)).TxId;
        await cluster.InAsync(id, "DELETE FROM t WHERE id = 1");
        await cluster.InAsync(id, "INSERT INTO t (id, n) VALUES (3, 1)");
        await cluster.InAsync(id, "SAVEPOINT s");
        await cluster.InAsync(id, "UPDATE t SET n = 9 WHERE id = 2");
        await cluster.InAsync(id, "INSERT INTO t (id, n) VALUES (4, 2)");
        await cluster.InAsync(id, "ROLLBACK TO s");
        await cluster.InAsync(id, "INSERT INTO t (id, n, tag) VALUES (5, 9, 'x')");
        if (dialect == SqlDialect.Sqlite) await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(id, "INSERT INTO t (id, n) VALUES (6, 6), (7, 2)"));
        await cluster.Gate.CommitAsync(id);
        Assert.Equal(["2|2", "3|1", "5|9"], await cluster.RowsAsync("SELECT id, n FROM t ORDER BY id"));
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Theory]
    [InlineData("DELETE FROM t WHERE random() > 2", "0A000")]
    [InlineData("CREATE TABLE other (id BIGINT PRIMARY KEY)", "0A000")]
    [InlineData("DELETE FROM t WHERE v > 2", null)]
    [Trait("Rule", "S4.1")]
    public async Task Transaction_ThatSwapsUniqueValues_CommitsOnlyIfAStartCouldCompleteIt(string sql, string? sqlState)
    {
        await using var cluster = await OwnerCluster.OpenAsync(4);
        await cluster.RunAsync("INSERT INTO t (id, n) SELECT g, g FROM generate_series(1, 9) g");
        var id = (await cluster.Gate.BeginAsync(null)).TxId;
        foreach (var each in (string[])[sql, "UPDATE t SET n = n + 1000", "UPDATE t SET n = 1010 - n"]) await cluster.InAsync(id, each);
        if (sqlState is null) await cluster.Gate.CommitAsync(id);
        else Assert.Equal(sqlState, (await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.CommitAsync(id))).SqlState);
        Assert.Equal([sqlState is null ? "9" : "1"], await cluster.RowsAsync("SELECT n FROM t WHERE id = 1"));
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Truncate_InATransaction_TakesEntriesAlong()
    {
        await using var cluster = await OwnerCluster.OpenAsync(4);
        await cluster.RunAsync("INSERT INTO t (id, n, tag) SELECT g, g, 'red' FROM generate_series(1, 30) g");
        var id = (await cluster.Gate.BeginAsync(null)).TxId;
        foreach (var sql in (string[])["INSERT INTO t (id, n) VALUES (31, 31)", "TRUNCATE t", "INSERT INTO t (id, n) VALUES (32, 5)"]) await cluster.InAsync(id, sql);
        await cluster.Gate.CommitAsync(id);
        Assert.Equal(["32"], await cluster.RowsAsync("SELECT id FROM t WHERE n = 5"));
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task With_ThatWrites_KeepsEntries()
    {
        await using var cluster = await OwnerCluster.OpenAsync(4);
        Assert.Equal(["7|1", "8|2"], await cluster.RowsAsync("WITH made AS (INSERT INTO t (id, n) VALUES (1, 7), (2, 8) RETURNING id, n) SELECT n, id FROM made ORDER BY n"));
        Assert.StartsWith("23505", await cluster.FailAsync("WITH made AS (INSERT INTO t (id, n) VALUES (3, 9), (4, 7) RETURNING id) SELECT id FROM made"), StringComparison.Ordinal);
        Assert.Equal(["1"], await cluster.RowsAsync("WITH gone AS (DELETE FROM t WHERE n = 7 RETURNING id) SELECT id FROM gone"));
        Assert.Equal(["2"], await cluster.RowsAsync("SELECT id FROM t"));
        Assert.Empty(await cluster.FaultsAsync());
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Writes_ToOneShard_AreRefused()
    {
        await using var cluster = await OwnerCluster.OpenAsync(4);
        foreach (var sql in (string[])["INSERT INTO t (id, n) VALUES (1, 1)", "DELETE FROM t", "UPDATE t SET n = 1"])
        {
            var failure = await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = "main:-40" }));
            Assert.Equal("0A000", failure.SqlState);
        }
    }
}
