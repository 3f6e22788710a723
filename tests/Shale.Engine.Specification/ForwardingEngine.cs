using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Engine.Specification;

/// <summary>An engine that does what another one does, which it owns, but for what a test changes.</summary>
public abstract class ForwardingEngine(IStorageEngine inner) : IStorageEngine
{
    public StorageEngineType Type => inner.Type;

    public bool SingleWriter => inner.SingleWriter;

    public IShardHistory? History => inner.History;

    public ShardRetention? Retention => inner.Retention;

    public IStorageEngine OpenBranch(string name) => inner.OpenBranch(name);

    public virtual ValueTask<IEngineConnection> OpenAsync(EngineAccess access, CancellationToken cancellationToken) => inner.OpenAsync(access, cancellationToken);

    public virtual ValueTask<IEngineConnection> OpenAsync(ShardVersion version, CancellationToken cancellationToken) => inner.OpenAsync(version, cancellationToken);

    public ValueTask<IScratchDatabase> OpenScratchAsync(CancellationToken cancellationToken) => inner.OpenScratchAsync(cancellationToken);

    public ValueTask WaitDurableAsync(long commit) => inner.WaitDurableAsync(commit);

    public virtual ValueTask CopyFromAsync(IEngineConnection source, CancellationToken cancellationToken) => inner.CopyFromAsync(source, cancellationToken);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }
}
