using Shale.Vitess;

namespace Shale.Engines;

/// <summary>
/// The databases of a data directory: KEYSPACE/SHARD.db. A start that would begin anew where rows have been is refused: a file that is
/// gone is not an empty shard.
/// </summary>
/// <param name="directory">The data directory.</param>
internal sealed class ShardFiles(string directory)
{
    private const string Extension = ".db";

    /// <summary>The database of a shard.</summary>
    public string PathOf(string keyspace, KeyRange shard) => Path.Combine(directory, keyspace, shard + Extension);

    /// <summary>Throws SHARD_ERROR (XX001) if the topology is empty and there are shards: they were made by one that is gone.</summary>
    public void RequireTopology(Vitess.VSchema stored)
    {
        if (!stored.Keyspaces.IsEmpty) return;
        var orphan = Directory.EnumerateDirectories(directory).SelectMany(keyspace => Directory.EnumerateFiles(keyspace, "*-*" + Extension))
            .FirstOrDefault(file => KeyRange.TryParse(Path.GetFileNameWithoutExtension(file), out _));
        if (orphan is not null) throw Damaged($"{Path.Combine(directory, "topology.json")} is missing, though there are shards such as {orphan}", null);
    }

    /// <summary>Throws SHARD_ERROR (XX001) for a keyspace that has tables, and a shard of it without a database.</summary>
    public void RequireShards(Vitess.VSchema vschema)
    {
        foreach (var keyspace in vschema.Keyspaces.Values)
        {
            if (!keyspace.Tables.Values.Any(table => table.CreateSql is not null)) continue;
            foreach (var shard in keyspace.Shards)
            {
                var file = new FileInfo(PathOf(keyspace.Name, shard));
                if (file is not { Exists: true, Length: > 0 }) throw Damaged($"{file.FullName} is {(file.Exists ? "empty" : "missing")}, though its keyspace has tables", shard.ToString());
            }
        }
    }

    private static VitessException Damaged(string message, string? shard) => new(ErrorCodes.ShardError, message, shard, "XX001",
        hint: "Put the file back from a backup, or start with an empty data directory.");
}
