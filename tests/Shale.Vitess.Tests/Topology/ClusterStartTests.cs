using Shale.Sql;

namespace Shale.Vitess.Tests;

public sealed class ClusterStartTests
{
    private const string Document = """{"sharded": true, "vindexes": {"h": {"type": "hash"}}, "tables": {"t": {"column_vindexes": [{"column": "id", "name": "h"}]}}}""";

    [Fact]
    public void Apply_EmptyTopology_MakesTheKeyspace()
    {
        Assert.Equal(4, Start(new MemoryTopology()).Get("main").Shards.Length);
        var whole = Start(new MemoryTopology(), shards: 1).Get("main");
        Assert.False(whole.Sharded);
        var described = Start(new MemoryTopology(), 2, Document).Get("main");
        Assert.Equal(2, described.Shards.Length);
        Assert.Equal("h", described.GetTable("t").Vindex);
    }

    [Fact, Trait("Rule", "S2.4")]
    public void Apply_OtherNumberOfShardsThanStored_IsRefused()
    {
        var topology = new MemoryTopology();
        Start(topology, 2);
        Assert.Equal(2, Start(topology).Get("main").Shards.Length);
        Assert.Equal(2, Start(topology, 2).Get("main").Shards.Length);
        var error = Assert.Throws<VitessException>(() => Start(topology, 4));
        Assert.Equal("INVALID_VSCHEMA", error.Code);
        Assert.Contains("--shards", error.Hint, StringComparison.Ordinal);
    }

    [Fact, Trait("Rule", "S2.4")]
    public void Apply_FileAppliedBefore_IsAcceptedWhateverDdlFollowed()
    {
        var topology = new MemoryTopology();
        var schema = Start(topology, 2, Document);
        var table = schema.Get("main").GetTable("t") with { Schema = new TableSchema("t", [new ColumnSchema("id", new SqlType(SqlTypeKind.Int8), "int8")]) };
        topology.Save(schema.Version, schema.WithTable("main", table));
        var version = topology.Load().Version;
        Assert.Equal(version, Start(topology, 2, Document).Version);
        var error = Assert.Throws<VitessException>(() => Start(topology, 2, Document.Replace("\"h\"", "\"hh\"", StringComparison.Ordinal)));
        Assert.Contains("ALTER VSCHEMA", error.Hint, StringComparison.Ordinal);
    }

    [Fact, Trait("Rule", "S2.4")]
    public void Apply_FileToAKeyspaceWithoutTables_Replaces()
    {
        var topology = new MemoryTopology();
        Start(topology, 2);
        Assert.NotNull(Start(topology, 2, Document).Get("main").FindTable("t"));
        var error = Assert.Throws<VitessException>(() => Start(topology, null, """{"keyspaces": {"main": {"sharded": true, "shards": ["-40", "40-"], "tables": {}}}}"""));
        Assert.Contains("other shards", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_FileOfAnotherKeyspace_IsRefused() =>
        Assert.Contains("--keyspace other", Assert.Throws<VitessException>(() => Start(new MemoryTopology(), null, """{"keyspaces": {"other": {}}}""")).Hint, StringComparison.Ordinal);

    private static VSchema Start(ITopology topology, int? shards = null, string? json = null) =>
        ClusterStart.Apply(topology, new ClusterStartOptions("main", shards, json));
}
