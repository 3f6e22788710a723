namespace Shale.Postgres;

/// <summary>How a private server is doing.</summary>
/// <param name="IsRunning">Whether its process runs.</param>
/// <param name="Restarts">How often it has died and been started again.</param>
/// <param name="LastFailure">What it said when it died last; null for never.</param>
public sealed record PrivateServerHealth(bool IsRunning, int Restarts, string? LastFailure);
