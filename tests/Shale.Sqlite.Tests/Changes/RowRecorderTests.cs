using Shale.Sqlite;

namespace Shale.Sqlite.Tests;

/// <summary>What a commit says of the rows that it has changed.</summary>
public sealed class RowRecorderTests : IDisposable
{
    private readonly WatchedPageStore _store = new();
    private readonly PagedDatabase _database;
    private SqliteConnection _writer;

    public RowRecorderTests()
    {
        _database = new PagedDatabase(_store);
        _writer = _database.OpenWriter("main");
        _writer.Run("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, n REAL)", "CREATE TABLE w (a TEXT, b INT, c TEXT, PRIMARY KEY (b, a)) WITHOUT ROWID", "CREATE TABLE r (a, b UNIQUE)");
    }

    public void Dispose()
    {
        _writer.Dispose();
        _database.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void Rows_OfEachOperation_AreThereBeforeAndAfter()
    {
        Changes("+t 1|a|1.5r", "INSERT INTO t VALUES (1, 'a', 1.5)");
        Changes("~t 1|a|1.5r > .|b|.", "UPDATE t SET v = 'b'");
        Changes("-t 1|b|1.5r", "DELETE FROM t WHERE id = 1");
        Changes("+r#1 NULL|xFF00", "INSERT INTO r VALUES (NULL, x'FF00')");
        Changes("~r#1 NULL|xFF00 > .|x", "UPDATE r SET b = x''");
        Changes("-r#1 NULL|x", "DELETE FROM r");
        Assert.All(_store.Commits.Skip(3), commit => Assert.Equal(1, commit.RowCount));
    }

    [Fact]
    public void Rows_ThatGetTheValuesThatTheyHave_ComeOnlyWithOthers()
    {
        _writer.Run("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)");
        var last = _store.Last;
        _writer.Run("UPDATE t SET v = v WHERE id = 1");
        Assert.Equal(last, _store.Last);
        Changes(["~t 1|a|1r > .|.|.", "~t 2|b|2r > .|.|3r"], "BEGIN", "UPDATE t SET v = v WHERE id = 1", "UPDATE t SET n = 3 WHERE id = 2", "COMMIT");
    }

    [Fact]
    public void Rows_OfIntegersInARealColumn_AreReal()
    {
        Changes("+t 1|5|5r", "INSERT INTO t VALUES (1, 5, 5)");
        Changes("~t 1|5|5r > .|6|7r", "UPDATE t SET v = 6, n = 7");
        Changes("-t 1|6|7r", "DELETE FROM t");
        Changes("+w x|2|3", "INSERT INTO w VALUES ('x', '2', 3)");
        Changes("~w x|2|3 > .|.|4", "UPDATE w SET c = 4");
    }

    [Fact]
    public void Rows_ThatReplaceOthers_ShowThoseToo()
    {
        _writer.Run("INSERT INTO r VALUES (1, 1), (2, 2)");
        Changes(["-r#1 1|1", "+r#3 3|1"], "INSERT OR REPLACE INTO r VALUES (3, 1)");
        Changes(["-r#3 3|1", "~r#2 2|2 > .|1"], "UPDATE OR REPLACE r SET b = 1 WHERE a = 2");
        Changes("~r#2 2|1 > 20|.", "INSERT INTO r VALUES (9, 1) ON CONFLICT (b) DO UPDATE SET a = 20");
        NoChanges("INSERT INTO r VALUES (9, 1) ON CONFLICT DO NOTHING");
        _writer.Run("INSERT INTO w VALUES ('a', 1, 'x')");
        Changes(["-w a|1|x", "+w a|1|y"], "REPLACE INTO w VALUES ('a', 1, 'y')");
        _writer.Run("INSERT INTO t VALUES (1, 'x', 1)");
        Changes(["-t 1|x|1r", "+t 1|y|2r"], "REPLACE INTO t VALUES (1, 'y', 2)");
    }

    [Fact]
    public void Rows_WhoseRowIdChanges_ShowBoth()
    {
        _writer.Run("INSERT INTO t VALUES (1, 'a', NULL)", "INSERT INTO r VALUES (1, 1)");
        Changes("~t 1|a|NULL > 9|.|.", "UPDATE t SET id = 9");
        Changes("~r#1#-5 1|1 > .|.", "UPDATE r SET rowid = -5");
    }

    [Fact]
    public void Rows_WithoutRowId_AreKnownByTheirKey()
    {
        Changes(["+w a|1|x", "+w b|1|y"], "INSERT INTO w VALUES ('b', 1, 'y'), ('a', 1, 'x')", inOrder: false);
        Changes("~w a|1|x > .|.|z", "UPDATE w SET c = 'z' WHERE a = 'a'");
        Changes("~w a|1|z > c|.|.", "UPDATE w SET a = 'c' WHERE a = 'a'");
        Changes(["-w b|1|y", "-w c|1|z"], "DELETE FROM w");
        var record = new RowChangeReader(_store.Commits[^1].RowChanges);
        Assert.True(record.Read());
        Assert.Equal((true, null), (record.Table.IsWithoutRowId, record.Table.RowIdColumn));
        Assert.Equal([1, 0], record.Table.Key);
    }

    [Fact]
    public void Rows_OfTriggersAndForeignKeys_AreThere()
    {
        _writer.Configure(1002, true);
        _writer.Run("CREATE TABLE child (id INTEGER PRIMARY KEY, t REFERENCES t ON DELETE CASCADE ON UPDATE SET NULL)", "CREATE TABLE log (what)",
            "CREATE TRIGGER by_t AFTER DELETE ON t BEGIN INSERT INTO log VALUES (old.v); END", "INSERT INTO t VALUES (1, 'a', NULL), (2, 'b', NULL)", "INSERT INTO child VALUES (1, 1), (2, 2)");
        Changes(["-t 1|a|NULL", "-child 1|1", "+log#1 a"], "DELETE FROM t WHERE id = 1", inOrder: false);
        Changes(["~t 2|b|NULL > 3|.|.", "~child 2|2 > .|NULL"], "UPDATE t SET id = 3", inOrder: false);
    }

    [Fact]
    public void Rows_OfDeleteWithoutWhereAndOfInsertSelect_AreThere()
    {
        _writer.Run("CREATE TABLE copy (id INTEGER PRIMARY KEY, v TEXT, n REAL)", $"INSERT INTO t SELECT n, n, n FROM {Sql.Numbers(500)}");
        _writer.Run("INSERT INTO copy SELECT * FROM t");
        Assert.Equal(Enumerable.Range(1, 500).Select(i => $"+copy {i}|{i}|{i}r"), Lines());
        _writer.Run("DELETE FROM copy");
        Assert.Equal(Enumerable.Range(1, 500).Select(i => $"-copy {i}|{i}|{i}r"), Lines());
        Assert.Equal(500, _store.Commits[^1].RowCount);
    }

    [Fact]
    public void Rows_OlderThanAColumn_HaveItsDefault()
    {
        _writer.Run("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)", "INSERT INTO w VALUES ('a', 1, 'x')", "ALTER TABLE t ADD COLUMN more TEXT DEFAULT 5", "ALTER TABLE t ADD COLUMN less", "ALTER TABLE w ADD COLUMN d REAL DEFAULT 7");
        Changes("~t 1|a|1r|5|NULL > .|.|.|5|3", "UPDATE t SET less = 3 WHERE id = 1");
        Changes("-t 2|b|2r|5|NULL", "DELETE FROM t WHERE id = 2");
        Changes("+t 3|NULL|NULL|5|NULL", "INSERT INTO t (id) VALUES (3)");
        Changes("~t 3|NULL|NULL|5|NULL > .|.|.|NULL|.", "UPDATE t SET more = NULL WHERE id = 3");
        Changes("-t 3|NULL|NULL|NULL|NULL", "DELETE FROM t WHERE id = 3");
        Changes("-w a|1|x|7r", "DELETE FROM w");
    }

    [Fact]
    public void Rows_WithGeneratedColumns_HaveTheStoredOnes()
    {
        _writer.Run("CREATE TABLE g (a INT, twice AS (a * 2) VIRTUAL, thrice AS (a * 3) STORED, z TEXT)", "CREATE TABLE gw (twice AS (a * 2) VIRTUAL, a INT PRIMARY KEY, z TEXT) WITHOUT ROWID");
        Changes("+g#1 1|3|x", "INSERT INTO g VALUES (1, 'x')");
        Changes("~g#1 1|3|x > 2|6|.", "UPDATE g SET a = 2");
        Changes("~g#1 2|6|x > .|.|y", "UPDATE g SET z = 'y'");
        Changes("-g#1 2|6|y", "DELETE FROM g");
        Changes("+gw 1|x", "INSERT INTO gw VALUES (1, 'x')");
        Changes("~gw 1|x > .|y", "UPDATE gw SET z = 'y'");
        Changes("-gw 1|y", "DELETE FROM gw");
    }

    [Fact]
    public void Rows_ThatTheLibraryCannotShow_AreRefusedOrShownRight()
    {
        _writer.Run("CREATE TABLE odd (v AS (id) VIRTUAL, id INTEGER PRIMARY KEY, x)", "BEGIN", "INSERT INTO t VALUES (1, 'before', NULL)");
        if (!PreupdateTraits.Current.CountsStoredColumns)
        {
            _writer.Run("INSERT INTO odd (x) VALUES (5)", "COMMIT");
            Assert.Contains("+odd 1|5", Lines());
            return;
        }

        var failure = Assert.Throws<VitessException>(() => _writer.Run("INSERT INTO odd (x) VALUES (5)", "COMMIT"));
        Assert.Equal("0A000", failure.SqlState);
        if (_writer.InTransaction) _writer.Run("ROLLBACK");
        Assert.Equal("0|0", _writer.One("SELECT (SELECT count(*) FROM odd), (SELECT count(*) FROM t)"));
        Changes("+t 1|after|NULL", "INSERT INTO t VALUES (1, 'after', NULL)");
    }

    [Fact]
    public void Rows_OfVirtualTablesAndOfSqlite_AreNotThere()
    {
        _writer.Run("CREATE TABLE numbered (id INTEGER PRIMARY KEY AUTOINCREMENT)", "CREATE VIRTUAL TABLE f USING fts5(body)", "CREATE VIRTUAL TABLE x USING rtree(id, x0, x1)", "CREATE TEMP TABLE passing (a)");
        Assert.Equal("! CREATE VIRTUAL TABLE x USING rtree(id, x0, x1)", Assert.Single(Lines()));
        NoChanges("INSERT INTO f VALUES ('some words')");
        NoChanges("UPDATE f SET body = 'others'");
        NoChanges("INSERT INTO x VALUES (1, 2, 3)");
        NoChanges("ANALYZE");
        Changes("+numbered 1", "INSERT INTO numbered DEFAULT VALUES");
        _writer.Run("BEGIN", "INSERT INTO passing VALUES (1)", "INSERT INTO t (id) VALUES (1)", "COMMIT");
        Assert.Equal(["+t 1|NULL|NULL"], Lines());
    }

    [Fact]
    public void Statements_ThatFail_LeaveNoRows()
    {
        _writer.Run("BEGIN", "INSERT INTO r VALUES (1, 1)");
        Assert.Equal("23505", _writer.Fails("INSERT INTO r VALUES (2, 2), (3, 1)").SqlState);
        Assert.Equal("23505", _writer.Fails("INSERT INTO w VALUES ('a', 1, 1), ('a', 1, 1)").SqlState);
        _writer.Run("INSERT INTO r VALUES (4, 4)");
        Assert.Equal("23505", _writer.Fails("UPDATE r SET b = 4").SqlState);
        _writer.Run("INSERT OR IGNORE INTO r VALUES (5, 5), (6, 4), (7, 7)", "COMMIT");
        Assert.Equal(["+r#1 1|1", "+r#2 4|4", "+r#3 5|5", "+r#4 7|7"], Lines());
        Assert.Equal(4, _store.Commits[^1].RowCount);
        Assert.Equal("23505", _writer.Fails("INSERT INTO r VALUES (8, 8), (9, 1)").SqlState);
        Changes("+r#5 9|9", "INSERT INTO r VALUES (9, 9)");
    }

    [Fact]
    public void Statements_ThatRollBack_LeaveNothing()
    {
        _writer.Run("INSERT INTO r VALUES (1, 1)", "BEGIN", "INSERT INTO r VALUES (2, 2)");
        Assert.Equal("23505", _writer.Fails("INSERT OR ROLLBACK INTO r VALUES (3, 3), (3, 1)").SqlState);
        Assert.False(_writer.InTransaction);
        Changes("+r#2 4|4", "INSERT INTO r VALUES (4, 4)");
    }

    [Fact]
    public void Statements_ThatFailInPart_LeaveTheRowsThatStay()
    {
        _writer.Run("INSERT INTO r VALUES (1, 1)", "BEGIN", "INSERT INTO r VALUES (2, 2)");
        Assert.Equal("23505", _writer.Fails("INSERT OR FAIL INTO r VALUES (3, 3), (4, 1), (5, 5)").SqlState);
        _writer.Run("COMMIT");
        Assert.Equal(["+r#2 2|2", "+r#3 3|3"], Lines());
        Assert.Equal("23505", _writer.Fails("INSERT OR FAIL INTO r VALUES (6, 6), (7, 1)").SqlState);
        Assert.Equal(["+r#4 6|6"], Lines());
        Assert.Equal("4", _writer.One("SELECT count(*) FROM r"));
    }

    [Fact]
    public void Statements_OfWhichItIsNotKnownWhatStays_MustNotCommit()
    {
        _writer.Run("CREATE TABLE log (what)", "CREATE TRIGGER first BEFORE INSERT ON r BEGIN INSERT INTO log VALUES (new.a); SELECT RAISE(FAIL, 'no fives') WHERE new.a = 5; END", "BEGIN", "INSERT INTO r VALUES (1, 1)");
        Assert.Equal("no fives", _writer.Fails("INSERT INTO r VALUES (5, 5)").Message);
        Assert.Equal("TRANSACTION_ERROR", _writer.Fails("COMMIT").Code);
        Assert.Equal("0|0", _writer.One("SELECT (SELECT count(*) FROM r), (SELECT count(*) FROM log)"));
        _writer.Run("BEGIN", "SAVEPOINT s");
        Assert.Equal("no fives", _writer.Fails("INSERT INTO r VALUES (5, 5)").Message);
        _writer.Run("ROLLBACK TO s", "INSERT INTO r VALUES (6, 6)", "COMMIT");
        Assert.Equal(["+log#1 6", "+r#1 6|6"], Lines());
    }

    [Fact]
    public void Statements_ThatFailBesideWhatSaysFail_AreUndoneAsOthers()
    {
        _writer.Configure(1002, true);
        _writer.Run("CREATE TABLE jobs (id INTEGER PRIMARY KEY, failed INT, state TEXT CHECK (state <> 'fail or failed'), t REFERENCES t)",
            "CREATE TRIGGER stop BEFORE DELETE ON t BEGIN SELECT RAISE(/* all */ FAIL, 'not t'); END", "BEGIN");
        Assert.Equal("23505", _writer.Fails("INSERT INTO jobs (id, failed) VALUES (1, 1), (1, 2)").SqlState);
        Assert.Equal("23514", _writer.Fails("INSERT INTO jobs (id, state) VALUES (1, 'fail'), (2, 'fail or failed')").SqlState);
        Assert.Equal("23503", _writer.Fails("INSERT OR FAIL INTO jobs (id, t) VALUES (1, 5)").SqlState);
        _writer.Run("INSERT INTO jobs (id) VALUES (3)", "COMMIT");
        Assert.Equal(["+jobs 3|NULL|NULL|NULL"], Lines());
    }

    [Theory]
    [InlineData("INSERT OR FAIL INTO t VALUES (1)", true, false)]
    [InlineData("update or/* x */\n-- y\n fail t SET a = 1", true, false)]
    [InlineData("CREATE TABLE t (a UNIQUE ON CONFLICT fail)", true, false)]
    [InlineData("CREATE TRIGGER x BEFORE DELETE ON t BEGIN SELECT raise ( -- now\n FAIL, 'x'); END", false, true)]
    [InlineData("INSERT OR IGNORE INTO fail VALUES ('or failed', raise(ABORT, 'fail'))", false, false)]
    [InlineData("SELECT for_fail, orfail FROM conflict_fail", false, false)]
    public void FailClause_OfAText_IsFound(string sql, bool conflict, bool raised) => Assert.Equal((conflict, raised), (FailClause.IsInConflict(sql), FailClause.IsRaised(sql)));

    [Fact]
    public void Savepoints_RolledBack_LeaveWhatWasBefore()
    {
        _writer.Run("BEGIN", "INSERT INTO r VALUES (1, 1)", "SAVEPOINT \"A b\"", "INSERT INTO r VALUES (2, 2)", "INSERT INTO t (id) VALUES (1)", "SAVEPOINT \"a B\"", "INSERT INTO r VALUES (3, 3)",
            "ROLLBACK TO 'a b'", "INSERT INTO r VALUES (4, 4)", "RELEASE 'a b'", "INSERT INTO r VALUES (5, 5)", "ROLLBACK TO 'a b'", "INSERT INTO t (id) VALUES (2)", "INSERT INTO r VALUES (6, 6)", "COMMIT");
        Assert.Equal(["+r#1 1|1", "+t 2|NULL|NULL", "+r#2 6|6"], Lines());
    }

    [Fact]
    public void Savepoints_AsTransactions_CommitAndRollBack()
    {
        _writer.Run("SAVEPOINT a", "INSERT INTO r VALUES (1, 1)", "SAVEPOINT b", "INSERT INTO r VALUES (2, 2)", "ROLLBACK TO b", "RELEASE a");
        Assert.Equal(["+r#1 1|1"], Lines());
        _writer.Run("SAVEPOINT a", "COMMIT", "SAVEPOINT a", "INSERT INTO r VALUES (3, 3)", "ROLLBACK TO a", "RELEASE a", "BEGIN", "INSERT INTO r VALUES (4, 4)", "ROLLBACK");
        Assert.Empty(Lines());
        Changes("+r#2 5|5", "INSERT INTO r VALUES (5, 5)");
    }

    [Fact]
    public void Commit_ThatFails_LeavesNothingForTheNext()
    {
        _store.PrepareFailure = new VitessException(ErrorCodes.ShardError, "full", sqlState: "53100");
        Assert.Equal("full", _writer.Fails("INSERT INTO r VALUES (1, 1)").Message);
        Changes("+r#1 2|2", "INSERT INTO r VALUES (2, 2)");
    }

    [Fact]
    public void Returning_LeftEarly_IsRecorded()
    {
        var statement = _writer.Rent("INSERT INTO r VALUES (1, 1), (2, 2) RETURNING a");
        Assert.True(statement.Step());
        _writer.Return(statement);
        Assert.Equal(["+r#1 1|1", "+r#2 2|2"], Lines());
    }

    [Fact]
    public void Definitions_AreStatementsInTheRecord()
    {
        Changes("! CREATE INDEX by_v ON t (v)", "CREATE INDEX by_v ON t (v)");
        Changes("! CREATE TABLE n (a, \"b\" INT)", "CREATE TABLE IF NOT EXISTS main.n (a, \"b\" INT)");
        var last = _store.Last;
        _writer.Run("CREATE TABLE IF NOT EXISTS n (other)", "DROP TABLE IF EXISTS missing");
        Assert.Equal(last, _store.Last);
        Changes("! ALTER TABLE n RENAME COLUMN b TO c", "ALTER TABLE n RENAME COLUMN b TO c");
        Changes("! CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT)", "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT)");
        Changes("! CREATE VIEW v AS SELECT 1", "CREATE VIEW v AS SELECT 1");
        Changes("! DROP TABLE n", "DROP TABLE n");
        _writer.Run("BEGIN", "INSERT INTO r VALUES (1, 1)", "ALTER TABLE r ADD COLUMN c DEFAULT 'd'", "UPDATE r SET a = 2", "ALTER TABLE r RENAME TO s", "DELETE FROM s", "CREATE TABLE IF NOT EXISTS s (x)", "COMMIT");
        Assert.Equal(["+r#1 1|1", "! ALTER TABLE r ADD COLUMN c DEFAULT 'd'", "~r#1 1|1|d > 2|.|d", "! ALTER TABLE r RENAME TO s", "-s#1 2|1|d"], Lines());
    }

    [Fact]
    public void Definitions_Undone_LeaveTheSchemaOfBefore()
    {
        _writer.Run("BEGIN", "INSERT INTO r VALUES (1, 1)", "SAVEPOINT s", "ALTER TABLE r ADD COLUMN c DEFAULT 'd'", "UPDATE r SET a = 2", "CREATE TABLE n (x)", "INSERT INTO n VALUES (1)", "ROLLBACK TO s", "UPDATE r SET a = 3");
        Assert.Equal("42P01", _writer.Fails("DROP TABLE n").SqlState);
        Assert.Equal("42701", _writer.Fails("ALTER TABLE r ADD COLUMN a").SqlState);
        _writer.Run("COMMIT");
        Assert.Equal(["+r#1 1|1", "~r#1 1|1 > 3|."], Lines());
        _writer.Run("BEGIN", "ALTER TABLE r ADD COLUMN c", "ROLLBACK");
        Assert.Equal("42P07", _writer.Fails("CREATE TABLE r (x)").SqlState);
        Assert.False(_writer.InTransaction);
        Changes("~r#1 3|1 > 4|.", "UPDATE r SET a = 4");
    }

    [Fact]
    public void Definitions_WithRows_RecordBoth()
    {
        _writer.Run("INSERT INTO t VALUES (1, 'a', 1.5), (2, x'00', 2)");
        _writer.Rows("CREATE TABLE made AS SELECT v, n, ?1 AS rowid FROM t", SqlValue.Text("given"));
        Assert.Equal(["+made#1 a|1.5r|given", "+made#2 x00|2r|given"], Lines().Skip(1));
        Assert.StartsWith("! CREATE TABLE made(v TEXT", Lines()[0], StringComparison.Ordinal);
        Changes("~made#1 a|1.5r|given > b|.|.", "UPDATE made SET v = 'b' WHERE n = 1.5");
        _writer.Configure(1002, true);
        _writer.Run("CREATE TABLE parent (id INTEGER PRIMARY KEY)", "CREATE TABLE child (p REFERENCES parent)", "INSERT INTO parent VALUES (7)", "DROP TABLE child");
        Changes(["-parent 7", "! DROP TABLE parent"], "CREATE TABLE other_child (p REFERENCES parent)", "DROP TABLE parent");
    }

    [Fact]
    public void Limit_Met_FailsTheTransactionAndNotTheNext()
    {
        Reopen(new PagedWriterOptions { RowLimitBytes = 100_000, RowMemoryBytes = 50_000 });
        var failure = _writer.Fails($"INSERT INTO r SELECT n, n || 'some text' FROM {Sql.Numbers(10_000)}");
        Assert.Equal(("RESOURCE_EXHAUSTED", "54000"), (failure.Code, failure.SqlState));
        _writer.Run("BEGIN", "INSERT INTO r VALUES (0, 0)");
        failure = Assert.Throws<VitessException>(() => _writer.Run("INSERT INTO r VALUES (1, zeroblob(200000))", "COMMIT"));
        Assert.Equal("54000", failure.SqlState);
        if (_writer.InTransaction) _writer.Run("ROLLBACK");
        Assert.Equal("0", _writer.One("SELECT count(*) FROM r"));
        Changes("+r#1 1|1", "INSERT INTO r VALUES (1, 1)");
    }

    [Fact]
    public void Memory_Exceeded_LosesNothingAndLeavesNothing()
    {
        var directory = Directory.CreateTempSubdirectory("shale-changes-").FullName;
        Reopen(new PagedWriterOptions { RowMemoryBytes = 20_000, TemporaryDirectory = directory });
        _writer.Run("BEGIN", $"INSERT INTO r SELECT n, n || 'some text' FROM {Sql.Numbers(20_000)}");
        Assert.Empty(Directory.GetFiles(directory));
        _writer.Run("COMMIT");
        Assert.Equal(Enumerable.Range(1, 20_000).Select(i => $"+r#{i} {i}|{i}some text"), Lines());
        Changes("+r#20001 1|1", "INSERT INTO r VALUES (1, 1)");
        Directory.Delete(directory);
    }

    [Fact]
    public void Memory_ExceededWithoutPlaceForAFile_FailsTheTransactionAndNotTheNext()
    {
        Reopen(new PagedWriterOptions { RowMemoryBytes = 20_000, TemporaryDirectory = "/nowhere/at all" });
        var failure = _writer.Fails($"INSERT INTO r SELECT n, n || 'some text' FROM {Sql.Numbers(20_000)}");
        Assert.Equal(("SHARD_ERROR", "58030"), (failure.Code, failure.SqlState));
        Assert.Equal("0", _writer.One("SELECT count(*) FROM r"));
        Changes("+r#1 1|1", "INSERT INTO r VALUES (1, 1)");
    }

    [Fact]
    public void Rows_OfADatabaseInUtf16_AreUtf8()
    {
        _store.Fork("main", "empty", Lsn.Zero);
        using var writer = _database.OpenWriter("empty");
        writer.Run("PRAGMA encoding='UTF-16'", "CREATE TABLE u (a, b)", "INSERT INTO u VALUES ('ä漢🪨', 1)", "UPDATE u SET a = 'öö', b = 2");
        Assert.Equal(["~u#1 ä漢🪨|1 > öö|2"], Lines());
    }

    [Fact]
    public void Rows_ThatAreLarge_AreWhole()
    {
        var (text, blob) = (new string('ß', 700_000), new byte[3_000_000]);
        new Random(3).NextBytes(blob);
        _writer.Rows("INSERT INTO r VALUES (?, ?)", SqlValue.Text(text), SqlValue.Blob(blob));
        _writer.Run("UPDATE r SET a = 1, b = zeroblob(1000000)");
        var reader = new RowChangeReader(_store.Commits[^1].RowChanges);
        Assert.True(reader.Read());
        Assert.Equal(text, reader.Old(0).AsText());
        Assert.Equal(blob, reader.Old(1).AsBlob());
        Assert.Equal(new byte[1_000_000], reader.New(1).AsBlob());
    }

    [Fact]
    public void Rows_OfALargeUpdate_AllocateNothingEach()
    {
        _writer.Run("PRAGMA cache_size = -100000", $"INSERT INTO t SELECT n, 'some text ' || n, n FROM {Sql.Numbers(10_000)}", "BEGIN", "UPDATE t SET v = v || 'x', n = n + 1");
        var before = GC.GetAllocatedBytesForCurrentThread();
        _writer.Run("UPDATE t SET v = v || 'y', n = n + 1");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
        _writer.Run("COMMIT");
        Assert.Equal(20_000, _store.Commits[^1].RowCount);
    }

    [Fact]
    public void Recording_SwitchedOff_LeavesCommitsWithoutRows()
    {
        Reopen(new PagedWriterOptions { RecordRows = false });
        _writer.Run("INSERT INTO r VALUES (1, 1)", "CREATE TABLE n (x)");
        Assert.All(_store.Commits.TakeLast(2), commit => Assert.Empty(commit.RowChanges));
    }

    [Fact]
    public void Vacuum_IsAStatementInTheRecord()
    {
        _writer.Run("CREATE TABLE n (x)", "INSERT INTO n VALUES (1), (2), (3)", "DELETE FROM n WHERE x = 1");
        Changes("! VACUUM", "/* now */ vacuum main");
        Changes("~n#1 2 > 9", "UPDATE n SET x = 9 WHERE x = 2");
        _writer.Run("BEGIN", "INSERT INTO n VALUES (4)");
        Assert.Equal("25001", _writer.Fails("VACUUM").SqlState);
        _writer.Run("COMMIT");
        Assert.Equal(["+n#3 4"], Lines());
    }

    private void Changes(string expected, string sql)
    {
        _writer.Run(sql);
        Assert.Equal(expected, Assert.Single(Lines()));
    }

    private void Changes(string[] expected, string sql, bool inOrder)
    {
        _writer.Run(sql);
        if (inOrder) Assert.Equal(expected, Lines());
        else Assert.Equal(expected.Order(StringComparer.Ordinal), Lines().Order(StringComparer.Ordinal));
    }

    private void Changes(string[] expected, params string[] sql)
    {
        _writer.Run(sql);
        Assert.Equal(expected, Lines());
    }

    private void NoChanges(string sql)
    {
        var commits = _store.Commits.Count;
        _writer.Run(sql);
        Assert.All(_store.Commits.Skip(commits), commit => Assert.Equal((0, 0L), (commit.RowChanges.Length, commit.RowCount)));
    }

    private List<string> Lines() => ChangeLog.Lines(_store.Commits[^1].RowChanges);

    private void Reopen(PagedWriterOptions options)
    {
        _writer.Dispose();
        _writer = _database.OpenWriter("main", options);
    }
}
