using Shale.PageLog;

namespace Shale.Sqlite.Tests;

/// <summary>A page log in a temporary directory that shows what goes into it, with faults where a test wants them.</summary>
public sealed class WatchedPageStore : IPageStore, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-paged-").FullName;
    private readonly Lock _lock = new();
    private PageStore _store;

    public WatchedPageStore() => _store = Open();

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

    /// <summary>How many times readers have read.</summary>
    public int Reads { get; private set; }

    /// <summary>How many readers are pinned.</summary>
    public int Pins { get; private set; }

    /// <summary>What each commit brought.</summary>
    public List<Commit> Commits { get; } = [];

    /// <summary>The last LSN.</summary>
    public Lsn Last => _store.LastLsn;

    /// <summary>The last durable LSN.</summary>
    public Lsn Durable => _store.DurableLsn;

    /// <summary>Makes a branch of the newest version, or the one at an LSN.</summary>
    public void Fork(string from, string branch, Lsn? at = null) => _store.CreateBranch(branch, from, at);

    /// <summary>Closes the log and opens it again; nobody has a connection.</summary>
    public void Reopen()
    {
        _store.Dispose();
        _store = Open();
    }

    public IPageReader OpenReader(string branch) => new Reader(this, _store.OpenReader(branch));

    public IPageReader OpenReader(string branch, Lsn at) => new Reader(this, _store.OpenReader(branch, at));

    public IPageWriter OpenWriter(string branch) => new Writer(this, _store.OpenWriter(branch));

    public void WaitDurable(Lsn lsn) => _store.WaitDurable(lsn);

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private PageStore Open() => PageStore.Open(new LocalDisk(_directory));

    /// <summary>What a commit brought beside its version.</summary>
    public sealed record Commit(Lsn Lsn, string? Message, byte[] RowChanges, long RowCount, int Pages);

    private sealed class Reader(WatchedPageStore store, IPageReader inner) : IPageReader
    {
        private bool _pinned;

        public bool IsImmutable => inner.IsImmutable;

        public Lsn Lsn => inner.Lsn;

        public uint PageCount => inner.PageCount;

        public void Pin()
        {
            if (store.PinFailure is { } failure) throw failure;
            Assert.False(_pinned);
            inner.Pin();
            if (IsImmutable) return;
            _pinned = true;
            lock (store._lock) store.Pins++;
        }

        public void Unpin()
        {
            inner.Unpin();
            if (!_pinned) return;
            _pinned = false;
            lock (store._lock) store.Pins--;
        }

        public void Read(uint pageNumber, int offset, Span<byte> destination)
        {
            if (store.ReadFailure is { } failure) throw failure;
            Assert.True(_pinned || IsImmutable);
            lock (store._lock) store.Reads++;
            inner.Read(pageNumber, offset, destination);
        }

        public void Dispose()
        {
            Unpin();
            inner.Dispose();
        }
    }

    private sealed class Writer(WatchedPageStore store, IPageWriter inner) : IPageWriter
    {
        private readonly HashSet<uint> _written = [];
        private Commit? _prepared;

        public Lsn Lsn => inner.Lsn;

        public uint PageCount => inner.PageCount;

        public bool HasChanges => inner.HasChanges;

        public void Read(uint pageNumber, int offset, Span<byte> destination)
        {
            if (store.ReadFailure is { } failure) throw failure;
            inner.Read(pageNumber, offset, destination);
        }

        public void Write(uint pageNumber, ReadOnlySpan<byte> page)
        {
            if (store.WriteFailure is { } fault)
            {
                if (fault.Pages == 0) throw fault.Failure;
                store.WriteFailure = (fault.Pages - 1, fault.Failure);
            }

            _written.Add(pageNumber);
            inner.Write(pageNumber, page);
        }

        public void Truncate(uint pageCount) => inner.Truncate(pageCount);

        public void Prepare(in CommitContent content)
        {
            if (store.PrepareFailure is { } failure)
            {
                store.PrepareFailure = null;
                throw failure;
            }

            inner.Prepare(content);
            _prepared = new Commit(Lsn.Zero, content.Message, content.RowChanges.ToArray(), content.RowCount, _written.Count);
        }

        public Lsn Publish()
        {
            if (store.PublishFailure is { } failure) throw failure;
            var lsn = inner.Publish();
            if (_prepared is { } prepared)
            {
                lock (store._lock) store.Commits.Add(prepared with { Lsn = lsn });
            }

            Forget();
            if (store.IsDurableAtOnce) store.WaitDurable(lsn);
            return lsn;
        }

        public void Discard()
        {
            Forget();
            inner.Discard();
        }

        public void Dispose() => inner.Dispose();

        private void Forget()
        {
            _written.Clear();
            _prepared = null;
        }
    }
}
