using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>
/// Listens to the metrics of gate, tablets, web server and runtime, and keeps what has been measured since it was made, for <see cref="PrometheusText"/>. Thread-safe.
/// </summary>
internal sealed class MetricStore : IDisposable
{
    private static readonly HashSet<string> Meters =
    [
        ShaleTelemetry.Gate, ShaleTelemetry.Tablet, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
    ];

    private readonly ConcurrentQueue<MetricInstrument> _instruments = new();
    private readonly MeterListener _listener = new();
    private readonly Lock _observing = new();

    /// <summary>Begins to listen.</summary>
    public MetricStore()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!Meters.Contains(instrument.Meter.Name)) return;
            var kept = new MetricInstrument(instrument);
            _instruments.Enqueue(kept);
            listener.EnableMeasurementEvents(instrument, kept);
        };
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((MetricInstrument)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => ((MetricInstrument)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((MetricInstrument)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((MetricInstrument)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => ((MetricInstrument)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => ((MetricInstrument)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => ((MetricInstrument)state!).Record((double)value, tags));
        _listener.Start();
    }

    /// <summary>All that has been measured, as text for Prometheus.</summary>
    public string ToPrometheus()
    {
        lock (_observing)
        {
            foreach (var instrument in _instruments) instrument.Forget();
            _listener.RecordObservableInstruments();
            return PrometheusText.Of(_instruments);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
