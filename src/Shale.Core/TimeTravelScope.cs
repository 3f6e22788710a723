namespace Shale;

/// <summary>How far a point in time reaches. A database in one process is one log; a keyspace has one for each shard.</summary>
public enum TimeTravelScope
{
    /// <summary>One log: any point.</summary>
    Local,

    /// <summary>A branch: any point.</summary>
    Branch,

    /// <summary>Every shard at the same time: a timestamp, a snapshot or a bookmark; an LSN or a version would be another moment on each.</summary>
    Global,
}

/// <summary>The scopes of points.</summary>
public static class TimeTravelScopes
{
    /// <summary>The scope that is asked for; else the one that a point has by itself: an LSN is local, a timestamp global, anything else its branch's. TT_INVALID_SYNTAX for a scope that the point cannot have.</summary>
    public static TimeTravelScope Of(TimePoint point, TimeTravelScope? asked)
    {
        ArgumentNullException.ThrowIfNull(point);
        if (asked == TimeTravelScope.Global && point is not (TimePoint.AtTimestamp or TimePoint.AtSnapshot or TimePoint.AtBookmark))
        {
            throw new VitessException(ErrorCodes.InvalidPoint, $"{point} is another moment on each shard", hint: "With the scope global use a timestamp, a named snapshot or a bookmark.");
        }

        return asked ?? point switch
        {
            TimePoint.AtLsn => TimeTravelScope.Local,
            TimePoint.AtTimestamp => TimeTravelScope.Global,
            _ => TimeTravelScope.Branch,
        };
    }
}
