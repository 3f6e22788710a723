using Shale.Sqlite;

namespace Shale.DoSql;

/// <summary>A connection that reads a branch. Used by one thread at a time.</summary>
internal sealed class Reader(SqliteConnection connection, int generation) : IDisposable
{
    /// <summary>The connection.</summary>
    public SqliteConnection Connection { get; } = connection;

    /// <summary>Which of its pool's generations it is of.</summary>
    public int Generation { get; } = generation;

    /// <summary>Closes it.</summary>
    public void Dispose() => Connection.Dispose();
}
