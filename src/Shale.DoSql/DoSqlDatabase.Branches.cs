using Shale.PageLog;

namespace Shale.DoSql;

/// <summary>Branches and named snapshots: a moment's work whatever the size of the database.</summary>
public sealed partial class DoSqlDatabase
{
    /// <summary>The branches, by name.</summary>
    public IReadOnlyList<BranchInfo> Branches => Engine.Store.Branches;

    /// <summary>The named snapshots, by name.</summary>
    public IReadOnlyList<SnapshotInfo> Snapshots => Engine.Store.Snapshots;

    /// <summary>A branch, to be read and written. Errors: TT_BRANCH_NOT_FOUND.</summary>
    public DoSqlBranch OnBranch(string name)
    {
        if (!Branches.Any(branch => branch.Name == name)) throw new VitessException(ErrorCodes.BranchNotFound, $"there is no branch {name}", hint: "SELECT * FROM dosql_branches lists them.");
        return new DoSqlBranch(Engine, name);
    }

    /// <summary>Begins a branch. Errors: QUERY_ERROR (42710) if there is one of that name, (42602) for a bad name; the TT_ codes of points that are not there.</summary>
    /// <param name="name">Letters, digits and <c>. _ / -</c>, at most 255.</param>
    /// <param name="from">The point at which it leaves; null for the newest version of main.</param>
    public Task<DoSqlBranch> BranchAsync(string name, TimePoint? from = null) => Try(() =>
    {
        Engine.CreateBranch(name, Name, from);
        return OnBranch(name);
    });

    /// <summary>
    /// Drops a branch; branches that left it keep what they see. Its transactions must be over. Errors: TT_BRANCH_NOT_FOUND, LOCK_TIMEOUT (55P03) while it is written; QUERY_ERROR (55006) for main,
    /// (2BP01) while it has named snapshots.
    /// </summary>
    public Task DropBranchAsync(string name, CancellationToken cancellationToken = default) => Engine.DropBranchAsync(name, cancellationToken);

    /// <summary>Names a version and keeps it until the name is dropped. Errors: QUERY_ERROR (42710) if there is one of that name, (42602) for a bad name; the TT_ codes of points that are not there.</summary>
    /// <param name="name">Letters, digits and <c>. _ / -</c>, at most 255.</param>
    /// <param name="at">The version; null for the newest of main.</param>
    public Task<SnapshotInfo> SnapshotAsync(string name, TimePoint? at = null) => Try(() => Engine.CreateSnapshot(name, Name, at));

    /// <summary>Forgets a name; the version stays as long as the retention keeps it. Errors: TT_SNAPSHOT_NOT_FOUND.</summary>
    public Task DropSnapshotAsync(string name) => Try(() =>
    {
        Engine.Store.DropSnapshot(name);
        return true;
    });

    // The log's own calls block for one write; their failures come with the task.
    private static Task<T> Try<T>(Func<T> work)
    {
        try
        {
            return Task.FromResult(work());
        }
        catch (Exception exception) when (exception is VitessException or ObjectDisposedException)
        {
            return Task.FromException<T>(exception);
        }
    }
}
