namespace Shale.Engines;

/// <summary>How far a shard's way from its plain file into a page log is; see <see cref="LocalClusterOptions.MigrationProgress"/>.</summary>
/// <param name="Keyspace">The keyspace.</param>
/// <param name="Shard">The shard, by its key range.</param>
/// <param name="DoneBytes">Bytes of the file that are in the log.</param>
/// <param name="AllBytes">Bytes of the file.</param>
/// <param name="IsVerifying">Whether all is in the log and is now being read again and compared.</param>
public readonly record struct ShardMigration(string Keyspace, string Shard, long DoneBytes, long AllBytes, bool IsVerifying);
