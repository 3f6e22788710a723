namespace Shale.Sqlite;

/// <summary>The action codes of sqlite3_set_authorizer that Shale looks at.</summary>
public enum SqliteAction
{
    /// <summary>CREATE INDEX on a temporary table.</summary>
    CreateTempIndex = 3,

    /// <summary>CREATE TEMP TABLE.</summary>
    CreateTempTable = 4,

    /// <summary>CREATE TEMP TRIGGER.</summary>
    CreateTempTrigger = 5,

    /// <summary>CREATE TEMP VIEW.</summary>
    CreateTempView = 6,

    /// <summary>INSERT into a table.</summary>
    Insert = 18,

    /// <summary>PRAGMA: name, argument.</summary>
    Pragma = 19,

    /// <summary>Reading a column: table, column.</summary>
    Read = 20,

    /// <summary>SELECT.</summary>
    Select = 21,

    /// <summary>BEGIN, COMMIT, ROLLBACK: the operation.</summary>
    Transaction = 22,

    /// <summary>UPDATE: table, column.</summary>
    Update = 23,

    /// <summary>ATTACH, also by VACUUM: file name.</summary>
    Attach = 24,

    /// <summary>DETACH: database.</summary>
    Detach = 25,

    /// <summary>CREATE VIRTUAL TABLE: table, module.</summary>
    CreateVirtualTable = 29,

    /// <summary>A function call: null, name.</summary>
    Function = 31,

    /// <summary>SAVEPOINT, RELEASE, ROLLBACK TO: operation, name.</summary>
    Savepoint = 32,
}
