using Shale.Sqlite;

namespace Shale.Cli.Demo;

/// <summary>A query for one row, prepared once.</summary>
internal sealed class PreparedPoint(SqliteConnection connection, SqliteStatement statement) : IDisposable
{
    private readonly SqlValue[] _row = new SqlValue[statement.ColumnCount];

    /// <summary>Reads all cells of the row with this key; false if there is none.</summary>
    public bool TryRead(in SqlValue key)
    {
        statement.Bind(1, key);
        var found = statement.Step();
        for (var i = 0; found && i < _row.Length; i++) _row[i] = statement.Column(i);
        statement.Reset();
        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Return(statement);
}
