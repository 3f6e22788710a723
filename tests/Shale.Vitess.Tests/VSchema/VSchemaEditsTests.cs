using Shale.Sql;

namespace Shale.Vitess.Tests;

public sealed class VSchemaEditsTests
{
    private static readonly VSchema Start = new VSchemaBuilder().AddKeyspace("main", sharded: true).AddVindex("main", "hash", "hash")
        .SetShards("main", "-80", "80-").AddTable("main", "users", "hash", "id").AddSequence("main", "s").Build();

    [Fact]
    public void WithTable_NewTable_RaisesTheVersionAndLeavesTheOldAlone()
    {
        var next = Start.WithTable("main", Table("t"));
        Assert.Equal(Start.Version + 1, next.Version);
        Assert.NotNull(next.Get("MAIN").FindTable("T"));
        Assert.Null(Start.Get("main").FindTable("t"));
    }

    [Fact]
    public void RenameTable_NameInUse_IsDuplicate()
    {
        Assert.Equal("42P07", Assert.Throws<VitessException>(() => Start.RenameTable("main", "users", "S")).SqlState);
        Assert.Equal("NOT_FOUND", Assert.Throws<VitessException>(() => Start.RenameTable("main", "nothing", "x")).Code);
        Assert.NotNull(Start.RenameTable("main", "users", "people").Get("main").FindTable("people"));
        Assert.Equal("Users", Start.RenameTable("main", "users", "Users").Get("main").GetTable("users").Name);
    }

    [Fact]
    public void WithoutVindex_InUse_IsRefused() =>
        Assert.Equal("2BP01", Assert.Throws<VitessException>(() => Start.WithoutVindex("main", "HASH")).SqlState);

    [Fact]
    public void WithoutSequence_InUse_IsRefused()
    {
        var used = Start.WithTable("main", Table("t") with { AutoIncrement = new AutoIncrement("id", "s") });
        Assert.Equal("2BP01", Assert.Throws<VitessException>(() => used.WithoutSequence("main", "s")).SqlState);
        Assert.Null(Start.WithoutSequence("main", "s").Get("main").FindSequence("s"));
    }

    [Fact]
    public void WithoutSequence_InUseByAnotherKeyspace_IsRefused()
    {
        var other = Start.WithKeyspace(VKeyspace.Create("other", [KeyRange.All]))
            .WithTable("other", Table("t") with { Kind = VTableKind.Unsharded, AutoIncrement = new AutoIncrement("id", "main.s") });
        Assert.Equal("2BP01", Assert.Throws<VitessException>(() => other.WithoutSequence("main", "s")).SqlState);
    }

    [Fact]
    public void With_NameOfAnotherKind_IsDuplicate()
    {
        Assert.Equal("42P07", Assert.Throws<VitessException>(() => Start.WithTable("main", Table("S"))).SqlState);
        Assert.Equal("42P07", Assert.Throws<VitessException>(() => Start.WithView("main", new VView("users", "", SqlDialect.Sqlite))).SqlState);
        Assert.Equal("42P07", Assert.Throws<VitessException>(() => Start.WithSequence("main", new VSequence("users"))).SqlState);
    }

