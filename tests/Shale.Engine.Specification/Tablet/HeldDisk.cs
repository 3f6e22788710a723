using Shale.Simulation;

namespace Shale.Engine.Specification.Tablet;

/// <summary>A disk that waits before it says that something is durable, or fails then. Thread-safe.</summary>
internal sealed class HeldDisk(IDisk inner) : ForwardingDisk(inner)
{
    private readonly object _lock = new();
    private bool _holds;

    /// <summary>Ends when a sync waits.</summary>
    public TaskCompletionSource Reached { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether syncs fail.</summary>
    public bool Fails { get; set; }

    /// <summary>Whether there is room for segments only.</summary>
    public bool IsFull { get; set; }

    /// <summary>Syncs wait from now on.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            _holds = true;
            Reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Syncs go on.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _holds = false;
            Monitor.PulseAll(_lock);
        }
    }

    public override IDiskFile Open(string name) => new HeldFile(this, base.Open(name));

    public override IDiskFile Create(string name) => IsFull && !name.StartsWith("segment", StringComparison.Ordinal)
        ? throw new VitessException(ErrorCodes.ShardError, "the disk is full", sqlState: "53100")
        : new HeldFile(this, base.Create(name));

    private void BeforeSync()
    {
        lock (_lock)
        {
            if (_holds) Reached.TrySetResult();
            while (_holds) Monitor.Wait(_lock);
        }

        if (Fails) throw new VitessException(ErrorCodes.ShardError, "the disk has failed", sqlState: "58030", hint: "x");
    }

    private sealed class HeldFile(HeldDisk disk, IDiskFile inner) : IDiskFile
    {
        public long Length => inner.Length;

        public int Read(long offset, Span<byte> destination) => inner.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source) => inner.Write(offset, source);

        public void Reserve(long length) => inner.Reserve(length);

        public void Truncate(long length) => inner.Truncate(length);

        public void Sync()
        {
            disk.BeforeSync();
            inner.Sync();
        }

        public void Dispose() => inner.Dispose();
    }
}
