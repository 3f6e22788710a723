using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>Makes the engines of all keyspaces that lie on one kind of engine. Thread-safe. Disposed after its engines.</summary>
public interface IEngineSource : IAsyncDisposable
{
    /// <summary>The kind of engine.</summary>
    StorageEngineType Type { get; }

    /// <summary>How many connections all its shards may have together; null for no limit but that of each tablet.</summary>
    int? MaxConnections { get; }

    /// <summary>
    /// The engine of a shard, whose database is made where it is new. Errors: SHARD_ERROR: (XX001) where the keyspace has tables and the database is missing, or is that of another shard; whatever
    /// keeps it from being opened.
    /// </summary>
    ValueTask<IStorageEngine> OpenAsync(VKeyspace keyspace, KeyRange shard, CancellationToken cancellationToken);

    /// <summary>
    /// The engine of a shard that goes over to this kind, whose database is made, and is empty where it is one of Shale's own: what an earlier stay has left there is removed. Errors: SHARD_ERROR.
    /// </summary>
    ValueTask<IStorageEngine> OpenEmptyAsync(VKeyspace keyspace, KeyRange shard, CancellationToken cancellationToken);

    /// <summary>Where the statements of a keyspace have their scratch databases.</summary>
    IScratchSource ScratchOf(VKeyspace keyspace);
}
