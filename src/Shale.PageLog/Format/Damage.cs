namespace Shale.PageLog;

/// <summary>Errors for a log that is not as it was written, or not for this program.</summary>
internal static class Damage
{
    /// <summary>What all of <see cref="Found"/> have.</summary>
    public const string SqlState = "XX001";

    /// <summary>SHARD_ERROR (XX001): nothing is answered from what is damaged.</summary>
    public static VitessException Found(string what) => new(
        ErrorCodes.ShardError, what, sqlState: SqlState, hint: "Copy the directory, run `shale log verify` on it to see what is damaged, and make a new one of the newest backup: `shale restore`.");

    /// <summary>Errors: SHARD_ERROR (0A000) for a version that this program does not read.</summary>
    public static void RequireFormat(string what, uint version, uint known)
    {
        if (version == known) return;
        throw new VitessException(ErrorCodes.ShardError, $"{what} has format {version}, this program writes and reads format {known}", sqlState: "0A000", hint: version > known
            ? "It was written by a newer Shale: open it with that version or a later one."
            : "It was written by an older Shale: export its databases with that version and import the files with this one.");
    }
}
