using System.Collections.Concurrent;
using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>
/// Scratch databases, empty and ready. Each lives in one open transaction: rolling it back empties the database, whatever was made in it.
/// Thread-safe.
/// </summary>
internal sealed class SqliteScratchPool(SqliteEngineOptions options) : IDisposable
{
    // A database that has grown beyond this gives its memory back by being closed.
    private const long LargestKeptPages = 1024;

    private readonly ConcurrentQueue<SqliteConnection> _idle = new();
    private bool _disposed;

    /// <summary>An empty database.</summary>
    public SqliteScratch Take()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_idle.TryDequeue(out var connection)) connection = Open();
        return new SqliteScratch(connection, this);
    }

    /// <summary>Takes a database back.</summary>
    public void Return(SqliteConnection connection)
    {
        if (_disposed || _idle.Count >= options.IdleScratches || !TryEmpty(connection)) connection.Dispose();
        else _idle.Enqueue(connection);
    }

    /// <summary>Makes a database empty again.</summary>
    public static void Empty(SqliteConnection connection)
    {
        if (connection.InTransaction) connection.ExecuteTrusted("ROLLBACK");
        connection.ExecuteTrusted("BEGIN");
    }

    /// <summary>Closes the idle databases.</summary>
    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryDequeue(out var connection)) connection.Dispose();
    }

    private SqliteConnection Open()
    {
        // No name: pages that do not fit into the cache go to a temporary file, which the system forgets with the connection, or with the process.
        var connection = SqliteConnection.Open("", SqliteOpenMode.Create, options.CachedStatements);
        try
        {
            SqliteSetup.Scratch(connection);
            Empty(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static bool TryEmpty(SqliteConnection connection)
    {
        try
        {
            if (connection.QueryTrusted("PRAGMA page_count").AsInteger() > LargestKeptPages) return false;
            connection.ClearCache();
            Empty(connection);
            return true;
        }
        catch (VitessException)
        {
            return false;
        }
    }
}
