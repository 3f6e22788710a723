using Shale.Sql;

namespace Shale.Vitess.Tests;

public sealed class PlacementTests
{
    private static readonly VKeyspace Sharded = VKeyspace.Create("main", KeyRange.Split(4));
    private static readonly VKeyspace Whole = VKeyspace.Create("main", [KeyRange.All]);

    [Fact, Trait("Rule", "S2.3")]
    public void For_PrimaryKey_IsHashedByIt()
    {
        var result = Place(Sharded, Table("users", ["id int8 pk", "name text"]));
        Assert.Equal((VTableKind.Sharded, "hash", "id"), (result.Table.Kind, result.Table.Vindex, string.Join(",", result.Table.ShardColumns)));
        Assert.Equal("hash", result.Keyspace.Vindexes["hash"].Type);
        Assert.Same(result.Table, result.Keyspace.FindTable("users"));
        Assert.Empty(result.Notices);
    }

    [Theory, Trait("Rule", "S2.3")]
    [InlineData("name text", "no primary key")]
    [InlineData("id float8 pk", "float")]
    [InlineData("id text pk nocase", "nocase")]
    public void For_NoKeyOrOneWithoutCanonicalForm_IsPinnedWithANotice(string column, string part)
    {
        var result = Place(Sharded, Table("t", [column]));
        Assert.Equal(VTableKind.Pinned, result.Table.Kind);
        Assert.True(result.Table.AwaitsKey);
        Assert.Contains(part, Assert.Single(result.Notices), StringComparison.Ordinal);
    }

    [Theory, Trait("Rule", "S2.3")]
    [InlineData("shard_key=a,b", "a,b")]
    [InlineData("shard_key= B , a;vindex=HASH", "b,a")]
    [InlineData("shard_key=\"a\"", "a")]
    public void For_With_NamesTheColumns(string options, string expected)
    {
        var result = Place(Sharded, Table("t", ["a int8 pk", "b int8 pk"], options));
        Assert.Equal(expected, string.Join(",", result.Table.ShardColumns));
    }

    [Fact, Trait("Rule", "S2.3")]
    public void For_TableOfTheVSchema_GoesWhereThatSays()
    {
        var schema = new VSchemaBuilder().AddKeyspace("main", true).AddVindex("main", "by_a", "range").SetShards("main", "-80", "80-").AddTable("main", "t", "by_a", "a")
            .AddReferenceTable("main", "r").Build().Get("main");
        var result = Place(schema, Table("t", ["a int8 pk", "b int8"]));
        Assert.Equal(("by_a", "a"), (result.Table.Vindex, result.Table.ShardColumns[0]));
        Assert.NotNull(result.Table.Schema);
        Assert.Equal(VTableKind.Reference, Place(schema, Table("r", ["a int8 pk"])).Table.Kind);
        Assert.Equal("b", Place(schema, Table("t", ["a int8 pk", "b int8 pk"], "shard_key=b")).Table.ShardColumns[0]);
    }

    [Theory]
    [InlineData("shard_key=x", "NOT_FOUND", "42703")]
    [InlineData("shard_key=", "SYNTAX_ERROR", "22023")]
    [InlineData("shard_key=a,a", "INVALID_VSCHEMA", "22023")]
    [InlineData("shard_key=f", "INVALID_VSCHEMA", "22023")]
    [InlineData("shard_key=a;vindex=lookup", "QUERY_ERROR", "0A000")]
    [InlineData("shard_key=a;vindex=hsah", "INVALID_VSCHEMA", "22023")]
    [InlineData("shard_key=a;reference=true", "INVALID_VSCHEMA", "22023")]
    [InlineData("reference=maybe", "SYNTAX_ERROR", "22023")]
    [InlineData("shardkey=a", "SYNTAX_ERROR", "22023")]
    [InlineData("shards=4", "SYNTAX_ERROR", "22023")]
    public void For_WithThatDoesNotDo_IsRefused(string options, string code, string state)
    {
        var error = Assert.Throws<VitessException>(() => Place(Sharded, Table("t", ["a int8 pk", "f float8"], options)));
        Assert.Equal((code, state), (error.Code, error.SqlState));
    }

