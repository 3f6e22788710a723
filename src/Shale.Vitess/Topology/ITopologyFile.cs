namespace Shale.Vitess;

/// <summary>The file under a topology: a seam, so that tests can make the disk fail.</summary>
internal interface ITopologyFile : IDisposable
{
    /// <summary>The text; null if there is no file yet.</summary>
    string? Read();

    /// <summary>Replaces the text; durable when it returns, unchanged when it throws SHARD_ERROR.</summary>
    void Replace(string text);
}
