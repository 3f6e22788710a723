using Shale.Contracts;
using Shale.Postgres.Tests.Support;
using Shale.Server;

namespace Shale.Postgres.Tests.Door;

/// <summary>What the door does before shards on any engine: a class for each engine inherits it.</summary>
/// <param name="engine">What the shards are on.</param>
public abstract class DoorSuite(StorageEngineType engine)
{
    /// <summary>What the shards are on.</summary>
    protected StorageEngineType Engine { get; } = engine;

    private protected Task<DoorCluster> StartAsync(Func<PostgresDoorOptions, PostgresDoorOptions>? configure = null, int shards = 3) => DoorCluster.StartAsync(new Shards(Engine, shards), configure);
}
