using System.Net.Sockets;
using Npgsql;
using Shale.Postgres.Relay;

namespace Shale.Postgres;

/// <summary>From PostgreSQL's failures, and those of the way to it, to the registry's.</summary>
internal static class PostgresErrors
{
    private static readonly ErrorCode Unreachable = ErrorCodes.ShardError with { SqlState = "08006", IsTransient = true, Hint = "The PostgreSQL server cannot be reached or has gone away: try again when it is back." };

    /// <summary>What a caller gets to see; null for our own bugs, which pass as they are.</summary>
    public static VitessException? Translate(Exception exception) => exception switch
    {
        VitessException failure => failure,
        PostgresException failure => OfServer(failure),
        ServerFailure failure => OfServer(failure.SqlState, failure.Message, failure.Hint, failure.Position, failure, SubjectOf(failure.Table, failure.Column, failure.Constraint, failure.Detail)),
        OperationCanceledException => new VitessException(ErrorCodes.Timeout, "the statement was cancelled", inner: exception),
        NpgsqlException { InnerException: PostgresException failure } => OfServer(failure),
        NpgsqlException or SocketException or IOException or TimeoutException => Lost(exception),
        _ => null,
    };

    /// <summary>The same for a failure to connect: whatever it is, the shard is not available.</summary>
    public static VitessException? TranslateOpening(Exception exception)
    {
        if (Translate(exception) is not { } failure || exception is OperationCanceledException || failure.Code is "SHARD_ERROR" or "RESOURCE_EXHAUSTED") return Translate(exception);
        return new VitessException(ErrorCodes.ShardError, failure.Message, sqlState: failure.SqlState, hint: "Check the connection string, the database and the role.", inner: exception);
    }

    /// <summary>The connection is gone.</summary>
    public static VitessException Lost(Exception? cause = null) => new(Unreachable, cause is null ? "the connection to the PostgreSQL server is gone" : $"the connection to the PostgreSQL server failed: {(cause.InnerException ?? cause).Message}", inner: cause);

    /// <summary>Refuses what would outlive its statement on a connection that others use next.</summary>
    public static VitessException NotHere(string what) => new(ErrorCodes.QueryError, $"{what} is not possible on a shard, whose connections are shared", sqlState: "0A000", hint: "Use the gate's own messages and statements for transactions and settings.");

    private static VitessException OfServer(PostgresException failure) => OfServer(failure.SqlState, failure.MessageText, failure.Hint, failure.Position, failure, SubjectOf(failure.TableName, failure.ColumnName, failure.ConstraintName, failure.Detail));

    private static VitessException OfServer(string sqlState, string message, string? hint, int position, Exception failure, FailureSubject? subject)
    {
        var code = CodeOf(sqlState);
        return new VitessException(code, message, sqlState: sqlState, hint: hint ?? code.Hint, inner: failure, position: position > 0 ? position : null) { Subject = subject };
    }

    private static FailureSubject? SubjectOf(string? table, string? column, string? constraint, string? detail) =>
        table is null && constraint is null && detail is null ? null : new FailureSubject(table, column, constraint) { Detail = detail };

    /// <summary>What a SQLSTATE is in the registry.</summary>
    public static ErrorCode CodeOf(string state) => state switch
    {
        "42601" => ErrorCodes.SyntaxError,
        "42P01" or "42703" or "42883" or "42704" or "3F000" or "3D000" => ErrorCodes.NotFound,
        "42804" => ErrorCodes.TypeError,
        "40001" => ErrorCodes.SerializationFailure,
        "40P01" => ErrorCodes.DeadlockDetected,
        "55P03" => ErrorCodes.LockTimeout,
        "57014" => ErrorCodes.Timeout,
        "25006" => ErrorCodes.ReadOnlyTransaction,
        "08P01" => ErrorCodes.QueryError,
        "57P01" or "57P02" or "57P03" or "57P05" => Unreachable,
        "53100" => ErrorCodes.ShardError,
        _ => state[..2] switch
        {
            "08" => Unreachable,
            "22" => ErrorCodes.TypeError,
            "23" => ErrorCodes.ConstraintViolation,
            "25" or "2D" or "3B" or "40" => ErrorCodes.TransactionError,
            "53" => ErrorCodes.ResourceExhausted,
            "58" or "F0" or "XX" => ErrorCodes.ShardError,
            _ => ErrorCodes.QueryError,
        },
    };
}
