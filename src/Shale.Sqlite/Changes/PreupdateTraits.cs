using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shale.Sqlite;

/// <summary>How this libsqlite3 tells of rows before they change; versions differ, so it is tried out once.</summary>
internal sealed unsafe class PreupdateTraits
{
    private static readonly Lazy<PreupdateTraits> Found = new(Find);

    [ThreadStatic]
    private static int _seen;

    private PreupdateTraits(bool countsStoredColumns, nint missing) => (CountsStoredColumns, Missing) = (countsStoredColumns, missing);

    /// <summary>Those of the library. Errors: SHARD_ERROR if it was built without the hook.</summary>
    public static PreupdateTraits Current => Found.Value;

    /// <summary>Whether a column's number is that among the stored columns, the virtual ones behind them, and not the number that the table's definition gives it.</summary>
    public bool CountsStoredColumns { get; }

    /// <summary>The value that stands for one that the row does not have, because its column was added later: it then has the column's default.</summary>
    public nint Missing { get; }

    private static PreupdateTraits Find()
    {
        SqliteLibrary.EnsureLoaded();
        if (!SqliteLibrary.HasPreupdateHook)
        {
            throw new VitessException(ErrorCodes.ShardError, "libsqlite3 was built without SQLITE_ENABLE_PREUPDATE_HOOK, so that changed rows cannot be recorded",
                hint: "Install Debian's libsqlite3-0, or name another library in SHALE_SQLITE_LIBRARY.");
        }

        using var connection = SqliteConnection.Open(":memory:", SqliteOpenMode.Create);
        connection.ExecuteTrusted("CREATE TABLE t (a, b AS (a + 1) VIRTUAL, c)");
        _ = Native.sqlite3_preupdate_hook(connection.Handle, &Look, 0);
        connection.ExecuteTrusted("INSERT INTO t VALUES (1, 3)");
        _ = Native.sqlite3_preupdate_hook(connection.Handle, null, 0);
        var statement = connection.Rent("SELECT 1");
        _ = statement.Step();
        var missing = Native.sqlite3_column_value(statement.Handle, 1);
        connection.Return(statement);
        return new PreupdateTraits(countsStoredColumns: _seen == 3, missing);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Look(nint data, nint db, int operation, byte* database, byte* table, long oldKey, long newKey)
    {
        nint value;
        _seen = Native.sqlite3_preupdate_new(db, 1, &value) == SqliteCode.Ok ? (int)Native.sqlite3_value_int64(value) : 0;
    }
}
