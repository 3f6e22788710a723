using System.Globalization;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>What each shard did for one statement. Thread-safe.</summary>
internal sealed class ShardTrace(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private readonly long _start = clock.GetTimestamp();

    /// <summary>When something starts.</summary>
    public long Now() => clock.GetTimestamp();

    /// <summary>A shard has run a statement; the same statement on the same shard is one line.</summary>
    public void Ran(string shard, string sql, long rows, long bytes, long start)
    {
        var time = clock.GetElapsedTime(start);
        lock (_lock)
        {
            var entry = _entries.Find(each => each.Shard == shard && each.Sql == sql);
            if (entry is null) _entries.Add(entry = new Entry(shard, sql));
            (entry.Times, entry.Rows, entry.Bytes, entry.Time) = (entry.Times + 1, entry.Rows + rows, entry.Bytes + bytes, entry.Time + time);
        }
    }

    /// <summary>A row for each shard and statement, by shard, and one for the result.</summary>
    public RowSet Rows(GateResult result)
    {
        var rows = new List<string?[]>();
        lock (_lock)
        {
            foreach (var entry in _entries.OrderBy(each => each.Shard, StringComparer.Ordinal))
                rows.Add([entry.Shard, Text(entry.Times), Text(entry.Rows), Text(entry.Bytes), Text(entry.Time), entry.Sql]);
        }

        rows.Add(["gate", "1", Text(Math.Max(result.Rows.RowCount, result.Affected)), Text(result.Rows.SizeBytes), Text(clock.GetElapsedTime(_start)), result.Tier]);
        return SchemaLists.Text(["shard", "runs", "rows", "bytes", "time_ms", "sql"], rows);
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(TimeSpan time) => time.TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture);

    private sealed class Entry(string shard, string sql)
    {
        public string Shard => shard;

        public string Sql => sql;

        public long Times { get; set; }

        public long Rows { get; set; }

        public long Bytes { get; set; }

        public TimeSpan Time { get; set; }
    }
}
