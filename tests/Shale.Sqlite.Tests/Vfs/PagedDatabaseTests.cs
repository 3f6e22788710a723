using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Sqlite.Tests;

/// <summary>Connections on a page store: versions, branches, and who sees what.</summary>
public sealed class PagedDatabaseTests : IDisposable
{
    private readonly WatchedPageStore _store = new();
    private readonly PagedDatabase _database;
    private readonly SqliteConnection _writer;

    public PagedDatabaseTests()
    {
        _database = new PagedDatabase(_store);
        _writer = _database.OpenWriter("main");
        _writer.Run("CREATE TABLE t (id INTEGER PRIMARY KEY, v)");
    }

    public void Dispose()
    {
        _writer.Dispose();
        _database.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void Commits_EachThatChangesSomething_HasTheNextLsn()
    {
        var first = _writer.Commits!.Last;
        _writer.Run("INSERT INTO t VALUES (1, 'a')");
        Assert.Equal(first.Next, _writer.Commits.Last);
        _writer.Run("BEGIN", "INSERT INTO t VALUES (2, 'b')", "INSERT INTO t VALUES (3, 'c')", "COMMIT");
        Assert.Equal(first.Next.Next, _writer.Commits.Last);
        Assert.Equal(_store.Last, _writer.Commits.Last);
        Assert.Equal(_writer.Commits.Last, _writer.PagedVersion);
    }

    [Fact]
    public void Commits_WithoutAnyChange_MakeNoLsn()
    {
        _writer.Run("BEGIN IMMEDIATE", "COMMIT", "BEGIN", "SELECT * FROM t", "COMMIT", "DELETE FROM t WHERE id = 99", "BEGIN IMMEDIATE", "DELETE FROM t", "ROLLBACK");
        Assert.Equal(new Lsn(1), _store.Last);
        Assert.Equal(_store.Last, _writer.Commits!.Last);
    }

    [Fact]
    public void Commits_Message_GoesWithTheNextVersionOnly()
    {
        _writer.Commits!.NextMessage = "gone with the transaction";
        _writer.Run("BEGIN", "INSERT INTO t VALUES (1, 'a')", "ROLLBACK", "INSERT INTO t VALUES (1, 'a')");
        _writer.Commits.NextMessage = "why";
        _writer.Run("INSERT INTO t VALUES (2, 'b')", "INSERT INTO t VALUES (3, 'c')");
        Assert.Equal([null, null, "why", null], _store.Commits.Select(commit => commit.Message));
    }

    [Fact]
    public void Commits_OfASmallChange_WriteOnePage()
    {
        _writer.Run("INSERT INTO t VALUES (1, 'a')", "INSERT INTO t VALUES (2, 'b')");
        Assert.Equal(1, _store.Commits[^1].Pages);
    }

    [Fact]
    public void Reader_Head_SeesEachCommitAndNothingBefore()
    {
        using var reader = _database.OpenReader("main");
        for (var i = 1; i <= 50; i++)
        {
            _writer.Run("BEGIN", $"INSERT INTO t VALUES ({i}, {i * 10})");
            Assert.Equal($"{i - 1}", reader.One("SELECT count(*) FROM t"));
            _writer.Run("COMMIT");
            Assert.Equal($"{i}|{i * 10}", reader.One("SELECT count(*), max(v) FROM t"));
            Assert.Equal(_store.Last, reader.PagedVersion);
        }

        Assert.Equal(0, _store.Pins);
    }

    [Fact]
    public void Reader_InATransaction_StaysWhereItIs()
    {
        using var reader = _database.OpenReader("main");
        reader.Run("BEGIN");
        Assert.Equal("0", reader.One("SELECT count(*) FROM t"));
        Assert.Equal(1, _store.Pins);
        _writer.Run("INSERT INTO t VALUES (1, 'a')", "ALTER TABLE t ADD COLUMN more");
        Assert.Equal("0", reader.One("SELECT count(*) FROM t"));
        Assert.Equal("42703", reader.Fails("SELECT more FROM t").SqlState);
        reader.Run("COMMIT");
        Assert.Equal("1", reader.One("SELECT count(*) FROM t WHERE more IS NULL"));
        Assert.Equal(0, _store.Pins);
    }

    [Fact]
    public void Reader_BeforeACommitIsDurable_DoesNotSeeIt()
    {
        _store.IsDurableAtOnce = false;
        _store.WaitDurable(_store.Last);
        using var reader = _database.OpenReader("main");
        _writer.Run("INSERT INTO t VALUES (1, 'a')");
        Assert.Equal("0", reader.One("SELECT count(*) FROM t"));
        Assert.Equal("1", _writer.One("SELECT count(*) FROM t"));
        _store.WaitDurable(_writer.Commits!.Last);
        Assert.Equal("1", reader.One("SELECT count(*) FROM t"));
    }

    [Fact]
    public void Reader_WithoutForeignCommits_KeepsItsCache()
    {
        _writer.Run($"INSERT INTO t SELECT n, randomblob(500) FROM {Sql.Numbers(1000)}");
        using var reader = _database.OpenReader("main");
        _ = reader.One("SELECT sum(length(v)) FROM t");
        var before = _store.Reads;
        _ = reader.One("SELECT sum(length(v)) FROM t");
        Assert.Equal(before, _store.Reads);
    }

    [Fact]
    public void Reader_AtEachVersion_SeesThatVersionAndCannotWrite()
    {
        for (var i = 1; i <= 200; i++) _writer.Run($"INSERT INTO t VALUES ({i}, {i})", $"UPDATE t SET v = v + 1 WHERE id = {(i / 2) + 1}");
        var (first, last) = (1, (int)_store.Last.Value);
        for (var lsn = last; lsn >= first; lsn -= 13)
        {
            using var reader = _database.OpenReader("main", new Lsn(lsn));
            Assert.Equal($"{lsn / 2}", reader.One("SELECT count(*) FROM t"));
            reader.IsIntact();
            Assert.Equal(new Lsn(lsn), reader.PagedVersion);
            Assert.Equal("READ_ONLY_TRANSACTION", reader.Fails("INSERT INTO t VALUES (1000, 1)").Code);
        }

        Assert.Equal(0, _store.Pins);
    }

    [Fact]
    public void Reader_BeforeTheSchema_SeesNoTable()
    {
        using var reader = _database.OpenReader("main", Lsn.Zero);
        Assert.Equal("42P01", reader.Fails("SELECT * FROM t").SqlState);
        Assert.Equal("0", reader.One("SELECT count(*) FROM sqlite_schema"));
    }

    [Fact]
    public void Reader_OfThePast_HasTheSchemaOfThen()
    {
        _writer.Run("INSERT INTO t VALUES (1, 'a')");
        var before = _store.Last;
        _writer.Run("ALTER TABLE t RENAME COLUMN v TO w", "CREATE INDEX by_w ON t (w)", "DROP TABLE t", "CREATE TABLE u (x)");
        using var reader = _database.OpenReader("main", before);
        Assert.Equal("1|a", reader.One("SELECT id, v FROM t"));
        Assert.Equal("t", reader.One("SELECT group_concat(name) FROM sqlite_schema"));
    }

    [Fact]
    public void Reader_Writing_IsRefused()
    {
        using var reader = _database.OpenReader("main");
        Assert.Equal("READ_ONLY_TRANSACTION", reader.Fails("INSERT INTO t VALUES (1, 1)").Code);
        Assert.Null(reader.Commits);
    }

    [Fact]
    public void Writer_SecondOne_IsLockTimeoutUntilTheFirstHasGone()
    {
        var failure = Assert.Throws<VitessException>(() => _database.OpenWriter("main"));
        Assert.Equal(("LOCK_TIMEOUT", "55P03"), (failure.Code, failure.SqlState));
        _writer.Run("INSERT INTO t VALUES (1, 'a')");
        _writer.Dispose();
        using var second = _database.OpenWriter("main");
        Assert.Equal("1", second.One("SELECT count(*) FROM t"));
        second.Run("INSERT INTO t VALUES (2, 'b')");
        Assert.Equal("2", second.One("SELECT count(*) FROM t"));
    }

    [Fact]
    public void Writer_ClosedWithinATransaction_LeavesNothing()
    {
        _writer.Run("BEGIN", "INSERT INTO t VALUES (1, 'a')");
        _writer.Dispose();
        using var second = _database.OpenWriter("main");
        Assert.Equal("0", second.One("SELECT count(*) FROM t"));
        Assert.Equal(new Lsn(1), _store.Last);
    }

    [Fact]
    public void Open_UnknownBranch_IsBranchNotFound()
    {
        Assert.Equal("TT_BRANCH_NOT_FOUND", Assert.Throws<VitessException>(() => _database.OpenWriter("none")).Code);
        Assert.Equal("TT_BRANCH_NOT_FOUND", Assert.Throws<VitessException>(() => _database.OpenReader("none")).Code);
        Assert.Equal("TT_BRANCH_NOT_FOUND", Assert.Throws<VitessException>(() => _database.OpenReader("a:1")).Code);
        Assert.Equal("TT_LSN_NOT_AVAILABLE", Assert.Throws<VitessException>(() => _database.OpenReader("main", new Lsn(1000))).Code);
    }

    [Fact]
    public void Branches_WithTheSameCounterAndCookie_AreNotMixedUp()
    {
        _writer.Run("INSERT INTO t VALUES (1, 'base')");
        _store.Fork("main", "a");
        _store.Fork("main", "b/c-d");
        using var a = _database.OpenWriter("a");
        using var b = _database.OpenWriter("b/c-d");
        a.Run("CREATE TABLE only_a (x)", "INSERT INTO only_a VALUES (111)");
        b.Run("CREATE TABLE only_b (x)", "INSERT INTO only_b VALUES (222)");
        using var readA = _database.OpenReader("a");
        using var readB = _database.OpenReader("b/c-d");
        Assert.Equal("111", readA.One("SELECT x FROM only_a"));
        Assert.Equal("222", readB.One("SELECT x FROM only_b"));
        Assert.Equal("42P01", readB.Fails("SELECT x FROM only_a").SqlState);
        Assert.Equal("t", _writer.One("SELECT group_concat(name) FROM sqlite_schema"));
        a.Run("BEGIN", "UPDATE t SET v = 'a'");
        b.Run("BEGIN", "UPDATE t SET v = 'b'", "COMMIT");
        a.Run("COMMIT");
        Assert.Equal(("a", "b", "base"), (readA.One("SELECT v FROM t"), readB.One("SELECT v FROM t"), _writer.One("SELECT v FROM t")));
    }

    [Fact]
    public void Branches_OfBranches_ReadBeforeAndAfterTheFork()
    {
        _writer.Run("INSERT INTO t VALUES (1, 'one')");
        var early = _store.Last;
        _writer.Run("UPDATE t SET v = 'two'");
        _store.Fork("main", "x");
        using var x = _database.OpenWriter("x");
        x.Run("UPDATE t SET v = 'three'");
        _store.Fork("x", "y", early.Next);
        using var y = _database.OpenReader("y");
        using var past = _database.OpenReader("x", early);
        Assert.Equal(("three", "two", "one"), (x.One("SELECT v FROM t"), y.One("SELECT v FROM t"), past.One("SELECT v FROM t")));
    }

    [Fact]
    public void Attach_Versions_JoinAndCompare()
    {
        for (var i = 1; i <= 20; i++) _writer.Run($"INSERT INTO t VALUES ({i}, 'v{i}')");
        var (v1, v2) = (new Lsn(11), _store.Last);
        _writer.Run("UPDATE t SET v = 'new' WHERE id = 3", "DELETE FROM t WHERE id = 4");
        using var reader = _database.OpenReader("main");
        reader.Run($"ATTACH '{_database.FileName("main", v1)}' AS a", $"ATTACH '{_database.FileName("main", v2)}' AS b");
        Assert.Equal(["3|new|v3|v3"], reader.Rows("SELECT n.id, n.v, x.v, y.v FROM main.t AS n JOIN a.t AS x USING (id) JOIN b.t AS y USING (id) WHERE n.v <> x.v"));
        Assert.Equal(["3|v3", "4|v4"], reader.Rows("SELECT * FROM b.t EXCEPT SELECT * FROM main.t ORDER BY id"));
        Assert.Equal("10|20|19", reader.One("SELECT (SELECT count(*) FROM a.t), (SELECT count(*) FROM b.t), (SELECT count(*) FROM main.t)"));
        reader.Run("DETACH a", $"ATTACH '{_database.FileName("main", new Lsn(2))}' AS a");
        Assert.Equal("1", reader.One("SELECT count(*) FROM a.t"));
    }

    [Fact]
    public void Attach_MoreThanSqliteTakes_IsAnError()
    {
        using var reader = _database.OpenReader("main");
        for (var i = 0; i < 10; i++) reader.Run($"ATTACH '{_database.FileName("main", new Lsn(1))}' AS a{i}");
        Assert.Equal("54000", reader.Fails($"ATTACH '{_database.FileName("main")}' AS a10").SqlState);
    }

    [Fact]
    public void Attach_AnythingElse_IsRefused()
    {
        using var reader = _database.OpenReader("main");
        Assert.Equal("NOT_FOUND", reader.Fails("ATTACH 'plain.db' AS a").Code);
        Assert.Equal("NOT_FOUND", reader.Fails("ATTACH 'other@main' AS a").Code);
        Assert.Equal("NOT_FOUND", reader.Fails($"ATTACH '{_database.FileName("main")}:x' AS a").Code);
        Assert.Equal("TT_BRANCH_NOT_FOUND", reader.Fails($"ATTACH '{_database.FileName("none")}' AS a").Code);
        Assert.Equal("0A000", reader.Fails($"ATTACH 'file:{_database.FileName("main")}?cache=shared' AS a").SqlState);
        reader.Run($"ATTACH 'file:{_database.FileName("main")}' AS a");
    }

    [Fact]
    public void Attach_ABranchToTheWriter_ShowsItsNewestVersionAndIsNotWritten()
    {
        _store.Fork("main", "other");
        using var other = _database.OpenWriter("other");
        _writer.Run($"ATTACH '{_database.FileName("other")}' AS o");
        for (var i = 1; i <= 3; i++)
        {
            other.Run($"INSERT INTO t VALUES ({i}, 'o{i}')");
            _writer.Run("INSERT INTO main.t SELECT * FROM o.t WHERE id NOT IN (SELECT id FROM main.t)");
            Assert.Equal($"{i}", _writer.One("SELECT count(*) FROM main.t"));
        }

        Assert.Equal("READ_ONLY_TRANSACTION", _writer.Fails("INSERT INTO o.t VALUES (9, 9)").Code);
        _writer.Run("BEGIN", "INSERT INTO main.t VALUES (7, 7)");
        Assert.Equal("READ_ONLY_TRANSACTION", _writer.Fails("DELETE FROM o.t").Code);
        _writer.Run("COMMIT");
        Assert.Equal("4", _writer.One("SELECT count(*) FROM main.t"));
        Assert.Equal(0, _store.Pins);
    }

    [Fact]
    public async Task Readers_BesideWritersOfTwoBranches_SeeWholeVersionsOnly()
    {
        _writer.Run($"INSERT INTO t SELECT n, 100 FROM {Sql.Numbers(500)}");
        _store.Fork("main", "other");
        using var other = _database.OpenWriter("other");
        using var stop = new CancellationTokenSource();
        var readers = new[] { "main", "other", "main" }.Select(branch => Task.Run(() => ReadUntil(branch, stop.Token))).ToList();
        var writers = new[] { _writer, other }.Select((writer, seed) => Task.Run(() => Transfer(writer, new Random(seed)))).ToList();
        await Task.WhenAll(writers);
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), reads => Assert.True(reads > 0));
        Assert.Equal(0, _store.Pins);

