namespace Shale.Sqlite;

/// <summary>An exception of the page store on its way through SQLite: the code that makes SQLite undo the right things; the exception itself waits for the caller.</summary>
internal static class VfsFailure
{
    /// <summary>Keeps the exception, and says which code SQLite gets.</summary>
    /// <param name="exception">What the store threw.</param>
    /// <param name="otherwise">The code of a failure that is neither of a full disk, nor of damaged data, nor of a lock.</param>
    public static int Keep(Exception exception, int otherwise)
    {
        var failure = exception as VitessException ?? new VitessException(ErrorCodes.ShardError, $"the page log failed: {exception.Message}", sqlState: "XX000", inner: exception);
        CallbackFailure.Keep(failure);

        // While it writes, SQLite gives a transaction up after these codes only; after any other it would go on with pages that it believes to be written.
        return failure.SqlState switch
        {
            "53100" => SqliteCode.Full,
            "XX001" => VfsCode.Damaged,
            "55P03" when otherwise is SqliteCode.CantOpen or VfsCode.LockFailed => SqliteCode.Busy,
            _ => otherwise,
        };
    }
}
