using System.Text.Json;
using Shale.Contracts;

namespace Shale.Vitess.Tests;

public sealed class VSchemaJsonTests
{
    private const string Flat = """
        {"keyspace": "main", "sharded": true,
         "vindexes": {"user_hash": {"type": "hash", "columns": ["id"]}},
         "tables": {
           "users": {"vindex": {"type": "hash", "columns": ["id"]}, "autoIncrement": {"column": "id", "sequence": "users_seq"}},
           "orders": {"vindex": {"type": "hash", "columns": ["user_id"]}},
           "settings": {"vindex": {"type": "null", "columns": []}}}}
        """;

    private const string Server = """
        {"keyspaces": {
           "main": {"sharded": true, "shards": ["-80", "80-"],
             "vindexes": {"hash": {"type": "hash"}, "by_year": {"type": "range", "params": {"ranges": [{"to": 2000, "shard": "shard-0"}, {"from": 2000, "shard": "80-"}]}}},
             "tables": {
               "users": {"column_vindexes": [{"column": "id", "name": "hash"}], "auto_increment": {"column": "id", "sequence": "users_seq"}},
               "places": {"column_vindexes": [{"columns": ["country", "city"], "name": "hash"}]},
               "films": {"column_vindexes": [{"column": "year", "name": "by_year"}]},
               "countries": {"type": "reference"},
               "settings": {"pinned": true, "triggers": [{"name": "g", "create_sql": "CREATE TRIGGER g DELETE ON settings BEGIN SELECT 1; END"}]}}},
           "lookup": {"tables": {"users_seq": {"type": "sequence"}, "notes": {}}}}}
        """;

    private const string Router = """
        {"tables": {"users": {"vindex": "HASH", "column": "id", "shards": 16}, "orders": {"vindex": "HASH", "column": "user_id", "shards": 16}}}
        """;

    [Fact]
    public void Read_ShapeOfSeed001_GivesTheModel()
    {
        var keyspace = Read(Flat).Get("main");
        Assert.Equal(["-40", "40-80", "80-c0", "c0-"], keyspace.Shards.Select(shard => shard.ToString()));
        var users = keyspace.GetTable("users");
        Assert.Equal((VTableKind.Sharded, "user_hash", "id"), (users.Kind, users.Vindex, Assert.Single(users.ShardColumns)));
        Assert.Equal(new AutoIncrement("id", "users_seq"), users.AutoIncrement);
        Assert.NotNull(keyspace.FindSequence("users_seq"));
        Assert.Equal("user_hash", keyspace.GetTable("ORDERS").Vindex);
        Assert.Equal(VTableKind.Pinned, keyspace.GetTable("settings").Kind);
    }

    [Fact]
    public void Read_ServerShape_GivesTheModel()
    {
        var schema = Read(Server);
        var main = schema.Get("main");
        Assert.Equal("country, city", string.Join(", ", main.GetTable("places").ShardColumns));
        Assert.Equal(VTableKind.Reference, main.GetTable("countries").Kind);
        Assert.Equal(VTableKind.Pinned, main.GetTable("settings").Kind);
        Assert.Equal("g", Assert.Single(main.GetTable("settings").Triggers).Name);
        Assert.Contains("\"-80\"", main.Vindexes["by_year"].Params["ranges"], StringComparison.Ordinal);
        Assert.Equal("lookup.users_seq", main.GetTable("users").AutoIncrement?.Sequence);
        Assert.Equal("lookup", schema.FindSequence(main, "lookup.users_seq")?.Keyspace.Name);
        Assert.Null(schema.FindSequence(main, "users_seq"));
        var other = schema.Get("lookup");
        Assert.False(other.Sharded);
        Assert.Equal(["-"], other.Shards.Select(shard => shard.ToString()));
        Assert.Equal(VTableKind.Unsharded, other.GetTable("notes").Kind);
        Assert.NotNull(other.FindSequence("users_seq"));
    }

    [Fact]
    public void Read_VitessFileOfOneKeyspace_IsTheDefaultKeyspace()
    {
        var schema = Read("""{"sharded": true, "vindexes": {"h": {"type": "hash"}}, "tables": {"t": {"column_vindexes": [{"column": "id", "name": "h"}]}}}""");
        Assert.Equal("h", schema.Get("main").GetTable("t").Vindex);
    }

    [Fact]
    public void Read_ShapeOfSeed003_SplitsTheRingEvenly()
    {
        var keyspace = Read(Router).Get("main");
        Assert.Equal(16, keyspace.Shards.Length);
        Assert.Equal(("-10", "f0-"), (keyspace.Shards[0].ToString(), keyspace.Shards[^1].ToString()));
        Assert.Equal(("hash", "user_id"), (keyspace.GetTable("orders").Vindex, keyspace.GetTable("orders").ShardColumns[0]));
    }

    [Theory]
    [InlineData(Flat)]
    [InlineData(Server)]
    [InlineData(Router)]
    public void Write_AnyShape_ReadsBackTheSame(string json)
    {
        var schema = Read(json);
        var text = VSchemaJson.Write(schema);
        Assert.Equal(text, VSchemaJson.Write(VSchemaJson.Read(text, "other", [KeyRange.All])));
    }

    [Fact]
    public void ToInfo_Keyspace_IsTheShapeOfSeed001()
    {
        var info = VSchemaJson.ToInfo(Read(Server).Get("main"));
        Assert.True(info.Sharded);
        Assert.Equal("hash", info.Tables["places"].Vindex.Type);
        Assert.Equal(["country", "city"], info.Tables["places"].Vindex.Columns);
        Assert.Equal("null", info.Tables["countries"].Vindex.Type);
        Assert.Equal(new AutoIncrementDef("id", "lookup.users_seq"), info.Tables["users"].AutoIncrement);
        Assert.Equal("range", info.Vindexes["by_year"].Type);
        Assert.Equal(["year"], info.Vindexes["by_year"].Columns);
    }

