namespace Shale.Vitess;

/// <summary>Opens the engines that the shards of a keyspace go over to. Thread-safe.</summary>
public interface IShardTargets
{
    /// <summary>
    /// For each shard, in order of the ring, an engine with an empty database. Errors: QUERY_ERROR (0A000) where there is no such engine here; SHARD_ERROR where one cannot be opened: then none is.
    /// </summary>
    /// <param name="keyspace">The keyspace as it will be.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    ValueTask<IReadOnlyList<ShardTarget>> OpenAsync(VKeyspace keyspace, CancellationToken cancellationToken);
}

/// <summary>Where one shard goes.</summary>
/// <param name="Tablet">The shard.</param>
/// <param name="Engine">Where to.</param>
/// <param name="Connections">How many connections to it there may be for reading, and as many for writing.</param>
public sealed record ShardTarget(VTTablet Tablet, IStorageEngine Engine, int Connections)
{
    /// <summary>Keeps where the shard is from now on, before the VSchema says on which engine; null where that is known from the VSchema. Errors: SHARD_ERROR.</summary>
    public Func<CancellationToken, ValueTask>? Keep { get; init; }

    /// <summary>Removes what the engine has left, which is closed, where the shard did not go there; null where nothing is left. It does not fail.</summary>
    public Action? Discard { get; init; }

    /// <summary>What stays behind of the shard where it was, in words; null for nothing.</summary>
    public string? Left { get; init; }
}
