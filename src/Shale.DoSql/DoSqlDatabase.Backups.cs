using Shale.PageLog;

namespace Shale.DoSql;

/// <summary>Backups: a copy of the log in another directory, with all its branches and its whole past; a restore gives all of them, or one alone.</summary>
public sealed partial class DoSqlDatabase
{
    /// <summary>
    /// Takes a backup while the database goes on: everything the first time, later what is new. What was copied is read back and verified before it counts. Errors: SHARD_ERROR (55000) for a directory
    /// with other files, or the backup of another database, (55006) if another process uses it, (XX001) if the log is damaged, (53100), (58030). Then the directory's earlier backup is whole.
    /// </summary>
    /// <param name="directory">For backups of this database alone; made if there is none.</param>
    /// <param name="progress">Is told how many bytes of how many are copied; null for nobody.</param>
    /// <param name="cancellationToken">Leaves the directory's earlier backup whole.</param>
    public Task<LogBackupInfo> BackupAsync(string directory, IProgress<(long Done, long All)>? progress = null, CancellationToken cancellationToken = default) =>
        OnAThread(() => Engine.Store.Backup(new LocalDisk(directory), ToldTo(progress), cancellationToken), cancellationToken);

    /// <summary>Reads a backup from end to end without restoring it, and says what is damaged. Errors: SHARD_ERROR (58P01) if there is none, (XX001) if its manifest is damaged.</summary>
    public static Task<LogVerification> VerifyBackupAsync(string backup, IProgress<(long Done, long All)>? progress = null, CancellationToken cancellationToken = default) => OnAThread(
        () =>
        {
            using var opened = LogBackup.Open(LocalDisk.OpenForReading(backup));
            return opened.Verify(ToldTo(progress), cancellationToken);
        },
        cancellationToken);

    /// <summary>
    /// Makes a database of a backup, put back to a point, if one is named: a new head of each branch that there was; what came after it stays behind it. Errors: SHARD_ERROR (58P01) if there is no backup,
    /// (XX001) if it is damaged, (55000) if the directory is not empty; TT_LSN_NOT_AVAILABLE, TT_FUTURE_POINT; TT_POINT_NOT_FOUND for a time before the first commit; TT_INVALID_SYNTAX for a point that is neither an LSN nor a timestamp. A directory that
    /// was not finished is not opened.
    /// </summary>
    /// <param name="backup">The directory of the backup.</param>
    /// <param name="directory">The directory of the database; new, or empty.</param>
    /// <param name="to">An LSN or a timestamp; null for the end of the backup.</param>
    /// <param name="progress">Is told how many bytes of how many are copied; null for nobody.</param>
    /// <param name="branch">A branch, which alone is there then, as the branch main; null for all of them. TT_BRANCH_NOT_FOUND if the backup has none of that name.</param>
    /// <param name="cancellationToken">Leaves a directory that is not opened.</param>
    /// <returns>The last commit that the database shows.</returns>
    public static Task<Lsn> RestoreBackupAsync(
        string backup, string directory, TimePoint? to = null, IProgress<(long Done, long All)>? progress = null, string? branch = null, CancellationToken cancellationToken = default) => OnAThread(
        () =>
        {
            var point = PointOf(to);
            using var opened = LogBackup.Open(LocalDisk.OpenForReading(backup));
            if (to is TimePoint.AtTimestamp time && !opened.HasCommitBy(HlcTimestamp.LastOf(time.Moment)))
            {
                throw new VitessException(ErrorCodes.PointNotFound, $"there was nothing yet at {to}", hint: "Name a later time; or none, for all of the backup.");
            }

            return opened.Restore(new LocalDisk(directory), point, null, ToldTo(progress), branch, cancellationToken);
        },
        cancellationToken);

    private static LogPoint? PointOf(TimePoint? to) => to switch
    {
        null => null,
        TimePoint.AtLsn at => LogPoint.Of(at.Lsn),
        TimePoint.AtTimestamp at => LogPoint.Of(HlcTimestamp.LastOf(at.Moment)),
        _ => throw new VitessException(ErrorCodes.InvalidPoint, $"a backup is restored to an LSN or a timestamp, not to {to}", hint: "Restore all of it, then restore the database to that point."),
    };

    private static Action<long, long>? ToldTo(IProgress<(long Done, long All)>? progress) => progress is null ? null : (done, all) => progress.Report((done, all));

    // Copying is long, and waits for the disk.
    private static Task<T> OnAThread<T>(Func<T> work, CancellationToken cancellationToken) => Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
