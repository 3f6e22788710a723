using System.Globalization;
using Shale.Sqlite;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>Brings new connections into the state that the engine needs.</summary>
internal static class SqliteSetup
{
    // SQLITE_DBCONFIG_ENABLE_FKEY, SQLITE_DBCONFIG_DEFENSIVE.
    private const int ForeignKeys = 1002, Defensive = 1010;

    /// <summary>A connection to the shard's database, whatever that lies on.</summary>
    public static void Shard(SqliteConnection connection, SqliteEngineOptions options)
    {
        connection.ExecuteTrusted(string.Create(CultureInfo.InvariantCulture, $"PRAGMA cache_size=-{options.CacheKib}"));
        if (options.MaxPages > 0) connection.ExecuteTrusted(string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count={options.MaxPages}"));
        Common(connection, foreignKeys: true, isScratch: false);
    }

    /// <summary>A private database.</summary>
    public static void Scratch(SqliteConnection connection)
    {
        connection.ExecuteTrusted("PRAGMA synchronous=OFF");

        // It is filled in one transaction from nothing: there are no old pages to keep.
        connection.ExecuteTrusted("PRAGMA journal_mode=MEMORY");
        connection.ExecuteTrusted("PRAGMA secure_delete=OFF");
        Common(connection, foreignKeys: false, isScratch: true);
    }

    /// <summary>Whether statements enforce foreign keys.</summary>
    public static void EnforceForeignKeys(SqliteConnection connection, bool on) => connection.Configure(ForeignKeys, on);

    private static void Common(SqliteConnection connection, bool foreignKeys, bool isScratch)
    {
        // In memory up to the size of the cache, in one piece, then in a temporary file. With temp_store=MEMORY SQLite would allocate every row that it sorts by itself: three times
        // slower (bench gate, GROUP BY), and without a bound.
        connection.ExecuteTrusted("PRAGMA temp_store=FILE");
        connection.Configure(ForeignKeys, foreignKeys);
        connection.Configure(Defensive, true);
        SqliteRegistrations.Register(connection);
        connection.SetAuthorizer(SqliteGuard.For(connection, isScratch));
    }
}
