using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>Idle connections to versions of the past, the one used last at the end; so many at most. Whoever owns it guards it.</summary>
internal sealed class IdleVersions(int most)
{
    private readonly List<(ShardVersion Version, IEngineConnection Reader, long Since)> _idle = new(most + 1);

    /// <summary>How many there are.</summary>
    public int Count => _idle.Count;

    /// <summary>Takes one of a version out; null if there is none.</summary>
    public IEngineConnection? Take(ShardVersion version)
    {
        for (var i = _idle.Count - 1; i >= 0; i--)
        {
            var (held, reader, _) = _idle[i];
            if (held != version) continue;
            _idle.RemoveAt(i);
            return reader;
        }

        return null;
    }

    /// <summary>Adds one, and returns the one that has lain idle for longest if there are too many.</summary>
    /// <param name="version">What it reads.</param>
    /// <param name="reader">The connection.</param>
    /// <param name="since">Now, in the clock's ticks.</param>
    public IEngineConnection? Add(ShardVersion version, IEngineConnection reader, long since)
    {
        _idle.Add((version, reader, since));
        if (_idle.Count <= most) return null;
        var oldest = _idle[0].Reader;
        _idle.RemoveAt(0);
        return oldest;
    }

    /// <summary>Takes out those that were added at certain times; null for all.</summary>
    public IEngineConnection[] TakeAll(Predicate<long>? since = null)
    {
        var taken = _idle.Where(each => since is null || since(each.Since)).Select(each => each.Reader).ToArray();
        _idle.RemoveAll(each => taken.Contains(each.Reader));
        return taken;
    }
}
