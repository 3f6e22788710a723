using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>What one shard does for a statement, as it can be done again.</summary>
/// <param name="Tablet">The shard.</param>
/// <param name="Statements">The statements with their rows of parameters.</param>
internal sealed record ShardRedo(ITablet Tablet, IReadOnlyList<ShardStatement> Statements);
