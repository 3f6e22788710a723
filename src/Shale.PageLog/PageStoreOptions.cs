namespace Shale.PageLog;

/// <summary>How a log is kept.</summary>
public sealed record PageStoreOptions
{
    /// <summary>The length of the first segment, in bytes; each is twice as long as the one before. Default 1 MB.</summary>
    public long SegmentBytesMin { get; init; } = 1 << 20;

    /// <summary>The greatest length of a segment, in bytes, unless a commit needs more. Default 64 MB.</summary>
    public long SegmentBytesMax { get; init; } = 64 << 20;

    /// <summary>
    /// Whole pages that are kept in memory for this log alone, in bytes. Default null: all such logs of the process share an eighth of the memory that it may use, at least 32 MB, at most 512 MB.
    /// </summary>
    public long? CacheBytes { get; init; }

    /// <summary>How many bytes of changed pages a transaction keeps in memory; more go to a temporary file. Default 64 MB.</summary>
    public int TransactionBytes { get; init; } = 64 << 20;

    /// <summary>How long every version stays readable. Default 30 days. Branches and snapshots keep what they need for longer.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How many bytes of log the window may take before it is made shorter than <see cref="Retention"/>: segments as they were written, without what is kept of those before the window. Default null:
    /// a fifth of the disk.
    /// </summary>
    public long? RetentionBytes { get; init; }

    /// <summary>How many logs <see cref="RetentionBytes"/> are for, at least 1: each has an equal part. Default 1.</summary>
    public int RetentionShares { get; init; } = 1;

    /// <summary>How many bytes of log are written before a checkpoint is due, at least. Default 32 MB.</summary>
    public long CheckpointBytes { get; init; } = 32 << 20;

    /// <summary>Whether commits wait for the disk. Default true; without it a crash of the machine can lose the last commits, never the order.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>
    /// Whether the log looks after itself in the background: checkpoints, the next segment, compaction. Default true; without it <see cref="PageStore.Maintain"/> is to be called now and then.
    /// </summary>
    public bool MaintainsItself { get; init; } = true;

    /// <summary>Told in the background when that fails, as for a full disk; it is tried again. It must not close the log. Default: nobody.</summary>
    public Action<VitessException>? OnMaintenanceFailure { get; init; }

    /// <summary>
    /// Told when the window was made shorter than <see cref="Retention"/>: once, until it was whole for a tenth of that, and once more if the disk is full meanwhile. On the thread that made it so, which may be one that commits; it must not use the
    /// log. Default: nobody.
    /// </summary>
    public Action<LogWindow>? OnWindowShortened { get; init; }

    /// <summary>The clock of timestamps.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
