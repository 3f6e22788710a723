namespace Shale.Sqlite;

/// <summary>Numbers of sqlite3.h that this binding uses.</summary>
internal static class SqliteCode
{
    public const int Ok = 0, Error = 1, Busy = 5, Locked = 6, NoMemory = 7, ReadOnly = 8, Interrupt = 9, IoError = 10, Corrupt = 11, Full = 13,
        CantOpen = 14, Protocol = 15, Schema = 17, TooBig = 18, Constraint = 19, Mismatch = 20, Misuse = 21, Auth = 23, Range = 25, NotADatabase = 26,
        Row = 100, Done = 101;

    public const int ConstraintCheck = 275, ConstraintForeignKey = 787, ConstraintNotNull = 1299, ConstraintPrimaryKey = 1555,
        ConstraintTrigger = 1811, ConstraintUnique = 2067, ConstraintRowId = 2579, ConstraintDatatype = 3091;

    public const int TypeInteger = 1, TypeFloat = 2, TypeText = 3, TypeBlob = 4, TypeNull = 5;

    public const int OpenReadOnly = 0x1, OpenReadWrite = 0x2, OpenCreate = 0x4, OpenMemory = 0x80, OpenNoMutex = 0x8000, OpenExtendedCodes = 0x2000000;

    public const int Utf8 = 1, Deterministic = 0x800, DirectOnly = 0x80000, Innocuous = 0x200000;

    public const int PreparePersistent = 1, ConfigMemStatus = 9, VtabInnocuous = 2, StatusReprepare = 5;

    public const int AuthDeny = 1;

    public const int OperationDelete = 9, OperationInsert = 18, OperationUpdate = 23;

    public static readonly nint Transient = -1;
}
