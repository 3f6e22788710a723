using Shale.Sqlite;

namespace Shale.Cli.Bench.Log;

/// <summary>
/// Many callers who write one row each to one stock connection: in turns, a transaction each, or together, as the embedded database batches commits: those who wait at the same moment
/// become one transaction; and where several were told at once, the first who comes again waits for the others, as there. Thread-safe.
/// </summary>
internal sealed class StockWrites(SqliteConnection connection, string insert, SqlValue[] values) : IThreadPoolWorkItem, IDisposable
{
    private const int MostOfABatch = 256;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private readonly List<TaskCompletionSource> _batch = [];
    private bool _busy;
    private int _together;

    /// <summary>Writes in a transaction of its own, when it is the caller's turn.</summary>
    public async Task WriteAloneAsync()
    {
        await _turn.WaitAsync();
        try
        {
            Insert();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes together with others that wait.</summary>
    public Task WriteTogetherAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue(done);
            if (_busy) return done.Task;
            _busy = true;
            if (_together > 1)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return done.Task;
            }
        }

        RunBatch();
        return done.Task;
    }

    /// <summary>Runs those who have come meanwhile.</summary>
    void IThreadPoolWorkItem.Execute() => RunBatch();

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private void RunBatch()
    {
        lock (_lock)
        {
            while (_batch.Count < MostOfABatch && _waiting.TryDequeue(out var next)) _batch.Add(next);
        }

        if (_batch.Count == 1) Insert();
        else InsertAll();
        _together = _batch.Count;
        foreach (var done in _batch) done.SetResult();
        _batch.Clear();
        lock (_lock)
        {
            _busy = _waiting.Count > 0;
            if (_busy) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void InsertAll()
    {
        connection.ExecuteTrusted("BEGIN IMMEDIATE");
        foreach (var _ in _batch) Insert();
        connection.ExecuteTrusted("COMMIT");
    }

    private void Insert()
    {
        var statement = connection.Rent(insert);
        for (var i = 0; i < values.Length; i++) statement.Bind(i + 1, values[i]);
        _ = statement.Step();
        connection.Return(statement);
    }
}
