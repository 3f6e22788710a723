using System.Collections.Immutable;
using Shale.PageLog;

namespace Shale.Simulation;

/// <summary>
/// A seeded life of a log on a simulated disk, beside its shadow: commits on several branches, branches, snapshots, restores, readers of any version. Ends by itself or with a
/// <see cref="PowerFailure"/>; <see cref="Recover"/> then opens the log again and compares it with the shadow.
/// </summary>
internal sealed partial class LogScenario
{
    private readonly Random _random;
    private readonly SimulatedDisk _disk;
    private readonly PageStoreOptions _options;
    private readonly SettableTime _clock = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly ShadowLog _shadow = new();
    private PageStore _store;
    private Lsn _acknowledged;
    private Action<bool>? _pending;
    private Func<bool>? _pendingHappened;

    public LogScenario(int seed, SimulatedDisk disk, PageStoreOptions options)
    {
        _random = new Random(seed);
        (_disk, _options) = (disk, options with { Clock = _clock, Retention = TimeSpan.FromSeconds(60) });
        _store = PageStore.Open(disk, _options);
    }

    public Lsn Last => _shadow.Last;

    public int Compactions { get; private set; }

    public void Run(int steps)
    {
        for (var i = 0; i < steps; i++) Step();
    }

    /// <summary>Everything so far but its end goes before the window.</summary>
    public void Age()
    {
        _store.Checkpoint();
        _clock.Now += TimeSpan.FromMinutes(2);
        Compact();
    }

    public void Close() => _store.Dispose();

    /// <summary>Power is back: opens the log and compares every version with the shadow.</summary>
    public void Recover()
    {
        _disk.PowerOn();
        _writing.Clear();
        _disk.Capacity = long.MaxValue;
        Verify();
        _store = PageStore.Open(_disk, _options);
        Assert.True(_store.LastLsn >= _acknowledged, $"LSN {_acknowledged} was acknowledged, the log ends at {_store.LastLsn}");
        Assert.True(_store.LastLsn <= _shadow.Last, "the log has a commit that nobody made");
        _shadow.CutBack(_store.LastLsn);
        if (_pending is { } pending) pending(_pendingHappened!());
        _pending = null;
        _acknowledged = _store.LastLsn;
        Assert.Equal(_shadow.Branches.Order(StringComparer.Ordinal), _store.Branches.Select(branch => branch.Name));
        Assert.Equal(_shadow.Snapshots.Keys.Order(StringComparer.Ordinal), _store.Snapshots.Select(snapshot => snapshot.Name));
        _clock.Now += TimeSpan.FromSeconds(_random.Next(-3600, 60));
        Commit();
        CompareAll();
        RecoverBackup();
    }

    /// <summary>Compares every version of every branch, and every snapshot.</summary>
    public void CompareAll()
    {
        _store.WaitDurable(_store.LastLsn);
        RequirePromises();
        foreach (var branch in _shadow.Branches)
        {
            for (var lsn = _store.OldestLsn; lsn <= _shadow.Last; lsn = lsn.Next)
            {
                using var reader = _store.OpenReader(branch, lsn);
                Compare(_shadow.At(branch, lsn), reader, $"{branch}:{lsn}");
            }
        }

        foreach (var (name, pages) in _shadow.Snapshots)
        {
            using var reader = _store.OpenSnapshot(name);
            Compare(pages, reader, name);
        }
    }

    // What a crash leaves is no damage. One crash in ten, because it reads everything.
    private void Verify()
    {
        if (_random.Next(10) > 0) return;
        using var log = LogInspector.Open(_disk);
        var damages = log.Verify().Damages;
        Assert.True(damages.Count == 0, $"a crash has left damage: {string.Join("; ", damages)}");
    }

    private void Step()
    {
        switch (_random.Next(29))
        {
            case 27:
                Backup();
                break;
            case 28:
                While(Backup);
                break;
            case 25 or 26:
                Promise();
                break;
            case 0:
                CreateBranch();
                break;
            case 1:
                CreateSnapshot();
                break;
            case 2:
                Restore();
                break;
            case 3:
                DropSomething();
                break;
            case 4 or 5:
                ReadHead();
                break;
            case 6:
                While(Checkpoint);
                break;
            case 11:
                While(Maintain);
                break;
            case 7:
                While(Compact);
                break;
            case 8 or 9:
                CommitSideBySide();
                break;
            case 10:
                FillDisk();
                break;
            default:
                Commit();
                break;
        }
    }

    private void Commit()
    {
        var branch = Any(_shadow.Branches.Except(_writing));
        using var writer = _store.OpenWriter(branch);
        for (var commits = _random.Next(1, 4); commits > 0; commits--)
        {
            var pages = _shadow.Head(branch);

            // What a transaction cannot keep in memory may meet a full disk before it is prepared.
            if (!Attempt(() => pages = Change(writer, pages)))
            {
                writer.Discard();
                continue;
            }

            if (_random.Next(8) == 0)
            {
                if (_random.Next(2) == 0) Attempt(() => writer.Prepare(default));
                writer.Discard();
                continue;
            }

            if (!Attempt(() => writer.Prepare(new CommitContent { RowChanges = new byte[_random.Next(40)], RowCount = 1 })))
            {
                writer.Discard();
                continue;
            }

            if (!writer.HasChanges) continue;
            _clock.Now += TimeSpan.FromSeconds(1);
            var lsn = writer.Publish();
            _shadow.Commit(branch, lsn, pages);
            if (_random.Next(3) == 0) Acknowledge(lsn);
        }
    }

