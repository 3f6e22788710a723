namespace Shale.PageLog;

/// <summary>The file that says that a directory is being filled by a restore: until it is gone, what is there is no log.</summary>
internal static class RestoreMark
{
    private const string Name = "restoring";

    /// <summary>Sets it, durably.</summary>
    public static void Set(IDisk disk)
    {
        using (var file = disk.Create(Name)) file.Sync();
        disk.SyncDirectory();
    }

    /// <summary>Removes it, durably: everything else must be durable.</summary>
    public static void Remove(IDisk disk)
    {
        disk.Delete(Name);
        disk.SyncDirectory();
    }

    /// <summary>Errors: SHARD_ERROR (55000) where it is.</summary>
    public static void RequireNone(IDisk disk)
    {
        if (!disk.List().Contains(Name)) return;
        throw new VitessException(ErrorCodes.ShardError, "a restore of this log was interrupted: it is not whole", sqlState: "55000", hint: "Remove the directory and restore the backup again.");
    }
}
