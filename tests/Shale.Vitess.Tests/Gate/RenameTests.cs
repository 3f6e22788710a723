namespace Shale.Vitess.Tests;

/// <summary>Other names for sequences and indexes: numbers go on, whatever happens then, and what was made with a name goes with it.</summary>
public sealed class RenameTests : IDisposable
{
    private const string Table = "CREATE TABLE t (id BIGSERIAL PRIMARY KEY, v TEXT)";

    private readonly string _directory = Directory.CreateTempSubdirectory("shale-rename-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [Trait("Rule", "S2.6")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sequence_RenamedAndMadeAnew_GivesNoValueTwiceAfterARestart(bool rollsBack)
    {
        await using (var cluster = await OpenAsync())
        {
            await cluster.RunAllAsync(Table, "INSERT INTO t (v) VALUES ('a'), ('b')");
            var inside = (await cluster.Gate.BeginAsync("main")).TxId;
            foreach (var sql in (string[])["ALTER SEQUENCE t_id_seq RENAME TO q", "INSERT INTO t (v) VALUES ('c')", "CREATE SEQUENCE t_id_seq", "SELECT nextval('t_id_seq')"]) await cluster.InAsync(inside, sql);
            if (rollsBack) await cluster.Gate.RollbackAsync(inside);
            else await cluster.Gate.CommitAsync(inside);
            await cluster.RunAsync("INSERT INTO t (v) VALUES ('d')");
            Assert.Equal(["4"], await cluster.RowsAsync("SELECT max(id) FROM t"));
        }

        await using var again = await OpenAsync();
        await again.RunAsync("INSERT INTO t (v) VALUES ('e')");
        Assert.Equal([rollsBack ? "4|4" : "5|5"], await again.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t"));
        Assert.Equal(["true"], await again.RowsAsync("SELECT (SELECT id FROM t WHERE v = 'e') > (SELECT id FROM t WHERE v = 'd')"));
        Assert.Equal([rollsBack ? "public.t_id_seq" : "public.q"], await again.RowsAsync("SELECT pg_get_serial_sequence('t', 'id')"));
        Assert.Equal(VSchemaJson.Write(again.Gate.VSchema), VSchemaJson.Write(VSchemaJson.Read(VSchemaJson.Write(again.Gate.VSchema), "main", KeyRange.Split(2))));
        await again.RunAsync("DROP TABLE t");
        Assert.Equal(rollsBack ? [] : ["t_id_seq"], await again.RowsAsync("SELECT sequencename FROM pg_sequences"));
        if (!rollsBack) Assert.Equal(["true"], await again.RowsAsync("SELECT nextval('t_id_seq') > 1"));
        await again.RunAllAsync(Table.Replace(" t ", " n ", StringComparison.Ordinal), "INSERT INTO n (v) VALUES ('a')");
        Assert.Equal(["1"], await again.RowsAsync("SELECT id FROM n"));
    }

    [Fact]
    [Trait("Rule", "S2.6")]
    public async Task Restore_OfASequenceThatHadAnotherName_GivesNoValueTwice()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync(Table, "INSERT INTO t (v) SELECT 'a' FROM generate_series(1, 2500)");
        var then = await Cluster.MomentAsync();
        await cluster.RunAllAsync("ALTER TABLE t RENAME TO u", "ALTER SEQUENCE t_id_seq RENAME TO u_id_seq", "INSERT INTO u (v) SELECT 'a' FROM generate_series(1, 10)", Table, "INSERT INTO t (v) VALUES ('own')");
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT id FROM t"));

        var undo = await cluster.RunAsync($"RESTORE KEYSPACE main TO TIMESTAMP '{then}'");
        await cluster.RunAsync("INSERT INTO t (v) SELECT 'b' FROM generate_series(1, 10)");
        Assert.Equal(["2510|2510"], await cluster.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t"));
        Assert.Equal(["true"], await cluster.RowsAsync("SELECT min(id) > 2510 FROM t WHERE v = 'b'"));
        await cluster.RunAsync("RESTORE KEYSPACE main TO BOOKMARK $1", undo.Rows[0][0]);
        await cluster.RunAllAsync("INSERT INTO u (v) VALUES ('c')", "INSERT INTO t (v) VALUES ('c')");
        Assert.Equal(["true"], await cluster.RowsAsync("SELECT max(id) > 2520 FROM u"));
        Assert.Equal(["2"], await cluster.RowsAsync("SELECT count(DISTINCT id) FROM t"));
    }

    [Theory]
    [Trait("Rule", "S2.6")]
    [InlineData("main")]
    [InlineData("main/dev")]
    public async Task Sequence_OfABranch_IsSharedUnderItsOwnName(string renaming)
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync(Table, "INSERT INTO t (v) VALUES ('a')", "CALL dosql_branch('dev')");
        await cluster.OnAsync(renaming, "ALTER SEQUENCE t_id_seq RENAME TO q");
        var ids = new List<string> { "1" };
        foreach (var target in (string[])["main", "main/dev", "main"]) ids.AddRange(await cluster.OnAsync(target, "INSERT INTO t (v) VALUES ('c') RETURNING id"));
        await cluster.OnAsync("main", "DROP TABLE t");
        ids.AddRange(await cluster.OnAsync("main/dev", "INSERT INTO t (v) VALUES ('d') RETURNING id"));
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal([renaming == "main" ? "public.t_id_seq" : "public.q"], await cluster.OnAsync("main/dev", "SELECT pg_get_serial_sequence('t', 'id')"));
    }

    [Fact]
    [Trait("Rule", "S2.6")]
    public async Task Sequence_ThatDefaultsAndViewsName_IsFollowedOrNotRenamed()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE SEQUENCE s", "CREATE TABLE d (id BIGINT PRIMARY KEY, n BIGINT DEFAULT nextval('public.s'::regclass), m BIGINT DEFAULT 7)",
            "ALTER SEQUENCE s RENAME TO \"New\"", "INSERT INTO d (id) VALUES (1), (2)");
        Assert.Equal(["1|1|7", "2|2|7"], await cluster.RowsAsync("SELECT * FROM d ORDER BY id"));
        await cluster.RunAllAsync("CREATE VIEW v AS SELECT last_value FROM \"New\"");
        Assert.Equal("0A000", (await cluster.FailsAsync("ALTER SEQUENCE \"New\" RENAME TO s")).SqlState);
        await cluster.RunAllAsync("DROP VIEW v", "ALTER SEQUENCE \"New\" RENAME TO s", "INSERT INTO d (id) VALUES (3)");
        Assert.Equal(["3"], await cluster.RowsAsync("SELECT n FROM d WHERE id = 3"));
        Assert.Equal("42939", (await cluster.FailsAsync("ALTER SEQUENCE s RENAME TO __shale_s")).SqlState);
    }

    [Fact]
    [Trait("Rule", "S2.6")]
    public async Task Sequence_RenamedBetweenADefinitionAndItsCommit_StaysRenamed()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync(Table, "INSERT INTO t (v) VALUES ('a')");
        var inside = (await cluster.Gate.BeginAsync("main")).TxId;
        await cluster.InAsync(inside, "ALTER TABLE t ADD COLUMN w INT");
        await cluster.RunAsync("ALTER SEQUENCE t_id_seq RENAME TO q");
        await cluster.Gate.CommitAsync(inside);
        await cluster.RunAsync("INSERT INTO t (v) VALUES ('b')");
        Assert.Equal(["1", "2"], await cluster.RowsAsync("SELECT id FROM t ORDER BY id"));
        Assert.Equal(["q"], await cluster.RowsAsync("SELECT sequencename FROM pg_sequences"));
    }

    [Theory]
    [Trait("Rule", "S2.8")]
    [InlineData("CREATE TABLE t (id INT PRIMARY KEY, a INT); CREATE UNIQUE INDEX old ON t (a)", "ALTER INDEX old RENAME TO young", "DROP INDEX young")]
    [InlineData("CREATE TABLE t (id INT PRIMARY KEY, a INT CONSTRAINT old UNIQUE)", "ALTER INDEX old RENAME TO young", "ALTER TABLE t DROP CONSTRAINT young")]
    [InlineData("CREATE TABLE t (id INT PRIMARY KEY, a INT UNIQUE)", "ALTER TABLE t RENAME CONSTRAINT t_a_key TO young", "ALTER TABLE t DROP CONSTRAINT young")]
    public async Task Key_ThatALookupVindexKeeps_IsKeptUnderItsNewName(string made, string renamed, string dropped)
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync([.. made.Split("; "), "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)", renamed]);
        Assert.Equal(["young"], cluster.Gate.VSchema.Get("main").GetTable("t").Lookups.Select(lookup => lookup.Name));
        foreach (var id in (int[])[4, 5, 6, 7]) Assert.Equal("23505", (await cluster.FailsAsync($"INSERT INTO t VALUES ({id}, 2)")).SqlState);
        Assert.Empty(await cluster.RowsAsync("VERIFY VINDEX young ON t"));
        await cluster.RunAllAsync(dropped, "INSERT INTO t VALUES (4, 2), (5, 2), (6, 2), (7, 2)");
        Assert.Empty(cluster.Gate.VSchema.Get("main").GetTable("t").Lookups);
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT count(*) FROM pg_indexes WHERE tablename = 't'"));
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task ForeignKeys_FollowWhatTheyPointAt()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE p (id INT, n INT, PRIMARY KEY (id), UNIQUE (n, id))", "CREATE TABLE c (id INT PRIMARY KEY, n INT, FOREIGN KEY (n, id) REFERENCES p (n, id))",
            "CREATE TABLE r (id INT PRIMARY KEY REFERENCES r (id))",
            "ALTER TABLE p RENAME COLUMN n TO m", "ALTER TABLE p RENAME TO q", "ALTER TABLE r RENAME TO s", "INSERT INTO q VALUES (1, 1)", "INSERT INTO c VALUES (1, 1)", "INSERT INTO s VALUES (4)");
        Assert.Equal(["c|FOREIGN KEY (n, id) REFERENCES q(m, id)", "s|FOREIGN KEY (id) REFERENCES s(id)"],
            await cluster.RowsAsync("SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY 1"));
        Assert.Equal("23503", (await cluster.FailsAsync("INSERT INTO c VALUES (2, 2)")).SqlState);
        var failure = await cluster.FailsAsync("DROP TABLE q");
        Assert.Equal(("2BP01", "constraint c_n_id_fkey on table c depends on table q"), (failure.SqlState, failure.Subject?.Detail));
        Assert.Equal(["drop cascades to constraint c_n_id_fkey on table c"], (await cluster.RunAsync("DROP TABLE q CASCADE")).Notices);
        await cluster.RunAllAsync("INSERT INTO c VALUES (2, 2)", "DROP TABLE s");
    }

    private Task<Cluster> OpenAsync() => Cluster.OpenAsync(2, configure: options => options with { VSchema = null, DataDirectory = _directory, Durable = false });
}
