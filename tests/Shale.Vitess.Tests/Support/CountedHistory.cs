using Shale.Contracts;

namespace Shale.Vitess.Tests;

/// <summary>A tablet whose shard has a clock that tests turn: every commit takes the next tick. It reads the present only.</summary>
internal sealed class CountedTablet(ITablet inner, CountedClock clock) : ForwardingTablet(inner)
{
    private readonly CountedHistory _history = new(clock);

    public override IShardHistory History => _history;

    public override async ValueTask<ShardResult> ExecuteAsync(ShardExecuteRequest request, CancellationToken cancellationToken)
    {
        var result = await base.ExecuteAsync(request, cancellationToken);
        if (request.TxId is null) _history.Commit();
        return result;
    }

    public override async ValueTask CommitAsync(string txId, CancellationToken cancellationToken)
    {
        clock.BeforeCommit?.Invoke(this);
        await base.CommitAsync(txId, cancellationToken);
        _history.Commit();
    }
}

/// <summary>The clock of all shards of a test.</summary>
internal sealed class CountedClock
{
    private long _time;

    public HlcTimestamp Now => new(Volatile.Read(ref _time) << HlcTimestamp.CounterBits);

    /// <summary>What is before it is not kept.</summary>
    public HlcTimestamp Window { get; set; }

    public Action<ITablet>? BeforeCommit { get; set; }

    public HlcTimestamp Tick() => new(Interlocked.Increment(ref _time) << HlcTimestamp.CounterBits);
}

internal sealed class CountedHistory(CountedClock clock) : IShardHistory
{
    private ShardMoment _head = new(new ShardVersion("main", new Lsn(0)), 0, default);

    public string Branch => "main";

    public HlcTimestamp Promised { get; private set; }

    public void Commit() => _head = new ShardMoment(new ShardVersion("main", new Lsn(_head.At.Lsn.Value + 1)), _head.Version + 1, clock.Tick());

    public ValueTask<HlcTimestamp> NowAsync(CancellationToken cancellationToken) => new(clock.Tick());

    public ValueTask<ShardMoment> FindAsync(string branch, TimePoint point, CancellationToken cancellationToken) =>
        point is TimePoint.AtTimestamp time && HlcTimestamp.LastOf(time.Moment) < clock.Window ? throw new VitessException(ErrorCodes.LsnNotAvailable, "before the window") : new(_head);

    public ValueTask<ShardMoment> PromiseAsync(string branch, HlcTimestamp time, CancellationToken cancellationToken)
    {
        if (Promised < time) Promised = time;
        return new(_head);
    }

    public ValueTask CreateSnapshotAsync(string name, ShardVersion version, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> DropSnapshotAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyDictionary<string, ShardMoment>> SnapshotsAsync(CancellationToken cancellationToken) => new(new Dictionary<string, ShardMoment>());

    public ValueTask CreateBranchAsync(string name, ShardVersion from, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> DropBranchAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyDictionary<string, ShardMoment>> BranchesAsync(CancellationToken cancellationToken) => new(new Dictionary<string, ShardMoment>());

    public ValueTask<ShardMoment> RestoreAsync(string branch, Lsn version, string? txId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ShardCommit> CommitsAsync(string branch, CancellationToken cancellationToken) => throw new NotSupportedException();
}
