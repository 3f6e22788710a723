using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>The rows of one statement in chunks, read as they are asked for. It can be enumerated once.</summary>
internal sealed class SqliteStream(
    SqliteEngineConnection connection, string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, CancellationToken cancellationToken)
    : IAsyncEnumerable<RowSet>, IAsyncEnumerator<RowSet>
{
    private readonly CancellationToken _outer = cancellationToken;
    private CancellationToken _inner;
    private SqliteStatement? _statement;
    private bool _started;
    private bool _hasRow;

    public RowSet Current { get; private set; } = new([]);

    public IAsyncEnumerator<RowSet> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        _inner = cancellationToken;
        return this;
    }

    public ValueTask<bool> MoveNextAsync()
    {
        try
        {
            return new(Next());
        }
        catch (VitessException exception)
        {
            Close();
            return ValueTask.FromException<bool>(exception);
        }
    }

    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private bool Next()
    {
        using var outer = connection.Watch(_outer);
        using var inner = _inner == _outer ? default : connection.Watch(_inner);
        if (_started && !_hasRow) return false;
        if (!_started)
        {
            _started = true;
            Start();
        }

        Current = ReadChunk(_statement!);
        if (!_hasRow) Close();
        return true;
    }

    private void Start()
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                _statement = connection.Start(sql, parameters);
                _hasRow = _statement.Step();
                connection.Shape(_statement).Start();
                return;
            }
            catch (VitessException failure) when (connection.IsLeftBehind(failure, tries))
            {
                Close();
                connection.Reopen();
            }
        }
    }

    private RowSet ReadChunk(SqliteStatement statement)
    {
        var shape = connection.Shape(statement);
        var rows = new RowSet(shape.Expected);
        long bytes = 0;
        while (_hasRow && bytes < chunkBytes)
        {
            var row = rows.AddRow();
            shape.ReadRow(statement, row);
            foreach (ref readonly var cell in row) bytes += cell.SizeBytes;
            _hasRow = statement.Step();
        }

        var fields = shape.Seen();
        return ReferenceEquals(fields, rows.Fields) ? rows : rows.WithFields(fields);
    }

    private void Close()
    {
        if (_statement is { } statement)
        {
            var writes = !statement.IsReadOnly;
            connection.Return(statement);
            if (writes) connection.MakeDurable();
        }

        _statement = null;
        _hasRow = false;
    }
}
