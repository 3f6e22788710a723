using Shale.PageLog;

namespace Shale.DoSql;

/// <summary>Connections to versions of the past: some are kept for the next query of the same version, the least recently used closed first; so many at most are in use. Thread-safe.</summary>
internal sealed class PastReaders(DoSqlEngine engine, int kept, int most) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _uses = new(most, most);
    private readonly LinkedList<(PastPoint Point, BranchConnection Connection)> _idle = new();
    private bool _closed;

    /// <summary>A connection to a version; <see cref="Return"/> it. Errors: TT_BRANCH_NOT_FOUND, TT_LSN_NOT_AVAILABLE.</summary>
    public async ValueTask<BranchConnection> RentAsync(PastPoint point, CancellationToken cancellationToken)
    {
        await _uses.WaitAsync(cancellationToken);
        try
        {
            return Take(point) ?? new BranchConnection(engine, point.Branch, engine.Prepare(engine.Database.OpenReader(point.Branch, point.Lsn), point.Branch), 0);
        }
        catch
        {
            _uses.Release();
            throw;
        }
    }

    /// <summary>Takes a connection back.</summary>
    public void Return(PastPoint point, BranchConnection connection)
    {
        BranchConnection? last = connection;
        lock (_lock)
        {
            if (!_closed)
            {
                _idle.AddFirst((point, connection));
                last = _idle.Count > kept ? Drop() : null;
            }
        }

        last?.Dispose();
        if (!_closed) _uses.Release();
    }

    /// <summary>Closes all that are idle, as if nobody had used them for long: of a branch that is gone, or for good.</summary>
    public void Clear(bool forGood = false)
    {
        BranchConnection[] gone;
        lock (_lock)
        {
            _closed |= forGood;
            gone = [.. _idle.Select(idle => idle.Connection)];
            _idle.Clear();
        }

        foreach (var connection in gone) connection.Dispose();
    }

    /// <summary>Closes what is idle, and what comes back.</summary>
    public void Dispose()
    {
        Clear(forGood: true);
        _uses.Dispose();
    }

    private BranchConnection? Take(PastPoint point)
    {
        lock (_lock)
        {
            for (var node = _idle.First; node is not null; node = node.Next)
            {
                if (node.Value.Point != point) continue;
                _idle.Remove(node);
                return node.Value.Connection;
            }

            return null;
        }
    }

    private BranchConnection Drop()
    {
        var last = _idle.Last!.Value.Connection;
        _idle.RemoveLast();
        return last;
    }
}
