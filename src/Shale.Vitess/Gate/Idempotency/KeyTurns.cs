namespace Shale.Vitess;

/// <summary>One statement of a key after another: the second waits for the answer of the first. Bounded by the statements that run at once. Thread-safe.</summary>
internal sealed class KeyTurns
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string, int), Entry> _busy = [];

    /// <summary>Takes the key's turn; disposing what it returns ends it.</summary>
    public async ValueTask<Turn> EnterAsync(AnswerKey key, CancellationToken cancellationToken)
    {
        var name = (key.Text, key.Part);
        Entry? entry;
        lock (_lock)
        {
            if (!_busy.TryGetValue(name, out entry)) _busy[name] = entry = new Entry();
            entry.Users++;
        }

        try
        {
            await entry.Turn.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(name, entry);
            throw;
        }

        return new Turn(this, name, entry);
    }

    private void Leave((string, int) name, Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Users > 0) return;
            _busy.Remove(name);
        }

        entry.Turn.Dispose();
    }

    /// <summary>A key that is in use.</summary>
    internal sealed class Entry
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int Users { get; set; }
    }

    /// <summary>A turn that has been taken.</summary>
    internal readonly struct Turn(KeyTurns turns, (string, int) name, Entry entry) : IDisposable
    {
        public void Dispose()
        {
            entry.Turn.Release();
            turns.Leave(name, entry);
        }
    }
}
