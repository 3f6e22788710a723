using Shale.PageLog;

namespace Shale.DoSql.Tests;

/// <summary>Many callers at once.</summary>
public sealed class WriteQueueTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Rule", "S5.5")]
    public async Task Run_ManyCallers_EachGetsItsOutcome(bool batches)
    {
        var directory = new TempDirectory();
        await using (var db = await DoSqlDatabase.OpenAsync(directory.Path, new DoSqlOptions { BatchCommits = batches }))
        {
            await db.RunScriptAsync("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, caller INT, n INT UNIQUE, p REFERENCES p DEFERRABLE INITIALLY DEFERRED); INSERT INTO t VALUES (1, 0, -3, NULL)");
            var lsns = new List<Lsn>();
            var failed = 0;

            // All wait for him with their first: two of them at least are one commit, however the threads come to run.
            var holder = await db.BeginAsync(DoSqlTransactionMode.Immediate);
            var callers = Enumerable.Range(0, 32).Select(CallAsync).ToList();
            await holder.RollbackAsync();
            await Task.WhenAll(callers);

            async Task CallAsync(int caller)
            {
                for (var i = 0; i < 50; i++)
                {
                    var n = (caller * 1000) + i;
                    var (wrong, state) = (i % 10) switch { 3 => ("VALUES (?, -3, NULL)", "23505"), 7 => ("VALUES (?, ?, 99)", "23503"), _ => (null, "") };
                    if (wrong is not null)
                    {
                        var failure = await Assert.ThrowsAsync<VitessException>(() => db.RunAsync("INSERT INTO t (caller, n, p) " + wrong, state == "23503" ? [caller, n] : [caller]));
                        Assert.Equal(state, failure.SqlState);
                        Interlocked.Increment(ref failed);
                        continue;
                    }

                    var result = await db.RunAsync("INSERT INTO t (caller, n) VALUES (?, ?)", [caller, n]);
                    Assert.Equal(1, result.Affected);
                    Assert.Equal(n, await db.QueryOneAsync<int>("SELECT n FROM t WHERE id = ?", [result.LastInsertId]));
                    lock (lsns) lsns.Add(result.Lsn);
                }
            }

            var succeeded = (32 * 50) - (32 * 10);
            Assert.Equal(succeeded, lsns.Count);
            Assert.Equal(succeeded + 1, await db.QueryOneAsync<int>("SELECT count(*) FROM t"));
            Assert.Equal(32 * 10, failed);
            if (batches) Assert.True(lsns.Distinct().Count() < succeeded);
            else Assert.Equal(succeeded, lsns.Distinct().Count());
        }

        directory.Remove();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Rule", "S5.5")]
    public async Task Run_OneWouldEndWhatTheyShare_EachComesToWhatItComesToAlone(bool batches)
    {
        var directory = new TempDirectory();
        await using (var db = await DoSqlDatabase.OpenAsync(directory.Path, new DoSqlOptions { BatchCommits = batches }))
        {
            await db.RunScriptAsync("""
                CREATE TABLE p (id INTEGER PRIMARY KEY);
                CREATE TABLE t (v INT UNIQUE, p REFERENCES p DEFERRABLE INITIALLY DEFERRED);
                INSERT INTO t (v) VALUES (1);
                """);
            var holder = await db.BeginAsync(DoSqlTransactionMode.Immediate);
            string[] statements =
            [
                "INSERT INTO t (v) VALUES (2)",
                "INSERT OR ROLLBACK INTO t (v) VALUES (1)",
                "INSERT OR FAIL INTO t (v) VALUES (3), (1), (4)",
                "INSERT INTO t VALUES (5, 7)",
                "INSERT INTO p VALUES (7)",
                "INSERT INTO t VALUES (6, 7)",
            ];
            var runs = statements.Select(statement => db.RunAsync(statement)).ToList();
            await holder.RollbackAsync();

            var states = new List<string?>();
            foreach (var run in runs) states.Add((await Record.ExceptionAsync(() => run) as VitessException)?.SqlState);
            Assert.Equal([null, "23505", "23505", "23503", null, null], states);
            Assert.Equal([1, 2, 3, 6], await db.QueryAsync<int>("SELECT v FROM t ORDER BY v"));
        }

        directory.Remove();
    }

    [Fact]
    public async Task Run_AfterSeveralWereToldAtOnce_TheFirstWhoComesAgainDoesNotWaitForTheDiskOnHisOwnThread()
    {
        var directory = new TempDirectory();
        using var disk = new GatedDisk(new LocalDisk(directory.Path));
        await using (var db = await DoSqlDatabase.OpenAsync(disk, new DoSqlOptions()))
        {
            await db.RunAsync("CREATE TABLE t (v)");
            var holder = await db.BeginAsync(DoSqlTransactionMode.Immediate);
            var together = Enumerable.Range(0, 8).Select(i => db.RunAsync("INSERT INTO t VALUES (?)", [i])).ToList();
            await holder.RollbackAsync();
            await Task.WhenAll(together);

            disk.Close();
            Task? run = null;
            var call = Task.Run(() => { run = db.RunAsync("INSERT INTO t VALUES (8)"); });
            var isBack = await Task.WhenAny(call, Task.Delay(TimeSpan.FromSeconds(30))) == call;
            disk.Open();
            Assert.True(isBack);
            await run!;
            Assert.Equal(9, await db.QueryOneAsync<int>("SELECT count(*) FROM t"));
        }

        directory.Remove();
    }

    [Fact]
    public async Task Run_MoreThanMayWait_IsRefused()
    {
        var directory = new TempDirectory();
        await using (var db = await DoSqlDatabase.OpenAsync(directory.Path, new DoSqlOptions { WaitingWrites = 2 }))
        {
            await db.RunAsync("CREATE TABLE t (v)");
            await using var transaction = await db.BeginAsync(DoSqlTransactionMode.Immediate);
            var waiting = new[] { db.RunAsync("INSERT INTO t VALUES (1)"), db.RunAsync("INSERT INTO t VALUES (2)") };
            var failure = await Assert.ThrowsAsync<VitessException>(() => db.RunAsync("INSERT INTO t VALUES (3)"));
            Assert.Equal(("53000", true), (failure.SqlState, failure.IsTransient));
            await transaction.RollbackAsync();
            await Task.WhenAll(waiting);
            Assert.Equal(2, await db.QueryOneAsync<int>("SELECT count(*) FROM t"));
        }

        directory.Remove();
    }

    // A disk on which nobody's wait ends while it is closed.
    private sealed class GatedDisk(IDisk disk) : IDisk, IDisposable
    {
        private readonly ManualResetEventSlim _gate = new(initialState: true);

        public long FreeBytes => disk.FreeBytes;

        public long TotalBytes => disk.TotalBytes;

        public void Close() => _gate.Reset();

        public void Open() => _gate.Set();

        public IReadOnlyList<string> List() => disk.List();

        public IDiskFile Open(string name) => new GatedFile(disk.Open(name), _gate);

        public IDiskFile Create(string name) => new GatedFile(disk.Create(name), _gate);

        public void Rename(string from, string to) => disk.Rename(from, to);

        public void Delete(string name) => disk.Delete(name);

        public void SyncDirectory() => disk.SyncDirectory();

        public IDisposable Lock() => disk.Lock();

        public void Dispose() => _gate.Dispose();

        private sealed class GatedFile(IDiskFile file, ManualResetEventSlim gate) : IDiskFile
        {
            public long Length => file.Length;

            public int Read(long offset, Span<byte> destination) => file.Read(offset, destination);

            public void Write(long offset, ReadOnlySpan<byte> source) => file.Write(offset, source);

            public void Reserve(long length) => file.Reserve(length);

            public void Truncate(long length) => file.Truncate(length);

            public void Sync()
            {
                gate.Wait();
                file.Sync();
            }

            public void Dispose() => file.Dispose();
        }
    }
}
