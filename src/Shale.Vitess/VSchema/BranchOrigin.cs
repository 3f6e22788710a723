namespace Shale.Vitess;

/// <summary>Where a branch comes from. A keyspace that is no branch and has one was restored from a backup of the branch <paramref name="Parent"/>, and has all that was before among its own past.</summary>
/// <param name="Parent">The keyspace that it was made of.</param>
/// <param name="Time">The moment of that keyspace with which it begins.</param>
public sealed record BranchOrigin(string Parent, HlcTimestamp Time);
