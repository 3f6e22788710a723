using System.Globalization;
using System.Text;
using Shale.PageLog;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>
/// The databases of a data directory: a shard is the page log in the directory KEYSPACE/SHARD.log, or where the note KEYSPACE/SHARD.log.moved says. Shards that an earlier version has left in plain
/// files are brought into logs before anything is served. A start that would begin anew where rows have been is refused: a file that is gone is not an empty shard.
/// </summary>
/// <param name="directory">The data directory.</param>
internal sealed class ShardFiles(string directory)
{
    private const string LogExtension = ".log", PlainExtension = ".db";

    // Beside the place where a shard was first, if it has gone over to another engine: holds the path of where it is now.
    private const string Moved = ".moved";

    /// <summary>Where a shard is once <see cref="MigrateAsync"/> has been called.</summary>
    public ShardPlace PlaceOf(string keyspace, KeyRange shard)
    {
        if (MovedFrom(LogOf(keyspace, shard)) is { } moved) return new ShardPlace(moved, HasHistory: !File.Exists(moved));
        return new ShardPlace(MigrationOf(keyspace, shard).Log, HasHistory: true);
    }

    /// <summary>
    /// Brings shards out of plain files into page logs, one after another; where there is nothing to do it does nothing. A crash at any moment leaves the file or the whole log. Errors: SHARD_ERROR
    /// (XX001) for a damaged file, (53100) for a full disk, (55006) where a file and a log both claim to be the shard; TIMEOUT. Then the plain files are as they were.
    /// </summary>
    public async ValueTask<IReadOnlyList<MigratedShard>> MigrateAsync(Vitess.VSchema vschema, IProgress<ShardMigration>? progress, CancellationToken cancellationToken)
    {
        var migrated = new List<MigratedShard>();
        foreach (var keyspace in vschema.Keyspaces.Values)
        {
            foreach (var shard in keyspace.Shards)
            {
                if (MovedFrom(LogOf(keyspace.Name, shard)) is not null) continue;
                if (await MigrationOf(keyspace.Name, shard).RunAsync(progress, cancellationToken) is { } done) migrated.Add(done);
            }
        }

        return migrated;
    }

    /// <summary>The path of a new log of a shard that comes from another engine: what it has left here earlier stays as it is.</summary>
    public string NewPlace(string keyspace, KeyRange shard)
    {
        var path = LogOf(keyspace, shard);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (var i = 2; Path.Exists(path); i++) path = Path.Combine(directory, keyspace, string.Create(CultureInfo.InvariantCulture, $"{shard}.{i}{LogExtension}"));
        return path;
    }

    /// <summary>Keeps where a shard is from now on, before it goes there. Errors: QUERY_ERROR (0A000) for a database that ends with its engine.</summary>
    public async ValueTask MoveAsync(string keyspace, KeyRange shard, IStorageEngine target, CancellationToken cancellationToken)
    {
        if (target is not SqliteEngine { IsPrivate: false } engine)
        {
            throw new VitessException(ErrorCodes.QueryError, "a shard of a data directory cannot go over to an engine without a file", shard.ToString(), "0A000",
                hint: "Give the engine a path.");
        }

        // Beside, synced, and renamed: after a crash the shard is found in the one place or the other, which hold the same.
        var note = LogOf(keyspace, shard) + Moved;
        try
        {
            await using (var stream = new FileStream(note + ".new", FileMode.Create, FileAccess.Write))
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(engine.Path), cancellationToken);
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

    /// <summary>Throws SHARD_ERROR (XX001) if the topology is empty and there are shards: they were made by one that is gone.</summary>
    public void RequireTopology(Vitess.VSchema stored)
    {
        if (!stored.Keyspaces.IsEmpty) return;
        var orphan = Directory.EnumerateDirectories(directory).SelectMany(keyspace => Directory.EnumerateFileSystemEntries(keyspace))
            .FirstOrDefault(path => Path.GetExtension(path) is LogExtension or PlainExtension && KeyRange.TryParse(Path.GetFileNameWithoutExtension(path), out _));
        if (orphan is not null) throw Damaged($"{Path.Combine(directory, Vitess.TopologyFile.Name)} is missing, though there are shards such as {orphan}", null);
    }

    /// <summary>Throws SHARD_ERROR (XX001) for a keyspace that has tables, and a shard of it without a database.</summary>
    public void RequireShards(Vitess.VSchema vschema)
    {
        foreach (var keyspace in vschema.Keyspaces.Values)
        {
            if (!keyspace.Tables.Values.Any(table => table.CreateSql is not null)) continue;
            foreach (var shard in keyspace.Shards) RequireShard(keyspace.Name, shard);
        }
    }

    private void RequireShard(string keyspace, KeyRange shard)
    {
        var migration = MigrationOf(keyspace, shard);
        var isMoved = MovedFrom(LogOf(keyspace, shard)) is not null;
        if (!isMoved && migration.IsFinishing) return;
        var place = !isMoved && migration.IsDue ? new ShardPlace(migration.PlainFile, false) : PlaceOf(keyspace, shard);
        var (path, isLog) = (place.Path!, place.HasHistory);
        var exists = isLog ? Directory.Exists(path) : File.Exists(path);
        var isFilled = exists && (isLog ? PageStore.Exists(new LocalDisk(path)) : new FileInfo(path).Length > 0);
        if (!isFilled) throw Damaged($"{path} is {(exists ? "empty" : "missing")}, though its keyspace has tables", shard.ToString());
    }

    private string LogOf(string keyspace, KeyRange shard) => Path.Combine(directory, keyspace, shard + LogExtension);

    private PlainMigration MigrationOf(string keyspace, KeyRange shard)
    {
        var first = Path.Combine(directory, keyspace, shard + PlainExtension);
        return MovedFrom(first) is { } moved
            ? new PlainMigration(keyspace, shard, moved, moved + LogExtension)
            : new PlainMigration(keyspace, shard, first, LogOf(keyspace, shard));
    }

    private static string? MovedFrom(string first) => File.Exists(first + Moved) ? File.ReadAllText(first + Moved) : null;

    private static VitessException Damaged(string message, string? shard) => new(ErrorCodes.ShardError, message, shard, "XX001",
        hint: "Put the file back from a backup, or start with an empty data directory.");
}
