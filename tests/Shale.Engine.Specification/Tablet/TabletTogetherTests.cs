using Shale.Contracts;
using Shale.Engines;
using Shale.PageLog;
using Shale.Vitess;

namespace Shale.Engine.Specification.Tablet;

/// <summary>Writes that wait for the disk together, while the next ones go on: what is told when.</summary>
public sealed class TabletTogetherTests : TabletSpecification
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-together-").FullName;
    private HeldDisk _disk = null!;

    protected override VTTabletOptions Options(VTTabletOptions options) => options with { Engine = Log() };

    public override async Task DisposeAsync()
    {
        _disk.Release();
        await base.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Write_WhileTheDiskIsSlow_LetsTheNextOneWriteAndTellsNobodyOfEither()
    {
        var first = await WriteAndHoldAsync();
        var second = WriteAsync();
        var third = await BeginAsync(write: true);
        var seen = ReadAsync(third);
        Assert.Equal(10, await ReadAsync());
        Assert.False(first.IsCompleted || second.IsCompleted || seen.IsCompleted);

        _disk.Release();
        await Task.WhenAll(first, second);
        Assert.Equal((12, 12), (await seen, await ReadAsync()));
        await CommitAsync(third);
    }

    [Fact]
    public async Task Write_Answered_IsSeenByWhateverComesThen()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(each => Task.Run(async () =>
        {
            await WriteAsync(sql: $"INSERT INTO t VALUES ({100 + each}, 0)");
            for (var n = 1; n <= 50; n++)
            {
                await WriteAsync(sql: $"UPDATE t SET n = n + 1 WHERE id = {100 + each}");
                Assert.Equal(n, await ReadAsync(sql: $"SELECT n FROM t WHERE id = {100 + each}"));
            }
        })));
    }

    [Fact]
    [Trait("Rule", "S5.8")]
    public async Task Write_TheDiskFails_NobodyIsToldThatItIsThere()
    {
        var first = await WriteAndHoldAsync();
        var second = WriteAsync();
        var third = await BeginAsync(write: true);
        var seen = ReadAsync(third);
        _disk.Fails = true;
        _disk.Release();
        foreach (var told in (Task[])[first, second, seen]) await FailsAsync(ErrorCodes.ShardError, "58030", () => told);

        _disk.Fails = false;
        await RollbackAsync(third);
        await FailsAsync(ErrorCodes.ShardError, "58030", () => WriteAsync());
        Assert.Equal(10, await ReadAsync());
    }

    [Fact]
    public async Task Failure_BecauseOfARowThatIsNotDurable_IsToldOnceItIs()
    {
        var first = await WriteAndHoldAsync("INSERT INTO t VALUES (2, 0)");
        var second = WriteAsync(sql: "INSERT INTO t VALUES (2, 1)");
        Assert.False(second.IsCompleted);
        _disk.Release();
        await first;
        await FailsAsync(ErrorCodes.ConstraintViolation, "23505", () => second);
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Snapshot_TakenWhileACommitWaits_CannotWriteOverIt()
    {
        var first = await WriteAndHoldAsync();
        var early = await BeginAsync(IsolationLevel.RepeatableRead);
        Assert.Equal(10, await ReadAsync(early));
        await FailsAsync(ErrorCodes.SerializationFailure, "40001", () => WriteAsync(early));
        await RollbackAsync(early);
        early = await BeginAsync(IsolationLevel.RepeatableRead);
        Assert.Equal(10, await ReadAsync(early));
        _disk.Release();
        await first;
        await FailsAsync(ErrorCodes.SerializationFailure, "40001", () => WriteAsync(early));

        var late = await BeginAsync(IsolationLevel.RepeatableRead);
        Assert.Equal(11, await ReadAsync(late));
        await WriteAsync(late);
        await CommitAsync(late);
        Assert.Equal(12, await ReadAsync());
    }

    [Fact]
    public async Task Commit_OfATransaction_WaitsWithTheOthers()
    {
        var first = await WriteAndHoldAsync();
        var second = await BeginAsync(write: true);
        var committing = CommitAsync(second);
        Assert.False(committing.IsCompleted);

        // The writer is free again.
        var third = await BeginAsync(write: true);
        _disk.Release();
        await Task.WhenAll(first, committing);
        Assert.Equal(11, await ReadAsync(third));
    }

    [Fact]
    public async Task Switch_WhileACommitWaits_TakesItAlong()
    {
        var first = await WriteAndHoldAsync();
        var switching = Tablet.SwitchEngineAsync(SqliteEngine.InMemory()).AsTask();
        Assert.False(switching.IsCompleted);
        _disk.Release();
        await Task.WhenAll(first, switching);
        Assert.Equal(11, await ReadAsync());
    }

    [Fact]
    public async Task Close_WhileACommitWaits_LetsItBeTold()
    {
        var first = await WriteAndHoldAsync();
        var closing = Tablet.CloseAsync().AsTask();
        Assert.False(closing.IsCompleted);
        _disk.Release();
        await Task.WhenAll(first, closing);
        await using var again = new VTTablet(new VTTabletOptions { Shard = Shard, Keyspace = "main", Engine = Log() });
        Assert.Equal(11, (await again.QueryAsync("SELECT n FROM t")).Rows[0][0].AsInteger());
    }

    // Returns when what it has written is on its way to the disk.
    private async Task<Task> WriteAndHoldAsync(string sql = "UPDATE t SET n = n + 1 WHERE id = 1")
    {
        _disk.Hold();
        var writing = Task.Run(() => WriteAsync(sql: sql));
        await _disk.Reached.Task;
        return writing;
    }

    private SqliteEngine Log() => new(new SqliteEngineOptions
    {
        Path = _directory, HasHistory = true, Disk = directory => _disk = new HeldDisk(new LocalDisk(directory)), Log = new PageStoreOptions { MaintainsItself = false },
    });
}