    private ImmutableSortedDictionary<uint, byte[]> Change(IPageWriter writer, ImmutableSortedDictionary<uint, byte[]> pages)
    {
        Span<byte> page = stackalloc byte[PageFormat.PageSize];
        for (var changes = _random.Next(1, 5); changes > 0; changes--)
        {
            var number = (uint)_random.Next(1, pages.Count + 2);
            writer.Read(number, 0, page);
            Assert.True(page.SequenceEqual(pages.GetValueOrDefault(number) ?? new byte[PageFormat.PageSize]), $"the writer reads another page {number}");

            // New pages are full, or almost empty.
            if (!pages.ContainsKey(number) && _random.Next(3) > 0) _random.NextBytes(page);
            for (var edits = _random.Next(1, 4); edits > 0; edits--) Edit(page);
            writer.Write(number, page);
            pages = pages.SetItem(number, page.ToArray());
        }

        if (pages.Count > 3 && _random.Next(10) == 0)
        {
            writer.Truncate((uint)pages.Count - 1);
            pages = pages.Remove((uint)pages.Count);
        }

        return pages;
    }

    private void Edit(Span<byte> page)
    {
        var length = _random.Next(6) == 0 ? PageFormat.PageSize : _random.Next(1, 60);
        _random.NextBytes(page.Slice(_random.Next(PageFormat.PageSize - length + 1), length));
    }

    private void Acknowledge(Lsn lsn)
    {
        _store.WaitDurable(lsn);
        _acknowledged = lsn;
    }

    private void CreateBranch()
    {
        if (_shadow.Branches.Count > 4) return;
        var (name, from) = (NewName("b"), Any(_shadow.Branches));
        var at = SomeLsn();
        Control(
            () => _store.CreateBranch(name, from, at),
            happened => { if (happened) _shadow.Branch(name, from, at); },
            () => _store.Branches.Any(branch => branch.Name == name));
    }

    private void CreateSnapshot()
    {
        var (name, branch) = (NewName("s"), Any(_shadow.Branches));
        var at = SomeLsn();
        Control(
            () => _store.CreateSnapshot(name, branch, at),
            happened => { if (happened) _shadow.Snapshots.Add(name, _shadow.At(branch, at)); },
            () => _store.Snapshots.Any(snapshot => snapshot.Name == name));
    }

    private void DropSomething()
    {
        if (_shadow.Snapshots.Count > 0 && _random.Next(2) == 0)
        {
            var name = Any(_shadow.Snapshots.Keys);
            Control(
                () => _store.DropSnapshot(name),
                happened => { if (happened) _shadow.Snapshots.Remove(name); },
                () => _store.Snapshots.All(snapshot => snapshot.Name != name));
            return;
        }

        var branch = Any(_shadow.Branches);
        if (branch == PageFormat.MainBranch || _writing.Contains(branch) || _store.Snapshots.Any(snapshot => snapshot.Branch == branch)) return;
        Control(
            () => _store.DropBranch(branch),
            happened => { if (happened) _shadow.DropBranch(branch); },
            () => _store.Branches.All(live => live.Name != branch));
    }

    private void Restore()
    {
        var branch = Any(_shadow.Branches);
        if (_writing.Contains(branch)) return;
        var to = SomeLsn();
        var pages = _shadow.At(branch, to);
        var lsn = _shadow.Last.Next;

        // Whether it happened is told by the LSN, which it takes.
        _shadow.Commit(branch, lsn, pages);
        Assert.Equal(lsn, _store.Restore(branch, to));
        _acknowledged = lsn;
    }

    private void ReadHead()
    {
        var branch = Any(_shadow.Branches);
        using var reader = _store.OpenReader(branch);
        reader.Pin();
        Assert.True(reader.Lsn <= _store.DurableLsn);
        Compare(_shadow.At(branch, _store.DurableLsn), reader, branch);
        reader.Unpin();
    }

    // An operation whose outcome is not known if the power fails in the middle of it.
    private void Control(Action run, Action<bool> finish, Func<bool> happened)
    {
        (_pending, _pendingHappened) = (finish, happened);
        var happens = Attempt(run);
        _pending = null;
        if (!happens) return;
        finish(true);
        _acknowledged = _store.LastLsn;
    }

    // While somebody reads an old version, which must stay.
    private void Compact()
    {
        var branch = Any(_shadow.Branches);
        var at = SomeLsn();
        using var reader = _store.OpenReader(branch, at);
        _clock.Now += TimeSpan.FromSeconds(_random.Next(40));
        Attempt(() => Compactions += _store.Compact() ? 1 : 0);
        Compare(_shadow.At(branch, at), reader, $"{branch}:{at}");
    }

    private static void Compare(ImmutableSortedDictionary<uint, byte[]> expected, IPageReader reader, string what)
    {
        Assert.True(expected.Count == reader.PageCount, $"{what} has {reader.PageCount} pages instead of {expected.Count}");
        Span<byte> page = stackalloc byte[PageFormat.PageSize];
        foreach (var (number, bytes) in expected)
        {
            reader.Read(number, 0, page);
            Assert.True(page.SequenceEqual(bytes), $"page {number} of {what} is another one");
        }
    }

    private Lsn SomeLsn() => new(_random.NextInt64(_store.OldestLsn.Value, _store.DurableLsn.Value + 1));

    private string NewName(string prefix) => $"{prefix}{_random.Next()}";

    private string Any(IEnumerable<string> names)
    {
        var all = names.Order(StringComparer.Ordinal).ToList();
        return all[_random.Next(all.Count)];
    }
}
