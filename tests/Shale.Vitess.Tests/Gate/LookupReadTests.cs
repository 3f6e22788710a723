using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Statements that a lookup vindex tells the shards of.</summary>
public sealed class LookupReadTests
{
    private static readonly string[] Tables =
    [
        "CREATE TABLE users (id BIGINT PRIMARY KEY, mail TEXT, team INT, first TEXT, last TEXT)",
        "CREATE TABLE orders (user_id BIGINT, id BIGINT, amount INT, PRIMARY KEY (user_id, id)) WITH (shard_key = 'user_id')",
        "CREATE TABLE items (id BIGINT PRIMARY KEY, owner BIGINT)",
        "CREATE TABLE mails (mail TEXT PRIMARY KEY, keyspace_id BYTEA NOT NULL)",
        "CREATE TABLE teams (team INT, keyspace_id BYTEA, PRIMARY KEY (team, keyspace_id)) WITH (shard_key = 'team')",
        "CREATE TABLE names (first TEXT, last TEXT, keyspace_id BYTEA, PRIMARY KEY (first, last, keyspace_id)) WITH (shard_key = 'first, last')",
    ];

    private static readonly (string, VLookup)[] Lookups =
    [
        ("users", new VLookup("by_mail", ["mail"], "mails", true)), ("users", new VLookup("by_team", ["team"], "teams", false)),
        ("users", new VLookup("by_name", ["first", "last"], "names", false)),
    ];

    [Theory]
    [Trait("Rule", "S3.1")]
    [Trait("Rule", "S3.2")]
    [InlineData("SELECT id FROM users WHERE mail = 'm7'", "T0", 1, 1)]
    [InlineData("SELECT id FROM users WHERE mail = 'nobody'", "T0", 1, 1)]
    [InlineData("SELECT id FROM users WHERE mail = NULL", "T0", 1, 0)]
    [InlineData("SELECT count(*) FROM users WHERE mail IN ('m7', 'm7', 'nobody')", "T0", 1, 2)]
    [InlineData("SELECT id FROM users WHERE mail IN ('m1', 'm2', 'm3', 'm4', 'm5', 'm6')", "T1", 3, 4)]
    [InlineData("SELECT id FROM users WHERE mail = 'm7' AND id = 7", "T0", 1, 0)]
    [InlineData("SELECT id FROM users WHERE mail = 'm7' OR id = 7", "T1", 4, 0)]
    [InlineData("SELECT id FROM users WHERE NOT mail = 'm7'", "T1", 4, 0)]
    [InlineData("SELECT id FROM users WHERE lower(mail) = 'm7'", "T1", 4, 0)]
    [InlineData("SELECT id FROM users WHERE team = 3", "T1", 3, 1)]
    [InlineData("SELECT id FROM users WHERE team = 3 AND mail = 'm7'", "T0", 1, 1)]
    [InlineData("SELECT id FROM users WHERE first = 'a7'", "T1", 4, 0)]
    [InlineData("SELECT id FROM users WHERE first = 'a7' AND last = 'b7'", "T0", 1, 1)]
    [InlineData("SELECT id FROM users WHERE first IN ('a7', 'a8') AND last = 'b7'", "T0", 1, 2)]
    [InlineData("SELECT u.mail, o.amount FROM users u JOIN orders o ON o.user_id = u.id WHERE u.mail = 'm7'", "T0", 1, 1)]
    [InlineData("SELECT u.mail, o.amount FROM users u, orders o WHERE o.user_id = u.id AND u.mail = 'm7' AND u.team = 2", "T0", 1, 1)]
    [InlineData("SELECT u.mail FROM users u WHERE u.mail = 'm7' AND EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id)", "T0", 1, 1)]
    [InlineData("SELECT o.id FROM orders o WHERE EXISTS (SELECT 1 FROM users u WHERE u.id = o.user_id AND u.mail = 'm7')", "T1", 4, 1)]
    [InlineData("SELECT o.id FROM orders o WHERE o.user_id IN (SELECT u.id FROM users u WHERE u.mail = 'm7')", "T0", 1, 1)]
    [InlineData("SELECT o.id FROM orders o WHERE o.user_id IN (SELECT u.id FROM users u WHERE u.id = 7)", "T0", 1, 0)]
    [InlineData("SELECT o.id FROM orders o WHERE o.user_id IN (SELECT p.user_id FROM orders p WHERE p.user_id IN (SELECT u.id FROM users u WHERE u.mail = 'm7'))", "T0", 1, 1)]
    [InlineData("SELECT o.id FROM orders o WHERE o.user_id NOT IN (SELECT u.id FROM users u WHERE u.mail = 'm7')", "T1", 4, 1)]
    [InlineData("SELECT o.id FROM orders o WHERE o.id IN (SELECT u.id FROM users u WHERE u.mail = 'm7')", "T2", 4, 1)]
    [InlineData("SELECT o.id FROM orders o WHERE o.user_id IN (SELECT u.id FROM users u WHERE u.mail = 'm7') OR o.id = 2", "T1", 4, 1)]
    [InlineData("SELECT u.mail, o.amount FROM users u LEFT JOIN orders o ON o.user_id = u.id WHERE u.mail = 'm7'", "T1", 4, 1)]
    [InlineData("SELECT o.id FROM orders o LEFT JOIN users u ON u.id = o.user_id AND u.mail = 'm7'", "T1", 4, 0)]
    [InlineData("SELECT i.id FROM users u JOIN items i ON i.owner = u.id WHERE u.mail = 'm7'", "T2", 4, 1)]
    public async Task Select_ComparedWithLookedUpColumns_GoesToTheShardsOfTheEntries(string sql, string tier, int shards, int reads)
    {
        await using var cluster = await OpenAsync();
        var result = await cluster.RunAsync(sql);

        Assert.Equal((tier, shards), (result.Tier, result.Shards.Count));
        Assert.Equal(reads, cluster.Asked.Count(each => each.Contains("SELECT keyspace_id", StringComparison.Ordinal)));
        var plain = await cluster.Plain.ExecuteAsync(new GateRequest(sql, []));
        Assert.Equal(Cluster.Rows(plain.Rows).Order(), Cluster.Rows(result.Rows).Order());
    }

