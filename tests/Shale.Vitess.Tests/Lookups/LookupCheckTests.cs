using Shale.Contracts;

namespace Shale.Vitess.Tests;

/// <summary>VERIFY VINDEX finds each kind of damage that is done past the gate, and REPAIR VINDEX mends it.</summary>
public sealed class LookupCheckTests
{
    private const int Rows = 600;

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("DELETE FROM users_mail_lookup WHERE mail = 'm7'", "missing entry|m7", "entry added")]
    [InlineData("UPDATE users_mail_lookup SET keyspace_id = x'0000000000000001' WHERE mail = 'm7'", "wrong keyspace id|m7", "entry corrected")]
    [InlineData("INSERT INTO users_mail_lookup VALUES ('nobody', x'0000000000000001')", "orphan|nobody", "entry deleted")]
    public async Task Verify_OfADamagedUniqueLookup_NamesTheEntry_AndRepairMendsIt(string damage, string found, string done)
    {
        await using var shards = await OpenAsync("CREATE UNIQUE INDEX users_mail ON users (mail)");
        await shards.DamageAsync(damage, onAll: !damage.StartsWith("INSERT", StringComparison.Ordinal));
        Assert.All(await shards.CheckAsync("VERIFY VINDEX users_mail ON users"), problem => Assert.Equal((found, ""), problem));
        Assert.Equal((found, done), Assert.Single((await shards.CheckAsync("REPAIR VINDEX users_mail ON users")).Distinct()));
        Assert.Empty(await shards.CheckAsync("VERIFY VINDEX users_mail ON users"));
        Assert.Empty(await shards.CheckAsync("REPAIR VINDEX users_mail ON users"));
        Assert.Equal([$"{Rows}"], await shards.Cluster.RowsAsync("SELECT count(*) FROM users_mail_lookup"));
    }

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("DELETE FROM users_name_lookup WHERE name = 'n1'", "missing entry|n1", "entry added")]
    [InlineData("INSERT INTO users_name_lookup VALUES ('nobody', x'ffffffffffffffff')", "orphan|nobody", "entry deleted")]
    public async Task Verify_OfADamagedLookup_NamesTheEntry_AndRepairMendsIt(string damage, string found, string done)
    {
        await using var shards = await OpenAsync("ALTER VSCHEMA ON users ADD VINDEX users_name (name) USING lookup");
        await shards.DamageAsync(damage, onAll: !damage.StartsWith("INSERT", StringComparison.Ordinal));
        Assert.Equal((found, ""), Assert.Single((await shards.CheckAsync("VERIFY VINDEX users_name ON users")).Distinct()));
        Assert.Equal((found, done), Assert.Single((await shards.CheckAsync("REPAIR VINDEX users_name ON users")).Distinct()));
        Assert.Empty(await shards.CheckAsync("VERIFY VINDEX users_name ON users"));
        Assert.Equal([$"{Rows}"], await shards.Cluster.RowsAsync("SELECT count(*) FROM users_name_lookup"));
    }

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("UPDATE users SET mail = 'm7' WHERE id = (SELECT min(id) FROM users WHERE id <> 7)")]
    [InlineData("DROP INDEX users_mail; UPDATE users SET mail = 'm7' WHERE id < 200")]
    public async Task Verify_OfTwoRowsWithAUniqueValue_IsADuplicate_ThatRepairLeaves(string damage)
    {
        await using var shards = await OpenAsync("CREATE UNIQUE INDEX users_mail ON users (mail)");
        foreach (var statement in damage.Split("; ")) await shards.DamageAsync(statement, onAll: true, mayFail: true);
        foreach (var verb in (string[])["VERIFY", "REPAIR", "VERIFY"])
        {
            var found = await shards.CheckAsync($"{verb} VINDEX users_mail ON users");
            Assert.Contains(("duplicate|m7", ""), found);
            Assert.DoesNotContain(found, problem => problem.What.StartsWith("missing", StringComparison.Ordinal) && !problem.What.EndsWith("m7", StringComparison.Ordinal));
        }
    }

    [Fact, Trait("Rule", "S2.8")]
    public async Task Verify_InATransaction_IsRefused()
    {
        await using var shards = await OpenAsync("CREATE UNIQUE INDEX users_mail ON users (mail)");
        var transaction = (await shards.Cluster.Gate.BeginAsync(null)).TxId;
        Assert.Equal("0A000", (await Assert.ThrowsAsync<VitessException>(() => shards.Cluster.InAsync(transaction, "VERIFY VINDEX users_mail ON users"))).SqlState);
    }

    [Fact, Trait("Rule", "S2.8")]
    public async Task Verify_OfManyProblems_ListsTheFirstThousand()
    {
        await using var shards = await OpenAsync("CREATE UNIQUE INDEX users_mail ON users (mail)", "CREATE UNIQUE INDEX users_id_mail ON users (mail, name)");
        await shards.DamageAsync("UPDATE users_mail_lookup SET mail = mail || '!'", onAll: true);
        var result = await shards.Cluster.RunAsync("VERIFY VINDEX users_mail ON users");
        Assert.Equal(1000, result.Rows.RowCount);
        Assert.Equal([$"{2 * Rows} rows and entries compared, {2 * Rows} problems", "the first 1000 problems are listed"], result.Notices);
        Assert.Empty(await shards.CheckAsync("VERIFY VINDEX users_id_mail ON users"));
    }

    private static async Task<Shards> OpenAsync(params string[] definitions)
    {
        var tablets = new List<ITablet>();
        var cluster = await Cluster.OpenAsync(3, configure: options => options with
        {
            WrapTablet = tablet =>
            {
                tablets.Add(tablet);
                return tablet;
            },
        });
        await cluster.RunAllAsync(["CREATE TABLE users (id BIGINT PRIMARY KEY, mail TEXT, name TEXT)",
            $"INSERT INTO users VALUES {string.Join(", ", Enumerable.Range(1, Rows).Select(i => $"({i}, 'm{i}', 'n{i % 7}')"))}", .. definitions]);
        return new Shards(cluster, tablets);
    }

    private sealed record Shards(Cluster Cluster, List<ITablet> Tablets) : IAsyncDisposable
    {
        public async Task DamageAsync(string sql, bool onAll, bool mayFail = false)
        {
            foreach (var tablet in onAll ? Tablets : Tablets.Take(1))
            {
                try
                {
                    await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, sql, []), default);
                }
                catch (VitessException failure) when (mayFail && failure.SqlState == "23505")
                {
                    // The shard's own index keeps what it can.
                }
            }
        }

        public async Task<(string What, string Done)[]> CheckAsync(string sql)
        {
            var rows = await Cluster.RowsAsync(sql);
            return [.. rows.Select(row => row.Split('|')).Select(row => ($"{row[0]}|{row[2]}", row[4] == "NULL" ? "" : row[4]))];
        }

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}
