using System.Globalization;
using System.Text;
using Shale.Contracts;

namespace Shale.Cli.Status;

/// <summary>Two readings as an aligned table: one line for each shard, and one for all.</summary>
internal static class StatusTable
{
    private static readonly string[] Head = ["shard", "state", "rows", "queries/s", "p50 ms", "p95 ms", "p99 ms", "errors", "errors/s"];

    /// <summary>The lines, the last one without a line break behind it.</summary>
    /// <param name="before">An earlier reading; the same one where there is none, and then nothing is said per second.</param>
    /// <param name="now">The reading that is shown.</param>
    /// <param name="rows">For each shard the rows of its tables; shards that could not be counted in time are missing.</param>
    public static string Of(StatusReading before, StatusReading now, IReadOnlyDictionary<string, long> rows)
    {
        var seconds = (now.At - before.At).TotalSeconds;
        var earlier = before.Cluster.Shards.ToDictionary(shard => shard.Id);
        var lines = new List<string[]> { Head };
        double queries = 0, errors = 0;
        foreach (var shard in now.Cluster.Shards)
        {
            var old = earlier.GetValueOrDefault(shard.Id, shard);
            queries += shard.QueryCount - old.QueryCount;
            errors += shard.ErrorCount - old.ErrorCount;
            lines.Add(
            [
                shard.Id, shard.Healthy ? "serving" : "DOWN", rows.TryGetValue(shard.Id, out var count) ? Whole(count) : "?", Rate(shard.QueryCount - old.QueryCount, seconds),
                Milliseconds(shard.Latency?.P50), Milliseconds(shard.Latency?.P95), Milliseconds(shard.Latency?.P99), Whole(shard.ErrorCount), Rate(shard.ErrorCount - old.ErrorCount, seconds),
            ]);
        }

        var counted = now.Cluster.Shards.All(shard => rows.ContainsKey(shard.Id));
        lines.Add(["all", StateOf(now.Cluster), counted ? Whole(rows.Values.Sum()) : "?", Rate(queries, seconds), "", "", "", Whole(now.Cluster.TotalErrors), Rate(errors, seconds)]);
        return $"keyspace {now.Cluster.Keyspace}, {now.Cluster.ShardCount} {(now.Cluster.ShardCount == 1 ? "shard" : "shards")} on {now.Cluster.Engine.ToString().ToLowerInvariant()}\n\n"
            + Aligned(lines);
    }

    private static string StateOf(ClusterStatus cluster)
    {
        var down = cluster.Shards.Count(shard => !shard.Healthy);
        return down == 0 ? "serving" : $"{down} DOWN";
    }

    // Words to the left, numbers to the right.
    private static string Aligned(List<string[]> lines)
    {
        var widths = Enumerable.Range(0, Head.Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            if (text.Length > 0) text.Append('\n');
            var start = text.Length;
            for (var i = 0; i < line.Length; i++) text.Append(i == 0 ? "" : "  ").Append(i < 2 ? line[i].PadRight(widths[i]) : line[i].PadLeft(widths[i]));
            while (text.Length > start && text[^1] == ' ') text.Length--;
        }

        return text.ToString();
    }

    private static string Whole(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Rate(double count, double seconds) => seconds <= 0 ? "-" : (count / seconds).ToString(count / seconds < 10 ? "0.0" : "#,0", CultureInfo.InvariantCulture);

    private static string Milliseconds(double? value) => value is null ? "-" : value.Value.ToString(value < 10 ? "0.000" : "#,0.0", CultureInfo.InvariantCulture);
}
