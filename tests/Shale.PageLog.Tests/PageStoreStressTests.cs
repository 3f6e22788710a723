using System.Collections.Concurrent;

namespace Shale.PageLog.Tests;

/// <summary>Everything at once: two branches are written, read at their newest and at earlier versions, branched, checkpointed and compacted, and every read is what its version was.</summary>
public sealed class PageStoreStressTests : IDisposable
{
    private const int Pages = 40;
    private const int EnoughReads = 100;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);
    private readonly TempDirectory _directory = new();
    private readonly Lock _publishing = new();
    private readonly Dictionary<long, int[]> _versions = new() { [0] = new int[Pages + 1] };
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly RisingTime _clock = new();
    private readonly CancellationTokenSource _stop = new();
    private PageStore _store = null!;
    private int _reads;
    private int _compactions;

    public void Dispose()
    {
        _stop.Dispose();
        _directory.Dispose();
    }

    [Fact]
    [Trait("Category", "Random")]
    public void ManyThreads_ReadWhatEachVersionWas()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 20261121;
        var options = new PageStoreOptions
        {
            SegmentBytesMin = 32 << 10, SegmentBytesMax = 256 << 10, CacheBytes = 256 << 10, Clock = _clock, Retention = TimeSpan.FromMinutes(10), CheckpointBytes = 256 << 10, Durable = seed % 2 == 0,
        };
        using (_store = PageStore.Open(new LocalDisk(_directory.Path), options))
        {
            _store.CreateBranch("side", "main");
            Action<Random>[] works =
            [
                random => Write(random, "main"), random => Write(random, "side"), ReadNewest, ReadNewest, ReadPast, random => Housekeep(random), Branch,
            ];
            _stop.CancelAfter(Duration);
            var threads = works.Select((work, i) => new Thread(() => Run(work, new Random(seed + i)))).ToList();
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
            if (_failures.TryDequeue(out var failure)) throw new InvalidOperationException($"SHALE_SEED={seed}: {failure.Message}", failure);
        }

        using (_store = PageStore.Open(new LocalDisk(_directory.Path), options))
        {
            Assert.Equal(_versions.Count - 1, _store.LastLsn.Value);
            for (var lsn = _store.OldestLsn; lsn <= _store.LastLsn; lsn = lsn.Next)
            {
                using var reader = _store.OpenReader("main", lsn);
                Compare(reader);
            }
        }

        using var log = LogInspector.Open(new LocalDisk(_directory.Path));
        Assert.Empty(log.Verify().Damages);
    }

    // On a machine that does much else, the time alone may be too short for anything to have happened.
    private bool HasEnough => !_failures.IsEmpty || (Volatile.Read(ref _reads) > EnoughReads && Volatile.Read(ref _compactions) > 0);

    private void Run(Action<Random> work, Random random)
    {
        try
        {
            while (!_stop.IsCancellationRequested || !HasEnough) work(random);
        }
        catch (Exception exception)
        {
            _failures.Enqueue(exception);
            _stop.Cancel();
        }
    }

    private void Write(Random random, string branch)
    {
        using var writer = _store.OpenWriter(branch);
        var page = new byte[PageFormat.PageSize];
        for (var commits = random.Next(1, 50); commits > 0; commits--)
        {
            int[] content;
            lock (_publishing) content = [.. _versions[writer.Lsn.Value]];
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                var number = random.Next(1, Pages);
                content[number] = random.Next(1, int.MaxValue);
                Fill(page, content[number]);
                writer.Write((uint)number, page);
            }

            writer.Prepare(new CommitContent { RowChanges = new byte[random.Next(2000)] });
            Lsn lsn;
            lock (_publishing)
            {
                lsn = writer.Publish();
                _versions[lsn.Value] = content;
            }

            _clock.Advance();
            if (random.Next(2) == 0) _store.WaitDurable(lsn);
        }
    }

    private void ReadNewest(Random random)
    {
        using var reader = _store.OpenReader(random.Next(2) == 0 ? "main" : "side");
        for (var pins = 0; pins < 20; pins++)
        {
            reader.Pin();
            Compare(reader);
            reader.Unpin();
        }
    }

    private void ReadPast(Random random)
    {
        var lsn = new Lsn(random.NextInt64(_store.OldestLsn.Value, _store.DurableLsn.Value + 1));
        try
        {
            using var reader = _store.OpenReader(random.Next(2) == 0 ? "main" : "side", lsn);
            for (var times = 0; times < 3; times++) Compare(reader);
        }
        catch (VitessException exception) when (exception.Code == ErrorCodes.LsnNotAvailable.Code)
        {
            // A compaction was faster.
        }
    }

    private void Housekeep(Random random)
    {
        if (random.Next(4) == 0) _store.Checkpoint();
        if (_store.Compact()) Interlocked.Increment(ref _compactions);
    }

    private void Branch(Random random)
    {
        var name = $"b{random.Next()}";
        _store.CreateBranch(name, random.Next(2) == 0 ? "main" : "side");
        using (var reader = _store.OpenReader(name))
        {
            reader.Pin();
            Compare(reader);
        }

        Write(random, name);
        _store.DropBranch(name);
    }

    private void Compare(IPageReader reader)
    {
        Interlocked.Increment(ref _reads);
        int[] content;
        lock (_publishing) content = _versions[reader.Lsn.Value];
        Span<byte> page = stackalloc byte[PageFormat.PageSize];
        Span<byte> expected = stackalloc byte[PageFormat.PageSize];
        for (uint number = 1; number < Pages; number++)
        {
            reader.Read(number, 0, page);
            Fill(expected, content[number]);
            if (!page.SequenceEqual(expected)) throw new InvalidOperationException($"page {number} of LSN {reader.Lsn} is another one");
        }
    }

    // Half of each page is the same in all versions, so that differences pay.
    private static void Fill(Span<byte> page, int content)
    {
        page.Clear();
        if (content != 0) new Random(content).NextBytes(page[..(content % PageFormat.PageSize)]);
    }

    private sealed class RisingTime : TimeProvider
    {
        private long _seconds;

        public void Advance() => Interlocked.Add(ref _seconds, 5);

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(50).AddSeconds(Volatile.Read(ref _seconds));
    }
}
