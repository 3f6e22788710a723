namespace Shale.DoSql;

/// <summary>A point in time that was found.</summary>
/// <param name="Branch">The branch.</param>
/// <param name="Lsn">A commit of it, or of the branch it left; 0 before the first.</param>
internal readonly record struct PastPoint(string Branch, Lsn Lsn);
