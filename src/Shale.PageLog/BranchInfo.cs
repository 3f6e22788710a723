namespace Shale.PageLog;

/// <summary>A branch as it is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Head">Its newest durable commit.</param>
/// <param name="Version">How many commits led there, ancestors included.</param>
/// <param name="Parent">The branch it left; null for the first.</param>
/// <param name="Since">The LSN at which it left another branch; 0 for the first.</param>
public sealed record BranchInfo(string Name, Lsn Head, long Version, string? Parent, Lsn Since)
{
    /// <summary>When the newest commit was made; 0 before the first, and where it is kept but no more is known of it.</summary>
    public HlcTimestamp Time { get; init; }
}
