namespace Shale.Server;

/// <summary>What has been measured with one set of tags. Thread-safe.</summary>
/// <param name="tags">The tags, in the order they came.</param>
/// <param name="bounds">The upper bounds of a histogram's buckets; null for a number.</param>
internal sealed class MetricSeries(KeyValuePair<string, object?>[] tags, double[]? bounds)
{
    private readonly Lock _lock = new();
    private readonly long[]? _buckets = bounds is null ? null : new long[bounds.Length + 1];
    private double _value;
    private long _count;

    /// <summary>The tags.</summary>
    public KeyValuePair<string, object?>[] Tags => tags;

    /// <summary>Adds to the sum; in a histogram, counts the value.</summary>
    public void Add(double value)
    {
        lock (_lock)
        {
            _value += value;
            _count++;
            if (_buckets is null) return;
            var bucket = 0;
            while (bucket < bounds!.Length && value > bounds[bucket]) bucket++;
            _buckets[bucket]++;
        }
    }

    /// <summary>Replaces the value.</summary>
    public void Set(double value)
    {
        lock (_lock) _value = value;
    }

    /// <summary>Value or sum, count, and the counts of the buckets.</summary>
    public (double Value, long Count, long[] Buckets) Read()
    {
        lock (_lock) return (_value, _count, _buckets is null ? [] : [.. _buckets]);
    }

    /// <summary>Whether it has these tags.</summary>
    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> others)
    {
        if (others.Length != tags.Length) return false;
        for (var i = 0; i < tags.Length; i++)
        {
            if (!string.Equals(tags[i].Key, others[i].Key, StringComparison.Ordinal) || !Equals(tags[i].Value, others[i].Value)) return false;
        }

        return true;
    }
}
