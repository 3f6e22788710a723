using System.Globalization;
using Shale.Sqlite;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>A scratch database out of the pool: SQLite's page cache is what it has in memory; pages beyond go to a temporary file that has no name.</summary>
internal sealed class SqliteScratch(SqliteConnection connection, SqliteScratchPool pool) : SqliteEngineConnection(connection, pool), IScratchDatabase
{
    private const long LeastKib = 256;

    private readonly SqliteConnection _database = connection;

    /// <inheritdoc/>
    public ValueTask KeepInMemoryAsync(long bytes)
    {
        try
        {
            _database.ExecuteTrusted(string.Create(CultureInfo.InvariantCulture, $"PRAGMA cache_size=-{Math.Clamp(bytes / 1024, LeastKib, int.MaxValue)}"));
            return ValueTask.CompletedTask;
        }
        catch (VitessException exception)
        {
            return ValueTask.FromException(exception);
        }
    }
}
