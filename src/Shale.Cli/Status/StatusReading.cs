using Shale.Contracts;

namespace Shale.Cli.Status;

/// <summary>What a server said of itself at one moment.</summary>
/// <param name="At">When, by a clock that only counts.</param>
/// <param name="Cluster">The answer to STATUS.</param>
internal sealed record StatusReading(TimeSpan At, ClusterStatus Cluster);
