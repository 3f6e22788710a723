namespace Shale.PageLog;

/// <summary>Versions of a database, by branch and LSN: what the VFS puts SQLite on. Thread-safe.</summary>
public interface IPageStore
{
    /// <summary>A reader of a branch's newest durable version at each pin. Errors: TT_BRANCH_NOT_FOUND.</summary>
    IPageReader OpenReader(string branch);

    /// <summary>A reader of one version: the newest of the branch at or before the LSN. Errors: TT_BRANCH_NOT_FOUND, TT_LSN_NOT_AVAILABLE.</summary>
    IPageReader OpenReader(string branch, Lsn at);

    /// <summary>The writer of a branch; it has one at a time. Errors: TT_BRANCH_NOT_FOUND; LOCK_TIMEOUT (55P03) if there is another one.</summary>
    IPageWriter OpenWriter(string branch);

    /// <summary>Returns once everything up to the LSN is durable, making it so if nobody else does. Errors: SHARD_ERROR (58030); then nothing is acknowledged any more.</summary>
    void WaitDurable(Lsn lsn);
}
