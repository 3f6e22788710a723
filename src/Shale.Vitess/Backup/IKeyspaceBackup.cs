using System.Globalization;
using System.Text.RegularExpressions;

namespace Shale.Vitess;

/// <summary>Copies the shards of a keyspace, and what the topology says of it, at one moment, into a directory of the gate's machine.</summary>
public interface IKeyspaceBackup
{
    /// <summary>
    /// Takes a backup: everything the first time, later what is new. Errors: QUERY_ERROR (0A000) if a shard keeps no versions; SHARD_ERROR (55000) for a directory with something else in it, (55006) if
    /// another process uses it, (XX001) for a damaged shard, (53100), (58030). Then the directory's earlier backup is whole; also when it is cancelled.
    /// </summary>
    ValueTask<KeyspaceBackupInfo> TakeAsync(KeyspaceBackupRequest request, CancellationToken cancellationToken);
}

/// <summary>What is to be copied.</summary>
/// <param name="Keyspace">The keyspace.</param>
/// <param name="Directory">A directory for backups of this keyspace alone; made if there is none.</param>
/// <param name="AtOneMoment">Does something while the VSchema does not change and no transaction is committed on some of its shards and not on others.</param>
/// <param name="Progress">Is told how far the copy is; null for nobody.</param>
public sealed record KeyspaceBackupRequest(
    string Keyspace, string Directory, Func<Func<ValueTask>, CancellationToken, ValueTask> AtOneMoment, IProgress<BackupProgress>? Progress);

/// <summary>How far the copy of a shard is.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="DoneBytes">Bytes that are copied.</param>
/// <param name="AllBytes">Bytes that are to be.</param>
public readonly partial record struct BackupProgress(string Shard, long DoneBytes, long AllBytes)
{
    /// <summary>What the process list shows of a BACKUP; <see cref="TryRead"/> reads it.</summary>
    public string State => string.Create(CultureInfo.InvariantCulture, $"copying {Shard}: {DoneBytes} of {AllBytes} bytes");

    /// <summary>Reads the state of a statement of the process list; false if that is another one.</summary>
    public static bool TryRead(string? state, out BackupProgress progress)
    {
        progress = default;
        if (Shown().Match(state ?? "") is not { Success: true } found) return false;
        if (!long.TryParse(found.Groups[2].ValueSpan, CultureInfo.InvariantCulture, out var done) || !long.TryParse(found.Groups[3].ValueSpan, CultureInfo.InvariantCulture, out var all)) return false;
        progress = new BackupProgress(found.Groups[1].Value, done, all);
        return true;
    }

    [GeneratedRegex("^copying ([0-9a-f-]+): ([0-9]+) of ([0-9]+) bytes$", RegexOptions.CultureInvariant)]
    private static partial Regex Shown();
}

/// <summary>A backup of a keyspace.</summary>
/// <param name="Keyspace">The keyspace.</param>
/// <param name="Number">Its number in its directory, from 1 on.</param>
/// <param name="Time">The cut: what was committed up to this time is in it, and nothing after it.</param>
/// <param name="Shards">Its shards, in the order of the ring.</param>
public sealed record KeyspaceBackupInfo(string Keyspace, int Number, HlcTimestamp Time, IReadOnlyList<ShardBackupInfo> Shards);

/// <summary>A shard in a backup.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Last">Its last commit.</param>
/// <param name="Bytes">Bytes of its log.</param>
/// <param name="NewBytes">Bytes that this backup has copied; the others were there.</param>
public sealed record ShardBackupInfo(string Shard, Lsn Last, long Bytes, long NewBytes);
