using Shale.Contracts;
using Shale.Postgres.Wire;

namespace Shale.Server;

/// <summary>The functions by which a session of a door ends what another one does, named by the number that BackendKeyData has told. Not thread-safe.</summary>
/// <param name="own">The session's own number.</param>
/// <param name="sessions">Those of the door.</param>
/// <param name="notice">Is told of what the client should know.</param>
internal sealed class BackendCalls(int own, DoorSessions sessions, Action<ErrorFields> notice)
{
    private const string CancelFunction = "pg_cancel_backend", TerminateFunction = "pg_terminate_backend";

    /// <summary>Whether a function is one of them.</summary>
    public static bool Is(string function) => function is CancelFunction or TerminateFunction;

    /// <summary>Whether it can be told to wait, by a second argument.</summary>
    public static bool MayWait(string function) => function == TerminateFunction;

    /// <summary>Makes a call; false, and a warning, where there is no such session. Errors: what the session's own statement ends with, CANCELLED (57014) or CONNECTION_ERROR (57P01).</summary>
    /// <param name="function">The function.</param>
    /// <param name="process">The session's number.</param>
    /// <param name="timeout">How many milliseconds the caller wants to wait for its end.</param>
    /// <param name="ending">The end that is to be waited for; null for none.</param>
    public SqlValue Call(string function, SqlValue process, SqlValue timeout, out Task? ending)
    {
        ending = null;
        if (process.IsNull || timeout.IsNull) return SqlValue.Null;
        if (timeout.AsInteger() < 0) throw new VitessException(ErrorCodes.QueryError, "\"timeout\" must not be negative", sqlState: "22003", hint: "0 waits for nothing.");
        var number = (int)process.AsInteger();
        if (sessions.Find(number) is not { } session)
        {
            notice(new ErrorFields("WARNING", "01000", $"PID {process.AsInteger()} is not a PostgreSQL backend process"));
            return SqlValue.Boolean(false);
        }

        if (function == TerminateFunction) session.Stop();
        else if (number != own) session.Cancel();
        if (number != own)
        {
            if (timeout.AsInteger() > 0) ending = session.Ended;
            return SqlValue.Boolean(true);
        }

        throw function == TerminateFunction ? new VitessException(ErrorCodes.ConnectionError, "terminating connection due to administrator command", sqlState: "57P01")
            : new VitessException(ErrorCodes.Cancelled, "canceling statement due to user request", sqlState: "57014");
    }

    /// <summary>A wait has been too short.</summary>
    public void Outlived(SqlValue process, SqlValue timeout) =>
        notice(new ErrorFields("WARNING", "01000", $"backend with PID {process.AsInteger()} did not terminate within {timeout.AsInteger()} millisecond{(timeout.AsInteger() == 1 ? "" : "s")}"));
}