    [Fact]
    public void For_ReferenceAndNullVindex_HaveNoKey()
    {
        Assert.Equal(VTableKind.Reference, Place(Sharded, Table("t", ["a int8 pk"], "reference=")).Table.Kind);
        var pinned = Place(Sharded, Table("t", ["a int8 pk"], "vindex=null")).Table;
        Assert.Equal((VTableKind.Pinned, false), (pinned.Kind, pinned.AwaitsKey));
    }

    [Fact]
    public void For_UnshardedKeyspace_IsUnsharded()
    {
        var result = Place(Whole, Table("t", ["a int8 pk"], "shard_key=a"));
        Assert.Equal(VTableKind.Unsharded, result.Table.Kind);
        Assert.Contains("no effect", Assert.Single(result.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void For_NameInUse_IsDuplicate()
    {
        var keyspace = Place(Sharded, Table("t", ["a int8 pk"])).Keyspace;
        Assert.Equal("42P07", Assert.Throws<VitessException>(() => Place(keyspace, Table("T", ["a int8 pk"]))).SqlState);
    }

    [Fact, Trait("Rule", "S2.6")]
    public void For_SerialOfAShardedTable_GetsASequence()
    {
        var result = Place(Sharded, Table("t", ["id serial pk"]));
        Assert.Equal(new AutoIncrement("id", "t_id_seq"), result.Table.AutoIncrement);
        Assert.NotNull(result.Keyspace.FindSequence("t_id_seq"));
        Assert.Null(Place(Sharded, Table("t", ["id int8 pk"])).Table.AutoIncrement);
    }

    [Fact, Trait("Rule", "S2.6")]
    public void For_SqliteIntegerPrimaryKey_NumbersItselfOnlyOnOneShard()
    {
        Assert.Equal("id", Place(Sharded, Table("t", ["id integer pk"]), SqlDialect.Sqlite).Table.AutoIncrement?.Column);
        Assert.Null(Place(Whole, Table("t", ["id integer pk"]), SqlDialect.Sqlite).Table.AutoIncrement);
        Assert.Null(Place(Sharded, Table("t", ["id bigint pk"]), SqlDialect.Sqlite).Table.AutoIncrement);
    }

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("id int8 pk|user_id int8", "t_pkey", "id", "PRIMARY KEY (id)")]
    [InlineData("user_id int8 pk|email text unique", "t_email_key", "email", "UNIQUE (email)")]
    [InlineData("a serial pk|b varchar pk|user_id int8", "t_pkey", "a,b", "PRIMARY KEY (a, b)")]
    public void For_KeyThatLacksAShardingColumn_GetsALookupAndATableForItsEntries(string columns, string name, string lookedUp, string part)
    {
        var result = Place(Sharded, Table("t", columns.Split('|'), "shard_key=user_id"));
        var lookup = Assert.Single(result.Table.Lookups);
        Assert.Equal((name, lookedUp, name + "_lookup", true, false), (lookup.Name, string.Join(',', lookup.Columns), lookup.Table, lookup.Unique, lookup.WriteOnly));
        Assert.Contains(part, Assert.Single(result.Notices), StringComparison.Ordinal);
        var entries = Assert.Single(result.Entries);
        Assert.Same(entries, result.Keyspace.FindTable(lookup.Table));
        Assert.Equal((lookedUp, lookedUp, "hash"), (string.Join(',', entries.ShardColumns), string.Join(',', entries.Schema!.PrimaryKey), entries.Vindex));
        Assert.Equal(lookup.Columns.Select(column => result.Table.Schema!.Column(column)!.Type.Kind), entries.Schema.Columns.SkipLast(1).Select(column => column.Type.Kind));
        Assert.Equal(SqlTypeKind.Bytea, entries.Schema.Column("keyspace_id")?.Type.Kind);
    }

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("user_id int8 pk|x float8 unique", "", "float")]
    [InlineData("user_id int8 pk|x text unique nocase", "", "collation")]
    [InlineData("user_id int8 pk|x jsonb unique", "", "no canonical form")]
    [InlineData("user_id int8 pk|keyspace_id int8 unique", "", "column \"keyspace_id\" of their own")]
    [InlineData("user_id int8 pk|x int8 unique", "x>countries!set default", "ON DELETE SET DEFAULT")]
    public void For_KeyThatNoLookupCanKeep_IsRefusedWithTheReason(string columns, string foreignKey, string part)
    {
        var keyspace = Place(Sharded, Table("countries", ["id int8 pk"], "reference=true")).Keyspace;
        var error = Assert.Throws<VitessException>(() => Place(keyspace, Table("t", columns.Split('|'), "shard_key=user_id", foreignKey)));
        Assert.Equal("0A000", error.SqlState);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Hint!);
    }

