using Shale.Engines;
using Shale.Vitess;

namespace Shale.Engine.Specification.Sqlite;

/// <summary>The database file: made, kept, full, damaged.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-spec-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Open_Again_FindsWhatWasCommitted()
    {
        await using (var engine = Engine("new/dir/a.db"))
        {
            await using var writer = await engine.OpenAsync(EngineAccess.Write, default);
            await writer.ExecuteAsync("CREATE TABLE t(a INTEGER)", [], default);
            await writer.ExecuteAsync("INSERT INTO t VALUES (42)", [], default);
            Assert.Equal("wal", (await writer.ExecuteAsync("PRAGMA journal_mode", [], default)).Rows[0][0].AsText());
            Assert.Equal(2, (await writer.ExecuteAsync("PRAGMA synchronous", [], default)).Rows[0][0].AsInteger());
            Assert.Equal(1, (await writer.ExecuteAsync("PRAGMA foreign_keys", [], default)).Rows[0][0].AsInteger());
        }

        await using var again = Engine("new/dir/a.db");
        await using var reader = await again.OpenAsync(EngineAccess.Read, default);
        Assert.Equal(42, (await reader.ExecuteAsync("SELECT a FROM t", [], default)).Rows[0][0].AsInteger());
    }

    [Fact]
    public async Task Dispose_APrivateEngine_RemovesItsFile()
    {
        var engine = SqliteEngine.InMemory();
        await (await engine.OpenAsync(EngineAccess.Write, default)).DisposeAsync();
        Assert.True(File.Exists(engine.Path));
        await engine.DisposeAsync();
        Assert.False(File.Exists(engine.Path));
    }

    [Theory]
    [InlineData(EngineAccess.Read)]
    [InlineData(EngineAccess.Write)]
    public async Task Open_Garbage_IsShardError(EngineAccess access)
    {
        await File.WriteAllBytesAsync(Path("a.db"), [.. Enumerable.Range(0, 20_000).Select(i => (byte)(i * 7))]);
        await using var engine = Engine("a.db");
        await FailsAsync("XX001", () => engine.OpenAsync(access, default).AsTask());
    }

    [Fact]
    public async Task Open_TruncatedFile_IsShardError()
    {
        await FillAsync("a.db");
        using (var file = File.OpenWrite(Path("a.db"))) file.SetLength(file.Length / 2);
        await using var engine = Engine("a.db");
        await FailsAsync("XX001", () => engine.OpenAsync(EngineAccess.Write, default).AsTask());
    }

    [Fact]
    public async Task Execute_OnADamagedPage_IsShardErrorAndNoCrash()
    {
        await FillAsync("a.db");
        using (var file = File.OpenWrite(Path("a.db")))
        {
            for (var page = 2; page * 4096 < file.Length; page++)
            {
                file.Position = (page * 4096) - 4096;
                file.Write(new byte[300]);
            }
        }

        await using var engine = Engine("a.db");
        await using var writer = await engine.OpenAsync(EngineAccess.Write, default);
        await FailsAsync("XX001", () => writer.ExecuteAsync("SELECT sum(length(a)) FROM t", [], default).AsTask());
    }

    [Fact]
    public async Task Open_WhereNoFileCanBe_IsShardError()
    {
        await File.WriteAllTextAsync(Path("plain"), "no directory");
        await using var engine = Engine("plain/a.db");
        await FailsAsync("58030", () => engine.OpenAsync(EngineAccess.Write, default).AsTask());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_WhenTheDiskIsFull_IsShardErrorAndNothingIsLost(bool inTransaction)
    {
        await using var engine = new SqliteEngine(new SqliteEngineOptions { Path = Path("a.db"), MaxPages = 20 });
        await using var writer = await engine.OpenAsync(EngineAccess.Write, default);
        await writer.ExecuteAsync("CREATE TABLE t(a TEXT)", [], default);
        await writer.ExecuteAsync("INSERT INTO t VALUES ('kept')", [], default);
        if (inTransaction) await writer.BeginAsync(Contracts.IsolationLevel.Serializable, false, default);
        await FailsAsync("53100", () => writer.ExecuteAsync("INSERT INTO t SELECT hex(zeroblob(1000)) FROM generate_series(1, 1000)", [], default).AsTask());
        await writer.RollbackAsync(default);
        Assert.Equal(1, (await writer.ExecuteAsync("SELECT count(*) FROM t", [], default)).Rows[0][0].AsInteger());
        await writer.ExecuteAsync("INSERT INTO t VALUES ('small')", [], default);
    }

    [Fact]
    public async Task Begin_WhileAnotherProcessWrites_IsLockTimeout()
    {
        await using var one = Engine("a.db");
        await using var two = Engine("a.db");
        await using var first = await one.OpenAsync(EngineAccess.Write, default);
        await using var second = await two.OpenAsync(EngineAccess.Write, default);
        await first.BeginAsync(Contracts.IsolationLevel.Serializable, false, default);
        var failure = await Assert.ThrowsAsync<VitessException>(() => second.BeginAsync(Contracts.IsolationLevel.Serializable, false, default).AsTask());
        Assert.Equal(("LOCK_TIMEOUT", "55P03"), (failure.Code, failure.SqlState));
    }

    private SqliteEngine Engine(string name) => new(new SqliteEngineOptions { Path = Path(name) });

    private string Path(string name) => System.IO.Path.Combine(_directory, name);

    private async Task FillAsync(string name)
    {
        await using var engine = Engine(name);
        await using var writer = await engine.OpenAsync(EngineAccess.Write, default);
        await writer.ExecuteAsync("CREATE TABLE t(a TEXT)", [], default);
        await writer.ExecuteAsync("INSERT INTO t SELECT hex(zeroblob(1000)) FROM generate_series(1, 200)", [], default);
    }

    private static Task FailsAsync(string state, Func<Task> action) => EngineSpecification.FailsAsync(ErrorCodes.ShardError.Code, state, action);
}