        static void Transfer(SqliteConnection writer, Random random)
        {
            for (var i = 0; i < 1500; i++)
            {
                writer.Run("BEGIN", $"UPDATE t SET v = v - 1 WHERE id = {random.Next(1, 501)}", $"UPDATE t SET v = v + 1 WHERE id = {random.Next(1, 501)}", i % 7 == 0 ? "ROLLBACK" : "COMMIT");
            }
        }
    }

    private int ReadUntil(string branch, CancellationToken stop)
    {
        using var head = _database.OpenReader(branch);
        var reads = 0;
        do
        {
            Assert.Equal("50000", head.One("SELECT sum(v) FROM t"));
            using var past = _database.OpenReader(branch, new Lsn(2 + (reads * 31 % (_store.Durable.Value - 1))));
            Assert.Equal("50000", past.One("SELECT sum(v) FROM t"));
            reads++;
        }
        while (!stop.IsCancellationRequested);
        return reads;
    }

    [Fact]
    public void Reader_OfANewBranch_SeesItsFirstCommit()
    {
        _store.Fork("main", "new");
        using var reader = _database.OpenReader("new");
        Assert.Equal("0", reader.One("SELECT count(*) FROM t"));
        _writer.Run("INSERT INTO t VALUES (1, 'main')");
        Assert.Equal("0", reader.One("SELECT count(*) FROM t"));
        using var writer = _database.OpenWriter("new");
        writer.Run("INSERT INTO t VALUES (2, 'new')");
        Assert.Equal("2|new", reader.One("SELECT * FROM t"));
    }

    [Fact]
    public void Versions_AfterTheLogIsOpenedAgain_AreWhatTheyWere()
    {
        for (var i = 1; i <= 30; i++) _writer.Run($"INSERT INTO t VALUES ({i}, randomblob(2000))", $"UPDATE t SET v = {i} WHERE id = {i / 2}");
        _store.Fork("main", "side", new Lsn(20));
        var sums = Enumerable.Range(1, (int)_store.Last.Value).Select(Sum).ToList();
        _writer.Dispose();
        _store.Reopen();
        Assert.Equal(sums, Enumerable.Range(1, (int)_store.Last.Value).Select(Sum));
        using var side = _database.OpenWriter("side");
        side.Run("DELETE FROM t");
        using var reader = _database.OpenReader("side");
        Assert.Equal("0", reader.One("SELECT count(*) FROM t"));
        reader.IsIntact();
    }

    private string Sum(int lsn)
    {
        using var reader = _database.OpenReader("main", new Lsn(lsn));
        reader.IsIntact();
        return reader.One("SELECT count(*), group_concat(hex(v)) FROM (SELECT * FROM t ORDER BY id)");
    }

    [Fact]
    public void Dispose_TakesTheNameAwayAndLeavesConnections()
    {
        _database.Dispose();
        _writer.Run("INSERT INTO t VALUES (1, 1)");
        Assert.Throws<VitessException>(() => _database.OpenReader("main"));
        Assert.Equal("1", _writer.One("SELECT count(*) FROM t"));
    }
}
