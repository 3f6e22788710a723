using System.Net;
using System.Text.RegularExpressions;
using Shale.Engines;
using Shale.Server.Tests.Support;

namespace Shale.Server.Tests.Hosting;

/// <summary>GET /metrics: text for Prometheus.</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task Metrics_AfterStatements_TellOfGateAndShards()
    {
        await using var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { Keyspace = "prom", Shards = 2 });
        await using var host = await DoorHost.StartAsync(cluster.Gate);
        await using var client = host.Client();
        await client.ExecuteAsync("CREATE TABLE t (id INT PRIMARY KEY)");
        await client.ExecuteAsync("INSERT INTO t VALUES (1), (2), (3), (4), (5)");
        for (var i = 0; i < 3; i++) await client.QueryAsync("SELECT * FROM t");

        using var response = await host.Http.GetAsync(new Uri(host.Url + "/metrics"));
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(Line(), line));
        var families = TypeLine().Matches(text).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(families.Distinct(), families);
        Assert.Contains("db_client_operation_duration_seconds", families);
        Assert.Contains("dotnet_gc_collections_total", families);
        Assert.Equal(3, ValueOf(text, "db_client_operation_duration_seconds_count", "Shale.Gate", "prom", "db_operation_name=\"SELECT\""));
        Assert.Equal(3, ValueOf(text, "db_client_operation_duration_seconds_bucket", "Shale.Gate", "prom", "db_operation_name=\"SELECT\"", "le=\"+Inf\""));
        Assert.Equal(15, ValueOf(text, "db_client_response_returned_rows_sum", "Shale.Gate", "prom", "db_operation_name=\"SELECT\""));
        Assert.InRange(ValueOf(text, "db_client_operation_duration_seconds_count", "Shale.Tablet", "prom", "shale_shard=\"-80\""), 3, 50);
        Assert.InRange(ValueOf(text, "db_client_connection_count", "Shale.Tablet", "prom", "shale_shard=\"-80\"", "state=\"idle\""), 1, 8);
    }

    [Fact]
    [Trait("Rule", "S6.4")]
    public async Task Metrics_WithoutTheToken_AreRefused()
    {
        await using var host = await DoorHost.StartAsync(new FakeGate(), door => door.Token = "secret");
        using var refused = await host.Http.GetAsync(new Uri(host.Url + "/metrics"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("", await refused.Content.ReadAsStringAsync());

        host.Http.DefaultRequestHeaders.Authorization = new("Bearer", "secret");
        using var answered = await host.Http.GetAsync(new Uri(host.Url + "/metrics"));
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    private static double ValueOf(string text, string name, params string[] labels) =>
        double.Parse(Assert.Single(text.Split('\n'), line => line.StartsWith(name + "{", StringComparison.Ordinal) && labels.All(label => line.Contains(label, StringComparison.Ordinal)))
            .Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex("""^(# (HELP|TYPE) [a-zA-Z_]\w* .*|[a-zA-Z_]\w*\{[a-zA-Z_]\w*="[^"]*"(,[a-zA-Z_]\w*="[^"]*")*\} [-+]?(\d+(\.\d+)?(E[-+]?\d+)?|Inf|NaN))$""")]
    private static partial Regex Line();

    [GeneratedRegex(@"^# TYPE (\S+)", RegexOptions.Multiline)]
    private static partial Regex TypeLine();
}