    [Theory]
    [Trait("Rule", "S3.2")]
    [InlineData("SELECT id FROM users WHERE mail IS NOT DISTINCT FROM 'm7'", "T0", "7")]
    [InlineData("SELECT id FROM users WHERE mail IS NOT DISTINCT FROM NULL", "T1", "12")]
    [InlineData("SELECT id FROM users WHERE mail IS NOT DISTINCT FROM NULL AND mail = NULL", "T0", "")]
    [InlineData("SELECT id FROM users WHERE mail COLLATE NOCASE = 'M7'", "T1", "7")]
    [InlineData("SELECT id FROM users WHERE mail = 'm7' COLLATE NOCASE", "T1", "7")]
    [InlineData("SELECT id FROM users WHERE +mail = 'm7'", "T1", "7")]
    [InlineData("SELECT id FROM users WHERE team = '3' AND id < 5", "T1", "3")]
    [InlineData("SELECT id FROM users WHERE team = 3.0 AND id < 5", "T1", "3")]
    [InlineData("SELECT id FROM users WHERE team = 'x'", "T0", "")]
    public async Task Select_InDialectSqlite_LooksUpWhatTheEngineWouldFind(string sql, string tier, string ids)
    {
        await using var cluster = await OpenAsync(dialect: SqlDialect.Sqlite);

        var result = await cluster.RunAsync(sql);

        Assert.Equal((tier, ids), (result.Tier, string.Join(' ', Cluster.Rows(result.Rows))));
    }

    [Fact]
    [Trait("Rule", "S3.1")]
    public async Task Select_SamePlanWithOtherValues_GoesWhereTheEntriesSay()
    {
        await using var cluster = await OpenAsync();
        var shards = new HashSet<string>();
        for (var i = 1; i <= 11; i++)
        {
            var result = await cluster.RunAsync("SELECT id FROM users WHERE mail = $1", SqlValue.Text($"m{i}"));
            Assert.Equal([$"{i}"], Cluster.Rows(result.Rows));
            shards.Add(Assert.Single(result.Shards));
        }

        Assert.True(shards.Count > 2);
    }

    [Fact]
    public async Task Select_EntryThatOutlivedItsRow_FindsNothing()
    {
        await using var cluster = await OpenAsync();
        await cluster.WriteAsync("UPDATE users SET mail = 'other' WHERE id = 7", "INSERT INTO mails VALUES ('gone', '\\x00000000000000ff')");

        Assert.Empty(await cluster.RowsAsync("SELECT id FROM users WHERE mail = 'm7'"));
        Assert.Empty(await cluster.RowsAsync("SELECT id FROM users WHERE mail = 'gone'"));
        Assert.Equal(["0"], await cluster.RowsAsync("SELECT count(*) FROM users WHERE mail = 'gone'"));
    }

