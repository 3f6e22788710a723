namespace Shale.Sqlite;

/// <summary>The action codes of sqlite3_set_authorizer that Shale looks at.</summary>
public enum SqliteAction
{
    /// <summary>CREATE INDEX: index, table.</summary>
    CreateIndex = 1,

    /// <summary>CREATE TABLE: table.</summary>
    CreateTable = 2,

    /// <summary>CREATE INDEX on a temporary table.</summary>
    CreateTempIndex = 3,

    /// <summary>CREATE TEMP TABLE.</summary>
    CreateTempTable = 4,

    /// <summary>CREATE TEMP TRIGGER.</summary>
    CreateTempTrigger = 5,

    /// <summary>CREATE TEMP VIEW.</summary>
    CreateTempView = 6,

    /// <summary>CREATE TRIGGER: trigger, table.</summary>
    CreateTrigger = 7,

    /// <summary>CREATE VIEW: view.</summary>
    CreateView = 8,

    /// <summary>DROP INDEX: index, table.</summary>
    DropIndex = 10,

    /// <summary>DROP TABLE: table.</summary>
    DropTable = 11,

    /// <summary>DROP TRIGGER: trigger, table.</summary>
    DropTrigger = 16,

    /// <summary>DROP VIEW: view.</summary>
    DropView = 17,

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

    /// <summary>ALTER TABLE: database, table.</summary>
    AlterTable = 26,

    /// <summary>CREATE VIRTUAL TABLE: table, module.</summary>
    CreateVirtualTable = 29,

    /// <summary>DROP TABLE of a virtual table: table, module.</summary>
    DropVirtualTable = 30,

    /// <summary>A function call: null, name.</summary>
    Function = 31,

    /// <summary>SAVEPOINT, RELEASE, ROLLBACK TO: operation, name.</summary>
    Savepoint = 32,
}
