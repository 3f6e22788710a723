using System.Runtime.CompilerServices;

namespace Shale.Vitess;

/// <summary>Reads that go to their shard's server together, over one connection, until each is answered; then it is used for others. Not thread-safe.</summary>
/// <remarks>Hot path: the point query to a PostgreSQL shard.</remarks>
internal sealed class SharedGroup
{
    private const int MostFree = 16;

    [ThreadStatic]
    private static Stack<SharedGroup>? _free;

    private readonly List<SharedRead?> _reads = [];
    private readonly Action _end;
    private ConnectionPool _readers = null!;
    private IEngineConnection _connection = null!;
    private ConfiguredValueTaskAwaitable<bool>.ConfiguredValueTaskAwaiter _running;

    private SharedGroup() => _end = End;

    /// <summary>How many they are.</summary>
    public int Count => _reads.Count;

    /// <summary>One that is empty.</summary>
    public static SharedGroup Take() => _free is { } free && free.TryPop(out var group) ? group : new SharedGroup();

    /// <summary>Adds a read, of the same statement and shard as the first.</summary>
    public void Add(SharedRead read) => _reads.Add(read);

    /// <summary>Sends them; one by one where they are not several, or where there is no connection for it. Never fails: whoever calls is the thread that all share.</summary>
    public void Send()
    {
        if (Count == 1 || !TryBegin()) Leave();
        else if (_running.IsCompleted) End();
        else _running.UnsafeOnCompleted(_end);
    }

    private bool TryBegin()
    {
        _readers = _reads[0]!.Tablet.Readers;
        if (!_readers.TryTake(null, out _connection!)) return false;
        if (_connection is ISharedReader reader)
        {
            Await(reader.QueryTogetherAsync(_reads));
            return true;
        }

        _readers.Return(_connection);
        return false;
    }

    private void Await(ValueTask<bool> running) => _running = running.ConfigureAwait(false).GetAwaiter();

    private void End()
    {
        var isSound = false;
        try
        {
            isSound = _running.GetResult();
        }
        catch (Exception)
        {
            // It would be a fault of ours, and must not end the thread that all share: each goes alone, and tells it if it is there, too.
        }

        _readers.Return(_connection, isSound);
        Leave();
    }

    // Whoever has no answer finds out for himself.
    private void Leave()
    {
        foreach (var left in _reads) left?.GoAlone();
        _reads.Clear();
        (_readers, _connection, _running) = (null!, null!, default);
        if ((_free ??= []).Count < MostFree) _free.Push(this);
    }
}