    [Fact, Trait("Rule", "S2.8")]
    public void For_NamesInUse_TakesFreeOnes()
    {
        var keyspace = Place(Sharded, Table("t_email_key_lookup", ["id int8 pk"])).Keyspace;
        keyspace = keyspace with { Vindexes = keyspace.Vindexes.Add("t_email_key", VindexDefinition.Plain("hash") with { Name = "t_email_key" }) };
        var lookup = Assert.Single(Place(keyspace, Table("t", ["id int8 pk", "email text unique"])).Table.Lookups);
        Assert.Equal(("t_email_key1", "t_email_key1_lookup"), (lookup.Name, lookup.Table));
    }

    [Fact, Trait("Rule", "S2.8")]
    public void CheckUniqueIndex_ExpressionOfAShardedTable_IsRefused()
    {
        var table = Place(Sharded, Table("t", ["a int8 pk", "b text"])).Table;
        Placement.CheckUniqueIndex(table, ["b", "A"]);
        Assert.Throws<VitessException>(() => Placement.CheckUniqueIndex(table, ["b"]));
        Assert.Throws<VitessException>(() => Placement.CheckUniqueIndex(table, [], hasExpressions: true));
    }

    [Theory, Trait("Rule", "S2.8")]
    [InlineData("user_id int8 pk|n int8 pk", "shard_key=user_id", "user_id>users", null)]
    [InlineData("user_id int4 pk|n int8 pk", "shard_key=user_id", "user_id>users", null)]
    [InlineData("id int8 pk|country int8", "", "country>countries", null)]
    [InlineData("id int8 pk|parent int8", "vindex=null", "parent>settings", null)]
    [InlineData("id int8 pk|user_id int8", "", "user_id>users", "lacks the sharding column \"id\"")]
    [InlineData("user_id text pk", "", "user_id>users", "differ in type")]
    [InlineData("user_id int8 pk", "vindex=range", "user_id>users", "different vindexes")]
    [InlineData("a int8 pk|user_id int8 pk", "", "user_id>users", "numbers of columns")]
    [InlineData("user_id int8", "", "user_id>users", "on the first shard only")]
    [InlineData("id int8 pk", "", "id>settings", "\"settings\" is on the first shard only")]
    [InlineData("user_id int8 pk", "reference=true", "user_id>users", "a reference table")]
    [InlineData("user_id int8 pk", "", "user_id>users!set null", "overwrite the sharding key")]
    [InlineData("user_id int8 pk", "", "user_id>nobody", "does not exist")]
    public void For_ForeignKey_IsKeptOnlyWhereOneShardSeesBoth(string columns, string options, string foreignKey, string? refusal)
    {
        var keyspace = Place(Sharded, Table("users", ["id int8 pk"])).Keyspace;
        keyspace = Place(keyspace, Table("countries", ["id int8 pk"], "reference=true")).Keyspace;
        keyspace = Place(keyspace, Table("settings", ["id int8 pk"], "vindex=null")).Keyspace;
        var child = Table("child", columns.Split('|'), options, foreignKey);
        if (refusal is null)
        {
            Assert.NotNull(Place(keyspace, child).Table);
            return;
        }

        var error = Assert.Throws<VitessException>(() => Place(keyspace, child));
        Assert.Contains(refusal, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Hint!);
    }

    [Fact, Trait("Rule", "S2.8")]
    public void For_ForeignKeyInAnUnshardedKeyspace_IsTheEnginesBusiness() =>
        Assert.NotNull(Place(Whole, Table("child", ["id int8 pk"], "", "id>later")).Table);

    [Fact, Trait("Rule", "S2.3")]
    public void ForAltered_PrimaryKeyAddedLater_ShardsThePinnedTable()
    {
        var placed = Place(Sharded, Table("t", ["id int8", "name text"]));
        var altered = TableSchemas.From(Table("t", ["id int8 pk", "name text"]), SqlDialect.Postgres);
        var result = Placement.ForAltered(placed.Table, altered, placed.Keyspace);
        Assert.True(result.RowsMove);
        Assert.Equal((VTableKind.Sharded, false), (result.Table.Kind, result.Table.AwaitsKey));
    }

