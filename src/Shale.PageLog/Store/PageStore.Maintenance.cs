namespace Shale.PageLog;

/// <summary>What a log needs while it is open: done in the background, or by whoever has switched that off.</summary>
public sealed partial class PageStore
{
    // A checkpoint is written again when so many times its bytes have come after it.
    private const int GrowthToCheckpoint = 4;
    private readonly LogMaintenance? _maintenance;
    private long _checkpointFileBytes;

    /// <summary>The last failure of the maintenance, which is tried again; null if it is well. Commits and readers go on meanwhile.</summary>
    public VitessException? MaintenanceFailure => _maintenance?.Failure;

    /// <summary>The maintenance; null where it is switched off.</summary>
    internal LogMaintenance? Maintenance => _maintenance;

    private bool IsCheckpointDue => Tail.AppendedBytes - _checkpointedBytes > Math.Max(_options.CheckpointBytes, GrowthToCheckpoint * _checkpointFileBytes);

    /// <summary>
    /// One round: makes the next segment ready before a commit needs it, writes a checkpoint if one is due, and rewrites what lies before the window. Each is tried whatever became of the others.
    /// Errors: SHARD_ERROR, the first of them; then the log is as it was. OperationCanceledException.
    /// </summary>
    public void Maintain(CancellationToken cancellationToken = default)
    {
        if (_failed is not null) return;
        Exception? first = null;
        Try(() => WithRoom(keepsRoom => Tail.MakeReady(Lock, keepsRoom), cancellationToken));
        Try(CheckpointIfDue);
        Try(() => CompactAll(cancellationToken));
        if (first is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);

        void Try(Action step)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                step();
            }
            catch (VitessException exception)
            {
                first ??= exception;
            }
        }
    }

    private void CheckpointIfDue()
    {
        lock (Lock)
        {
            if (!IsCheckpointDue) return;
        }

        Checkpoint();
    }

    private void CompactAll(CancellationToken cancellationToken)
    {
        while (Compact(cancellationToken)) cancellationToken.ThrowIfCancellationRequested();
    }
}
