namespace Shale.Vitess;

/// <summary>What becomes of a SELECT, UPDATE or DELETE that has to go to several shards.</summary>
public enum CrossShardPolicy
{
    /// <summary>It runs.</summary>
    Allow,

    /// <summary>It runs, and a notice says what would keep it on fewer shards. Streams give no notices.</summary>
    Warn,

    /// <summary>It is refused: QUERY_ERROR (42501).</summary>
    Deny,
}
