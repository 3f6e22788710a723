namespace Shale.Vitess;

/// <summary>A connection over which the same read of several sessions goes to the server in one message, and comes back so.</summary>
internal interface ISharedReader
{
    /// <summary>
    /// Runs a statement that reads one row for several, each in a snapshot of its own. Whoever is answered leaves an empty place in the list before he is; what still stands there at the end has told its client
    /// nothing, and is to be run alone: the server did not come to it, or was stopped for another one. Fails only by our own bugs.
    /// </summary>
    /// <param name="reads">The reads, of the same text and the same form of rows.</param>
    /// <returns>Whether the connection is sound.</returns>
    ValueTask<bool> QueryTogetherAsync(List<SharedRead?> reads);
}
