namespace Shale.Vitess;

/// <summary>Where a branch comes from.</summary>
/// <param name="Parent">The keyspace that it was made of.</param>
/// <param name="Time">The moment of that keyspace with which it begins.</param>
public sealed record BranchOrigin(string Parent, HlcTimestamp Time);
