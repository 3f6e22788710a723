namespace Shale.Vitess;

/// <summary>What opens the scratch databases of a session.</summary>
/// <param name="ofShards">Opens those for rows of shards: of the shards' engine.</param>
/// <param name="ofSqlite">Opens those of SQLite; null where the gate was given none.</param>
internal sealed class ScratchSources(IScratchSource ofShards, IScratchSource? ofSqlite)
{
    /// <summary>For rows of shards.</summary>
    public IScratchSource OfShards => ofShards;

    /// <summary>For the gate's own tables alone: SQLite, whatever the shards are.</summary>
    public IScratchSource OfCatalog => ofSqlite ?? throw new InvalidOperationException("the gate was given no scratch databases of SQLite, which answer from the catalog");
}
