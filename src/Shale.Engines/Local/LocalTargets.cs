using System.Collections.Concurrent;
using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>Where the shards of a cluster in this process can go: new page logs, and what other engines there are. Thread-safe.</summary>
/// <param name="options">The cluster.</param>
/// <param name="topology">Its topology.</param>
/// <param name="tablets">Its tablets.</param>
/// <param name="files">Its data directory; null for none.</param>
/// <param name="scratches">Told of keyspaces that are to have scratch databases of their own.</param>
internal sealed class LocalTargets(LocalClusterOptions options, ITopology topology, IReadOnlyList<VTTablet> tablets, ShardFiles? files, ConcurrentDictionary<string, IScratchSource> scratches) : IShardTargets
{
    // Each costs its page cache, and no more.
    private const int Most = 128;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ShardTarget>> OpenAsync(VKeyspace keyspace, CancellationToken cancellationToken)
    {
        var opened = new List<ShardTarget>();
        try
        {
            foreach (var shard in keyspace.Shards)
            {
                var tablet = tablets.First(each => VSchemaNames.Comparer.Equals(each.Keyspace, keyspace.Name) && each.Shard == shard.ToString());
                opened.Add(keyspace.Engine == StorageEngineType.Sqlite ? OnSqlite(tablet, keyspace, shard) : await OnOtherAsync(tablet, keyspace, shard, cancellationToken));
            }

            if (keyspace.Engine != StorageEngineType.Sqlite) scratches[keyspace.Name] = LocalCluster.SourceOf(options, keyspace).ScratchOf(keyspace);
            return opened;
        }
        catch
        {
            foreach (var target in opened)
            {
                await target.Engine.DisposeAsync();
                target.Discard?.Invoke();
            }

            throw;
        }
    }

    private ShardTarget OnSqlite(VTTablet tablet, VKeyspace keyspace, KeyRange shard)
    {
        var path = files?.NewPlace(keyspace.Name, shard);
        var engine = LocalCluster.SqliteOf(options, keyspace.Name, shard, new ShardPlace(path, HasHistory: true), ShardsOn(keyspace));
        return new ShardTarget(tablet, engine, Most)
        {
            Keep = files is null ? null : token => files.MoveAsync(keyspace.Name, shard, engine, token),
            Discard = path is null ? null : () => Remove(path),
            Left = $"shard {keyspace.Name}:{shard} left its rows in its PostgreSQL database, too, which is not used any more",
        };
    }

    private async ValueTask<ShardTarget> OnOtherAsync(VTTablet tablet, VKeyspace keyspace, KeyRange shard, CancellationToken cancellationToken)
    {
        var source = LocalCluster.SourceOf(options, keyspace);
        var engine = await source.OpenEmptyAsync(keyspace, shard, cancellationToken);
        return new ShardTarget(tablet, engine, LocalCluster.ConnectionsOf(source, ShardsOn(keyspace)))
        {
            Left = files is null ? null : $"shard {keyspace.Name}:{shard} left its rows and versions in {files.PlaceOf(keyspace.Name, shard).Path}, too, which is not used any more",
        };
    }

    // On the engine that it goes to, with those that are there.
    private int ShardsOn(VKeyspace keyspace) => keyspace.Shards.Length + topology.Load().WithoutBranches().Keyspaces.Values.Where(each => each.Engine == keyspace.Engine).Sum(each => each.Shards.Length);

    private static void Remove(string path)
    {
        try
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Nothing refers to it, and the next try takes another name.
        }
    }
}
