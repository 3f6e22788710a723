namespace Shale.PageLog;

/// <summary>What a record of the log says. The numbers are the format's.</summary>
public enum RecordKind : byte
{
    /// <summary>Pages and row changes of a commit; it takes an LSN.</summary>
    Commit = 1,

    /// <summary>A branch begins at a version of another one.</summary>
    CreateBranch = 2,

    /// <summary>A branch is dropped.</summary>
    DropBranch = 3,

    /// <summary>A version gets a name.</summary>
    CreateSnapshot = 4,

    /// <summary>A version loses its name.</summary>
    DropSnapshot = 5,

    /// <summary>A branch gets an earlier version as its new head; it is a commit and takes an LSN.</summary>
    Restore = 6,

    /// <summary>No later commit will have a time at or before its own. It has no body.</summary>
    Promise = 7,
}
