using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>The statements that keep entries, on real shards.</summary>
public sealed class EntryTableTests
{
    private static readonly KeyspaceId Here = new(0x0102030405060708);
    private static readonly KeyspaceId There = new(0xfffffffffffffffe);

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Statements_OfAUniqueLookup_AddReadLeadElsewhereAndDelete()
    {
        await using var shard = await Shard.OpenAsync("t_a_b_key");
        SqlValue[] values = [SqlValue.Integer(1), SqlValue.Text("x")];

        Assert.Equal(1, await shard.AffectedAsync(shard.Table.InsertSql, [.. values, EntryTable.ToValue(Here)]));
        Assert.Equal(0, await shard.AffectedAsync(shard.Table.InsertSql, [.. values, EntryTable.ToValue(There)]));
        Assert.Equal(Here, shard.Table.ToId((await shard.RowsAsync(shard.Table.ReadSql, values))[0][0]));
        Assert.Equal(1, await shard.AffectedAsync(shard.Table.TakeOverSql, [.. values, EntryTable.ToValue(There)]));
        Assert.Equal(0, await shard.AffectedAsync(shard.Table.DeleteSql, [.. values, EntryTable.ToValue(Here)]));
        Assert.Equal(1, await shard.AffectedAsync(shard.Table.DeleteSql, [.. values, EntryTable.ToValue(There)]));
        Assert.Empty(await shard.RowsAsync(shard.Table.ReadSql, values));
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Statements_OfALookupThatIsNotUnique_KeepOneEntryForEachKeyspaceId()
    {
        await using var shard = await Shard.OpenAsync("t_tag");
        SqlValue[] values = [SqlValue.Text("x")];

        Assert.Equal(1, await shard.AffectedAsync(shard.Table.InsertSql, [.. values, EntryTable.ToValue(Here)]));
        Assert.Equal(1, await shard.AffectedAsync(shard.Table.InsertSql, [.. values, EntryTable.ToValue(There)]));
        Assert.Equal(0, await shard.AffectedAsync(shard.Table.InsertSql, [.. values, EntryTable.ToValue(There)]));
        Assert.Equal(2, (await shard.RowsAsync(shard.Table.ReadSql, values)).Count);
        Assert.Equal(1, await shard.AffectedAsync(shard.Table.DeleteSql, [.. values, EntryTable.ToValue(Here)]));
        Assert.Single(await shard.RowsAsync(shard.Table.ReadSql, values));
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Statements_OverTheRows_FindThoseWithTheValues()
    {
        await using var shard = await Shard.OpenAsync("t_tag");
        await shard.AffectedAsync("INSERT INTO t (id, tag) VALUES (1, 'x'), (2, 'x'), (3, 'y')", []);

        Assert.Equal(2, (await shard.RowsAsync(shard.Table.TwoRowsSql, [SqlValue.Text("x")])).Count);
        Assert.Single(await shard.RowsAsync(shard.Table.RowOfKeySql, [SqlValue.Text("x"), SqlValue.Integer(2)]));
        Assert.Empty(await shard.RowsAsync(shard.Table.RowOfKeySql, [SqlValue.Text("x"), SqlValue.Integer(3)]));
        Assert.Equal([SqlValue.Integer(1), SqlValue.Integer(2)], (await shard.RowsAsync(shard.Table.KeysSql, [SqlValue.Text("x"), SqlValue.Integer(9)])).Select(row => row[0]).Order(Comparer<SqlValue>.Create((a, b) => a.AsInteger().CompareTo(b.AsInteger()))));
        Assert.Equal(2, await shard.AffectedAsync(shard.Table.DeleteRowSql, [SqlValue.Text("x")]));
    }

    [Fact]
    public void ToId_OfAnythingButEightBytes_IsADamagedEntry()
    {
        var table = Shard.TableOf(LookupSchema.Of(1, SqlDialect.Postgres, "t_n_key"));
        Assert.Equal("XX001", Assert.Throws<VitessException>(() => table.ToId(SqlValue.Blob([1, 2]))).SqlState);
        Assert.Equal(There, table.ToId(EntryTable.ToValue(There)));
    }

    private sealed class Shard(Engines.LocalCluster cluster, EntryTable table) : IAsyncDisposable
    {
        public EntryTable Table => table;

        public static async Task<Shard> OpenAsync(string lookup)
        {
            var vschema = LookupSchema.Of(1, SqlDialect.Postgres, lookup);
            return new Shard(await Engines.LocalCluster.OpenAsync(new Engines.LocalClusterOptions { VSchema = vschema }), TableOf(vschema));
        }

        public static EntryTable TableOf(VSchema vschema)
        {
            var catalog = new Catalog(vschema, vschema.Get("main"), SqlDialect.Postgres);
            return Assert.Single(OwnerLookups.Of(catalog.Require(new ObjectName(null, new Identifier("t"))), catalog, SqlDialect.Sqlite)!.Tables);
        }

        public async Task<long> AffectedAsync(string sql, SqlValue[] values) => (await cluster.Tablets[0].ExecuteAsync(sql, values)).Affected;

        public async Task<List<SqlValue[]>> RowsAsync(string sql, SqlValue[] values)
        {
            var rows = (await cluster.Tablets[0].QueryAsync(sql, values)).Rows;
            return [.. Enumerable.Range(0, rows.RowCount).Select(i => rows[i].ToArray())];
        }

        public ValueTask DisposeAsync() => cluster.DisposeAsync();
    }
}
