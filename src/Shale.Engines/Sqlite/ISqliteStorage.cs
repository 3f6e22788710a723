using Shale.Contracts;
using Shale.Sqlite;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>What a shard's database lies on. Thread-safe; the connections are not.</summary>
internal interface ISqliteStorage : IDisposable
{
    /// <summary>The versions; null where there is only the newest.</summary>
    IShardHistory? History { get; }

    /// <summary>Opens a connection that writes, or one that reads, and prepares it for this storage. Errors: SHARD_ERROR.</summary>
    SqliteConnection Open(bool writes);

    /// <summary>Opens a connection that reads one version. Errors: TT_NOT_SUPPORTED where there is only the newest; TT_LSN_NOT_AVAILABLE, TT_BRANCH_NOT_FOUND; SHARD_ERROR.</summary>
    SqliteConnection Open(ShardVersion version);

    /// <summary>Another branch of the same; disposed by itself. Errors: TT_NOT_SUPPORTED where there is only the newest version.</summary>
    ISqliteStorage OnBranch(string name);

    /// <summary>Returns once what the connection has committed is durable. Errors: SHARD_ERROR (58030).</summary>
    void MakeDurable(SqliteConnection connection);

    /// <summary>See <see cref="IStorageEngine.WaitDurableAsync"/>. Works after <see cref="IDisposable.Dispose"/> for what was durable by then.</summary>
    ValueTask WaitDurableAsync(long commit);
}
