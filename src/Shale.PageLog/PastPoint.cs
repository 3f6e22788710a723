namespace Shale.PageLog;

/// <summary>A point in time that was found.</summary>
/// <param name="Branch">The branch.</param>
/// <param name="Lsn">A commit of it, or of the branch it left; 0 before the first.</param>
public readonly record struct PastPoint(string Branch, Lsn Lsn);