    [Fact]
    public void ForAltered_ShardingColumnDroppedOrRetyped_IsRefused()
    {
        var placed = Place(Sharded, Table("t", ["id int8 pk", "name text"]));
        foreach (var columns in new[] { new[] { "name text" }, ["id text pk"] })
        {
            var altered = TableSchemas.From(Table("t", columns), SqlDialect.Postgres);
            Assert.Equal("0A000", Assert.Throws<VitessException>(() => Placement.ForAltered(placed.Table, altered, placed.Keyspace)).SqlState);
        }
    }

    [Fact]
    public void WithRenamedColumn_ShardingColumn_FollowsEverywhere()
    {
        var table = Place(Sharded, Table("t", ["id serial pk"])).Table.WithRenamedColumn("ID", "key");
        Assert.Equal(("key", "key"), (table.ShardColumns[0], table.AutoIncrement?.Column));
    }

    [Fact]
    public void WithoutOptions_Statement_KeepsThoseOfTheEngine()
    {
        var left = Placement.WithoutOptions(Table("t", ["a int8 pk"], "shard_key=a;fillfactor=70"));
        Assert.Equal("fillfactor", Assert.Single(left.Options).Name);
    }

    [Fact]
    public void Write_PlacedKeyspace_ReadsBackTheSame()
    {
        var keyspace = Place(Place(Sharded, Table("t", ["id serial pk"])).Keyspace, Table("u", ["n text"])).Keyspace;
        var text = VSchemaJson.Write(VSchema.Empty.WithKeyspace(keyspace));
        var read = VSchemaJson.Read(text, "x", [KeyRange.All]);
        Assert.Equal(text, VSchemaJson.Write(read));
        Assert.True(read.Get("main").GetTable("u").AwaitsKey);
        Assert.Equal("CREATE TABLE t", read.Get("main").GetTable("t").CreateSql);
    }

    private static PlacementResult Place(VKeyspace keyspace, CreateTableStatement statement, SqlDialect dialect = SqlDialect.Postgres) =>
        Placement.For(statement, TableSchemas.From(statement, dialect), keyspace, "CREATE TABLE " + statement.Name.Name.Name);

    /// <summary>Columns as <c>name type [pk] [unique] [nocase]</c>, options as <c>a=b;c=d</c>, a foreign key as <c>column&gt;parent[!on delete]</c>.</summary>
    private static CreateTableStatement Table(string name, string[] columns, string options = "", string foreignKey = "")
    {
        var definitions = new List<ColumnDefinition>();
        var keys = new List<OrderItem>();
        foreach (var words in columns.Select(column => column.Split(' ')))
        {
            var constraints = new List<ColumnConstraint>();
            if (words.Contains("unique")) constraints.Add(new UniqueColumn());
            if (words.Contains("nocase")) constraints.Add(new CollateColumn(Name("nocase")));
            if (words.Contains("pk")) keys.Add(new OrderItem(new ColumnRef(null, null, new Identifier(words[0]))));
            definitions.Add(new ColumnDefinition(new Identifier(words[0]), new TypeName(words[1], NodeList<string>.Empty), constraints.ToNodeList()));
        }

        var rules = new List<TableConstraint>();
        if (keys.Count > 0) rules.Add(new KeyConstraint(true, keys.ToNodeList()));
        if (foreignKey.Length > 0)
        {
            var parts = foreignKey.Split('>', '!');
            var action = parts.Length > 2 ? parts[2] : "";
            rules.Add(new ForeignKeyConstraint([new Identifier(parts[0])], new ForeignKeyReference(Name(parts[1]), NodeList<Identifier>.Empty, action, "", "", "")));
        }

        var items = options.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(option => option.Split('='))
            .Select(pair => new OptionItem(pair[0], pair[0] == "reference" && pair[1].Length == 0 ? null : pair[1]));
        return new CreateTableStatement(Name(name), definitions.ToNodeList(), rules.ToNodeList()) { Options = items.ToNodeList() };
    }

    private static ObjectName Name(string name) => new(null, new Identifier(name));
}
