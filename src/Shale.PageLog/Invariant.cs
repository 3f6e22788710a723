using System.Diagnostics.CodeAnalysis;

namespace Shale.PageLog;

/// <summary>What must hold whatever the input: where it does not, the log stops rather than go on with damage.</summary>
internal static class Invariant
{
    /// <summary>Errors: SHARD_ERROR (XX000).</summary>
    public static void Require([DoesNotReturnIf(false)] bool holds, string what)
    {
        if (!holds) throw new VitessException(ErrorCodes.ShardError, what, sqlState: "XX000", hint: "This is a bug in Shale. The log is as it was; please report it with `shale log verify`.");
    }
}
