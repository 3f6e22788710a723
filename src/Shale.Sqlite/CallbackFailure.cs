namespace Shale.Sqlite;

/// <summary>
/// An exception on its way through SQLite: SQLite knows texts only, so the exception waits here, on the thread that runs the statement, until
/// the call into SQLite returns.
/// </summary>
internal static unsafe class CallbackFailure
{
    [ThreadStatic]
    private static Exception? _pending;

    /// <summary>Forgets what an earlier call left.</summary>
    public static void Clear() => _pending = null;

    /// <summary>Makes the function call fail.</summary>
    public static void Report(nint context, Exception exception)
    {
        _pending ??= exception;
        fixed (byte* text = System.Text.Encoding.UTF8.GetBytes(exception.Message + "\0")) Native.sqlite3_result_error(context, text, -1);
    }

    /// <summary>Keeps an exception whose caller has another way to say that it failed.</summary>
    public static void Keep(Exception exception) => _pending ??= exception;

    /// <summary>The failure that waits, or null.</summary>
    public static VitessException? Take()
    {
        var pending = _pending;
        _pending = null;
        return pending switch
        {
            null => null,
            VitessException own => own,
            OverflowException overflow => new VitessException(ErrorCodes.TypeError, "value out of range", sqlState: "22003", inner: overflow),
            _ => new VitessException(ErrorCodes.QueryError, $"a function failed: {pending.Message}", inner: pending),
        };
    }
}
