namespace Shale.Sqlite;

/// <summary>
/// Prepared statements by text, the least recently used one dropped first. A statement in use is not in the list and cannot be dropped.
/// </summary>
internal sealed class StatementCache(int capacity)
{
    private readonly Dictionary<string, SqliteStatement> _byText = new(StringComparer.Ordinal);
    private SqliteStatement? _newest;
    private SqliteStatement? _oldest;

    public int Count => _byText.Count;

    /// <summary>The idle statement of this text, taken into use; null if there is none.</summary>
    public SqliteStatement? Take(string sql)
    {
        // The gate's plans hand over the same string each time.
        var statement = ReferenceEquals(_newest?.Sql, sql) ? _newest : _byText.GetValueOrDefault(sql);
        if (statement is null || statement.InUse) return null;
        Unlink(statement);
        statement.InUse = true;
        return statement;
    }

    /// <summary>Keeps a statement that is in use under its text, unless another one already is.</summary>
    public void Add(SqliteStatement statement)
    {
        if (capacity == 0 || !_byText.TryAdd(statement.Sql, statement)) return;
        statement.IsCached = true;
        if (_byText.Count > capacity && _oldest is { } oldest) Drop(oldest);
    }

    /// <summary>Takes a statement back, or closes it if it is not kept.</summary>
    public void Return(SqliteStatement statement)
    {
        statement.InUse = false;
        if (statement.IsCached) Link(statement);
        else statement.Close();
    }

    /// <summary>Closes all statements, also those in use.</summary>
    public void Clear()
    {
        foreach (var statement in _byText.Values)
        {
            statement.IsCached = false;
            statement.Newer = statement.Older = null;
            statement.Close();
        }

        _byText.Clear();
        _newest = _oldest = null;
    }

    private void Drop(SqliteStatement statement)
    {
        Unlink(statement);
        _byText.Remove(statement.Sql);
        statement.IsCached = false;
        statement.Close();
    }

    private void Link(SqliteStatement statement)
    {
        statement.Older = _newest;
        if (_newest is { } newest) newest.Newer = statement;
        _newest = statement;
        _oldest ??= statement;
    }

    private void Unlink(SqliteStatement statement)
    {
        if (statement.Newer is { } newer) newer.Older = statement.Older;
        else _newest = statement.Older;
        if (statement.Older is { } older) older.Newer = statement.Newer;
        else _oldest = statement.Newer;
        statement.Newer = statement.Older = null;
    }
}
