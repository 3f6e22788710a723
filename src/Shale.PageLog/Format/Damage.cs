namespace Shale.PageLog;

/// <summary>Errors for a log that is not as it was written.</summary>
internal static class Damage
{
    /// <summary>SHARD_ERROR (XX001): nothing is answered from what is damaged.</summary>
    public static VitessException Found(string what) => new(
        ErrorCodes.ShardError, what, sqlState: "XX001", hint: "Run `shale log verify` on the directory to see what is damaged; restore the shard from a backup or a replica.");
}
