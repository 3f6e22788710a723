using System.Globalization;

namespace Shale.Postgres;

/// <summary>
/// The data directories of temporary servers, and the directories of all servers' sockets. Invariant: one that has its name has the lock of its owner from the start, so that one whose lock is free is
/// one whose owner has died. Whoever makes one has those removed. Thread-safe.
/// </summary>
internal static class TemporaryData
{
    /// <summary>How the names of sockets' directories begin.</summary>
    internal const string SocketPrefix = "shale-pg-";

    private const string DataPrefix = "shale-pgdata-", PrefixUntilLocked = "shale-pgnew-";

    /// <summary>Makes one for data; see <see cref="MakeSocket"/>.</summary>
    public static (string Path, FileStream Lock) Make() => Make(DataPrefix);

    /// <summary>Makes one for a socket, and begins to remove those beside it that the dead have left, which nobody waits for. Errors: <see cref="IOException"/>.</summary>
    public static (string Path, FileStream Lock) MakeSocket() => Make(SocketPrefix);

    private static (string Path, FileStream Lock) Make(string prefix)
    {
        var unlocked = ServerDirectory.ShortTemporary(PrefixUntilLocked);
        var beside = Path.GetDirectoryName(unlocked)!;
        var taken = ServerDirectory.TakeLock(unlocked);
        var path = Path.Combine(beside, prefix + Path.GetFileName(unlocked)[PrefixUntilLocked.Length..]);
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
        var cluster = ServerDirectory.ClusterIn(left);
        if (IsServed(Path.Combine(cluster, "postmaster.pid"), cluster) || Directory.EnumerateFiles(left, ".s.PGSQL.*.lock").Any(note => IsServed(note, null))) return;
        ServerDirectory.RemoveSocket(left);
        Delete(left);
    }

    private static string[] TryList(string directory)
    {
        try
        {
            return [.. Directory.GetDirectories(directory, DataPrefix + "*"), .. Directory.GetDirectories(directory, SocketPrefix + "*")];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // A server outlives its owner for as long as it takes to stop. Its notes, beside its data and beside its socket, begin with its process and its data, in which it works.
    private static bool IsServed(string note, string? cluster)
    {
        if (!File.Exists(note)) return false;
        string[] lines = [.. File.ReadLines(note).Take(2)];
        return lines.Length == 2 && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process) && new FileInfo($"/proc/{process}/cwd").LinkTarget == (cluster ?? lines[1]);
    }
}
