using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>Metrics and spans, by the names of OpenTelemetry's conventions.</summary>
public class TelemetryTests
{
    [Fact]
    public async Task Metrics_OfStatements_CarryTheNamesOfTheConventions()
    {
        using var heard = new Heard("metered");
        await using var cluster = await OpenAsync("metered");

        await cluster.RunAllAsync("SELECT count(*) FROM t", "SELECT v FROM t WHERE id = 3");
        await cluster.FailsAsync("SELECT * FROM missing");

        Assert.Equal(1, heard.Count(ShaleTelemetry.Gate, "db.client.operation.duration", "db.system.name=shale", "db.operation.name=SELECT", "shale.tier=T1"));
        Assert.Equal(1, heard.Count(ShaleTelemetry.Gate, "db.client.operation.duration", "db.operation.name=SELECT", "shale.tier=T0"));
        Assert.Equal(1, heard.Count(ShaleTelemetry.Gate, "db.client.operation.duration", "error.type=NOT_FOUND"));
        Assert.Equal(1, heard.Count(ShaleTelemetry.Gate, "db.client.operation.duration", "db.operation.name=INSERT"));
        Assert.Equal(2, heard.Count(ShaleTelemetry.Gate, "db.client.response.returned_rows", "db.operation.name=SELECT"));
        Assert.InRange(heard.Count(ShaleTelemetry.Tablet, "db.client.operation.duration", "db.system.name=sqlite", "shale.shard=-80"), 2, 20);
        heard.Observe();
        Assert.Equal(1, heard.Count(ShaleTelemetry.Tablet, "db.client.connection.count", "shale.shard=80-", "db.client.connection.state=idle"));
    }

    [Fact]
    public async Task Metrics_OfAClosedGate_AreNotObservedAnyMore()
    {
        using var heard = new Heard("closed");
        await (await OpenAsync("closed")).DisposeAsync();
        heard.Observe();
        Assert.Equal(0, heard.Count(ShaleTelemetry.Tablet, "db.client.connection.count"));
    }

    [Fact]
    public async Task Metrics_OfABranch_CarryItsName()
    {
        using var heard = new Heard("branched/side");
        await using var tablet = new VTTablet(new VTTabletOptions { Shard = "-", Keyspace = "branched", Engine = new SqliteEngine(new SqliteEngineOptions { HasHistory = true }) });
        await tablet.ExecuteAsync("CREATE TABLE t(a)");
        var head = await tablet.History!.FindAsync("main", TimePoint.OfBranch("main"), default);
        await tablet.History.CreateBranchAsync("side", head.At, default);
        await using var branch = tablet.OpenBranch("side");

        await branch.QueryAsync("SELECT * FROM t");
        heard.Observe();
        Assert.Equal(1, heard.Count(ShaleTelemetry.Tablet, "db.client.operation.duration", "shale.shard=-"));
        Assert.Equal(1, heard.Count(ShaleTelemetry.Tablet, "db.client.connection.count", "db.client.connection.state=idle"));
    }

    [Fact]
    public async Task Spans_OfAStatement_HoldThoseOfItsShards_AndNoLiteral()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is ShaleTelemetry.Gate or ShaleTelemetry.Tablet,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var cluster = await OpenAsync("traced");
        using var root = new Activity("test").Start();

        await cluster.RunAsync("SELECT id FROM t WHERE v = 4711");
        await cluster.FailsAsync("SELECT * FROM missing");
        Assert.Same(root, Activity.Current);

        var mine = spans.Where(span => span.TraceId == root.TraceId).ToList();
        var gate = mine.Where(span => span.Source.Name == ShaleTelemetry.Gate).ToList();
        Assert.Equal([ActivityStatusCode.Unset, ActivityStatusCode.Error], gate.Select(span => span.Status));
        Assert.Equal(["SELECT", "shale", "T1"], [gate[0].DisplayName, gate[0].GetTagItem("db.system.name"), gate[0].GetTagItem("shale.tier")]);
        Assert.DoesNotContain("4711", (string)gate[0].GetTagItem("db.query.text")!, StringComparison.Ordinal);
        Assert.Equal("NOT_FOUND", gate[1].GetTagItem("error.type"));
        var shards = mine.Where(span => span.Source.Name == ShaleTelemetry.Tablet).ToList();
        Assert.Equal(["-80", "80-"], shards.Select(span => (string)span.GetTagItem("shale.shard")!).Order());
        Assert.All(shards, span => Assert.Equal(gate[0].SpanId, span.ParentSpanId));
    }

    private static async Task<Cluster> OpenAsync(string keyspace)
    {
        var cluster = await Cluster.OpenAsync(2, configure: options => options with
        {
            Keyspace = keyspace, VSchema = VSchema.Empty.WithKeyspace(VKeyspace.Create(keyspace, KeyRange.Split(2))),
        });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
        return cluster;
    }

    /// <summary>Keeps what is measured of one keyspace; others run at the same time.</summary>
    private sealed class Heard : IDisposable
    {
        private readonly ConcurrentQueue<(string Meter, string Instrument, string[] Tags)> _all = new();
        private readonly MeterListener _listener = new();
        private readonly string _keyspace;

        public Heard(string keyspace)
        {
            _keyspace = "db.namespace=" + keyspace;
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name.StartsWith("Shale.", StringComparison.Ordinal)) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Keep(instrument, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Keep(instrument, tags));
            _listener.Start();
        }

        public void Observe() => _listener.RecordObservableInstruments();

        public int Count(string meter, string instrument, params string[] tags) =>
            _all.Count(each => each.Meter == meter && each.Instrument == instrument && tags.All(each.Tags.Contains));

        public void Dispose() => _listener.Dispose();

        private void Keep(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string[] texts = [.. tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")];
            if (texts.Contains(_keyspace)) _all.Enqueue((instrument.Meter.Name, instrument.Name, texts));
        }
    }
}
