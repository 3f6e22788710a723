namespace Shale.Sqlite;

/// <summary>How a database file is opened.</summary>
public enum SqliteOpenMode
{
    /// <summary>Reading and writing; the file is made if there is none.</summary>
    Create,

    /// <summary>Reading and writing a file that exists.</summary>
    ReadWrite,

    /// <summary>Reading only.</summary>
    ReadOnly,
}
