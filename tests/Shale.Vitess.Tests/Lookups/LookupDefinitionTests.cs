using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Definitions that make, change and remove lookup vindexes.</summary>
public sealed class LookupDefinitionTests
{
    private const string Users = "CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT, name TEXT)";
    private const string Rows = "INSERT INTO users VALUES (1, 'a', 'x'), (2, 'b', 'x'), (3, 'c', 'y'), (4, NULL, 'y'), (5, NULL, NULL)";

    [Theory, Trait("Rule", "S2.8")]
    [InlineData(SqlDialect.Postgres)]
    [InlineData(SqlDialect.Sqlite)]
    public async Task CreateUniqueIndex_OnATableWithRows_FillsALookup(SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(3, dialect);
        await cluster.RunAllAsync(Users, Rows);
        var made = await cluster.RunAsync("CREATE UNIQUE INDEX users_email ON users (email)");

        Assert.Contains("users_email_lookup", Assert.Single(made.Notices), StringComparison.Ordinal);
        Assert.Equal(["users_email|lookup_unique|table=users_email_lookup|users|email|ready"], await LookupsAsync(cluster));
        Assert.Equal(["a", "b", "c"], await cluster.RowsAsync("SELECT email FROM users_email_lookup ORDER BY email"));
        Assert.Equal(["users_email|users|true|email"], await cluster.RowsAsync("SHOW INDEXES FROM users"));
        Assert.Empty(await cluster.RowsAsync("VERIFY VINDEX users_email ON users"));

        await cluster.RunAsync("DROP INDEX users_email");
        Assert.Empty(await LookupsAsync(cluster));
        Assert.Equal("42P01", await StateAsync(cluster, "SELECT * FROM users_email_lookup"));
    }

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("INSERT INTO users VALUES (6, 'a', 'z')")]
    [InlineData("INSERT INTO users SELECT id + 10, email, name FROM users")]
    public async Task CreateUniqueIndex_WithDuplicates_IsUndone(string duplicates)
    {
        await using var cluster = await Cluster.OpenAsync(3);
        await cluster.RunAllAsync(Users, Rows, duplicates);
        Assert.Equal("23505", await StateAsync(cluster, "CREATE UNIQUE INDEX users_email ON users (email)"));
        Assert.Empty(await LookupsAsync(cluster));
        Assert.Empty(await cluster.RowsAsync("SHOW INDEXES FROM users"));
        Assert.Equal(["users"], await cluster.RowsAsync("SHOW TABLES").ContinueWith(rows => rows.Result.Select(row => row.Split('|')[0]).ToArray(), TaskScheduler.Default));
        await cluster.RunAllAsync("DELETE FROM users WHERE id > 5", "CREATE UNIQUE INDEX users_email ON users (email)");
        Assert.Single(await LookupsAsync(cluster));
    }

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("lookup", "lookup", 2)]
    [InlineData("consistent_lookup", "lookup", 2)]
    public async Task AddVindex_NotUnique_HasAnEntryForEachKeyspaceId(string type, string shown, int entries)
    {
        await using var cluster = await Cluster.OpenAsync(3);
        await cluster.RunAllAsync(Users, Rows, $"ALTER VSCHEMA ON users ADD VINDEX by_name (name) USING {type} WITH table=names, from=name, to=keyspace_id, owner=users");
        Assert.Equal([$"by_name|{shown}|table=names|users|name|ready"], await LookupsAsync(cluster));
        Assert.Equal([$"x|{entries}", $"y|{entries}"], await cluster.RowsAsync("SELECT name, count(*) FROM names GROUP BY name ORDER BY name"));
        Assert.Empty(await cluster.RowsAsync("VERIFY VINDEX by_name ON users"));
        await cluster.RunAsync("ALTER VSCHEMA ON users DROP VINDEX by_name");
        Assert.Empty(await LookupsAsync(cluster));
        Assert.Empty(await cluster.RowsAsync("SHOW INDEXES FROM users"));
    }

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email)", "users_email_key")]
    [InlineData("ALTER TABLE users ADD UNIQUE (email)", "users_email_key")]
    [InlineData("ALTER VSCHEMA ON users ADD VINDEX mail (email) USING consistent_lookup_unique", "mail")]
    public async Task AddUnique_OfOtherKinds_FillsALookup(string statement, string name)
    {
        await using var cluster = await Cluster.OpenAsync(3);
        await cluster.RunAllAsync(Users, Rows, statement);
        Assert.Equal([$"{name}|lookup_unique|table={name}_lookup|users|email|ready"], await LookupsAsync(cluster));
        Assert.Equal(["3"], await cluster.RowsAsync($"SELECT count(*) FROM {name}_lookup"));
        await cluster.RunAllAsync("DELETE FROM users WHERE id = 3");
        Assert.Equal("23505", await StateAsync(cluster, "ALTER TABLE users ADD CONSTRAINT two UNIQUE (name)"));
        Assert.Single(await LookupsAsync(cluster));
        Assert.Equal(["4"], await cluster.RowsAsync("SELECT count(*) FROM users"));
    }

    [Fact, Trait("Rule", "S2.8")]
    public async Task CreateTable_WithKeysOverShards_MakesAndDropsEntries()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        var made = await cluster.RunAsync("CREATE TABLE t (id SERIAL PRIMARY KEY, tenant INT NOT NULL, a TEXT, b TEXT, UNIQUE (a, b), UNIQUE (tenant, a)) WITH (shard_key = 'tenant')");
        Assert.Equal(2, made.Notices.Count);
        Assert.Equal(["t_a_b_key|lookup_unique|table=t_a_b_key_lookup|t|a, b|ready", "t_pkey|lookup_unique|table=t_pkey_lookup|t|id|ready"], await LookupsAsync(cluster));
        Assert.Equal("2BP01", await StateAsync(cluster, "ALTER VSCHEMA ON t DROP VINDEX t_pkey"));
        await cluster.RunAsync("DROP TABLE t");
        Assert.Empty(await cluster.RowsAsync("SHOW TABLES"));
    }

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("INSERT INTO users_email_lookup VALUES ('z', '\\x0102030405060708')")]
    [InlineData("UPDATE users_email_lookup SET email = 'z'")]
    [InlineData("DELETE FROM users_email_lookup")]
    [InlineData("DROP TABLE users_email_lookup")]
    [InlineData("ALTER TABLE users_email_lookup ADD COLUMN x INT")]
    [InlineData("CREATE INDEX i ON users_email_lookup (keyspace_id)")]
    [InlineData("TRUNCATE users_email_lookup")]
    [InlineData("ALTER VSCHEMA ON users_email_lookup DROP VINDEX hash")]
    [InlineData("WITH gone AS (DELETE FROM users_email_lookup RETURNING email) SELECT * FROM gone")]
    public async Task Entries_ByStatementsOfTheirOwn_CannotChange(string statement)
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync(Users, Rows, "CREATE UNIQUE INDEX users_email ON users (email)");
        Assert.Equal("0A000", await StateAsync(cluster, statement));
        Assert.Equal(["3"], await cluster.RowsAsync("SELECT count(*) FROM users_email_lookup"));
    }

    [Fact, Trait("Rule", "S2.8")]
    public async Task AlterTable_LookedUpColumn_IsFollowedOrRefused()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync(Users, Rows, "CREATE UNIQUE INDEX users_email ON users (email)");
        Assert.Equal("0A000", await StateAsync(cluster, "ALTER TABLE users ALTER COLUMN email TYPE VARCHAR(3)"));
        await cluster.RunAllAsync("ALTER TABLE users RENAME COLUMN email TO mail", "ALTER TABLE users RENAME TO people");
        Assert.Equal(["users_email|lookup_unique|table=users_email_lookup|people|mail|ready"], await LookupsAsync(cluster));
        Assert.Equal(["a"], await cluster.RowsAsync("SELECT mail FROM users_email_lookup WHERE mail = 'a'"));
        Assert.Empty(await cluster.RowsAsync("VERIFY VINDEX users_email ON people"));
        await cluster.RunAsync("ALTER TABLE people ADD COLUMN code INT UNIQUE");
        Assert.Equal("0A000", await StateAsync(cluster, "ALTER TABLE people ADD COLUMN other INT DEFAULT 1 UNIQUE"));
        Assert.Equal(2, (await LookupsAsync(cluster)).Length);
        await cluster.RunAllAsync("CREATE INDEX people_name_mail ON people (name, mail)", "ALTER TABLE people DROP COLUMN code", "ALTER TABLE people DROP COLUMN mail");
        Assert.Empty(await cluster.RowsAsync("SHOW INDEXES FROM people"));
        Assert.Empty(await LookupsAsync(cluster));
        Assert.Equal(["people"], (await cluster.RowsAsync("SHOW TABLES")).Select(row => row.Split('|')[0]));
    }

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("CREATE UNIQUE INDEX i ON users (lower(email))", "0A000", "sharding column part of the index")]
    [InlineData("CREATE UNIQUE INDEX i ON users (email) WHERE id > 2", "0A000", "lookup_unique")]
    [InlineData("ALTER VSCHEMA ON users ADD VINDEX v (email) USING lookup_hash", "0A000", "lookup or lookup_unique")]
    [InlineData("ALTER VSCHEMA ON users ADD VINDEX v (email) USING lookup WITH to=id", "INVALID_VSCHEMA", "keyspace_id")]
    [InlineData("ALTER VSCHEMA ON users ADD VINDEX v (email) USING lookup WITH table=users", "INVALID_VSCHEMA", "another")]
    [InlineData("ALTER VSCHEMA ON users ADD VINDEX v (mail) USING lookup", "42703", null)]
    [InlineData("ALTER VSCHEMA ON users ADD VINDEX hash (email) USING lookup", "42710", "another name")]
    [InlineData("ALTER VSCHEMA CREATE VINDEX v USING lookup", "0A000", "ADD VINDEX v")]
    [InlineData("ALTER VSCHEMA ON users ADD VINDEX v (email) USING xxhash", "0A000", "USING lookup")]
    [InlineData("VERIFY VINDEX v ON users", "42704", "SHOW VSCHEMA VINDEXES")]
    [InlineData("REPAIR VINDEX hash ON users", "42704", "SHOW VSCHEMA VINDEXES")]
    [InlineData("VERIFY VINDEX v ON nobody", "42P01", null)]
    public async Task BadDefinition_IsRefusedWithAHint(string statement, string state, string? hint)
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync(Users, Rows);
        var error = await cluster.FailsAsync(statement);
        Assert.Contains(state, new[] { error.SqlState, error.Code });
        if (hint is not null) Assert.Contains(hint, error.Hint, StringComparison.Ordinal);
        Assert.Empty(await LookupsAsync(cluster));
    }

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("UPDATE users SET email = 'z' WHERE id = 1")]
    [InlineData("UPDATE users SET email = 'a'")]
    [InlineData("DELETE FROM users")]
    [InlineData("INSERT INTO users VALUES (9, 'a', 'x')")]
    [InlineData("CREATE TRIGGER tr AFTER INSERT ON users BEGIN UPDATE users SET email = 'b'; END")]
    [InlineData("DROP INDEX users_email")]
    [InlineData("TRUNCATE users")]
    public async Task OneShardAsTarget_CannotMakeRowsAndEntriesDiffer(string statement)
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync(Users, Rows, "CREATE UNIQUE INDEX users_email ON users (email)");
        foreach (var shard in (string[])["main:-80", "main:80-"])
        {
            foreach (var dialect in (SqlDialect[])[SqlDialect.Postgres, SqlDialect.Sqlite])
            {
                try
                {
                    await cluster.Gate.ExecuteAsync(new GateRequest(statement, []) { Target = shard, Dialect = dialect });
                }
                catch (VitessException failure) when (failure.SqlState is "0A000" or "23505" or "42601")
                {
                    // Refused, or kept.
                }
            }
        }

        Assert.DoesNotContain(await cluster.RowsAsync("VERIFY VINDEX users_email ON users"), problem => !problem.StartsWith("orphan", StringComparison.Ordinal));
        Assert.Empty(await cluster.RowsAsync("SELECT email FROM users GROUP BY email HAVING count(email) > 1"));
    }

    [Fact, Trait("Rule", "S2.8")]
    public async Task InATransaction_OnlyOfItsOwnEmptyTable()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync(Users, Rows);
        var transaction = (await cluster.Gate.BeginAsync(null)).TxId;
        var refused = await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction, "CREATE UNIQUE INDEX users_email ON users (email)"));
        Assert.Contains("outside", refused.Hint, StringComparison.Ordinal);
        await cluster.Gate.RollbackAsync(transaction);

        transaction = (await cluster.Gate.BeginAsync(null)).TxId;
        foreach (var statement in (string[])["CREATE TABLE own (id INT PRIMARY KEY, a INT, b INT)", "CREATE UNIQUE INDEX own_a ON own (a)", "ALTER TABLE own ADD UNIQUE (b)"]) await cluster.InAsync(transaction, statement);
        await cluster.Gate.CommitAsync(transaction);
        Assert.Equal(["own_a|lookup_unique|table=own_a_lookup|own|a|ready", "own_b_key|lookup_unique|table=own_b_key_lookup|own|b|ready"], await LookupsAsync(cluster));
    }

    [Fact, Trait("Rule", "S2.8")]
    public async Task ChangeOfThePrimaryVindex_TakesTheKeysAlong()
    {
        await using var cluster = await Cluster.OpenAsync(3);
        await cluster.RunAllAsync("CREATE TABLE t (id INT NOT NULL, a INT NOT NULL UNIQUE, b TEXT)", "CREATE UNIQUE INDEX t_b ON t (b)",
            $"INSERT INTO t VALUES {string.Join(", ", Enumerable.Range(1, 40).Select(i => $"({i}, {i * 10}, {(i % 4 == 0 ? "NULL" : $"'b{i}'")})"))}");
        Assert.Empty(await LookupsAsync(cluster));
        (string Statement, string[] Lookups)[] steps =
        [
            ("ALTER TABLE t ADD PRIMARY KEY (id)", ["t_a_key", "t_b"]), ("ALTER VSCHEMA ON t DROP VINDEX hash", []), ("ALTER VSCHEMA ON t ADD VINDEX xx (a) USING xxhash", ["t_b", "t_pkey"]),
            ("ALTER VSCHEMA ON t DROP VINDEX xx", []), ("ALTER VSCHEMA ON t ADD VINDEX hash (id)", ["t_a_key", "t_b"]),
        ];
        foreach (var (statement, lookups) in steps)
        {
            await cluster.RunAsync(statement);
            Assert.Equal(lookups, (await LookupsAsync(cluster)).Select(row => row.Split('|')[0]));
            foreach (var lookup in lookups) Assert.Empty(await cluster.RowsAsync($"VERIFY VINDEX {lookup} ON t"));
            foreach (var sql in (string[])["INSERT INTO t VALUES (7, 1, 'n')", "INSERT INTO t VALUES (70, 70, 'n')", "INSERT INTO t VALUES (70, 1, 'b7')"]) Assert.Equal("23505", await StateAsync(cluster, sql));
            Assert.Equal(["40"], await cluster.RowsAsync("SELECT count(*) FROM t"));
        }

        await cluster.RunAllAsync("ALTER VSCHEMA ON t ADD VINDEX own (b, a) USING lookup");
        Assert.Equal("0A000", await StateAsync(cluster, "ALTER VSCHEMA ON t DROP VINDEX hash"));
    }

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("t_a_key", "t_b_c_key")]
    [InlineData("t_b_c_key", "t_a_key")]
    public async Task DropConstraint_ByTheNameThatPostgresGivesIt_DropsItsLookup(string dropped, string kept)
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id INT PRIMARY KEY, a INT UNIQUE, b INT, c INT, UNIQUE (b, c))", "INSERT INTO t VALUES (1, 1, 1, 1), (2, 2, 2, 2)", $"ALTER TABLE t DROP CONSTRAINT {dropped}");
        Assert.StartsWith(kept, Assert.Single(await LookupsAsync(cluster)), StringComparison.Ordinal);
        Assert.Equal("42704", await StateAsync(cluster, $"ALTER TABLE t DROP CONSTRAINT {dropped}"));
        foreach (var id in (int[])[3, 4, 5, 6]) await cluster.RunAsync(dropped == "t_a_key" ? $"INSERT INTO t VALUES ({id}, 1, {id}, {id})" : $"INSERT INTO t VALUES ({id}, {id}, 1, 1)");
        Assert.Equal("23505", await StateAsync(cluster, dropped == "t_a_key" ? "INSERT INTO t VALUES (9, 9, 2, 2)" : "INSERT INTO t VALUES (9, 2, 9, 9)"));
        Assert.Empty(await cluster.RowsAsync($"VERIFY VINDEX {kept} ON t"));
    }

    [Fact, Trait("Rule", "S2.8")]
    public async Task NamesThatAreOddOrTaken_DoNotBreakTheStoredVSchema()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE \"odd, Table\" (id INT PRIMARY KEY, \"a, b\" INT, \" c\" TEXT, \"Select\" BIGINT, UNIQUE (\"a, b\", \" c\"), CONSTRAINT xxhash UNIQUE (\"Select\"))",
            "INSERT INTO \"odd, Table\" VALUES (1, 1, 'x', 1), (2, 1, 'y', 2)");
        Assert.Equal("23505", await StateAsync(cluster, "INSERT INTO \"odd, Table\" VALUES (3, 1, 'y', 3)"));
        Assert.Equal("23505", await StateAsync(cluster, "INSERT INTO \"odd, Table\" VALUES (3, 3, 'y', 2)"));
        Assert.Equal("42710", await StateAsync(cluster, "ALTER VSCHEMA CREATE VINDEX xxhash1 USING hash"));
        Assert.Equal("42710", await StateAsync(cluster, "ALTER VSCHEMA ON \"odd, Table\" ADD VINDEX reverse_bits (\"Select\", id) USING lookup"));
        await cluster.RunAllAsync("CREATE TABLE other (id INT PRIMARY KEY) WITH (shard_key = 'id', vindex = 'xxhash')");
        var text = VSchemaJson.Write(cluster.Gate.VSchema);
        var read = VSchemaJson.Read(text, "main", KeyRange.Split(2));
        Assert.Equal(text, VSchemaJson.Write(read));
        Assert.Equal(["odd, Table_a, b_ c_key", "xxhash1"], read.Get("main").GetTable("odd, Table").Lookups.Select(lookup => lookup.Name));
        foreach (var lookup in read.Get("main").GetTable("odd, Table").Lookups) Assert.Empty(await cluster.RowsAsync($"VERIFY VINDEX \"{lookup.Name}\" ON \"odd, Table\""));
    }

    [Fact, Trait("Rule", "S4.4")]
    public async Task CreateUniqueIndex_WithAKeySentTwice_IsDoneOnce()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync(Users, Rows);
        var request = new GateRequest("CREATE UNIQUE INDEX users_email ON users (email)", []) { IdempotencyKey = "once" };
        var (first, second) = (await cluster.Gate.ExecuteAsync(request), await cluster.Gate.ExecuteAsync(request));
        Assert.Equal((Assert.Single(first.Notices), 1), (Assert.Single(second.Notices), (await LookupsAsync(cluster)).Length));
        Assert.Equal("42P07", await StateAsync(cluster, request.Sql));
        Assert.Equal(0, (await cluster.Gate.ExecuteAsync(new GateRequest("REPAIR VINDEX users_email ON users", []) { IdempotencyKey = "twice" })).Rows.RowCount);
    }

    [Fact, Trait("Rule", "S2.8")]
    public async Task TableOfAnotherKeyspace_IsVerifiedByItsName_AndDefinedThere()
    {
        var vschema = VSchema.Empty.WithKeyspace(VKeyspace.Create("main", KeyRange.Split(2))).WithKeyspace(VKeyspace.Create("other", KeyRange.Split(3)));
        await using var cluster = await Cluster.OpenAsync(2, configure: options => options with { VSchema = vschema });
        foreach (var sql in (string[])[Users, Rows, "CREATE UNIQUE INDEX users_email ON users (email)"]) await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = "other" });
        Assert.Empty(await cluster.RowsAsync("VERIFY VINDEX users_email ON other.users"));
        Assert.Equal("0A000", await StateAsync(cluster, "ALTER VSCHEMA ON other.users ADD VINDEX l (name) USING lookup"));
        Assert.Equal("0A000", await StateAsync(cluster, "DELETE FROM other.users_email_lookup"));
    }

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("ON UPDATE CASCADE", true)]
    [InlineData("ON DELETE SET DEFAULT", true)]
    [InlineData("ON DELETE CASCADE ON UPDATE NO ACTION", false)]
    [InlineData("ON DELETE SET NULL", false)]
    public async Task ForeignKeyAction_ThatWouldWriteALookedUpColumn_IsRefused(string action, bool refused)
    {
        await using var cluster = await Cluster.OpenAsync(3);
        await cluster.RunAllAsync("CREATE TABLE kinds (k INT PRIMARY KEY) WITH (reference = true)", "INSERT INTO kinds VALUES (1), (2), (3)");
        var create = $"CREATE TABLE t (id INT PRIMARY KEY, k INT UNIQUE REFERENCES kinds (k) {action})";
        if (refused)
        {
            Assert.Equal("0A000", await StateAsync(cluster, create));
            return;
        }

        await cluster.RunAllAsync(create, "INSERT INTO t VALUES (10, 1), (20, 2), (30, 3)", "DELETE FROM kinds WHERE k = 2", "INSERT INTO kinds VALUES (2)", "INSERT INTO t VALUES (41, 2)");
        Assert.DoesNotContain(await cluster.RowsAsync("VERIFY VINDEX t_k_key ON t"), problem => !problem.StartsWith("orphan", StringComparison.Ordinal));
        Assert.Equal("23505", await StateAsync(cluster, "INSERT INTO t VALUES (42, 2)"));
    }

    [Fact, Trait("Rule", "S2.8")]
    public async Task ForeignKeyToAKeyOverShards_StaysRefused()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE p (id INT PRIMARY KEY, code INT UNIQUE)");
        Assert.Equal("0A000", await StateAsync(cluster, "CREATE TABLE c (id INT PRIMARY KEY, code INT REFERENCES p (code))"));
        Assert.Equal("0A000", await StateAsync(cluster, "CREATE TABLE c (code INT PRIMARY KEY REFERENCES p (code))"));
    }

    /// <summary>The lookup vindexes of the keyspace as SHOW VSCHEMA VINDEXES has them.</summary>
    internal static async Task<string[]> LookupsAsync(Cluster cluster) =>
        [.. (await cluster.RowsAsync("SHOW VSCHEMA VINDEXES")).Where(row => row.Split('|')[1].Contains("lookup", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>The SQLSTATE that a statement fails with.</summary>
    internal static async Task<string?> StateAsync(Cluster cluster, string sql) => (await cluster.FailsAsync(sql)).SqlState;
}
