using Shale.Contracts;
using Shale.Postgres.Wire;

namespace Shale.Server;

/// <summary>The functions by which a session of a door ends what another one does, named by the number that BackendKeyData has told. Not thread-safe.</summary>
/// <param name="own">The session's own number.</param>
/// <param name="find">The session of a number; null for none.</param>
/// <param name="notice">Is told of what the client should know.</param>
internal sealed class BackendCalls(int own, Func<int, PostgresSession?> find, Action<ErrorFields> notice)
{
    private const string CancelFunction = "pg_cancel_backend", TerminateFunction = "pg_terminate_backend";

    /// <summary>Whether a function is one of them.</summary>
    public static bool Is(string function) => function is CancelFunction or TerminateFunction;

    /// <summary>Makes a call; false, and a warning, where there is no such session. Errors: what the session's own statement ends with, CANCELLED (57014) or CONNECTION_ERROR (57P01).</summary>
    /// <param name="function">The function.</param>
    /// <param name="process">The session's number.</param>
    public SqlValue Call(string function, SqlValue process)
    {
        if (process.IsNull) return SqlValue.Null;
        var number = (int)process.AsInteger();
        if (find(number) is not { } session)
        {
            notice(new ErrorFields("WARNING", "01000", $"PID {process.AsInteger()} is not a PostgreSQL backend process"));
            return SqlValue.Boolean(false);
        }

        if (function == TerminateFunction) session.Stop();
        else if (number != own) session.Cancel();
        if (number != own) return SqlValue.Boolean(true);
        throw function == TerminateFunction ? new VitessException(ErrorCodes.ConnectionError, "terminating connection due to administrator command", sqlState: "57P01")
            : new VitessException(ErrorCodes.Cancelled, "canceling statement due to user request", sqlState: "57014");
    }
}
