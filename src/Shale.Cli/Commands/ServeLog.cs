using Microsoft.Extensions.Logging;

namespace Shale.Cli.Commands;

/// <summary>What `shale serve` tells its log of the shards. Event ids 2000 to 2999.</summary>
internal static partial class ServeLog
{
    /// <summary>A shard's log needs attention; statements go on.</summary>
    [LoggerMessage(2000, LogLevel.Warning, "Shard {Keyspace}/{Shard}: {Reason}")]
    public static partial void Warned(this ILogger logger, string keyspace, string shard, string reason);
}
