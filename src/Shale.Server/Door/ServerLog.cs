using Microsoft.Extensions.Logging;

namespace Shale.Server;

/// <summary>What the server tells its log. Event ids 1000 to 1999.</summary>
internal static partial class ServerLog
{
    /// <summary>A failure that is no operating failure: a bug of ours.</summary>
    [LoggerMessage(1000, LogLevel.Error, "A {Message} failed for a reason that nobody foresaw")]
    public static partial void Unforeseen(this ILogger logger, Exception exception, string message);

    /// <summary>A request that is no message, or too long.</summary>
    [LoggerMessage(1001, LogLevel.Information, "Refused a request with {Status}: {Reason}")]
    public static partial void Refused(this ILogger logger, int status, string reason);

    /// <summary>A statement failed.</summary>
    [LoggerMessage(1002, LogLevel.Debug, "A {Message} failed with {Code} on shard {Shard}: {Reason}")]
    public static partial void Failed(this ILogger logger, string message, string code, string? shard, string reason);

    /// <summary>A connection of the PostgreSQL door was ended for what it sent.</summary>
    [LoggerMessage(1003, LogLevel.Information, "Ended PostgreSQL connection {Connection} with {SqlState}: {Reason}")]
    public static partial void Refused(this ILogger logger, string connection, string sqlState, string reason);
}
