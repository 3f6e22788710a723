namespace Shale.PageLog;

/// <summary>A backup of a log.</summary>
/// <param name="Number">Its number in its directory, from 1 on.</param>
/// <param name="Time">The cut: every record up to this time is in it, and none after it.</param>
/// <param name="Last">The last commit in it.</param>
/// <param name="Oldest">The oldest commit as of which what it restores can be read.</param>
/// <param name="Bytes">Bytes of the log's files.</param>
/// <param name="NewBytes">Bytes that this backup has copied; the others were there. 0 for one that was opened.</param>
public sealed record LogBackupInfo(int Number, HlcTimestamp Time, Lsn Last, Lsn Oldest, long Bytes, long NewBytes)
{
    internal static LogBackupInfo Of(BackupManifest manifest, long newBytes) =>
        new(manifest.Number, new HlcTimestamp(manifest.Time), new Lsn(manifest.Lsn), new Lsn(manifest.OldestLsn), manifest.Files.Sum(file => file.Bytes), newBytes);
}
