namespace Shale.Postgres;

/// <summary>The failures of an adapter: five codes, with the SQLSTATE and the words of what lies below.</summary>
internal static class AdapterErrors
{
    /// <summary>Before InitAsync.</summary>
    public static VitessException NotReady() => new(ErrorCodes.AdapterNotReady, "the adapter has not been initialised");

    /// <summary>After CloseAsync.</summary>
    public static VitessException Closed() => new(ErrorCodes.AdapterClosed, "the adapter is closed");

    /// <summary>A transaction that is not what the caller takes it for.</summary>
    public static VitessException Transaction(string message, string state = "25000") => new(ErrorCodes.AdapterTransactionError, message, sqlState: state);

    /// <summary>The server cannot be started or reached.</summary>
    public static VitessException Connection(VitessException failure) => Of(ErrorCodes.AdapterConnectionError, failure);

    /// <summary>A statement failed.</summary>
    public static VitessException Statement(VitessException failure) => failure.Code switch
    {
        "SHARD_ERROR" => Connection(failure),
        "TRANSACTION_ERROR" or "READ_ONLY_TRANSACTION" or "SERIALIZATION_FAILURE" or "DEADLOCK_DETECTED" => Of(ErrorCodes.AdapterTransactionError, failure),
        _ => Of(ErrorCodes.AdapterQueryError, failure),
    };

    private static VitessException Of(ErrorCode code, VitessException failure) =>
        new(code with { IsTransient = failure.IsTransient }, failure.Message, sqlState: failure.SqlState, hint: failure.Hint, inner: failure, position: failure.Position);
}
