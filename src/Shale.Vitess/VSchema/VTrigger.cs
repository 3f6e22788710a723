namespace Shale.Vitess;

/// <summary>A trigger of a table whose rows are all on one shard.</summary>
/// <param name="Name">Its name.</param>
/// <param name="CreateSql">The statement as the user wrote it, in dialect sqlite.</param>
public sealed record VTrigger(string Name, string CreateSql);
