using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Sqlite.Tests;

/// <summary>What SQLite can do on a plain file it can do on the page log, and what fails leaves nothing behind.</summary>
public sealed class PagedWriterTests : IDisposable
{
    private readonly WatchedPageStore _store = new();
    private readonly PagedDatabase _database;
    private readonly SqliteConnection _writer;

    public PagedWriterTests()
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
    public void Rollback_OfSpilledPages_LeavesTheVersionAndThePages()
    {
        Fill(2000);
        var (before, sum) = (_store.Last, Sum());
        SpillAll();
        _writer.Run("BEGIN", "UPDATE t SET v = randomblob(900)", $"INSERT INTO t SELECT 10000 + n, randomblob(900) FROM {Sql.Numbers(2000)}");
        Assert.True(_writer.SpilledPages > 100);
        _writer.Run("ROLLBACK");
        Assert.Equal((before, sum), (_store.Last, Sum()));
        _writer.IsIntact();
        _writer.Run("INSERT INTO t VALUES (0, 'after')");
        Assert.InRange(_store.Commits[^1].Pages, 1, 4);
        using var reader = _database.OpenReader("main");
        reader.IsIntact();
        Assert.Equal("2001", reader.One("SELECT count(*) FROM t"));
    }

    [Fact]
    public void Commit_OfSpilledPages_IsOneVersion()
    {
        Fill(10);
        var before = _store.Last;
        SpillAll();
        _writer.Run("BEGIN", $"INSERT INTO t SELECT 10000 + n, randomblob(900) FROM {Sql.Numbers(3000)}", "UPDATE t SET v = randomblob(700) WHERE id % 2 = 0", "COMMIT");
        Assert.Equal(before.Next, _store.Last);
        using var reader = _database.OpenReader("main");
        reader.IsIntact();
        Assert.Equal(Sum(), reader.One(SumSql));
        using var past = _database.OpenReader("main", before);
        Assert.Equal("10", past.One("SELECT count(*) FROM t"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Statement_FailedInATransaction_IsUndoneAlone(bool spilling)
    {
        if (spilling) SpillAll();
        _writer.Run("CREATE TABLE u (id INTEGER PRIMARY KEY, v UNIQUE)", "BEGIN", "INSERT INTO u VALUES (10002, 10002)");
        Assert.Equal("23505", _writer.Fails($"INSERT INTO u SELECT n, n + 5000 FROM {Sql.Numbers(5010)}").SqlState);
        Assert.Equal("1", _writer.One("SELECT count(*) FROM u"));
        _writer.Run("INSERT INTO u VALUES (1, 1)", "COMMIT");
        using var reader = _database.OpenReader("main");
        Assert.Equal("2", reader.One("SELECT count(*) FROM u"));
        reader.IsIntact();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Savepoints_RolledBack_LeaveWhatWasBefore(bool spilling)
    {
        if (spilling) SpillAll();
        _writer.Run("BEGIN", $"INSERT INTO t SELECT n, 'kept' FROM {Sql.Numbers(1000)}", "SAVEPOINT a", "UPDATE t SET v = randomblob(500)", "SAVEPOINT b", "DELETE FROM t WHERE id > 10",
            "ROLLBACK TO a", "INSERT INTO t VALUES (5000, 'also')", "RELEASE a", "COMMIT");
        using var reader = _database.OpenReader("main");
        Assert.Equal("1001|2", reader.One("SELECT count(*), count(DISTINCT v) FROM t"));
        reader.IsIntact();
    }

    [Fact]
    public void Vacuum_AfterDeletes_MakesASmallerVersion()
    {
        Fill(3000);
        _writer.Run("DELETE FROM t WHERE id > 100");
        var (before, sum) = (_store.Last, Sum());
        using var reader = _database.OpenReader("main");
        var pages = int.Parse(reader.One("PRAGMA page_count"));
        _writer.Run("VACUUM");
        Assert.True(int.Parse(reader.One("PRAGMA page_count")) < pages / 10);
        Assert.Equal((sum, sum), (Sum(), reader.One(SumSql)));
        reader.IsIntact();
        _writer.IsIntact();
        using var past = _database.OpenReader("main", before);
        past.IsIntact();
        _writer.Run("INSERT INTO t VALUES (9999, 'after')");
        reader.IsIntact();
    }

    [Fact]
    public void IncrementalVacuum_OfALargePart_CutsPagesOff()
    {
        _writer.Dispose();
        _store.Fork("main", "empty", Lsn.Zero);
        using var writer = _database.OpenWriter("empty");
        writer.Run("PRAGMA auto_vacuum=INCREMENTAL", "CREATE TABLE t (id INTEGER PRIMARY KEY, v)", $"INSERT INTO t SELECT n, randomblob(900) FROM {Sql.Numbers(2000)}", "DELETE FROM t WHERE id % 10 > 0");
        using var reader = _database.OpenReader("empty");
        var pages = int.Parse(reader.One("PRAGMA page_count"));
        writer.Run("PRAGMA incremental_vacuum(100)");
        Assert.Equal(pages - 100, int.Parse(reader.One("PRAGMA page_count")));
        writer.Run("BEGIN", "PRAGMA incremental_vacuum", "ROLLBACK");
        _store.PrepareFailure = Failures[0].Failure;
        Assert.Equal("53100", writer.Fails("PRAGMA incremental_vacuum(50)").SqlState);
        writer.IsIntact();
        Assert.Equal(pages - 100, int.Parse(reader.One("PRAGMA page_count")));
        writer.Run("PRAGMA incremental_vacuum", "INSERT INTO t VALUES (5000, 'after')");
        Assert.True(int.Parse(reader.One("PRAGMA page_count")) < pages / 4);
        Assert.Equal("201", reader.One("SELECT count(*) FROM t"));
        reader.IsIntact();
        writer.IsIntact();
    }

    [Fact]
    public void Features_OfSqlite_Work()
    {
        _writer.Run("CREATE VIRTUAL TABLE f USING fts5(body)", "CREATE VIRTUAL TABLE r USING rtree(id, x0, x1)", "CREATE TABLE w (a TEXT, b INT, c, PRIMARY KEY (a, b)) WITHOUT ROWID",
            "CREATE TABLE g (a INT, twice AS (a * 2) VIRTUAL, thrice AS (a * 3) STORED)", "CREATE TABLE log (what)",
            "CREATE TRIGGER after_w AFTER INSERT ON w BEGIN INSERT INTO log VALUES (new.a); END",
            "INSERT INTO f SELECT 'word' || n || ' and some text' FROM " + Sql.Numbers(500), "INSERT INTO r SELECT n, n, n + 1 FROM " + Sql.Numbers(500),
            "INSERT INTO w SELECT 'a' || n, n, n FROM " + Sql.Numbers(500), "INSERT INTO g (a) SELECT n FROM " + Sql.Numbers(500), "CREATE INDEX by_twice ON g (twice)", "ANALYZE");
        using var reader = _database.OpenReader("main");
        Assert.Equal("word77 and some text", reader.One("SELECT body FROM f WHERE f MATCH 'word77'"));
        Assert.Equal("2", reader.One("SELECT count(*) FROM r WHERE x0 <= 100 AND x1 >= 100"));
        Assert.Equal("7|14|21", reader.One("SELECT * FROM g WHERE twice = 14"));
        Assert.Equal("500", reader.One("SELECT count(*) FROM log"));
        Assert.Equal("9", reader.One("SELECT c FROM w WHERE a = 'a9' AND b = 9"));
        reader.IsIntact();
    }

    [Fact]
    public void Blobs_OfManyMegabytes_ComeBack()
    {
        var blob = new byte[30_000_000];
        new Random(7).NextBytes(blob);
        _writer.Rows("INSERT INTO t VALUES (1, ?)", SqlValue.Blob(blob));
        using var reader = _database.OpenReader("main");
        var statement = reader.Rent("SELECT v FROM t");
        Assert.True(statement.Step());
        Assert.True(blob.AsSpan().SequenceEqual(statement.Column(0).AsBlob()));
        reader.Return(statement);
    }

    [Theory]
    [InlineData("journal_mode = DELETE")]
    [InlineData("journal_mode = wal")]
    [InlineData("main.journal_mode = OFF")]
    [InlineData("locking_mode = NORMAL")]
    [InlineData("page_size = 8192")]
    [InlineData("mmap_size = 1000000")]
    [InlineData("auto_vacuum = FULL")]
    public void Pragma_ThatChangesTheWayOfTheLog_IsRefusedEverywhere(string pragma)
    {
        using var reader = _database.OpenReader("main");
        foreach (var connection in new[] { _writer, reader })
        {
            var failure = connection.Fails("PRAGMA " + pragma);
            Assert.Equal(("QUERY_ERROR", "0A000"), (failure.Code, failure.SqlState));
            Assert.Contains("page log", failure.Message, StringComparison.Ordinal);
        }

        Assert.Equal("memory|exclusive|4096", _writer.One("PRAGMA journal_mode") + "|" + _writer.One("PRAGMA main.locking_mode") + "|" + _writer.One("PRAGMA page_size"));
        _writer.Run("PRAGMA cache_size = 100", "INSERT INTO t VALUES (1, 1)", "VACUUM");
        reader.IsIntact();
    }

    [Theory]
    [InlineData(4096, 17, 0)]
    [InlineData(4096, 18, 2)]
    [InlineData(8192, 18, 1)]
    [InlineData(512, 18, 1)]
    public void Write_OfAnotherFormat_IsRefused(int length, int at, byte value)
    {
        _store.Fork("main", "other");
        using var file = new PagedWriterFile(_store.OpenWriter("other"), new PagedCommits(Lsn.Zero));
        var page = new byte[length];
        ReadOnlySpan<byte> header = [0x10, 0, 1, 1];
        header.CopyTo(page.AsSpan(16));
        if (length == PageFormat.PageSize) Assert.Equal(0, file.Write(page, 0));
        page[at] = (byte)(value + (at == 17 ? 1 : 0));
        Assert.Equal("0A000", Assert.Throws<VitessException>(() => file.Write(page, 0)).SqlState);
        if (length == PageFormat.PageSize) Assert.Equal("0A000", Assert.Throws<VitessException>(() => file.Write(page, 100)).SqlState);
    }

    [Fact]
    public void VacuumInto_WhatIsNoFileOfTheSystem_IsRefused()
    {
        _store.Fork("main", "other");
        _writer.Run("INSERT INTO t VALUES (1, 1)");
        Assert.Equal("NOT_FOUND", _writer.Fails("VACUUM INTO 'plain.db'").Code);
        Assert.Equal("output file already exists", _writer.Fails($"VACUUM INTO '{_database.FileName("other")}'").Message);
        using var other = _database.OpenReader("other");
        Assert.Equal("0|1", other.One("SELECT count(*) FROM t") + "|" + _writer.One("SELECT count(*) FROM t"));
        _writer.Run("INSERT INTO t VALUES (2, 2)");
        Assert.Equal(1, _store.Commits[^1].RowCount);
    }

    [Fact]
    [Trait("Rule", "S5.8")]
    public void Prepare_Failing_RollsBackAndTheNextCommitIsWhole()
    {
        Fill(100);
        var (before, sum) = (_store.Last, Sum());
        foreach (var (failure, code) in Failures)
        {
            _store.PrepareFailure = failure;
            Assert.Same(failure, _writer.Fails("UPDATE t SET v = 0"));
            Assert.Equal(code, failure.SqlState);
            _store.PrepareFailure = failure;
            _writer.Run("BEGIN", "DELETE FROM t");
            Assert.Same(failure, _writer.Fails("COMMIT"));
            Assert.False(_writer.InTransaction);
            Assert.Equal((before, sum), (_store.Last, Sum()));
        }

        _writer.Run("INSERT INTO t VALUES (0, 'after')");
        using var reader = _database.OpenReader("main");
        Assert.Equal(Sum(), reader.One(SumSql));
        reader.IsIntact();
        Assert.Equal(before.Next, _store.Last);
    }

    [Fact]
    public void Write_FailingWhenPagesSpill_RollsBackAndTheNextCommitIsWhole()
    {
        Fill(1000);
        SpillAll();
        var (before, sum) = (_store.Last, Sum());
        foreach (var (failure, _) in Failures)
        {
            _writer.Run("BEGIN", "INSERT INTO t VALUES (99999, 'in the transaction')");
            _store.WriteFailure = (20, failure);
            Assert.Same(failure, _writer.Fails("UPDATE t SET v = randomblob(900)"));
            _store.WriteFailure = null;
            if (_writer.InTransaction) _writer.Run("ROLLBACK");
            Assert.Equal((before, sum), (_store.Last, Sum()));
            _writer.IsIntact();
        }

        _writer.Run("INSERT INTO t VALUES (0, 'after')");
        using var reader = _database.OpenReader("main");
        Assert.Equal(Sum(), reader.One(SumSql));
        reader.IsIntact();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Vacuum_FailingOnItsWay_LeavesTheDatabaseAsItWas(bool atTheEnd)
    {
        Fill(3000);
        SpillAll();

        // Pages in the middle become free, the last ones stay.
        _writer.Run("DELETE FROM t WHERE id <= 2000");
        var sum = Sum();
        foreach (var (failure, _) in Failures)
        {
            if (atTheEnd) _store.PrepareFailure = failure;
            else _store.WriteFailure = (40, failure);
            Assert.Same(failure, _writer.Fails("VACUUM"));
            _store.WriteFailure = null;
            _writer.IsIntact();
            Assert.Equal(sum, Sum());
            _writer.Run("INSERT INTO t VALUES (0, 'after')", "DELETE FROM t WHERE id = 0");
            using var reader = _database.OpenReader("main");
            reader.IsIntact();
            Assert.Equal(sum, reader.One(SumSql));
        }

        _writer.Run("VACUUM");
        _writer.IsIntact();
        Assert.Equal(sum, Sum());
    }

    [Fact]
    public void Read_Failing_IsTheStoresFailure()
    {
        Fill(1000);
        using var reader = _database.OpenReader("main");
        Assert.Equal("1000", reader.One("SELECT count(*) FROM t"));
        foreach (var (failure, _) in Failures)
        {
            _writer.Run("INSERT INTO t VALUES (NULL, 1)");
            _store.ReadFailure = failure;
            Assert.Same(failure, reader.Fails("SELECT sum(length(v)) FROM t"));
            _store.ReadFailure = null;
            _store.PinFailure = failure;
            Assert.Same(failure, reader.Fails("SELECT sum(length(v)) FROM t"));
            _store.PinFailure = null;
            Assert.Equal(Sum(), reader.One(SumSql));
        }

        Assert.Equal(0, _store.Pins);
    }

    [Fact]
    public void Read_FailingByABug_SaysSo()
    {
        _store.ReadFailure = new InvalidOperationException("page without a version");
        using var reader = _database.OpenReader("main");
        var failure = reader.Fails("SELECT * FROM t");
        Assert.Equal(("SHARD_ERROR", "XX000"), (failure.Code, failure.SqlState));
        Assert.Contains("page without a version", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Publish_Failing_EndsTheConnection()
    {
        _store.PublishFailure = new InvalidOperationException("out of memory in the midst");
        Assert.Contains("in the midst", _writer.Fails("INSERT INTO t VALUES (1, 'lost')").Message, StringComparison.Ordinal);
        _store.PublishFailure = null;
        Assert.Equal("SHARD_ERROR", _writer.Fails("INSERT INTO t VALUES (2, 'never')").Code);
        _writer.Dispose();
        using var second = _database.OpenWriter("main");
        Assert.Equal("0", second.One("SELECT count(*) FROM t"));
    }

    [Fact]
    public void Interrupt_InATransaction_LeavesNothing()
    {
        Fill(100);
        var sum = Sum();
        SpillAll();
        using var stop = new Timer(_ => _writer.Interrupt(), null, 5, 5);
        var failure = Assert.Throws<VitessException>(() => _writer.Run("BEGIN", $"INSERT INTO t SELECT 1000 + n, randomblob(500) FROM {Sql.Numbers(100_000_000)}"));
        Assert.Equal("TIMEOUT", failure.Code);
        stop.Dispose();
        Assert.Equal((sum, false), (Retry(Sum), _writer.InTransaction));
        _writer.IsIntact();
    }

    private const string SumSql = "SELECT count(*), total(length(v)), total(id), max(hex(v)) FROM t";

    private static (VitessException Failure, string State)[] Failures =>
    [
        (new VitessException(ErrorCodes.ShardError, "the disk is full", sqlState: "53100"), "53100"),
        (new VitessException(ErrorCodes.ShardError, "the disk has failed", sqlState: "58030"), "58030"),
        (new VitessException(ErrorCodes.ShardError, "the log is damaged", sqlState: "XX001"), "XX001"),
        (new VitessException(ErrorCodes.ResourceExhausted, "the branch has no quota left", sqlState: "53200"), "53200"),
    ];

    // An interrupt that was on its way may still meet the next statement.
    private static string Retry(Func<string> ask)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return ask();
            }
            catch (VitessException failure) when (failure.Code == "TIMEOUT" && i < 10)
            {
                continue;
            }
        }
    }

    private void Fill(int rows) => _writer.Run($"INSERT INTO t SELECT n, randomblob(900) FROM {Sql.Numbers(rows)}");

    private void SpillAll() => _writer.Run("PRAGMA cache_size = 10", "PRAGMA cache_spill = 10");

    private string Sum() => _writer.One(SumSql);
}
