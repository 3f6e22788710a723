namespace Shale.DoSql;

/// <summary>A restore that was done.</summary>
/// <param name="Lsn">The restore's own commit, the branch's newest now.</param>
/// <param name="Undo">The bookmark of the version before it: restoring to it undoes the restore.</param>
public readonly record struct RestoreResult(Lsn Lsn, string Undo);
