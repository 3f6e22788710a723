using Shale.Contracts;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Engine.Specification.Tablet;

/// <summary>How a tablet keeps connections to versions of the past.</summary>
public sealed class TabletVersionTests : TabletSpecification
{
    // The tablet's.
    private CountedEngine _engine = null!;

    protected override VTTabletOptions Options(VTTabletOptions options) =>
        options with { Engine = _engine = CountedEngine.OnALog(), IdleVersions = 2, MaxReaders = 3 };

    [Fact]
    public async Task Query_AVersionAgain_TakesTheConnectionThatIsThere()
    {
        await WriteAsync();
        for (var i = 0; i < 5; i++) Assert.Equal(10, await ReadAsync(2));
        for (var i = 0; i < 5; i++) Assert.Equal(11, await ReadAsync(3));
        await foreach (var chunk in Tablet.StreamAsync(Request(2), default)) Assert.Equal(10, chunk[0][0].AsInteger());
        Assert.Equal((2, 0, (0, 2)), (_engine.Opened, _engine.Closed, Tablet.Readers.Counts));
    }

    [Fact]
    public async Task Query_MoreVersionsThanAreKept_TheOneUnusedForLongestIsClosed()
    {
        await WriteAsync();
        foreach (var lsn in (long[])[1, 2, 1, 3]) _ = await ReadAsync(lsn, "SELECT count(*) FROM sqlite_schema");
        Assert.Equal((3, 1), (_engine.Opened, _engine.Closed));
        foreach (var lsn in (long[])[1, 3]) _ = await ReadAsync(lsn, "SELECT count(*) FROM sqlite_schema");
        Assert.Equal((3, 1), (_engine.Opened, _engine.Closed));
        Assert.Equal(10, await ReadAsync(2));
        Assert.Equal((4, 2, (0, 2)), (_engine.Opened, _engine.Closed, Tablet.Readers.Counts));
    }

    [Fact]
    public async Task Query_AVersionAtTheSameTime_EachHasAConnectionOfItsOwn()
    {
        await using (await OpenStreamAsync(2))
        await using (await OpenStreamAsync(2))
        {
            Assert.Equal((2, 0), Tablet.Readers.Counts);
            Assert.Equal(10, await ReadAsync(2));
        }

        Assert.Equal((3, 1, (0, 2)), (_engine.Opened, _engine.Closed, Tablet.Readers.Counts));
    }

    [Fact]
    public async Task Query_AVersionWhileAllReadersAreInUse_IsResourceExhausted()
    {
        await using var first = await OpenStreamAsync(2);
        await using var second = await OpenStreamAsync(1, "SELECT 1, value FROM generate_series(1, 100000)");
        await using var third = await OpenStreamAsync(null);
        var waiting = ReadAsync(2);
        Time.Advance(TimeSpan.FromSeconds(5));
        await FailsAsync(ErrorCodes.ResourceExhausted, "53300", () => waiting);
    }

