using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>Sends metrics and spans of gate and tablets to a collector by OTLP over HTTP, for as long as it lives. What cannot be sent is dropped.</summary>
public sealed class OtlpExport : IDisposable
{
    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    /// <summary>Begins to send.</summary>
    /// <param name="collector">The collector's base address, such as <c>http://127.0.0.1:4318</c>.</param>
    /// <param name="metricInterval">How often metrics are sent; spans go in batches.</param>
    public OtlpExport(Uri collector, TimeSpan metricInterval)
    {
        var resource = ResourceBuilder.CreateDefault().AddService("shale", serviceVersion: typeof(OtlpExport).Assembly.GetName().Version?.ToString());
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(ShaleTelemetry.Gate, ShaleTelemetry.Tablet)
            .AddOtlpExporter((otlp, reader) =>
            {
                To(otlp, collector, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)metricInterval.TotalMilliseconds;
            }).Build();
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(ShaleTelemetry.Gate, ShaleTelemetry.Tablet)
            .AddOtlpExporter(otlp => To(otlp, collector, "v1/traces")).Build();
    }

    /// <summary>Sends what there is, and ends.</summary>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }

    private static void To(OtlpExporterOptions otlp, Uri collector, string path)
    {
        otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
        otlp.Endpoint = new Uri(collector.AbsoluteUri.TrimEnd('/') + "/" + path);
    }
}