    [Fact, Trait("Rule", "S2.8")]
    public void Apply_AddVindex_ChecksKeysAndThoseWhoRefer()
    {
        var start = Start.WithTable("main", Known("CREATE TABLE p (id int8, code int8, UNIQUE (id))"))
            .WithTable("main", Known("CREATE TABLE c (pid int8 REFERENCES p (id))"));
        var alone = VSchemaAlteration.Apply(start.WithoutTable("main", "c"), "main", Statement("add vindex", "p", ["code"], "hash", null));
        Assert.Equal("p_id_key", Assert.Single(alone.Schema.Get("main").GetTable("p").Lookups).Name);
        Assert.Equal("p_id_key_lookup", Assert.Single(alone.Entries).Name);
        var byId = Assert.Throws<VitessException>(() => VSchemaAlteration.Apply(start, "main", Statement("add vindex", "p", ["id"], "hash", null)));
        Assert.Contains("of table \"c\" to \"p\"", byId.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Get_UnknownKeyspace_IsNotFound() => Assert.Equal("3D000", Assert.Throws<VitessException>(() => Start.Get("x")).SqlState);

    [Fact]
    public void Apply_AddVindex_ShardsANewTable()
    {
        var result = Alter("add vindex", "t", ["a", "b"], "by_ab", "hash");
        var table = result.Schema.Get("main").GetTable("t");
        Assert.Equal((VTableKind.Sharded, "by_ab"), (table.Kind, table.Vindex));
        Assert.Equal("a, b", string.Join(", ", table.ShardColumns));
        Assert.Null(result.MovedTable);
    }

    [Fact, Trait("Rule", "S2.4")]
    public void Apply_AddVindexToATableWithColumns_SaysThatRowsWouldMove()
    {
        var schema = new TableSchema("t", [new ColumnSchema("a", new SqlType(SqlTypeKind.Int8), "int8")]);
        var start = Start.WithTable("main", Table("t") with { Schema = schema });
        var result = VSchemaAlteration.Apply(start, "main", Statement("add vindex", "t", ["a"], "hash", null));
        Assert.Equal("t", result.MovedTable?.Name);
        Assert.Equal("42703", Assert.Throws<VitessException>(() => VSchemaAlteration.Apply(start, "main", Statement("add vindex", "t", ["x"], "hash", null))).SqlState);
    }

    [Fact]
    public void Apply_SecondVindex_IsRefused() =>
        Assert.Equal("0A000", Assert.Throws<VitessException>(() => Alter("add vindex", "users", ["b"], "hash", null)).SqlState);

    [Fact]
    public void Apply_DropVindex_PinsTheTable() =>
        Assert.Equal(VTableKind.Pinned, Alter("drop vindex", "users", [], "hash", null).Schema.Get("main").GetTable("users").Kind);

    [Fact]
    public void Apply_AutoIncrement_NamesASequenceThatExists()
    {
        Assert.Equal("s", Alter("add auto_increment", "users", ["id"], "s", null).Schema.Get("main").GetTable("users").AutoIncrement?.Sequence);
        Assert.Equal("NOT_FOUND", Assert.Throws<VitessException>(() => Alter("add auto_increment", "users", ["id"], "no_seq", null)).Code);
    }

    [Fact]
    public void Apply_VindexDefinition_IsCreatedAndDropped()
    {
        var made = Alter("create vindex", null, [], "r", "numeric").Schema;
        Assert.Equal("range", made.Get("main").Vindexes["r"].Type);
        Assert.False(VSchemaAlteration.Apply(made, "main", Statement("drop vindex definition", null, [], "r", null)).Schema.Get("main").Vindexes.ContainsKey("r"));
    }

    [Theory]
    [InlineData("ALTER VSCHEMA ADD TABLE x")]
    [InlineData("ALTER VSCHEMA ADD SEQUENCE x")]
    [InlineData("ALTER VSCHEMA ADD REFERENCE TABLE x")]
    [InlineData("ALTER VSCHEMA DROP TABLE users")]
    [InlineData("ALTER VSCHEMA DROP SEQUENCE s")]
    [InlineData("ALTER VSCHEMA CREATE VINDEX x USING range WITH ranges = '[{\"to\":9,\"shard\":\"-80\"}]'")]
    [InlineData("ALTER VSCHEMA ON x ADD VINDEX hash (a, b)")]
    [InlineData("ALTER VSCHEMA ON main.x ADD VINDEX h2 (a) USING hash")]
    [InlineData("ALTER VSCHEMA ON users DROP VINDEX hash")]
    [InlineData("ALTER VSCHEMA ON users ADD AUTO_INCREMENT id USING s")]
    [InlineData("ALTER VSCHEMA ON users DROP AUTO_INCREMENT")]
    public void Apply_EveryFormOfTheParser_IsKnown(string sql)
    {
        var statement = (AlterVSchemaStatement)SqlParser.Parse(sql, SqlDialect.Postgres);
        Assert.InRange(VSchemaAlteration.Apply(Start, "main", statement).Schema.Version, Start.Version + 1, Start.Version + 2);
    }

    [Fact]
    public void Apply_DropReferenceTable_RefusesOtherTables()
    {
        var statement = (AlterVSchemaStatement)SqlParser.Parse("ALTER VSCHEMA DROP REFERENCE TABLE users", SqlDialect.Postgres);
        Assert.Equal("INVALID_VSCHEMA", Assert.Throws<VitessException>(() => VSchemaAlteration.Apply(Start, "main", statement)).Code);
        var referenced = Alter("add reference table", "users", [], null, null).Schema;
        Assert.Null(VSchemaAlteration.Apply(referenced, "main", statement).Schema.Get("main").FindTable("users"));
    }

    [Fact]
    public void Apply_ReferenceTable_LeavesNoVindex() =>
        Assert.Equal((VTableKind.Reference, null), (Alter("add reference table", "users", [], null, null).Schema.Get("main").GetTable("users") is var t ? (t.Kind, t.Vindex) : default));

    private static VSchemaAlterationResult Alter(string action, string? table, string[] columns, string? vindex, string? type) =>
        VSchemaAlteration.Apply(Start, "main", Statement(action, table, columns, vindex, type));

    private static AlterVSchemaStatement Statement(string action, string? table, string[] columns, string? vindex, string? type) =>
        new(action, Name(table), columns.Select(column => new Identifier(column)).ToNodeList(), Name(vindex), type, NodeList<OptionItem>.Empty);

    private static ObjectName? Name(string? name) => name is null ? null : new ObjectName(null, new Identifier(name));

    private static VTable Known(string sql)
    {
        var statement = (CreateTableStatement)SqlParser.Parse(sql, SqlDialect.Postgres);
        return Table(statement.Name.Name.Name) with { Schema = TableSchemas.From(statement, SqlDialect.Postgres), CreateSql = sql };
    }

    private static VTable Table(string name) => new(name, VTableKind.Pinned, [], null, null, null, null, SqlDialect.Postgres, []);
}
