using System.Collections.Immutable;
using Shale.Sql;

namespace Shale.Vitess.Tests;

public sealed class ShardKeyTests
{
    [Theory]
    [InlineData(1L, "80-")]
    [InlineData(2L, "-80")]
    [InlineData(123L, "-80")]
    [InlineData("123", "-80")]
    public void TryRoute_KeyOfOneColumn_FindsTheShardOfTheSeed(object value, string expected)
    {
        var key = Key("int8");
        Assert.True(key.TryRoute(CanonicalKeyTests.Of(value), SqlDialect.Postgres, out var shard));
        Assert.Equal(expected, key.Map.Names[shard]);
    }

    [Theory, Trait("Rule", "S2.2")]
    [InlineData(null)]
    [InlineData("abc")]
    [InlineData(1.5)]
    public void TryRoute_ValueThatEqualsNoKey_GoesToOneShard(object? value)
    {
        Assert.False(Key("int8").TryRoute(CanonicalKeyTests.Of(value), SqlDialect.Postgres, out var shard));
        Assert.Equal(ShardKey.FallbackShard, shard);
    }

    [Fact, Trait("Rule", "S2.2")]
    public void RouteNewRow_NullKey_IsNotNullViolation()
    {
        var error = Assert.Throws<VitessException>(() => Key("int8").RouteNewRow([SqlValue.Null], SqlDialect.Postgres));
        Assert.Equal(("CONSTRAINT_VIOLATION", "23502"), (error.Code, error.SqlState));
    }

    [Fact]
    public void RouteNewRow_KeyOutsideEveryRange_IsCheckViolation()
    {
        var vindex = new VindexDefinition("r", "range", VSchemaNames.Empty<string>().Add("ranges", """[{"from":0,"to":9,"shard":"80-"}]"""));
        var key = Key("int8", vindex);
        Assert.Equal(1, key.RouteNewRow([SqlValue.Integer(8)], SqlDialect.Postgres));
        Assert.Equal("23514", Assert.Throws<VitessException>(() => key.RouteNewRow([SqlValue.Integer(9)], SqlDialect.Postgres)).SqlState);
        Assert.False(key.TryRoute(SqlValue.Integer(9), SqlDialect.Postgres, out _));
    }

    [Fact, Trait("Rule", "S3.2")]
    public void TryRouteInterval_RangeVindex_NarrowsOnlyWhereOrderIsKept()
    {
        var vindex = new VindexDefinition("r", "range", VSchemaNames.Empty<string>().Add("ranges", """[{"to":"m","shard":"-80"},{"from":"m","shard":"80-"}]"""));
        var text = Key("text", vindex);
        HashSet<int> shards = [];
        Assert.False(text.TryRouteInterval(SqlValue.Text("a"), SqlValue.Text("b"), SqlDialect.Postgres, shards));
        Assert.True(text.TryRouteInterval(SqlValue.Text("a"), SqlValue.Text("b"), SqlDialect.Sqlite, shards));
        Assert.Equal([0], shards);
        Assert.False(Key("int8").TryRouteInterval(SqlValue.Integer(1), SqlValue.Integer(2), SqlDialect.Postgres, shards));
    }

    [Theory]
    [InlineData("int8", "int4", true)]
    [InlineData("text", "varchar", true)]
    [InlineData("int8", "text", false)]
    [InlineData("int8", "numeric", false)]
    public void IsColocatedWith_SameVindex_AsksForOneTypeFamily(string left, string right, bool expected) =>
        Assert.Equal(expected, Key(left).IsColocatedWith(Key(right)));

    [Fact]
    public void TryRoute_Integer_AllocatesNothing()
    {
        var key = Key("int8");
        key.TryRoute(SqlValue.Integer(1), SqlDialect.Postgres, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) key.TryRoute(SqlValue.Integer(i), SqlDialect.Postgres, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static ShardKey Key(string type, VindexDefinition? vindex = null)
    {
        vindex ??= VindexDefinition.Plain("hash");
        var schema = new TableSchema("t", [new ColumnSchema("id", CanonicalKeyTests.Type(type), type)]);
        var table = new VTable("t", VTableKind.Sharded, ["id"], vindex.Name, null, schema, null, SqlDialect.Postgres, []);
        var keyspace = VKeyspace.Create("ks", KeyRange.Split(2));
        keyspace = keyspace with { Vindexes = keyspace.Vindexes.Add(vindex.Name, vindex), Tables = keyspace.Tables.Add("t", table) };
        return ShardKey.For(table, keyspace);
    }
}
