using System.Globalization;
using Shale.Sqlite;

namespace Shale.Sqlite.Tests;

/// <summary>Random transactions, with failures of statements and of the store, and savepoints: doing the recorded changes again on an empty database gives the same tables at each version.</summary>
public sealed class RowChangeReplayTests : IDisposable
{
    private const int ForeignKeys = 1002, Triggers = 1003;

    private readonly WatchedPageStore _store = new();
    private readonly PagedDatabase _database;
    private readonly SqliteConnection _writer;
    private readonly SqliteConnection _copy = SqliteConnection.Open(":memory:", SqliteOpenMode.Create);
    private readonly Random _random;
    private readonly List<string> _history = [];
    private readonly int _seed = int.Parse(Environment.GetEnvironmentVariable("SHALE_SEED") ?? "1", CultureInfo.InvariantCulture);
    private readonly Stack<string> _savepoints = new();
    private int _objects;

    public RowChangeReplayTests()
    {
        _database = new PagedDatabase(_store);
        _writer = _database.OpenWriter("main", new PagedWriterOptions { RowMemoryBytes = 30_000 });
        _writer.Configure(ForeignKeys, true);
        _writer.Run("PRAGMA cache_size = 20", "PRAGMA cache_spill = 20");
        _copy.Configure(ForeignKeys, false);
        _copy.Configure(Triggers, false);
        _random = new Random(_seed);
    }

    public void Dispose()
    {
        _copy.Dispose();
        _writer.Dispose();
        _database.Dispose();
        _store.Dispose();
    }

    [Fact]
    [Trait("Category", "Random")]
    public void Replay_OfRandomTransactions_GivesTheSameTables()
    {
        _writer.Run("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b REAL CHECK (b <> 13), c)");
        _writer.Run("CREATE TABLE r (x, y INT NOT NULL, z BLOB, s AS (x || y) STORED, v AS (y + 1) VIRTUAL)");
        _writer.Run("CREATE UNIQUE INDEX r_y ON r (y)");
        _writer.Run("CREATE TABLE w (k TEXT, l INT, m, PRIMARY KEY (l, k)) WITHOUT ROWID");
        _writer.Run("CREATE TABLE child (id INTEGER PRIMARY KEY AUTOINCREMENT, t REFERENCES t ON DELETE CASCADE ON UPDATE CASCADE, n)");
        _writer.Run("CREATE TABLE log (what, at)");
        _writer.Run("CREATE TRIGGER t_log AFTER UPDATE ON t BEGIN INSERT INTO log (what, at) VALUES (old.a, new.b); DELETE FROM r WHERE y = new.id; END");
        _writer.Run("CREATE TRIGGER w_stop BEFORE DELETE ON w WHEN old.l = 3 BEGIN INSERT INTO log (what, at) VALUES ('no', 1); SELECT RAISE(ABORT, 'not three'); END");
        var replayed = 0;
        for (var i = 0; i < 3000; i++)
        {
            var sql = Statement();
            Run(sql);
            if (_writer.InTransaction) continue;
            if (_history[^1].Contains("-- f", StringComparison.Ordinal)) AssertIntact();
            _savepoints.Clear();
            if (_store.Commits.Count == replayed) continue;
            while (replayed < _store.Commits.Count) Replay(_store.Commits[replayed++]);
            if (i % 10 == 0) Compare();
        }

        if (_writer.InTransaction) _writer.Run("ROLLBACK");
        while (replayed < _store.Commits.Count) Replay(_store.Commits[replayed++]);
        Compare();
        _writer.IsIntact();
        using var reader = _database.OpenReader("main");
        reader.IsIntact();
        Assert.True(replayed > 300, $"{replayed} commits");
    }

    // After a failure of the store.
    private void AssertIntact()
    {
        using var reader = _database.OpenReader("main");
        Assert.True(reader.One("PRAGMA integrity_check") == "ok" && _writer.One("PRAGMA integrity_check") == "ok", $"the database is damaged\n{Told()}");
    }

    private void Run(string sql)
    {
        _history.Add(sql);
        if (_random.Next(20) == 0) _store.PrepareFailure = new VitessException(ErrorCodes.ShardError, "full", sqlState: "53100");
        if (_random.Next(20) == 0) _store.WriteFailure = (_random.Next(4), new VitessException(ErrorCodes.ShardError, "failing", sqlState: "58030"));
        if (_random.Next(40) == 0) _store.ReadFailure = new VitessException(ErrorCodes.ShardError, "flipped", sqlState: "XX001");
        try
        {
            _writer.Run(sql);
        }
        catch (VitessException failure) when (failure.Code is "SHARD_ERROR" or "CONSTRAINT_VIOLATION" or "QUERY_ERROR" or "NOT_FOUND" or "TRANSACTION_ERROR" or "SYNTAX_ERROR")
        {
            _history[^1] += $" -- {failure.Message}";
        }
        finally
        {
            (_store.PrepareFailure, _store.WriteFailure, _store.ReadFailure) = (null, null, null);
        }
    }

    private void Replay(WatchedPageStore.Commit commit)
    {
        try
        {
            ChangeLog.Replay(commit.RowChanges, _copy);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{exception.Message}\n{Told()}\nrecord: {string.Join("\n", ChangeLog.Lines(commit.RowChanges))}", exception);
        }
    }

