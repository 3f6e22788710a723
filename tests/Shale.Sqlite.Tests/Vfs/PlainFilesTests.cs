using System.Buffers.Binary;
using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Sqlite.Tests;

/// <summary>From plain files to the page log and back.</summary>
public sealed class PlainFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-plain-").FullName;
    private readonly WatchedPageStore _store = new();
    private readonly PagedDatabase _database;

    public PlainFilesTests() => _database = new PagedDatabase(_store);

    public void Dispose()
    {
        _database.Dispose();
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Export_OfVersions_WritesWhatWasThere()
    {
        using var writer = _database.OpenWriter("main");
        writer.Run("CREATE TABLE t (id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'one')", "UPDATE t SET v = 'two'");
        var file = Path.Combine(_directory, "it's 100% odd?#.db");
        PlainFiles.Export(_database, "main", new Lsn(2), file);
        PlainFiles.Export(_database, "main", null, Path.Combine(_directory, "new.db"));
        Assert.Equal(("one", "two"), (Read(file, "SELECT v FROM t"), Read(Path.Combine(_directory, "new.db"), "SELECT v FROM t")));
        Assert.Equal("QUERY_ERROR", Assert.Throws<VitessException>(() => PlainFiles.Export(_database, "main", null, file)).Code);
        Assert.Equal("one", Read(file, "SELECT v FROM t"));
    }

    [Fact]
    public void Export_OfManyPages_TellsHowFarItIsAndStops()
    {
        PlainFiles.Import(_store, "main", Plain("a.db", 20_000, []), _directory);
        var (file, seen) = (Path.Combine(_directory, "out.db"), new List<(long Done, long All)>());
        PlainFiles.Export(_database, "main", null, file, new Collect(seen));
        Assert.True(seen.Count > 3, $"{seen.Count} reports");
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(seen[^1].All, seen[^1].Done);
        File.Delete(file);
        using var stop = new CancellationTokenSource();
        var failure = Assert.Throws<VitessException>(() => PlainFiles.Export(_database, "main", null, file, new Watch(stop.Cancel), cancellationToken: stop.Token));
        Assert.Equal("TIMEOUT", failure.Code);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void Import_Cancelled_LeavesAnEmptyDatabase()
    {
        using var stop = new CancellationTokenSource();
        var failure = Assert.Throws<VitessException>(() => PlainFiles.Import(_store, "main", Plain("a.db", 60_000, []), _directory, new Watch(stop.Cancel), cancellationToken: stop.Token));
        Assert.Equal("TIMEOUT", failure.Code);
        using var reader = _database.OpenReader("main");
        Assert.Equal("0", reader.One("SELECT count(*) FROM sqlite_schema"));
    }

    [Theory]
    [InlineData("PRAGMA journal_mode=DELETE")]
    [InlineData("PRAGMA page_size=512")]
    [InlineData("PRAGMA page_size=65536")]
    [InlineData("PRAGMA journal_mode=WAL")]
    [InlineData("PRAGMA page_size=8192", "PRAGMA journal_mode=WAL")]
    [InlineData("PRAGMA auto_vacuum=FULL")]
    [InlineData("PRAGMA auto_vacuum=INCREMENTAL")]
    [InlineData("PRAGMA encoding='UTF-16'")]
    public void Import_OfAPlainFile_IsTheSameDatabase(params string[] pragmas)
    {
        var file = Plain("a.db", 3000, pragmas);
        using (var live = SqliteConnection.Open(file, SqliteOpenMode.ReadWrite))
        {
            // Its WAL, if it has one, stays beside the file.
            live.Run("INSERT INTO t VALUES (100000, 'newest')");
            var progress = new List<(long, long)>();
            var lsn = PlainFiles.Import(_store, "main", file, _directory, new Collect(progress), "from a.db");
            Assert.Equal((_store.Last, "from a.db"), (lsn, _store.Commits[^1].Message));
            Assert.Equal(progress[^1].Item1, progress[^1].Item2);
        }

        using var reader = _database.OpenReader("main");
        reader.IsIntact();
        Assert.Equal(Read(file, Everything), reader.One(Everything));
        using var writer = _database.OpenWriter("main");
        writer.Run("DELETE FROM t WHERE id % 3 = 0", "INSERT INTO t VALUES (200000, 'more')", "VACUUM");
        writer.IsIntact();
        reader.IsIntact();
        Assert.Equal(["a.db"], Directory.GetFiles(_directory).Select(path => Path.GetFileName(path)).Where(name => !name.Contains('-', StringComparison.Ordinal)));
    }

    [Fact]
    public void Import_OfManyPages_ShowsAnEmptyDatabaseUntilTheEnd()
    {
        var file = Plain("a.db", 30_000, []);
        var seen = new List<string>();
        PlainFiles.Import(_store, "main", file, _directory, new Watch(() =>
        {
            using var reader = _database.OpenReader("main");
            reader.IsIntact();
            seen.Add(reader.One("SELECT count(*) FROM sqlite_schema"));
        }));
        Assert.Equal(["0", "2"], seen.Distinct());
        Assert.True(_store.Last.Value > 1);
    }

    [Fact]
    public void Import_BrokenOff_CanBeRunAgain()
    {
        var (large, small) = (Plain("large.db", 30_000, []), Plain("small.db", 1000, []));
        var stopped = Assert.Throws<OperationCanceledException>(() => PlainFiles.Import(_store, "main", large, _directory, new Watch(() => throw new OperationCanceledException("enough"))));
        Assert.Equal("enough", stopped.Message);
        PlainFiles.Import(_store, "main", small, _directory);
        using var reader = _database.OpenReader("main");
        reader.IsIntact();
        Assert.Equal(Read(small, Everything), reader.One(Everything));
    }

    [Fact]
    public void Import_OfAFileWithAWrongNumberOfPages_CountsThem()
    {
        var file = Plain("old.db", 1000, []);
        var bytes = File.ReadAllBytes(file);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(28), 3);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(92), 0);
        File.WriteAllBytes(file, bytes);
        PlainFiles.Import(_store, "main", file, _directory);
        using var reader = _database.OpenReader("main");
        reader.IsIntact();
        Assert.Equal(Read(file, Everything), reader.One(Everything));
    }

    [Fact]
    public void Import_OfAFileWithMoreBehindIt_LeavesThatOut()
    {
        var file = Plain("long.db", 1000, []);
        var pages = new FileInfo(file).Length / PageFormat.PageSize;
        using (var stream = new FileStream(file, FileMode.Append)) stream.Write(new byte[10_000]);
        PlainFiles.Import(_store, "main", file, _directory);
        using var reader = _database.OpenReader("main");
        reader.IsIntact();
        Assert.Equal($"{pages}", reader.One("PRAGMA page_count"));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9999)]
    public void Import_OfAFileThatIsCutOff_IsAnError(double left)
    {
        var file = Plain("short.db", 1000, []);
        using (var stream = new FileStream(file, FileMode.Open)) stream.SetLength((long)(stream.Length * left));
        var failure = Assert.Throws<VitessException>(() => PlainFiles.Import(_store, "main", file, _directory));
        Assert.Equal(("SHARD_ERROR", "XX001"), (failure.Code, failure.SqlState));
        using var reader = _database.OpenReader("main");
        Assert.Equal("0", reader.One("SELECT count(*) FROM sqlite_schema"));
    }

    [Fact]
    public void Import_IntoABranchWithTables_IsRefused()
    {
        using (var writer = _database.OpenWriter("main")) writer.Run("CREATE TABLE mine (x)");
        var failure = Assert.Throws<VitessException>(() => PlainFiles.Import(_store, "main", Plain("a.db", 10, []), _directory));
        Assert.Equal("55006", failure.SqlState);
    }

    [Fact]
    public void Import_OfWhatIsNoDatabase_IsAnErrorAndLeavesNothing()
    {
        var file = Path.Combine(_directory, "text.db");
        File.WriteAllText(file, new string('x', 10_000));
        Assert.Equal("XX001", Assert.Throws<VitessException>(() => PlainFiles.Import(_store, "main", file, _directory)).SqlState);
        Assert.Equal("NOT_FOUND", Assert.Throws<VitessException>(() => PlainFiles.Import(_store, "main", file + "x", _directory)).Code);
        Assert.Equal(Lsn.Zero, _store.Last);
    }

    [Fact]
    public void Import_OfAnEmptyFile_LeavesTheBranchEmpty()
    {
        var file = Path.Combine(_directory, "empty.db");
        File.WriteAllBytes(file, []);
        Assert.Equal(Lsn.Zero, PlainFiles.Import(_store, "main", file, _directory));
    }

    private const string Everything = "SELECT count(*), total(id), group_concat(v) FROM (SELECT * FROM t ORDER BY v)";

    private string Plain(string name, int rows, string[] pragmas)
    {
        var file = Path.Combine(_directory, name);
        using var connection = SqliteConnection.Open(file, SqliteOpenMode.Create);
        connection.Run(pragmas);
        connection.Run("CREATE TABLE t (id INTEGER PRIMARY KEY, v)", $"INSERT INTO t SELECT n, hex(randomblob(300)) FROM {Sql.Numbers(rows)}", "CREATE INDEX by_v ON t (v)");
        return file;
    }

    private static string Read(string file, string sql)
    {
        using var connection = SqliteConnection.Open(file, SqliteOpenMode.ReadOnly);
        return connection.One(sql);
    }

    private sealed class Collect(List<(long, long)> seen) : IProgress<(long Done, long All)>
    {
        public void Report((long Done, long All) value) => seen.Add(value);
    }

    private sealed class Watch(Action look) : IProgress<(long Done, long All)>
    {
        public void Report((long Done, long All) value) => look();
    }
}
