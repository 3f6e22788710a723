using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// range: a list of intervals of values, each with its shard. Without a list the number itself is the keyspace id (Vitess' <c>numeric</c>).
/// Keeps order, so BETWEEN narrows. A key outside every interval lives nowhere.
/// </summary>
internal sealed class RangeVindex : IVindex, INamesShards
{
    private readonly ImmutableArray<Interval> _intervals;

    public RangeVindex(VindexDefinition definition)
    {
        Name = definition.Name;
        _intervals = definition.Params.TryGetValue("ranges", out var json) ? Read(json) : [];
        for (var i = 1; i < _intervals.Length; i++)
        {
            if (_intervals[i - 1].To is not { } to || _intervals[i].From is not { } from || CanonicalOrder.Compare(to, from) > 0)
            {
                throw Invalid($"ranges {i} and {i + 1}, in order of their values, overlap");
            }
        }
    }

    public string Name { get; }

    public string Type => "range";

    public int MaxColumns => 1;

    public IEnumerable<KeyRange> Named => _intervals.Select(interval => interval.Shard);

    public bool TryMap(ReadOnlySpan<SqlValue> canonicalKey, out KeyspaceId id)
    {
        id = default;
        if (canonicalKey.Length != 1 || canonicalKey[0].IsNull) return false;
        ref readonly var key = ref canonicalKey[0];
        if (_intervals.IsEmpty)
        {
            if (key.Kind is not SqlValueKind.Integer) return false;
            id = new KeyspaceId(unchecked((ulong)key.AsInteger()));
            return true;
        }

        var index = LastStartingAtOrBefore(key);
        if (index < 0 || (_intervals[index].To is { } to && CanonicalOrder.Compare(key, to) >= 0)) return false;
        id = _intervals[index].Shard.Start;
        return true;
    }

    public bool TryMapInterval(SqlValue? low, SqlValue? high, ICollection<KeyspaceInterval> into)
    {
        if (low is { IsNull: true } || high is { IsNull: true }) return true;
        if (low is { } least && high is { } most && CanonicalOrder.Compare(least, most) > 0) return true;
        if (_intervals.IsEmpty) return TryMapNumbers(low, high, into);
        foreach (var interval in _intervals)
        {
            if (high is { } highest && interval.From is { } from && CanonicalOrder.Compare(from, highest) > 0) continue;
            if (low is { } lowest && interval.To is { } to && CanonicalOrder.Compare(to, lowest) <= 0) continue;
            into.Add(new KeyspaceInterval(interval.Shard.Start, interval.Shard.Start));
        }

        return true;
    }

    public string? Objection(ColumnSchema column)
    {
        var isNumber = NumberVindex.IsInteger(column);
        if (_intervals.IsEmpty) return isNumber ? null : "is not of an integer type, which a range vindex without ranges needs";
        var isOrdered = isNumber || column.Type.Kind is SqlTypeKind.Text or SqlTypeKind.Varchar or SqlTypeKind.Uuid or SqlTypeKind.Date
            or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz or SqlTypeKind.Bytea;
        return isOrdered ? null : $"has the type {column.Type.Name}, which a range vindex does not order";
    }

    private static bool TryMapNumbers(SqlValue? low, SqlValue? high, ICollection<KeyspaceInterval> into)
    {
        if (low is { Kind: not SqlValueKind.Integer } || high is { Kind: not SqlValueKind.Integer }) return false;
        var first = low?.AsInteger() ?? long.MinValue;
        var last = high?.AsInteger() ?? long.MaxValue;

        // Negative numbers take the upper half of the ring: an interval around zero has two pieces.
        if (first < 0) Add(first, Math.Min(last, -1));
        if (last >= 0) Add(Math.Max(first, 0), last);
        return true;

        void Add(long from, long to) => into.Add(new KeyspaceInterval(new KeyspaceId(unchecked((ulong)from)), new KeyspaceId(unchecked((ulong)to))));
    }

    private int LastStartingAtOrBefore(in SqlValue key)
    {
        int low = 0, high = _intervals.Length - 1, found = -1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_intervals[middle].From is not { } from || CanonicalOrder.Compare(from, key) <= 0)
            {
                found = middle;
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return found;
    }

    private ImmutableArray<Interval> Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Array) throw Invalid("ranges is not a list");
            var intervals = document.RootElement.EnumerateArray().Select(ReadInterval).ToList();
            if (intervals.Count == 0) throw Invalid("ranges is empty");
            intervals.Sort((left, right) => left.From is not { } a ? (right.From is null ? 0 : -1)
                : right.From is not { } b ? 1 : CanonicalOrder.Compare(a, b));
            return [.. intervals];
        }
        catch (JsonException broken)
        {
            throw Invalid($"ranges is not JSON: {broken.Message}");
        }
    }

    private Interval ReadInterval(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) throw Invalid("a range is not an object");
        var shard = element.TryGetProperty("shard", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "";
        if (!KeyRange.TryParse(shard, out var range)) throw Invalid($"a range names the shard \"{shard}\", which is not a key range such as -80");
        var interval = new Interval(ReadBound(element, "from"), ReadBound(element, "to"), range);
        if (interval is { From: { } from, To: { } to } && CanonicalOrder.Compare(from, to) >= 0) throw Invalid($"the range from {from} to {to} is empty");
        return interval;
    }

    private SqlValue? ReadBound(JsonElement element, string property)
    {
        if (!element.TryGetProperty(property, out var bound)) return null;
        return bound.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => SqlValue.Text(bound.GetString()),
            JsonValueKind.Number when bound.TryGetInt64(out var integer) => SqlValue.Integer(integer),
            _ => throw Invalid(string.Create(CultureInfo.InvariantCulture, $"the bound {bound.GetRawText()} is neither a whole number nor text")),
        };
    }

    private VitessException Invalid(string problem) => new(ErrorCodes.InvalidVSchema, $"vindex \"{Name}\": {problem}");

    private readonly record struct Interval(SqlValue? From, SqlValue? To, KeyRange Shard);
}
