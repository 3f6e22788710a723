using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>Lookup vindexes that a VSchema describes before their tables are created.</summary>
public sealed class LookupVSchemaTests
{
    [Theory, Trait("Rule", "S2.8")]
    [InlineData("")]
    [InlineData(""", "mails": {"column_vindexes": [{"column": "mail", "name": "xx"}]}""")]
    public async Task CreateTable_OfATableWithADescribedLookup_MakesItsEntries(string more)
    {
        await using var cluster = await OpenAsync(more);
        var made = await cluster.RunAsync("CREATE TABLE users (id BIGINT PRIMARY KEY, mail TEXT UNIQUE, first TEXT, last TEXT)");
        Assert.Empty(made.Notices);
        Assert.Equal(["by_mail|lookup_unique|table=mails|users|mail|ready", "by_name|lookup|table=names|users|first, last|ready"], await LookupDefinitionTests.LookupsAsync(cluster));
        Assert.Equal(["0"], await cluster.RowsAsync("SELECT count(*) FROM mails WHERE mail = 'x'"));
        Assert.Equal(["0"], await cluster.RowsAsync("SELECT count(*) FROM names WHERE first = 'x' AND last = 'y'"));
        Assert.Equal(more.Length == 0 ? "hash" : "xx", cluster.Gate.VSchema.Get("main").GetTable("mails").Vindex);
        await cluster.RunAsync("DROP TABLE users");
        Assert.Empty(await cluster.RowsAsync("SHOW TABLES"));
    }

    [Fact, Trait("Rule", "S2.8")]
    public async Task CreateTable_AfterItsEntriesTable_TakesThatIfItFits()
    {
        await using var cluster = await OpenAsync("");
        await cluster.RunAsync("CREATE TABLE mails (mail TEXT PRIMARY KEY, keyspace_id BYTEA NOT NULL)");
        await cluster.RunAsync("CREATE TABLE users (id BIGINT PRIMARY KEY, mail TEXT UNIQUE, first TEXT, last TEXT)");
        Assert.Equal(2, (await LookupDefinitionTests.LookupsAsync(cluster)).Length);
        Assert.Equal("0A000", await LookupDefinitionTests.StateAsync(cluster, "DELETE FROM mails"));
    }

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("CREATE TABLE mails (mail TEXT, keyspace_id BYTEA, PRIMARY KEY (mail, keyspace_id)) WITH (shard_key = 'mail')", "PRIMARY KEY (mail)")]
    [InlineData("CREATE TABLE mails (mail VARCHAR(9) PRIMARY KEY, keyspace_id BYTEA NOT NULL)", "another type")]
    [InlineData("CREATE TABLE mails (mail TEXT PRIMARY KEY, id BIGINT NOT NULL)", "keyspace_id")]
    [InlineData("CREATE TABLE mails (mail TEXT PRIMARY KEY, keyspace_id BYTEA NOT NULL, n INT)", "no entry fills")]
    [InlineData("CREATE TABLE mails (id BIGINT PRIMARY KEY, mail TEXT, keyspace_id BYTEA)", "not sharded by (mail)")]
    [InlineData("CREATE VIEW mails AS SELECT 1", "something else")]
    public async Task CreateTable_AfterAnotherTableOfThatName_IsRefused(string other, string why)
    {
        await using var cluster = await OpenAsync("");
        await cluster.RunAsync(other);
        var error = await cluster.FailsAsync("CREATE TABLE users (id BIGINT PRIMARY KEY, mail TEXT, first TEXT, last TEXT)");
        Assert.Equal("INVALID_VSCHEMA", error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Single(await cluster.RowsAsync("SHOW TABLES"));
    }

    [Fact, Trait("Rule", "S2.8")]
    public async Task AlterVSchema_OfATableThatIsOnlyDescribed_DescribesALookup()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("ALTER VSCHEMA ADD TABLE t", "ALTER VSCHEMA ON t ADD VINDEX hash (id)", "ALTER VSCHEMA ON t ADD VINDEX l (a) USING lookup WITH table = t_by_a",
            "ALTER VSCHEMA ON t ADD VINDEX gone (a) USING lookup", "ALTER VSCHEMA ON t DROP VINDEX gone", "CREATE TABLE t (id INT, a INT)");
        Assert.Equal(["l|lookup|table=t_by_a|t|a|ready"], await LookupDefinitionTests.LookupsAsync(cluster));
    }

    [Theory]
    [InlineData("""{"type": "lookup", "table": "x", "owner": "u"}""", "owned by")]
    [InlineData("""{"type": "lookup", "params": {"table": "x", "from": "b"}}""", "looks up (b)")]
    [InlineData("""{"type": "lookup", "params": {"table": "x", "to": "id"}}""", "\"id\"")]
    [InlineData("""{"type": "lookup_banana", "table": "x"}""", "UNKNOWN_VINDEX")]
    public void Read_LookupThatWeDoNotKeep_IsInvalid(string vindex, string part)
    {
        var error = Assert.Throws<VitessException>(() => VSchemaJson.Read($$"""
            {"keyspaces": {"k": {"sharded": true, "vindexes": {"hash": {"type": "hash"}, "l": {{vindex}} }, "tables": {
              "t": {"column_vindexes": [{"column": "id", "name": "hash"}, {"column": "a", "name": "l"}] }, "u": {"column_vindexes": [{"column": "id", "name": "hash"}] } } } } }
            """, "main", KeyRange.Split(2)));
        Assert.Equal("INVALID_VSCHEMA", error.Code);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToInfo_Lookups_NameTheirTable()
    {
        var info = VSchemaJson.ToInfo(Schema("").Get("main"));
        Assert.Equal(("lookup_unique", "mails", "mail"), (info.Vindexes["by_mail"].Type, info.Vindexes["by_mail"].LookupTable, info.Vindexes["by_mail"].Columns[0]));
    }

    private static Task<Cluster> OpenAsync(string more) => Cluster.OpenAsync(3, configure: options => options with { VSchema = Schema(more) });

    private static VSchema Schema(string more) => VSchemaJson.Read($$"""
        {"keyspaces": {"main": {"sharded": true, "shards": ["-40", "40-80", "80-"],
          "vindexes": {"hash": {"type": "hash"}, "xx": {"type": "xxhash"},
            "by_mail": {"type": "consistent_lookup_unique", "params": {"table": "mails", "from": "mail", "to": "keyspace_id", "write_only": "true"}, "owner": "users"},
            "by_name": {"type": "lookup", "params": {"table": "names"} } },
          "tables": {"users": {"column_vindexes": [{"column": "id", "name": "hash"}, {"column": "mail", "name": "by_mail"}, {"columns": ["first", "last"], "name": "by_name"}] } {{more}} } } } }
        """, "main", KeyRange.Split(3));
}
