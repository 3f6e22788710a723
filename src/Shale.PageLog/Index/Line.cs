namespace Shale.PageLog;

/// <summary>
/// A line of commits, each on the one before: what a branch points at. A branch begins a line at its fork, and a restore begins one, too: nothing is ever cut off. Guarded by the store's lock.
/// </summary>
internal sealed class Line
{
    private readonly Queue<LineState> _undurable = new();

    /// <summary>Begins a line.</summary>
    public Line(int id, Line? parent, Lsn fork)
    {
        Id = id;
        Parent = parent;
        Fork = fork;
    }

    /// <summary>Its number in the log, from 1 on; dense.</summary>
    public int Id { get; }

    /// <summary>The line it left; null for the first.</summary>
    public Line? Parent { get; }

    /// <summary>What it sees of its parent: commits at or before this.</summary>
    public Lsn Fork { get; }

    /// <summary>The pages that its own commits have written.</summary>
    public PageMap Pages { get; } = new();

    /// <summary>The state at its fork.</summary>
    public LineState Base { get; private set; }

    /// <summary>Its newest commit, or its fork while it has none.</summary>
    public LineState Head { get; private set; }

    /// <summary>Its newest durable commit, or its fork.</summary>
    public LineState Durable { get; private set; }

    /// <summary>Some of its commits, every <see cref="SampleEvery"/> versions, in order: where a search for a version or an LSN begins.</summary>
    public List<LineState> Samples { get; } = [];

    /// <summary>How far samples are apart.</summary>
    public const int SampleEvery = 256;

    /// <summary>Takes the state at its fork.</summary>
    public void Start(LineState state)
    {
        Base = state;
        Load(state);
    }

    /// <summary>Takes its newest state from a checkpoint.</summary>
    public void Load(LineState head) => (Head, Durable) = (head, head);

    /// <summary>Adds a commit that is not durable yet.</summary>
    public void Add(LineState state)
    {
        Head = state;
        _undurable.Enqueue(state);
        if (state.Version % SampleEvery == 0) Samples.Add(state);
    }

    /// <summary>The state at a commit that is a sample; null for others.</summary>
    public LineState? SampleOf(Lsn lsn)
    {
        var index = FirstSampleAfter(lsn) - 1;
        return index >= 0 && Samples[index].Lsn == lsn ? Samples[index] : null;
    }

    /// <summary>The index of the first sample after an LSN, or how many there are.</summary>
    public int FirstSampleAfter(Lsn at)
    {
        int low = 0, high = Samples.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Samples[middle].Lsn > at) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    /// <summary>Forgets samples before a state of the line, which becomes one: commits before it are no longer asked for.</summary>
    public void ForgetSamples(LineState oldest)
    {
        if (oldest.Lsn <= Fork || oldest.Lsn == Lsn.Zero) return;
        Samples.RemoveRange(0, FirstSampleAfter(oldest.Lsn));
        Samples.Insert(0, oldest);
    }

    /// <summary>Learns how far the log is durable; true once nothing is left to wait for.</summary>
    public bool Advance(Lsn durable)
    {
        while (_undurable.TryPeek(out var next) && next.Lsn <= durable) Durable = _undurable.Dequeue();
        return _undurable.Count == 0;
    }
}
