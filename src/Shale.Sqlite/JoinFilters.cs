namespace Shale.Sqlite;

/// <summary>
/// SQLite's Bloom filters of joins. From 3.38 on, and at least in 3.40, they hash a text by its length: under a collation that holds texts of
/// different lengths equal, rows that match are lost. They are turned off for connections that have such a collation.
/// </summary>
internal static class JoinFilters
{
    private const int TestControlOptimizations = 15;
    private const int BloomFilter = 0x00080000;

    // RTRIM is such a collation that SQLite has by itself.
    private static readonly string[] Made =
        ["CREATE TABLE a (x TEXT COLLATE RTRIM)", "CREATE TABLE b (y TEXT)", "INSERT INTO a VALUES ('1 '), ('abc')", "INSERT INTO b VALUES ('1'), ('2')"];

    private static readonly Lazy<bool> IsRight = new(Try, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Turns them off. Error: SHARD_ERROR where this library's cannot be, and are wrong.</summary>
    public static void TurnOff(nint db)
    {
        if (!IsRight.Value)
        {
            throw new VitessException(ErrorCodes.ShardError, $"SQLite {SqliteLibrary.Version} joins texts wrongly under some collations, and cannot be told not to",
                hint: "Take a libsqlite3 that is not built with SQLITE_UNTESTABLE.");
        }

        _ = Native.sqlite3_test_control(TestControlOptimizations, db, BloomFilter);
    }

    private static bool Try()
    {
        using var connection = SqliteConnection.Open(":memory:", SqliteOpenMode.Create);
        _ = Native.sqlite3_test_control(TestControlOptimizations, connection.Handle, BloomFilter);
        foreach (var sql in Made) connection.ExecuteTrusted(sql);
        return connection.QueryTrusted("SELECT count(*) FROM b JOIN a ON a.x = b.y || ''").AsInteger() == 1;
    }
}