    private void Compare()
    {
        using var reader = _database.OpenReader("main");
        var tables = reader.Rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name");
        Assert.Equal(tables, _copy.Rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"));
        foreach (var table in tables)
        {
            var rowId = table == "w" ? "" : "rowid, ";
            var columns = string.Join(", ", _writer.Rows($"SELECT 'quote(\"' || name || '\")' FROM pragma_table_xinfo('{table}')"));
            var sql = $"SELECT {rowId}{columns} FROM \"{table}\" ORDER BY 1, 2";
            var (expected, actual) = (reader.Rows(sql), _copy.Rows(sql));
            Assert.True(expected.SequenceEqual(_writer.Rows(sql)), $"the writer sees another table {table}\n{Told()}");
            Assert.True(expected.SequenceEqual(actual), $"table {table} differs: {string.Join("; ", expected.Except(actual).Take(3))} against {string.Join("; ", actual.Except(expected).Take(3))}\n{Told()}");
        }
    }

    private string Told() => $"SHALE_SEED={_seed} ./test Sqlite --filter RowChangeReplay\nbefore:\n{string.Join("\n", _history.TakeLast(25))}";

    private string Statement() => _random.Next(100) switch
    {
        < 8 => _writer.InTransaction ? "COMMIT" : "BEGIN",
        < 10 => _writer.InTransaction ? "ROLLBACK" : "BEGIN IMMEDIATE",
        < 22 => Savepoint(),
        < 25 => Definition(),
        < 40 => $"INSERT{Conflict()} INTO t (id, a, b) SELECT n + {Small()}, {Value()} || n, {Value()} FROM {Sql.Numbers(_random.Next(1, 30))}",
        < 45 => $"INSERT INTO t (id, a, b) VALUES ({Small()}, {Value()}, 1), ({Small()}, {Value()}, {Value()}) ON CONFLICT (id) DO UPDATE SET b = excluded.b + 1, id = id + {_random.Next(2) * 40}",
        < 55 => $"INSERT{Conflict()} INTO r (x, y, z) SELECT {Value()}, n + {Small()}, {Value()} FROM {Sql.Numbers(_random.Next(1, 40))}",
        < 63 => $"INSERT{Conflict()} INTO w (k, l, m) SELECT {Value()}, n % 5 + {Small()} % 7, {Value()} FROM {Sql.Numbers(_random.Next(1, 10))}",
        < 68 => $"INSERT{Conflict()} INTO child (t, n) SELECT id, {Value()} FROM t WHERE id % 4 = {_random.Next(5)}",
        < 75 => $"UPDATE{Conflict()} t SET {Pick("b = b + 1", "a = a || 'x'", $"id = id + {Small()}", $"c = {Value()}", "b = 13", $"a = {Value()}")} WHERE id % 5 = {_random.Next(5)}",
        < 82 => $"UPDATE{Conflict()} r SET {Pick($"x = {Value()}", $"y = y + {_random.Next(-3, 4)}", $"z = {Value()}, x = {Value()}", "rowid = rowid + 3", "y = NULL")} WHERE {Pick("y % 3 = 1", "1", $"y > {Small()}")}",
        < 88 => $"UPDATE{Conflict()} w SET {Pick($"m = {Value()}", "l = l + 1", "k = k || 1", $"k = {Value()}")} WHERE l % 3 = {_random.Next(3)}",
        < 92 => $"DELETE FROM {Pick("t", "r", "w", "child")} WHERE {Pick($"rowid = {Small()}", "0", $"{Small()} < 5").Replace("rowid", "1", StringComparison.Ordinal)}",
        < 97 => $"DELETE FROM {Pick("t WHERE id % 7 = 1", "r WHERE y % 3 = 0", "w WHERE l % 4 = 2", "child WHERE n IS NULL", "w WHERE l = 3")}",
        _ => $"DELETE FROM {Pick("t", "r", "w", "log", "child")}",
    };

    private string Savepoint()
    {
        var name = _savepoints.Count > 0 && _random.Next(4) > 0 ? _savepoints.ElementAt(_random.Next(_savepoints.Count)) : $"s{_random.Next(4)}";
        if (_savepoints.Count > 0 && _random.Next(2) == 0) return Pick("ROLLBACK TO ", "ROLLBACK TO ", "RELEASE ") + name;
        _savepoints.Push(name);
        return "SAVEPOINT " + name;
    }

    private string Definition() => Pick(
        $"ALTER TABLE {Pick("t", "r", "w", "log")} ADD COLUMN more{++_objects} {Pick("", "TEXT DEFAULT 5", "REAL DEFAULT 7", "NOT NULL DEFAULT 'd'", "AS (1) VIRTUAL")}",
        $"CREATE TABLE made{++_objects} AS SELECT * FROM {Pick("t", "w", "log")} LIMIT 20",
        $"DROP TABLE made{_random.Next(_objects + 1)}",
        $"INSERT INTO made{_random.Next(_objects + 1)} SELECT * FROM made{_random.Next(_objects + 1)}",
        $"UPDATE made{_random.Next(_objects + 1)} SET rowid = rowid + 1000",
        "CREATE INDEX IF NOT EXISTS log_at ON log (at)",
        "VACUUM");

    private string Conflict() => Pick("", "", "", " OR REPLACE", " OR IGNORE", " OR FAIL", " OR ROLLBACK", " OR ABORT");

    private int Small() => _random.Next(60);

    private string Value() => Pick("NULL", "1", "2.5", "-7000000000", "'some text'", "x'0041'", $"{_random.Next(20)}", $"'v{_random.Next(20)}'", "'ä漢'", "zeroblob(300)", "12", "hex(zeroblob(400))");

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];
}