    [Fact]
    public async Task Select_LookupThatIsBeingFilled_IsNotUsed()
    {
        await using var cluster = await LookupCluster.OpenAsync(4, SqlDialect.Postgres, Tables, [("users", new VLookup("by_mail", ["mail"], "mails", true) { WriteOnly = true })]);
        await cluster.WriteAsync("INSERT INTO users VALUES (1, 'm1', 1, 'a', 'b')");

        Assert.Equal(["1"], await cluster.RowsAsync("SELECT id FROM users WHERE mail = 'm1'"));
    }

    [Fact]
    public async Task Select_MoreEntriesThanAreWorthReading_GoesToAllShards()
    {
        await using var cluster = await OpenAsync();
        await cluster.WriteAsync($"INSERT INTO users SELECT g, NULL, 77, NULL, NULL FROM generate_series(100, {101 + LookupRead.MaxEntries}) g",
            $"INSERT INTO teams SELECT 77, decode('00000000' || lpad(to_hex(g), 8, '0'), 'hex') FROM generate_series(100, {101 + LookupRead.MaxEntries}) g");

        var result = await cluster.RunAsync("SELECT count(*) FROM users WHERE team = 77");

        Assert.Equal((4, $"{LookupRead.MaxEntries + 2}"), (result.Shards.Count, Assert.Single(Cluster.Rows(result.Rows))));
    }

    [Fact]
    public async Task Select_EntriesThatCannotBeRead_GoesToAllShards()
    {
        await using var cluster = await OpenAsync();
        await cluster.WriteAsync("DROP TABLE mails");

        Assert.Equal(["7"], await cluster.RowsAsync("SELECT id FROM users WHERE mail = 'm7'"));
    }

    [Fact]
    public async Task Stream_ByLookup_ReadsTheShardsOfTheEntries()
    {
        await using var cluster = await OpenAsync();
        cluster.Asked.Clear();
        var rows = new List<string>();
        await foreach (var chunk in cluster.Gate.StreamAsync(new GateRequest("SELECT id FROM users WHERE mail = $1", [SqlValue.Text("m7")]))) rows.AddRange(Cluster.Rows(chunk));

        Assert.Equal(("7", 2), (Assert.Single(rows), cluster.Asked.Count));
    }

