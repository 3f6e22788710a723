namespace Shale.Vitess;

/// <summary>
/// Hashes of the keys that may have an answer on some shard, by the ten minutes they are of: a key that is none of them is new, and no shard has to be asked. Thread-safe.
/// </summary>
internal sealed class SeenKeys
{
    // About 10 MB for each ten minutes. Beyond that, keys of these minutes are asked for.
    internal const int MaxKeys = 500_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, HashSet<int>?> _buckets = [];

    /// <summary>A key may have an answer from now on, or has one.</summary>
    public void Add(long bucket, string text, int part)
    {
        lock (_lock)
        {
            if (!_buckets.TryGetValue(bucket, out var keys))
            {
                foreach (var old in _buckets.Keys.Where(each => each < bucket - 1).ToList()) _buckets.Remove(old);
                _buckets[bucket] = keys = [];
            }

            if (keys is null) return;
            if (keys.Count < MaxKeys) keys.Add(HashCode.Combine(text, part));
            else _buckets[bucket] = null;
        }
    }

    /// <summary>There are more keys of these minutes than can be held.</summary>
    public void AddUnknown(long bucket)
    {
        lock (_lock) _buckets[bucket] = null;
    }

    /// <summary>Whether a key of these minutes, or of the ten before, may have an answer.</summary>
    public bool MayHave(long bucket, string text, int part)
    {
        var hash = HashCode.Combine(text, part);
        lock (_lock)
        {
            return Has(bucket) || Has(bucket - 1);

            bool Has(long each) => _buckets.TryGetValue(each, out var keys) && keys?.Contains(hash) != false;
        }
    }
}
