namespace Shale.DoSql;

/// <summary>How far a point in time reaches. A database in one process is one log: the scopes differ in which points have a meaning.</summary>
public enum TimeTravelScope
{
    /// <summary>This log: any point.</summary>
    Local,

    /// <summary>A branch: any point.</summary>
    Branch,

    /// <summary>Every shard at the same time: a timestamp, a snapshot or a bookmark; an LSN or a version would be another moment on each.</summary>
    Global,
}