    [Fact]
    public async Task Transaction_ByLookup_SeesItsOwnEntriesAndRows()
    {
        await using var cluster = await OpenAsync();
        var transaction = (await cluster.Gate.BeginAsync(null)).TxId;
        async Task<string[]> InAsync(string sql, params SqlValue[] values) =>
            Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest(sql, values) { TxId = transaction })).Rows);

        Assert.Equal(["7"], await InAsync("SELECT id FROM users WHERE mail = 'm7'"));
        await InAsync("INSERT INTO users VALUES (50, 'new', 1, 'a', 'b')");
        Assert.Equal(["50"], await InAsync("SELECT id FROM users WHERE mail = 'new'"));
        Assert.Equal(["50"], await InAsync("SELECT id FROM users WHERE mail = 'new' FOR UPDATE"));
        Assert.Empty(await cluster.RowsAsync("SELECT id FROM users WHERE mail = 'new'"));
        await cluster.Gate.RollbackAsync(transaction);
        Assert.Empty(await cluster.RowsAsync("SELECT id FROM users WHERE mail = 'new'"));
    }

    [Theory]
    [InlineData("UPDATE users SET team = 9 WHERE mail = 'm7'", 1, "SELECT count(*) FROM users WHERE team = 9 AND id = 7")]
    [InlineData("UPDATE users SET team = 9 WHERE mail = 'nobody'", 0, "SELECT 1 - count(*) FROM users WHERE team + 0 = 9")]
    [InlineData("UPDATE users SET team = 9 WHERE mail IN ('m1', 'm2', 'm3')", 3, "SELECT count(*) - 2 FROM users WHERE team + 0 = 9")]
    [InlineData("DELETE FROM users WHERE mail = 'm7'", 1, "SELECT 1 - count(*) FROM users WHERE id = 7")]
    [InlineData("DELETE FROM orders o USING users u WHERE u.id = o.user_id AND u.mail = 'm7'", 2, "SELECT 1 - count(*) FROM orders WHERE user_id = 7")]
    [InlineData("UPDATE orders SET amount = 99 FROM users u WHERE u.id = orders.user_id AND u.mail = 'm7'", 2, "SELECT count(*) - 1 FROM orders WHERE amount = 99")]
    [InlineData("UPDATE users SET id = 70 WHERE mail = 'm7'", 1, "SELECT count(*) FROM users WHERE id = 70")]
    public async Task Write_ByLookup_ChangesTheRowsOfTheEntries(string sql, long affected, string one)
    {
        await using var cluster = await OpenAsync();
        cluster.Asked.Clear();

        Assert.Equal(affected, (await cluster.RunAsync(sql)).Affected);

        Assert.Contains(cluster.Asked, asked => asked.Contains("SELECT keyspace_id", StringComparison.Ordinal));
        Assert.Equal(["1"], await cluster.RowsAsync(one));
    }

    [Fact]
    public async Task Vexplain_ByLookup_ShowsTheReadOfTheEntriesAndTheShardsTheyName()
    {
        await using var cluster = await OpenAsync();
        var shard = Assert.Single((await cluster.RunAsync("SELECT id FROM users WHERE mail = 'm7'")).Shards);

        var plan = (await cluster.RowsAsync("VEXPLAIN SELECT id FROM users WHERE mail = $1", SqlValue.Text("m7"))).Select(row => row.Split('|')).ToList();
        Assert.Equal(["lookup", "T0"], plan.Select(row => row[0]));
        Assert.Equal(("mails", shard), (plan[0][2], plan[1][1]));
        Assert.Equal(["lookup|one", "T0|one"], (await cluster.RowsAsync("VEXPLAIN SELECT id FROM users WHERE mail = $1")).Select(row => string.Join('|', row.Split('|')[..2])));
        Assert.Equal("lookup", cluster.Gate.Plan("SELECT id FROM users WHERE mail = $1").Type);

        var trace = (await cluster.RowsAsync("VEXPLAIN TRACE SELECT id FROM users WHERE mail = 'm7'")).Select(row => row.Split('|')).ToList();
        Assert.Equal(3, trace.Count);
        Assert.Contains(trace, row => row[5].Contains("mails", StringComparison.Ordinal) && row[2] == "1");
        Assert.Equal("T0", trace[^1][5]);
    }

    [Fact]
    public async Task VexplainKeys_LookedUpColumn_NamesTheLookup_AndNothingIsAdvised()
    {
        await using var cluster = await OpenAsync();
        var result = await cluster.RunAsync("VEXPLAIN KEYS SELECT id FROM users WHERE mail = 'm7' AND first = 'a'");

        Assert.Equal(["users|mail|=|NULL|no|no|by_mail", "users|first|=|NULL|no|no|by_name"], Cluster.Rows(result.Rows));
        Assert.Empty(result.Notices);
        Assert.Contains("add a lookup vindex on users.first", (await cluster.RunAsync("VEXPLAIN SELECT id FROM users WHERE first = 'a'")).Notices[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_ScattersDenied_LookupsRun()
    {
        await using var cluster = await OpenAsync(options => options with
        {
            KeyspaceLimits = new Dictionary<string, StatementLimits> { ["main"] = new() { CrossShard = CrossShardPolicy.Deny } },
        });

        Assert.Equal(["7"], await cluster.RowsAsync("SELECT id FROM users WHERE mail = 'm7'"));
        Assert.Equal(1, (await cluster.RunAsync("UPDATE users SET team = 5 WHERE mail = 'm7'")).Affected);
        await Assert.ThrowsAsync<VitessException>(() => cluster.RunAsync("SELECT id FROM users WHERE first = 'a7'"));
    }

    private static async Task<LookupCluster> OpenAsync(Func<VTGateOptions, VTGateOptions>? configure = null, Held? held = null, SqlDialect dialect = SqlDialect.Postgres)
    {
        var cluster = await LookupCluster.OpenAsync(4, dialect, Tables, Lookups, configure, held);
        for (var i = 1; i <= 12; i++)
        {
            var name = i == 12 ? "NULL, 1, NULL, 'b'" : $"'m{i}', {i % 4}, 'a{i}', 'b{i}'";
            await cluster.WriteAsync($"INSERT INTO users VALUES ({i}, {name})", $"INSERT INTO orders VALUES ({i}, 1, {i}), ({i}, 2, 1)", $"INSERT INTO items VALUES ({i}, {13 - i})");
        }

        foreach (var lookup in (string[])["by_mail", "by_team", "by_name"]) await cluster.FillAsync("users", lookup);
        return cluster;
    }
}
