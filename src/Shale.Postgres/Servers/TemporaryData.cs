using System.Globalization;

namespace Shale.Postgres;

/// <summary>
/// The data directories of temporary servers. Invariant: one that has its name has the lock of its owner from the start, so that one whose lock is free is one whose owner has died. Whoever makes
/// one has those removed. Thread-safe.
/// </summary>
internal static class TemporaryData
{
    private const string Prefix = "shale-pgdata-", PrefixUntilLocked = "shale-pgnew-";

    /// <summary>Makes one, and begins to remove those beside it that the dead have left, which nobody waits for. Errors: <see cref="IOException"/>.</summary>
    public static (string Path, FileStream Lock) Make()
    {
        var unlocked = ServerDirectory.ShortTemporary(PrefixUntilLocked);
        var beside = Path.GetDirectoryName(unlocked)!;
        var taken = ServerDirectory.TakeLock(unlocked);
        var path = Path.Combine(beside, Prefix + Path.GetFileName(unlocked)[PrefixUntilLocked.Length..]);
        Directory.Move(unlocked, path);
        new Thread(() => RemoveLeft(beside)) { IsBackground = true, Name = "remover of temporary PostgreSQL data" }.Start();
        return (path, taken);
    }

    /// <summary>Removes the directories in one whose owners have died, and their sockets'. Those of others, and what cannot be removed, stay.</summary>
    internal static void RemoveLeft(string directory)
    {
        foreach (var left in TryList(directory))
        {
            try
            {
                // Anybody can write where temporary directories are: what is not ours may be a link to data that somebody needs.
                if (ServerAccount.IsOurs(left)) Remove(left);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or VitessException)
            {
                // Its owner lives, or it has none yet.
            }
        }
    }

    /// <summary>Removes one whose lock is held. The lock's file goes with the last of it: what an interruption leaves is found again.</summary>
    internal static void Delete(string path)
    {
        ServerDirectory.TryDelete(ServerDirectory.ClusterIn(path));
        ServerDirectory.TryDelete(path);
    }

    private static void Remove(string left)
    {
        using var taken = new FileStream(Path.Combine(left, ServerDirectory.LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        if (IsServed(left)) return;
        ServerDirectory.RemoveSocket(left);
        Delete(left);
    }

    private static string[] TryList(string directory)
    {
        try
        {
            return Directory.GetDirectories(directory, Prefix + "*");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // A server outlives its owner for as long as it takes to stop.
    private static bool IsServed(string path)
    {
        var cluster = ServerDirectory.ClusterIn(path);
        var note = Path.Combine(cluster, "postmaster.pid");
        return File.Exists(note) && int.TryParse(File.ReadLines(note).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            && new FileInfo($"/proc/{process}/cwd").LinkTarget == cluster;
    }
}
