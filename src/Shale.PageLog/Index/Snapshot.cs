namespace Shale.PageLog;

/// <summary>A name for a version of a branch, which keeps it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Branch">The branch that it was taken of.</param>
/// <param name="Line">The line of the version.</param>
/// <param name="State">The version.</param>
internal sealed record Snapshot(string Name, string Branch, Line Line, LineState State);