    [Theory]
    [InlineData("{", "Invalid JSON")]
    [InlineData("[]", "the document is not an object")]
    [InlineData("{}", "neither keyspaces nor tables")]
    [InlineData("""{"tables": {"t": 1}}""", "tables.t is not an object")]
    [InlineData("""{"tables": {"t": {"vindex": {"type": "hash"}}}}""", "tables.t.vindex has no columns")]
    [InlineData("""{"tables": {"t": {"vindex": {"type": "hash", "columns": []}}}}""", "tables.t.vindex.columns is empty")]
    [InlineData("""{"keyspaces": {"k": {"tables": {"t": {"column_vindexes": [{"column": "a"}]}}}}}""", "keyspaces.k.tables.t.column_vindexes[0] has no name")]
    [InlineData("""{"keyspaces": {"k": {"tables": {"t": {"type": "nonsense"}}}}}""", "nonsense")]
    [InlineData("""{"keyspaces": {"k": {"tables": {"t": {}, "T": {}}}}}""", "used twice")]
    [InlineData("""{"keyspaces": {"k": {}, "k": {}}}""", "Invalid JSON")]
    [InlineData("""{"tables": {"t": {"vindex": "HASH", "column": "id", "shards": 4}, "u": {"vindex": "HASH", "column": "id", "shards": 8}}}""", "says 8, another table 4")]
    [InlineData("""{"keyspaces": {"k": {"sharded": true, "tables": {"t": {}}}}}""", "MISSING_PRIMARY_VINDEX")]
    public void Read_BrokenDocument_NamesTheEntry(string json, string part)
    {
        var error = Assert.Throws<VitessException>(() => Read(json));
        Assert.Equal("INVALID_VSCHEMA", error.Code);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LookupVindexes_BelongToTheirTable_AndAreWrittenBack()
    {
        var schema = Read("""
            {"keyspaces": {"k": {"sharded": true,
              "vindexes": {"hash": {"type": "hash"},
                "by_mail": {"type": "consistent_lookup_unique", "params": {"table": "mails", "from": "mail", "to": "keyspace_id"}, "owner": "users"},
                "by_name": {"type": "lookup", "params": {"table": "names", "write_only": "true"}}},
              "tables": {"users": {"column_vindexes": [{"column": "id", "name": "hash"}, {"column": "mail", "name": "by_mail"}, {"columns": ["first", "last"], "name": "by_name"}]}}}}}
            """);
        VLookup[] expected = [new("by_mail", ["mail"], "mails", true), new("by_name", ["first", "last"], "names", false) { WriteOnly = true }];
        Assert.Equal(expected, schema.Get("k").GetTable("users").Lookups);
        Assert.Equal("users", schema.Get("k").OwnerOfEntries("NAMES")?.Name);
        Assert.Equal(expected, Read(VSchemaJson.Write(schema)).Get("k").GetTable("users").Lookups);
    }

    [Fact]
    public void Read_LookupAsPrimaryVindex_IsRefused()
    {
        var error = Assert.Throws<VitessException>(() => Read(
            """{"keyspaces": {"k": {"sharded": true, "vindexes": {"l": {"type": "lookup_unique", "table": "t_idx"}}, "tables": {"t": {"column_vindexes": [{"column": "a", "name": "l"}]}}}}}"""));
        Assert.Equal("INVALID_VSCHEMA", error.Code);
        Assert.Contains("primary vindex", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"shards\": [\"-80\", \"80-ff\"]")]
    [InlineData("\"shards\": [\"-80\", \"banana\"]")]
    public void Read_ShardsWithGaps_AreInvalidShardRange(string shards)
    {
        var error = Assert.Throws<VitessException>(() => Read($$"""{"keyspaces": {"k": {"sharded": true, {{shards}}, "tables": {} } } }"""));
        Assert.Equal("INVALID_SHARD_RANGE", error.Code);
    }

    [Fact]
    public void Validate_EverythingWrong_FindsEveryCode()
    {
        var found = VSchemaJson.Validate("""
            {"keyspaces": {"k": {"sharded": true, "shards": ["-40", "80-"],
              "vindexes": {"odd": {"type": "hsah"}, "look": {"type": "lookup"}, "good_lookup": {"type": "lookup", "table": "x"}},
              "tables": {
                "a": {},
                "b": {"column_vindexes": [{"column": "id", "name": "nowhere"}]},
                "c": {"column_vindexes": [{"column": "id", "name": "good_lookup"}], "auto_increment": {"column": "id", "sequence": "none"}}}}}}
            """);
        Assert.False(found.Valid);
        Assert.Equal(
            ["INVALID_SHARD_RANGE", "MISSING_LOOKUP_TABLE", "MISSING_PRIMARY_VINDEX", "MISSING_SEQUENCE", "MISSING_VINDEX", "UNKNOWN_VINDEX"],
            found.Errors.Select(error => error.Code).Order(StringComparer.Ordinal));
        Assert.Contains("lookup vindex", Assert.Single(found.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_GoodDocument_IsValid() => Assert.True(VSchemaJson.Validate(Server).Valid);

    [Fact]
    public void Write_Schema_IsJson() => JsonDocument.Parse(VSchemaJson.Write(Read(Server))).Dispose();

    private static VSchema Read(string json) => VSchemaJson.Read(json, "main", KeyRange.Split(4));
}
