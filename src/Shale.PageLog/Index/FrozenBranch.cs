namespace Shale.PageLog;

/// <summary>A branch as it was at one position.</summary>
/// <param name="Branch">The branch.</param>
/// <param name="IsDropped">Whether it is there only for those that left it.</param>
/// <param name="Heads">Its lines.</param>
internal sealed record FrozenBranch(Branch Branch, bool IsDropped, (Lsn Since, Line Line)[] Heads);
