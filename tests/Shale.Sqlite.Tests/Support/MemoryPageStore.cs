using Shale.PageLog;

namespace Shale.Sqlite.Tests;

/// <summary>Versions of a database in memory, each with all of its pages; with faults where a test wants them.</summary>
public sealed class MemoryPageStore : IPageStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Version>> _branches = new() { [PageFormat.MainBranch] = [new Version(Lsn.Zero, [])] };
    private readonly HashSet<string> _written = [];
    private long _last;
    private long _durable;

    /// <summary>Whether commits are durable at once.</summary>
    public bool IsDurableAtOnce { get; set; } = true;

    /// <summary>Thrown by the next call of the writer's Prepare.</summary>
    public Exception? PrepareFailure { get; set; }

    /// <summary>Thrown by the writer's Publish.</summary>
    public Exception? PublishFailure { get; set; }

    /// <summary>Thrown by the writer's Write when as many pages more have been written.</summary>
    public (int Pages, Exception Failure)? WriteFailure { get; set; }

    /// <summary>Thrown by reads of pages.</summary>
    public Exception? ReadFailure { get; set; }

    /// <summary>Thrown by a reader's Pin.</summary>
    public Exception? PinFailure { get; set; }

    /// <summary>How many pages were read.</summary>
    public int Reads { get; set; }

    /// <summary>How many readers are pinned.</summary>
    public int Pins { get; private set; }

    /// <summary>What each commit brought.</summary>
    public List<Commit> Commits { get; } = [];

    /// <summary>The last LSN.</summary>
    public Lsn Last => new(_last);

    /// <summary>Makes a branch of the newest version, or the one at an LSN.</summary>
    public void Fork(string from, string branch, Lsn? at = null)
    {
        lock (_lock) _branches.Add(branch, [.. _branches[from].Where(version => at is null || version.Lsn <= at.Value)]);
    }

    public IPageReader OpenReader(string branch)
    {
        lock (_lock) return new Reader(this, Branch(branch), null);
    }

    public IPageReader OpenReader(string branch, Lsn at)
    {
        lock (_lock)
        {
            if (at.Value > _last) throw new VitessException(ErrorCodes.LsnNotAvailable, $"there is no LSN {at}");
            return new Reader(this, Branch(branch), Branch(branch).Last(version => version.Lsn <= at));
        }
    }

    public IPageWriter OpenWriter(string branch)
    {
        lock (_lock)
        {
            var versions = Branch(branch);
            if (!_written.Add(branch)) throw new VitessException(ErrorCodes.LockTimeout, $"branch \"{branch}\" has a writer");
            return new Writer(this, branch, versions);
        }
    }

    public void WaitDurable(Lsn lsn)
    {
        lock (_lock) _durable = Math.Max(_durable, lsn.Value);
    }

    private List<Version> Branch(string name) =>
        _branches.GetValueOrDefault(name) ?? throw new VitessException(ErrorCodes.BranchNotFound, $"there is no branch \"{name}\"");

    private static void Copy(byte[]?[] pages, uint page, int offset, Span<byte> destination)
    {
        if (page <= pages.Length && pages[page - 1] is { } bytes) bytes.AsSpan(offset, destination.Length).CopyTo(destination);
        else destination.Clear();
    }

    /// <summary>What a commit brought beside its version.</summary>
    public sealed record Commit(Lsn Lsn, string? Message, byte[] RowChanges, long RowCount, int Pages);

    private sealed record Version(Lsn Lsn, byte[]?[] Pages);

    private sealed class Reader(MemoryPageStore store, List<Version> versions, Version? only) : IPageReader
    {
        private Version _version = only ?? versions[0];
        private bool _pinned;

        public bool IsImmutable => only is not null;

        public Lsn Lsn => _version.Lsn;

        public uint PageCount => (uint)_version.Pages.Length;

        public void Pin()
        {
            if (store.PinFailure is { } failure) throw failure;
            Assert.False(_pinned);
            if (IsImmutable) return;
            lock (store._lock)
            {
                _version = versions.Last(version => store.IsDurableAtOnce || version.Lsn.Value <= store._durable);
                _pinned = true;
                store.Pins++;
            }
        }

        public void Unpin()
        {
            lock (store._lock)
            {
                if (_pinned) store.Pins--;
                _pinned = false;
            }
        }

        public void Read(uint pageNumber, int offset, Span<byte> destination)
        {
            if (store.ReadFailure is { } failure) throw failure;
            Assert.True(_pinned || IsImmutable);
            store.Reads++;
            Copy(_version.Pages, pageNumber, offset, destination);
        }

        public void Dispose() => Unpin();
    }

    private sealed class Writer(MemoryPageStore store, string branch, List<Version> versions) : IPageWriter
    {
        private readonly Dictionary<uint, byte[]> _changed = [];
        private uint _pageCount = (uint)versions[^1].Pages.Length;
        private Commit? _prepared;
        private byte[]?[]? _preparedPages;

        public Lsn Lsn => versions[^1].Lsn;

        public uint PageCount => _pageCount;

        public bool HasChanges => _changed.Count > 0 || _pageCount != versions[^1].Pages.Length;

        public void Read(uint pageNumber, int offset, Span<byte> destination)
        {
            if (store.ReadFailure is { } failure) throw failure;
            if (_changed.TryGetValue(pageNumber, out var page)) page.AsSpan(offset, destination.Length).CopyTo(destination);
            else if (pageNumber > _pageCount) destination.Clear();
            else Copy(versions[^1].Pages, pageNumber, offset, destination);
        }

        public void Write(uint pageNumber, ReadOnlySpan<byte> page)
        {
            if (store.WriteFailure is { } fault)
            {
                if (fault.Pages == 0) throw fault.Failure;
                store.WriteFailure = (fault.Pages - 1, fault.Failure);
            }

            Assert.Equal(PageFormat.PageSize, page.Length);
            _changed[pageNumber] = page.ToArray();
            _pageCount = Math.Max(_pageCount, pageNumber);
        }

        public void Truncate(uint pageCount)
        {
            Assert.True(pageCount < _pageCount);
            foreach (var page in _changed.Keys.Where(page => page > pageCount).ToList()) _changed.Remove(page);
            _pageCount = pageCount;
        }

        public void Prepare(in CommitContent content)
        {
            if (store.PrepareFailure is { } failure)
            {
                store.PrepareFailure = null;
                throw failure;
            }

            if (!HasChanges) return;
            var pages = new byte[]?[_pageCount];
            var before = versions[^1].Pages;
            Array.Copy(before, pages, Math.Min(before.Length, pages.Length));
            foreach (var (page, bytes) in _changed) pages[page - 1] = bytes;
            _preparedPages = pages;
            _prepared = new Commit(Lsn.Zero, content.Message, content.RowChanges.ToArray(), content.RowCount, _changed.Count);
        }

        public Lsn Publish()
        {
            if (store.PublishFailure is { } failure) throw failure;
            if (_prepared is null) return Lsn;
            lock (store._lock)
            {
                var lsn = new Lsn(++store._last);
                versions.Add(new Version(lsn, _preparedPages!));
                store.Commits.Add(_prepared with { Lsn = lsn });
                Forget();
                return lsn;
            }
        }

        public void Discard() => Forget();

        public void Dispose()
        {
            lock (store._lock) store._written.Remove(branch);
        }

        private void Forget()
        {
            _changed.Clear();
            _prepared = null;
            _preparedPages = null;
            _pageCount = (uint)versions[^1].Pages.Length;
        }
    }
}
