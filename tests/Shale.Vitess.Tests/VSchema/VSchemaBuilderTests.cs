namespace Shale.Vitess.Tests;

public sealed class VSchemaBuilderTests
{
    [Fact]
    public void Build_SeedsExample_GivesTheKeyspace()
    {
        var schema = new VSchemaBuilder().AddKeyspace("main", sharded: true).AddVindex("main", "hash", "hash").SetShards("main", "-80", "80-")
            .AddTable("main", "users", "hash", "id").AddReferenceTable("main", "countries").AddPinnedTable("main", "settings")
            .AddSequence("main", "users_seq").SetAutoIncrement("main", "users", "id", "users_seq").Build();
        var keyspace = schema.Get("main");
        Assert.Equal(VTableKind.Sharded, keyspace.GetTable("users").Kind);
        Assert.Equal(2, keyspace.Shards.Length);
        Assert.Equal("users_seq", keyspace.GetTable("users").AutoIncrement?.Sequence);
    }

    [Fact]
    public void AddTable_UnknownKeyspace_IsNotFound() =>
        Assert.Equal("NOT_FOUND", Assert.Throws<VitessException>(() => new VSchemaBuilder().AddTable("nowhere", "t")).Code);

    [Fact]
    public void Validate_TableWithoutVindex_SaysSo() => Assert.Equal(
        "MISSING_PRIMARY_VINDEX", Assert.Single(new VSchemaBuilder().AddKeyspace("k", true).AddTable("k", "t").Validate().Errors).Code);
}
