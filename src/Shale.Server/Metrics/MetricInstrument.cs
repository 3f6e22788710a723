using System.Diagnostics.Metrics;

namespace Shale.Server;

/// <summary>What one instrument has measured. Bounded: beyond so many sets of tags all others share one. Thread-safe; measuring takes no lock but that of its series.</summary>
internal sealed class MetricInstrument
{
    private const int MaxSeries = 500;
    private static readonly double[] DefaultBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];
    private static readonly KeyValuePair<string, object?>[] Overflow = [new("otel.metric.overflow", "true")];
    private readonly Lock _lock = new();
    private readonly bool _isObservable;
    private MetricSeries[] _series = [];

    /// <summary>Begins without a series.</summary>
    public MetricInstrument(Instrument instrument)
    {
        (Scope, Name, Unit, Description) = (instrument.Meter.Name, instrument.Name, instrument.Unit, instrument.Description ?? "");
        var type = instrument.GetType();
        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        _isObservable = instrument.IsObservable;
        if (generic == typeof(Histogram<>)) Bounds = BoundsOf(instrument);
        IsCounter = generic == typeof(Counter<>) || generic == typeof(ObservableCounter<>);
        IsSet = _isObservable || generic == typeof(Gauge<>);
    }

    /// <summary>The meter.</summary>
    public string Scope { get; }

    /// <summary>The instrument's own name.</summary>
    public string Name { get; }

    /// <summary>The unit, as UCUM has it.</summary>
    public string? Unit { get; }

    /// <summary>What it measures.</summary>
    public string Description { get; }

    /// <summary>The upper bounds of the buckets; null for what is no histogram.</summary>
    public double[]? Bounds { get; }

    /// <summary>Whether it only grows.</summary>
    public bool IsCounter { get; }

    /// <summary>Whether a measurement replaces the last one.</summary>
    public bool IsSet { get; }

    /// <summary>The series there are.</summary>
    public IReadOnlyList<MetricSeries> Series => Volatile.Read(ref _series);

    /// <summary>A measurement.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = Find(tags) ?? Make(tags);
        if (IsSet) series.Set(value);
        else series.Add(value);
    }

    /// <summary>Forgets what was observed: an observation that is not made again is no longer true.</summary>
    public void Forget()
    {
        if (_isObservable) Volatile.Write(ref _series, []);
    }

    private MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var series in Volatile.Read(ref _series))
        {
            if (series.Has(tags)) return series;
        }

        return null;
    }

    private MetricSeries Make(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            if (_series.Length >= MaxSeries) tags = Overflow;
            if (Find(tags) is { } found) return found;
            var made = new MetricSeries([.. tags], Bounds);
            Volatile.Write(ref _series, [.. _series, made]);
            return made;
        }
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        _ => DefaultBounds,
    };
}
