using System.Collections.Immutable;
using Shale.PageLog;

namespace Shale.Simulation;

/// <summary>What happens at the same time: writers of several branches, what others do in the middle of a checkpoint or a compaction, a disk that is full for a while.</summary>
internal sealed partial class LogScenario
{
    private const string DiskFull = "53100";
    private readonly HashSet<string> _writing = [];

    /// <summary>How often a full disk refused something.</summary>
    public int Refusals { get; private set; }

    /// <summary>Lets the disk be full for some steps.</summary>
    public void FillDisk()
    {
        _disk.Capacity = _disk.UsedBytes + _random.Next(6 << 10);
        var steps = _random.Next(2, 8);

        // The log makes room by letting go of what is old: every scenario goes on until there is nothing left to let go of once.
        for (var done = 0; done < steps || (Refusals == 0 && done < 100); done++)
        {
            switch (_random.Next(6))
            {
                case 0:
                    Checkpoint();
                    break;
                case 1:
                    Compact();
                    break;
                case 2:
                    CreateSnapshot();
                    break;
                default:
                    Commit();
                    break;
            }
        }

        _disk.Capacity = long.MaxValue;
    }

    // Writers of several branches prepare and publish in any order.
    private void CommitSideBySide()
    {
        var branches = _shadow.Branches.Except(_writing).Order(StringComparer.Ordinal).ToList();
        var writers = new List<SideWriter>();
        try
        {
            foreach (var branch in branches.Take(_random.Next(2, 4)))
            {
                writers.Add(new SideWriter(branch, _store.OpenWriter(branch), _shadow.Head(branch)));
                _writing.Add(branch);
            }

            for (var steps = _random.Next(3, 12); steps > 0; steps--) Step(writers[_random.Next(writers.Count)]);
        }
        finally
        {
            foreach (var writer in writers)
            {
                _writing.Remove(writer.Branch);
                writer.Pages.Dispose();
            }
        }
    }

    private void Step(SideWriter writer)
    {
        switch (_random.Next(6))
        {
            case 0:
                SomeControl()();
                break;
            case 1:
                writer.Pages.Discard();
                (writer.Content, writer.Prepared) = (_shadow.Head(writer.Branch), false);
                break;
            case 2 or 3 when writer.Prepared:
                Publish(writer);
                break;
            default:
                writer.Content = Change(writer.Pages, writer.Content);
                writer.Prepared = Attempt(() => writer.Pages.Prepare(new CommitContent { RowChanges = new byte[_random.Next(3000)], RowCount = 1 })) && writer.Pages.HasChanges;
                break;
        }
    }

    private void Publish(SideWriter writer)
    {
        _clock.Now += TimeSpan.FromSeconds(1);
        var lsn = writer.Pages.Publish();
        _shadow.Commit(writer.Branch, lsn, writer.Content);
        writer.Prepared = false;
        if (_random.Next(3) == 0) Acknowledge(lsn);
    }

    private Action SomeControl() => _random.Next(4) switch
    {
        0 => CreateBranch,
        1 => CreateSnapshot,
        2 => Checkpoint,
        _ => DropSomething,
    };

    private void Checkpoint()
    {
        if (Attempt(_store.Checkpoint)) _acknowledged = _store.DurableLsn;
    }

    private void Maintain() => Attempt(() => _store.Maintain());

    // Something else happens in the middle of it, where it holds no lock.
    private void While(Action action)
    {
        var sync = _random.Next(1, 6);
        _disk.Meanwhile = name =>
        {
            if (IsTail(name) || --sync > 0) return;
            _disk.Meanwhile = null;
            for (var actions = _random.Next(1, 4); actions > 0; actions--) Meanwhile();
        };
        action();
        _disk.Meanwhile = null;
    }

    private void Meanwhile()
    {
        switch (_random.Next(7))
        {
            case 6:
                Promise();
                break;
            case 0:
                CreateSnapshot();
                break;
            case 1:
                CreateBranch();
                break;
            case 2:
                DropSomething();
                break;
            case 3:
                ReadHead();
                break;
            default:
                Commit();
                break;
        }
    }

    // Whoever writes it may be in the middle of a commit.
    private static bool IsTail(string name) => name.StartsWith("segment", StringComparison.Ordinal);

    // False if the disk was full.
    private bool Attempt(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (VitessException exception) when (exception.SqlState == DiskFull && _disk.Capacity < long.MaxValue)
        {
            Refusals++;
            return false;
        }
    }

    private sealed class SideWriter(string branch, IPageWriter pages, ImmutableSortedDictionary<uint, byte[]> content)
    {
        public string Branch { get; } = branch;

        public IPageWriter Pages { get; } = pages;

        public ImmutableSortedDictionary<uint, byte[]> Content { get; set; } = content;

        public bool Prepared { get; set; }
    }
}
