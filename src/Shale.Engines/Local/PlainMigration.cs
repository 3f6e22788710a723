using Shale.PageLog;
using Shale.Sqlite;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>
/// The way of one shard from a plain file into a page log. What there is says how far it has come, so that a start after a crash goes on:
/// <list type="number">
/// <item>the file alone, perhaps with the beginning of a log in LOG.new: the log is made from the beginning;</item>
/// <item>FILE.migrated and LOG.new: the log was whole and verified before the file got that name, and gets its own name now;</item>
/// <item>LOG: there is nothing to do. With the file beside it nobody knows which of the two is the shard, and the start is refused.</item>
/// </list>
/// </summary>
/// <param name="keyspace">The keyspace.</param>
/// <param name="shard">The shard.</param>
/// <param name="plainFile">The file.</param>
/// <param name="log">The directory of the log; beside the file.</param>
internal sealed class PlainMigration(string keyspace, KeyRange shard, string plainFile, string log)
{
    private readonly string _newLog = log + ".new";
    private readonly string _keptFile = plainFile + ".migrated";

    /// <summary>The plain file.</summary>
    public string PlainFile => plainFile;

    /// <summary>The directory of the log.</summary>
    public string Log => log;

    /// <summary>Whether there is a file to migrate.</summary>
    public bool IsDue => File.Exists(plainFile) && !Directory.Exists(log);

    /// <summary>Whether only the last step is left.</summary>
    public bool IsFinishing => !File.Exists(plainFile) && !Directory.Exists(log) && Directory.Exists(_newLog) && File.Exists(_keptFile);

    /// <summary>Does what is to be done. Errors: as <see cref="ShardFiles.MigrateAsync"/>.</summary>
    /// <returns>What came of it; null if there was nothing to do.</returns>
    public async ValueTask<MigratedShard?> RunAsync(IProgress<ShardMigration>? progress, CancellationToken cancellationToken)
    {
        RefuseBoth(Directory.Exists(log), log);
        if (!IsDue && !IsFinishing) return null;
        RefuseBoth(File.Exists(_keptFile), _keptFile);
        try
        {
            if (IsDue)
            {
                await MakeLogAsync(progress, cancellationToken);
                File.Move(plainFile, _keptFile);
                SyncDirectory();
            }

            Directory.Move(_newLog, log);
            SyncDirectory();
            return new MigratedShard(keyspace, shard.ToString(), _keptFile, new FileInfo(_keptFile).Length);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new VitessException(ErrorCodes.ShardError, failure.Message, shard.ToString(), "58030", inner: failure);
        }
        catch (VitessException failure)
        {
            throw failure.OnShard(shard.ToString());
        }
    }

    private async ValueTask MakeLogAsync(IProgress<ShardMigration>? progress, CancellationToken cancellationToken)
    {
        Discard();
        try
        {
            using var store = PageStore.Open(new LocalDisk(_newLog), new PageStoreOptions());
            using var plain = OpenPlain();
            Import(store, progress, cancellationToken);
            var bytes = new FileInfo(plainFile).Length;
            progress?.Report(new ShardMigration(keyspace, shard.ToString(), bytes, bytes, IsVerifying: true));
            using var database = new PagedDatabase(store);
            using var made = database.OpenReader(PageFormat.MainBranch);
            await new CopyCheck(plain, made, cancellationToken).RunAsync();
        }
        catch
        {
            Discard();
            throw;
        }

        SyncDirectory();
    }

    // Takes in what is in the file's WAL, and leaves none.
    private SqliteConnection OpenPlain()
    {
        var connection = SqliteConnection.Open(plainFile, SqliteOpenMode.ReadWrite);
        try
        {
            _ = connection.QueryTrusted("PRAGMA wal_checkpoint(TRUNCATE)");
            if (connection.QueryTrusted("PRAGMA journal_mode=DELETE").AsText() == "delete") return connection;
            throw new VitessException(ErrorCodes.ShardError, $"another process has {plainFile} open", sqlState: "55006", hint: "Stop it, and start again.");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Import(PageStore store, IProgress<ShardMigration>? progress, CancellationToken cancellationToken)
    {
        var pages = progress is null ? null : new PageProgress(progress, (done, all) =>
            new ShardMigration(keyspace, shard.ToString(), done * PageFormat.PageSize, all * PageFormat.PageSize, IsVerifying: false));
        var imported = PlainFiles.Import(store, PageFormat.MainBranch, plainFile, _newLog, pages, $"imported from {Path.GetFileName(plainFile)}", cancellationToken);
        store.WaitDurable(imported);
    }

    private void Discard()
    {
        if (Directory.Exists(_newLog)) Directory.Delete(_newLog, recursive: true);
    }

    private void RefuseBoth(bool other, string name)
    {
        if (!other || !File.Exists(plainFile)) return;
        throw new VitessException(ErrorCodes.ShardError, $"there are {plainFile} and {name}: only one of them can be the shard", shard.ToString(), "55006",
            hint: "Move the one that is not the shard to another directory, and start again.");
    }

    private void SyncDirectory() => DirectorySync.Sync(Path.GetDirectoryName(log)!);

    /// <summary>Passes on progress, on the same thread.</summary>
    private sealed class PageProgress(IProgress<ShardMigration> to, Func<long, long, ShardMigration> describe) : IProgress<(long Done, long All)>
    {
        public void Report((long Done, long All) value) => to.Report(describe(value.Done, value.All));
    }
}
