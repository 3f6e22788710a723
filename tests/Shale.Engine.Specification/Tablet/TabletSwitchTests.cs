using System.Runtime.CompilerServices;
using Shale.Contracts;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Engine.Specification.Tablet;

/// <summary>What a tablet does, it does after it has gone over to another engine.</summary>
public sealed class SwitchedTabletTests : TabletTests
{
    protected override bool IsSwitched => true;
}

/// <summary>See <see cref="SwitchedTabletTests"/>.</summary>
public sealed class SwitchedTabletTransactionTests : TabletTransactionTests
{
    protected override bool IsSwitched => true;
}

/// <summary>See <see cref="SwitchedTabletTests"/>.</summary>
public sealed class SwitchedTabletExpiryTests : TabletExpiryTests
{
    protected override bool IsSwitched => true;
}

/// <summary>How a tablet goes over to another engine.</summary>
public sealed class TabletSwitchTests : TabletSpecification
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-switch-").FullName;

    private bool _refuses;

    private readonly List<string> _kept = [];

    protected override VTTabletOptions Options(VTTabletOptions options) => options with
    {
        Engine = File("first.db"),
        BeforeSwitch = (engine, _) =>
        {
            _kept.Add((engine as SqliteEngine)?.Path ?? "");
            return _refuses ? throw new VitessException(ErrorCodes.QueryError, "not there", hint: "x") : ValueTask.CompletedTask;
        },
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Switch_EverySortOfTableAndValue_IsTheSameAfterwards(bool toFile)
    {
        await FillAsync();
        var before = await PictureAsync();
        var target = toFile ? File("second.db") : SqliteEngine.InMemory();
        await Tablet.SwitchEngineAsync(target);
        Assert.Equal(before, await PictureAsync());
        Assert.Equal([target.Path], _kept);

        // Triggers, keys and numbers go on.
        await Tablet.ExecuteAsync("INSERT INTO parent (name) VALUES ('new')");
        Assert.Equal(8, await ReadAsync(sql: "SELECT max(id) FROM parent"));
        Assert.Equal(1, await ReadAsync(sql: "SELECT count(*) FROM seen WHERE name = 'new'"));
        await FailsAsync(ErrorCodes.ConstraintViolation, "23503", () => WriteAsync(sql: "INSERT INTO child VALUES (99, 99)"));
        await FailsAsync(ErrorCodes.ConstraintViolation, "23505", () => WriteAsync(sql: "INSERT INTO keyed VALUES ('b', 2, 'again')"));
        Assert.Equal(7, await ReadAsync(sql: "SELECT rowid FROM loose WHERE a = 'seven'"));
        Assert.Equal(1, await ReadAsync(sql: "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"));
        await using var left = await File("first.db").OpenAsync(EngineAccess.Read, default);
        Assert.Equal(7, (await left.ExecuteAsync("SELECT seq FROM sqlite_sequence", [], default)).Rows[0][0].AsInteger());
    }

    [Fact]
    public async Task Switch_ReadsGoOnAndWritesWait()
    {
        var target = new HeldEngine(File("second.db"));
        var reading = await BeginAsync(IsolationLevel.RepeatableRead);
        Assert.Equal(10, await ReadAsync(reading));
        var switching = Tablet.SwitchEngineAsync(target).AsTask();
        await target.Reached.Task;
        Assert.Equal(10, await ReadAsync());
        var writing = WriteAsync();
        Assert.False(writing.IsCompleted);
        target.Free.SetResult();
        await switching;
        await writing;
        Assert.Equal(11, await ReadAsync());

        // The snapshot is the old engine's, which stays open for it.
        Assert.Equal(10, await ReadAsync(reading));
        await FailsAsync(ErrorCodes.SerializationFailure, "40001", () => WriteAsync(reading));
    }

    [Fact]
    public async Task Switch_ATransactionThatHasOnlyRead_WritesOnTheNewEngine()
    {
        var reading = await BeginAsync(IsolationLevel.RepeatableRead);
        Assert.Equal(10, await ReadAsync(reading));
        await Tablet.SwitchEngineAsync(File("second.db"));
        await WriteAsync(reading);
        await CommitAsync(reading);
        Assert.Equal(11, await ReadAsync());
    }

    [Fact]
    public async Task Switch_ATransactionThatWrites_IsWaitedForUntilTheLimit()
    {
        var writing = await BeginAsync();
        await WriteAsync(writing);
        var switching = Tablet.SwitchEngineAsync(File("second.db")).AsTask();
        Time.Advance(TimeSpan.FromSeconds(5));
        await FailsAsync(ErrorCodes.LockTimeout, "55P03", () => switching);
        var again = Tablet.SwitchEngineAsync(File("third.db")).AsTask();
        await CommitAsync(writing);
        await again;
        Assert.Equal(11, await ReadAsync());
        Assert.Equal([Path.Combine(_directory, "third.db")], _kept);
    }

    [Fact]
    public async Task Switch_Fails_LeavesTheOldEngineServingAndTheTargetEmpty()
    {
        var full = File("full.db");
        await using (var connection = await full.OpenAsync(EngineAccess.Write, default)) await connection.ExecuteAsync("CREATE TABLE other(a)", [], default);
        await FailsAsync(ErrorCodes.QueryError, "55006", () => Tablet.SwitchEngineAsync(full).AsTask());

        _refuses = true;
        await FailsAsync(ErrorCodes.QueryError, "XX000", () => Tablet.SwitchEngineAsync(File("refused.db")).AsTask());
        _refuses = false;

        await FailsAsync(ErrorCodes.ShardError, "53100", () => Tablet.SwitchEngineAsync(new SqliteEngine(new SqliteEngineOptions { MaxPages = 1 })).AsTask());

        var held = new HeldEngine(File("cancelled.db"));
        using var source = new CancellationTokenSource();
        var switching = Tablet.SwitchEngineAsync(held, source.Token).AsTask();
        await held.Reached.Task;
        await source.CancelAsync();
        await FailsAsync(ErrorCodes.Timeout, "57014", () => switching);

        await Tablet.ExecuteAsync("CREATE VIRTUAL TABLE words USING fts5(word)");
        var target = File("virtual.db");
        await FailsAsync(ErrorCodes.QueryError, "0A000", () => Tablet.SwitchEngineAsync(target).AsTask());
        await using (var connection = await target.OpenAsync(EngineAccess.Read, default)) Assert.Empty(await connection.SchemaAsync(default));

        await WriteAsync();
        Assert.Equal(11, await ReadAsync());
    }

    [Fact]
    public async Task Switch_TextThatCannotBeRead_IsRefused()
    {
        await Tablet.ExecuteAsync("CREATE TABLE odd(a TEXT)");
        await Tablet.ExecuteAsync("INSERT INTO odd VALUES (CAST(x'41FF42' AS TEXT))");
        await FailsAsync(ErrorCodes.TypeError, "22021", () => Tablet.SwitchEngineAsync(File("second.db")).AsTask());
        await Tablet.ExecuteAsync("DELETE FROM odd");
        await Tablet.SwitchEngineAsync(File("third.db"));
        Assert.Equal(10, await ReadAsync());
    }

    [Theory]
    [InlineData("a value is not the same")]
    [InlineData("2 rows against 1")]
    public async Task Copy_ThatDiffers_IsNotTaken(string how)
    {
        var first = File("first.db");
        await Tablet.ExecuteAsync("INSERT INTO t VALUES (2, 20)");
        await using var source = new TamperingConnection(await first.OpenAsync(EngineAccess.Read, default), how.StartsWith('2'));
        var target = File("second.db");
        var failure = await Assert.ThrowsAsync<VitessException>(() => target.CopyFromAsync(source, default).AsTask());
        Assert.Equal(("SHARD_ERROR", "XX001", $"the copy of table \"t\" differs from the original: {how}"), (failure.Code, failure.SqlState, failure.Message));
        await using var connection = await target.OpenAsync(EngineAccess.Read, default);
        Assert.Empty(await connection.SchemaAsync(default));
    }

    [Fact]
    public async Task Switch_TheLastReaderComesBack_ClosesTheOldEngine()
    {
        var first = SqliteEngine.InMemory();
        await Tablet.SwitchEngineAsync(first);
        var reading = await BeginAsync(IsolationLevel.RepeatableRead);
        Assert.Equal(10, await ReadAsync(reading));
        await Tablet.SwitchEngineAsync(File("second.db"));
        Assert.True(System.IO.File.Exists(first.Path));
        await RollbackAsync(reading);
        Assert.False(System.IO.File.Exists(first.Path));
    }

    [Fact]
    public async Task Switch_TheOldEngineCannotBeClosed_ServesFromTheNewOneAllTheSame()
    {
        await Tablet.SwitchEngineAsync(new UnclosableEngine(File("stubborn.db")));
        await Tablet.SwitchEngineAsync(File("second.db"));
        await WriteAsync();
        Assert.Equal(11, await ReadAsync());
    }

    [Fact]
    public async Task Switch_AfterClosing_IsRefused()
    {
        await Tablet.CloseAsync();
        await FailsAsync(ErrorCodes.ShardError, "57P01", () => Tablet.SwitchEngineAsync(SqliteEngine.InMemory()).AsTask());
    }

    [Fact]
    public async Task Switch_AgainAndAgainUnderWritesAndReads_LosesNothing()
    {
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            var count = 0;
            for (; !stop.IsCancellationRequested; count++) await WriteAsync();
            return count;
        })).ToArray();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            for (long last = 0; !stop.IsCancellationRequested;)
            {
                var now = await ReadAsync();
                Assert.True(now >= last, "a read went back in time");
                last = now;
            }
        })).ToArray();
        for (var i = 0; i < 20; i++) await Tablet.SwitchEngineAsync(i % 2 == 0 ? SqliteEngine.InMemory() : File($"{i}.db"));
        await stop.CancelAsync();
        await Task.WhenAll(readers);
        Assert.Equal(10 + (await Task.WhenAll(writers)).Sum(), await ReadAsync());
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private SqliteEngine File(string name) => new(new SqliteEngineOptions { Path = Path.Combine(_directory, name), Durable = false });

    private async Task FillAsync()
    {
        foreach (var sql in (string[])[
            "CREATE TABLE parent(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, self INTEGER REFERENCES parent(id))",
            "CREATE TABLE child(id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent(id) ON DELETE CASCADE)",
            "CREATE TABLE keyed(a TEXT, b INTEGER, c TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID",
            "CREATE TABLE loose(a, b BOOLEAN, c TIMESTAMP, \"odd \"\"name\" NUMERIC)",
            "CREATE TABLE made(a INTEGER, twice INTEGER AS (a * 2) STORED, thrice INTEGER AS (a * 3))",
            "CREATE TABLE empty(a)",
            "CREATE TABLE rowid(rowid TEXT, oid TEXT, _rowid_ TEXT)",
            "CREATE UNIQUE INDEX loose_a ON loose(a) WHERE b",
            "CREATE VIEW seen AS SELECT name FROM log",
            "CREATE TABLE log(name TEXT)",
            "INSERT INTO parent (name, self) VALUES ('x', 3), ('y', 1), ('z', NULL), ('gone', NULL), ('gone', NULL), ('gone', NULL), ('gone', NULL)",
            "DELETE FROM parent WHERE name = 'gone'",
            "INSERT INTO child VALUES (10, 1), (20, 3)",
            "INSERT INTO keyed VALUES ('b', 2, NULL), ('a', 9, ''), ('a', -1, x'00ff')",
            "INSERT INTO loose(rowid, a, b, c, \"odd \"\"name\") VALUES (7, 'seven', TRUE, '2024-02-29 12:00:00', 1e300), (-3, 9223372036854775807, 2, 1.5, 0.1), (4, x'', NULL, 0, -0.0), (5, 'ünï\U0001F600', 'no', x'7465', '12')",
            "INSERT INTO loose SELECT NULL, 0, value, value / 7.0 FROM generate_series(1, 3000)",
            "INSERT INTO made(a) VALUES (1), (2)",
            "INSERT INTO rowid VALUES ('1', '2', '3'), ('0', NULL, '')",
            "CREATE TRIGGER noted AFTER INSERT ON parent BEGIN INSERT INTO log VALUES (NEW.name); END"])
        {
            await Tablet.ExecuteAsync(sql);
        }
    }

    private async Task<string[]> PictureAsync()
    {
        var objects = await Tablet.SchemaAsync(default);
        var lines = objects.OrderBy(each => each.Type).ThenBy(each => each.Name).Select(each => each.ToString()).ToList();
        foreach (var table in objects.Where(each => each.Type == "table").OrderBy(each => each.Name))
        {
            var rows = (await Tablet.QueryAsync($"SELECT *, {(table.Name is "keyed" ? "1" : "rowid")} FROM \"{table.Name}\"")).Rows;
            for (var i = 0; i < rows.RowCount; i++) lines.Add(string.Join('|', rows[i].ToArray().Select(cell => $"{cell.Kind} {cell}")));
        }

        return [.. lines];
    }

    /// <summary>An engine that waits before it takes the copy.</summary>
    private sealed class HeldEngine(IStorageEngine inner) : ForwardingEngine(inner)
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Free { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask CopyFromAsync(IEngineConnection source, CancellationToken cancellationToken)
        {
            Reached.SetResult();
            await Free.Task.WaitAsync(cancellationToken);
            await base.CopyFromAsync(source, cancellationToken);
        }
    }

    /// <summary>A connection whose rows change, or are fewer, while they are copied.</summary>
    private sealed class TamperingConnection(IEngineConnection inner, bool loses) : ForwardingConnection(inner)
    {
        public override async IAsyncEnumerable<RowSet> StreamAsync(string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var chunk in base.StreamAsync(sql, parameters, chunkBytes, cancellationToken))
            {
                if (sql.Contains("typeof", StringComparison.Ordinal))
                {
                    yield return chunk;
                    continue;
                }

                var copy = new RowSet(chunk.Fields);
                for (var i = 0; i < chunk.RowCount - (loses ? 1 : 0); i++)
                {
                    var row = chunk[i].ToArray();
                    row[^1] = SqlValue.Real(20);
                    copy.Add(row);
                }

                yield return copy;
            }
        }
    }

    private sealed class UnclosableEngine(IStorageEngine inner) : ForwardingEngine(inner)
    {
        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            throw new IOException("busy");
        }
    }
}
