namespace Shale.Sqlite;

/// <summary>Numbers of sqlite3.h that only a VFS needs.</summary>
internal static class VfsCode
{
    public const int NotFound = 12;

    public const int ReadFailed = SqliteCode.IoError | (1 << 8), ShortRead = SqliteCode.IoError | (2 << 8), WriteFailed = SqliteCode.IoError | (3 << 8),
        SyncFailed = SqliteCode.IoError | (4 << 8), TruncateFailed = SqliteCode.IoError | (6 << 8), SizeFailed = SqliteCode.IoError | (7 << 8),
        LockFailed = SqliteCode.IoError | (15 << 8), Damaged = SqliteCode.IoError | (33 << 8);

    public const int MainDatabase = 0x100, MainJournal = 0x800, SuperJournal = 0x4000, WriteAheadLog = 0x80000;

    public const int Unlocked = 0, Shared = 1;

    public const int ControlPragma = 14, ControlSync = 21, ControlCommitPhaseTwo = 22;

    // An overwrite of a part of a sector leaves the rest of it alone: SQLite then sees no reason to write more than the pages that have changed.
    public const int PowersafeOverwrite = 0x1000, Immutable = 0x2000;
}
