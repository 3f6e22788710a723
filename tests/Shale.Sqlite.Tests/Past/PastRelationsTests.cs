using Shale.PageLog;

namespace Shale.Sqlite.Tests;

/// <summary>Tables in periods as relations that plain SQL reads: what asks a shard for versions of rows.</summary>
public sealed class PastRelationsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-past-").FullName;
    private readonly PageStore _store;
    private readonly PagedDatabase _database;

    public PastRelationsTests()
    {
        _store = PageStore.Open(new LocalDisk(_directory), new PageStoreOptions { Durable = false });
        _database = new PagedDatabase(_store);
    }

    public void Dispose()
    {
        _database.Dispose();
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    [Trait("Rule", "S5.6")]
    public void Attach_ATableAndAPeriod_IsARelationOfPlainSql()
    {
        Write("CREATE TABLE t (id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'a'), (2, 'b')", "UPDATE t SET v = 'c' WHERE id = 1", "DELETE FROM t WHERE id = 2");
        using var reader = _database.OpenReader("main", _store.DurableLsn);
        using var past = new PastRelations(_store, _database, reader, "main");
        _ = reader.QueryTrusted("SELECT 1 FROM sqlite_schema");
        var all = past.Attach("t", PastPeriod.All);
        var between = past.Attach("t", PastPeriod.Between(new Lsn(3), new Lsn(3)));

        Assert.NotEqual(all, between);
        Assert.Equal(all, past.Attach("t", PastPeriod.All));
        Assert.Equal(["1|a|2", "1|c|3", "2|b|2"], reader.Rows($"SELECT *, _dosql_version FROM {all} ORDER BY id, _dosql_version"));
        Assert.Equal(["1|c", "2|b"], reader.Rows($"SELECT * FROM {between} ORDER BY id"));
        Assert.Equal(["2|1"], reader.Rows($"SELECT count(*), count(_dosql_valid_to) FROM {between} AS x"));
        Assert.Equal(["1|c"], reader.Rows($"SELECT t.id, h.v FROM t JOIN {all} AS h ON h.id = t.id AND h._dosql_valid_to IS NULL"));
    }

    [Fact]
    public void Trim_RelationsOfLongAgo_AreTakenAway()
    {
        Write("CREATE TABLE t (id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'a')");
        using var reader = _database.OpenReader("main", _store.DurableLsn);
        using var past = new PastRelations(_store, _database, reader, "main");
        _ = reader.QueryTrusted("SELECT 1 FROM sqlite_schema");
        var first = past.Attach("t", PastPeriod.All);
        Assert.Equal(["1"], reader.Rows($"SELECT count(*) FROM {first}"));
        for (var i = 0; i < 20; i++) Assert.Equal(["0"], reader.Rows($"SELECT count(*) FROM {past.Attach("t", PastPeriod.ContainedIn(Lsn.Zero, new Lsn(i)))}"));
        Assert.Equal(["1"], reader.Rows($"SELECT count(*) FROM {first} AS again"));
        past.Trim();
        Assert.Equal("42P01", Assert.Throws<VitessException>(() => reader.Rows($"SELECT count(*) FROM {first} AS gone")).SqlState);
    }

    [Fact]
    public void Read_MoreRowsThanFitInMemory_IsRefusedButNotByKey()
    {
        Write("CREATE TABLE t (id INTEGER PRIMARY KEY, v)", "INSERT INTO t SELECT value, 0 FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]')", "UPDATE t SET v = 1", "UPDATE t SET v = 2");
        using var reader = _database.OpenReader("main", _store.DurableLsn);
        using var past = new PastRelations(_store, _database, reader, "main", mostBytes: 1000);
        _ = reader.QueryTrusted("SELECT 1 FROM sqlite_schema");
        var all = past.Attach("t", PastPeriod.All);
        Assert.Equal(["3"], reader.Rows($"SELECT count(*) FROM {all} WHERE id = 7"));
        var failure = Assert.Throws<VitessException>(() => reader.Rows($"SELECT count(*) FROM {all}"));
        Assert.Equal((ErrorCodes.ResourceExhausted.Code, "53200"), (failure.Code, failure.SqlState));
    }

    [Fact]
    public void Read_WhatSomebodyInterrupts_Ends()
    {
        Write("CREATE TABLE t (id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 0)");
        for (var i = 0; i < 20; i++) Write($"UPDATE t SET v = {i + 1} WHERE id = 1");
        using var reader = _database.OpenReader("main", _store.DurableLsn);
        using var past = new PastRelations(_store, _database, reader, "main");
        _ = reader.QueryTrusted("SELECT 1 FROM sqlite_schema");
        reader.Register(new ScalarDefinition("stop", 0, SqliteFunctionFlags.None, _ =>
        {
            reader.Interrupt();
            return SqlValue.Integer(1);
        }));
        Assert.Equal("57014", Assert.Throws<VitessException>(() => reader.Rows($"SELECT stop() FROM {past.Attach("t", PastPeriod.All)}")).SqlState);
        Assert.Equal(["21"], reader.Rows($"SELECT count(*) FROM {past.Attach("t", PastPeriod.All)}"));
    }

    private void Write(params string[] statements)
    {
        using var writer = _database.OpenWriter("main");
        foreach (var sql in statements) writer.Run(sql);
        _store.WaitDurable(writer.Commits!.Last);
    }
}
