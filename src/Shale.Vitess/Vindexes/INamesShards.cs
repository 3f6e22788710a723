namespace Shale.Vitess;

/// <summary>A vindex whose definition names the shards where values live.</summary>
internal interface INamesShards
{
    /// <summary>The key ranges of these shards.</summary>
    IEnumerable<KeyRange> Named { get; }
}