    [Fact]
    public async Task Sweep_VersionsThatNobodyAsksFor_AreLetGo()
    {
        Assert.Equal(10, await ReadAsync(2));
        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, _engine.Closed);
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((1, (0, 0)), (_engine.Closed, Tablet.Readers.Counts));
        Assert.Equal(10, await ReadAsync(2));
    }

    [Fact]
    public async Task Query_AVersionFails_TheConnectionIsKeptUnlessTheEngineFailed()
    {
        await FailsAsync(ErrorCodes.NotFound, "42P01", () => ReadAsync(2, "SELECT * FROM nobody"));
        Assert.Equal((1, 0), (_engine.Opened, _engine.Closed));
        await FailsAsync(ErrorCodes.LsnNotAvailable, "72000", () => ReadAsync(99));
        Assert.Equal((0, 1), Tablet.Readers.Counts);
        for (var i = 0; i < 3; i++) await FailsAsync(ErrorCodes.LsnNotAvailable, "72000", () => ReadAsync(99));
        Assert.Equal(10, await ReadAsync(2));
    }

    [Fact]
    public async Task Close_WhileAVersionIsRead_StopsItAndClosesAll()
    {
        Assert.Equal(10, await ReadAsync(2));
        var stream = await OpenStreamAsync(1, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT zeroblob(300000) UNION ALL SELECT 1 UNION ALL SELECT count(*) FROM n");
        var endless = Task.Run(async () =>
        {
            await using (stream) await stream.MoveNextAsync();
        });
        await Tablet.CloseAsync();
        await FailsAsync(ErrorCodes.Timeout, "57014", () => endless);
        Assert.Equal((2, 2), (_engine.Opened, _engine.Closed));
        await FailsAsync(ErrorCodes.ShardError, "57P01", () => ReadAsync(2));
    }

    [Fact]
    public async Task Switch_WhileAVersionIsRead_TheOldEngineLivesUntilItIsDone()
    {
        Assert.Equal(10, await ReadAsync(2));
        await using (var stream = await OpenStreamAsync(2))
        {
            await Tablet.SwitchEngineAsync(SqliteEngine.InMemory());
            Assert.False(_engine.IsDisposed);
            while (await stream.MoveNextAsync()) Assert.Equal(10, stream.Current[0][0].AsInteger());
        }

        Assert.True(_engine.IsDisposed);
        Assert.Equal((1, 1), (_engine.Opened, _engine.Closed));
        await FailsAsync(ErrorCodes.TimeTravelNotSupported, "0A000", () => ReadAsync(2));
        Assert.Null(Tablet.History);
        Assert.Equal(10, await ReadAsync());
    }

    [Fact]
    public async Task Branch_GoesToNoOtherEngine()
    {
        await using var branch = Tablet.OpenBranch("main");
        await using var target = SqliteEngine.InMemory();
        await FailsAsync(ErrorCodes.QueryError, "0A000", () => branch.SwitchEngineAsync(target).AsTask());
    }

    [Fact]
    public async Task PlainFiles_HaveNoVersions()
    {
        await using var plain = new VTTablet(new VTTabletOptions { Shard = Shard, Keyspace = "main", Engine = SqliteEngine.InMemory() });
        Assert.Null(plain.History);
        await FailsAsync(ErrorCodes.TimeTravelNotSupported, "0A000", () => plain.QueryAsync(Request(1), default).AsTask());
        await FailsAsync(ErrorCodes.TimeTravelNotSupported, "0A000", async () => _ = await plain.StreamAsync(Request(1), default).ToListAsync());
        await FailsAsync(ErrorCodes.TimeTravelNotSupported, "0A000", () => Task.FromResult(plain.OpenBranch("main")));
    }

    [Fact]
    public async Task Query_AVersion_AllocatesAboutAsMuchAsInThePresent()
    {
        var (past, present) = (Request(2, "SELECT n FROM t WHERE id = 1"), Request(null, "SELECT n FROM t WHERE id = 1"));
        for (var i = 0; i < 1000; i++) _ = (await Tablet.QueryAsync(past, default), await Tablet.QueryAsync(present, default));

        // One after the other, and what lies in the middle: what is compiled anew meanwhile, and allocates less, counts for both.
        var more = Enumerable.Range(0, 1001).Select(_ => Bytes(past) - Bytes(present)).Order().ElementAt(500);
        Assert.InRange(more, long.MinValue, 8);

        long Bytes(ShardQueryRequest request)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var pending = Tablet.QueryAsync(request, default);
            Assert.True(pending.IsCompletedSuccessfully);
            Assert.Equal(1, pending.Result.Rows.RowCount);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static ShardQueryRequest Request(long? lsn, string sql = "SELECT n FROM t WHERE id = 1") =>
        new(Shard, sql, []) { AsOf = lsn is { } at ? new ShardVersion("main", new Lsn(at)) : null };

    private async Task<long> ReadAsync(long lsn, string sql = "SELECT n FROM t WHERE id = 1") => (await Tablet.QueryAsync(Request(lsn, sql), default)).Rows[0][0].AsInteger();

    private async Task<IAsyncEnumerator<RowSet>> OpenStreamAsync(long? lsn, string sql = "SELECT n, value FROM t, generate_series(1, 100000)")
    {
        var stream = Tablet.StreamAsync(Request(lsn, sql), default).GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync());
        return stream;
    }

    /// <summary>Counts the connections to versions.</summary>
    private sealed class CountedEngine(IStorageEngine inner) : ForwardingEngine(inner)
    {
        public static CountedEngine OnALog() => new(new SqliteEngine(new SqliteEngineOptions { HasHistory = true }));

        public int Opened { get; private set; }

        public int Closed { get; private set; }

        public bool IsDisposed { get; private set; }

        public override async ValueTask<IEngineConnection> OpenAsync(ShardVersion version, CancellationToken cancellationToken)
        {
            var connection = await base.OpenAsync(version, cancellationToken);
            Opened++;
            return new CountedConnection(connection, () => Closed++);
        }

        public override ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return base.DisposeAsync();
        }
    }

    private sealed class CountedConnection(IEngineConnection inner, Action closed) : ForwardingConnection(inner)
    {
        public override ValueTask DisposeAsync()
        {
            closed();
            return base.DisposeAsync();
        }
    }
}
