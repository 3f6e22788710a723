using Shale.PageLog;

namespace Shale.DoSql;

/// <summary>
/// A database of an application, in its process, on one versioned log: SQLite's SQL, every commit a version. As a <see cref="DoSqlBranch"/> it is the branch main. Thread-safe; one process at a time
/// can open a directory.
/// </summary>
public sealed partial class DoSqlDatabase : DoSqlBranch, IAsyncDisposable
{
    private DoSqlDatabase(DoSqlEngine engine)
        : base(engine, PageFormat.MainBranch)
    {
    }

    /// <summary>Why the log's last checkpoint or compaction failed, which is tried again; null if it did not.</summary>
    public VitessException? MaintenanceFailure => Engine.Store.MaintenanceFailure;

    /// <summary>Opens the database in a directory, or makes one. Errors: SHARD_ERROR (55006) if another process has it, (XX001) if acknowledged commits are damaged, (58030).</summary>
    public static Task<DoSqlDatabase> OpenAsync(string directory, DoSqlOptions? options = null) => OpenAsync(new LocalDisk(directory), options);

    /// <summary>Opens the database on a disk of any kind, or makes one.</summary>
    public static Task<DoSqlDatabase> OpenAsync(IDisk disk, DoSqlOptions? options = null)
    {
        try
        {
            options ??= new DoSqlOptions();
            return Task.FromResult(new DoSqlDatabase(new DoSqlEngine(PageStore.Open(disk, options.Log), options)));
        }
        catch (VitessException exception)
        {
            return Task.FromException<DoSqlDatabase>(exception);
        }
    }

    /// <summary>Closes it: transactions that are open are rolled back, what waits fails with <see cref="ObjectDisposedException"/>.</summary>
    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}
