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

    // Beside a shard's first database, if it has gone over to another engine: holds the path of the file where it is now.
    private const string Moved = ".moved";

    /// <summary>The database of a shard.</summary>
    public string PathOf(string keyspace, KeyRange shard)
    {
        var first = FirstOf(keyspace, shard);
        return File.Exists(first + Moved) ? File.ReadAllText(first + Moved) : first;
    }

    /// <summary>Keeps where a shard is from now on, before it goes there. Errors: QUERY_ERROR (0A000) for a database that ends with its engine.</summary>
    public async ValueTask MoveAsync(string keyspace, KeyRange shard, IStorageEngine target, CancellationToken cancellationToken)
    {
        if (target is not SqliteEngine { IsPrivate: false } engine)
        {
            throw new VitessException(ErrorCodes.QueryError, "a shard of a data directory cannot go over to an engine without a file", shard.ToString(), "0A000",
                hint: "Give the engine a path.");
        }

        // Beside, synced, and renamed: after a crash the shard is found in the one file or the other, which hold the same.
        var note = FirstOf(keyspace, shard) + Moved;
        try
        {
            await using (var stream = new FileStream(note + ".new", FileMode.Create, FileAccess.Write))
            {
                await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(engine.Path), cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            File.Move(note + ".new", note, overwrite: true);
            DirectorySync.Sync(Path.GetDirectoryName(note)!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new VitessException(ErrorCodes.ShardError, failure.Message, shard.ToString(), "58030", inner: failure);
        }
    }

    private string FirstOf(string keyspace, KeyRange shard) => Path.Combine(directory, keyspace, shard + Extension);

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
